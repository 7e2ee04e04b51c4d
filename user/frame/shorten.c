// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Lengths in IP and UDP headers. See shorten.h.
 */
#include "frame/shorten.h"
#include "frame/view.h"

#define IPV6 40
#define LENGTH_MAX 0xffff

static size_t get(const __u8 *at)
{
	return (size_t)at[0] << 8 | at[1];
}

static void put(__u8 *at, size_t value)
{
	at[0] = (__u8)(value >> 8);
	at[1] = (__u8)value;
}

/*
 * The length at @at promises bytes of the @before that there were; now there are @after. One that
 * was too long stays so.
 */
static void cut(__u8 *at, size_t before, size_t after)
{
	size_t length = get(at);
	int is_all = !length && before > LENGTH_MAX; /* which no length can say */

	if (is_all || (length <= before && length > after))
		put(at, after);
}

/* Bytes behind @from that the IP header grants, of those up to @size. */
static size_t granted(const __u8 *bytes, const struct ps_view *view, size_t size, size_t from)
{
	const __u8 *ip = bytes + view->network;
	size_t length = view->family == PS_IPV4 ? get(ip + 2) : get(ip + 4) + IPV6;
	size_t end = view->network + length;

	return (end < size ? end : size) - from;
}

void ps_frame_shorten(__u8 *bytes, size_t size, size_t limit)
{
	struct ps_view view;
	size_t before = 0, at;

	ps_view_frame(bytes, limit, &view);
	if (view.family == PS_ANY)
		return;
	if (view.proto == PS_UDP && view.has_ports)
		before = granted(bytes, &view, size, view.transport);
	at = view.network;
	if (view.family == PS_IPV4)
		cut(bytes + at + 2, size - at, limit - at);
	else
		cut(bytes + at + 4, size - at - IPV6, limit - at - IPV6);
	if (before && view.transport + 6 <= limit)
		cut(bytes + view.transport + 4, before, limit - view.transport);
}
