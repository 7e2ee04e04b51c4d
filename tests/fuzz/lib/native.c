// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bpf/packet.h as it is, compiled for this machine, so that sanitizers see
 * each access.
 */
#include <stdlib.h>
#include <string.h>
#include "packet.h"
#include "parsers.h"

#define ALIGN 2 /* NET_IP_ALIGN: the IP header is aligned to four bytes */

struct source {
	const struct sample *sample;
	size_t loadable;
};

static long ps_load(void *frame, __u32 at, void *to, __u32 size)
{
	const struct source *source = frame;

	if (at + size > source->loadable)
		return -1;
	memcpy(to, source->sample->data + at, size);
	return 0;
}

/* A way to parse a frame in place. All of them must say the same. */
struct way {
	enum ps_reason (*parse)(struct ps_cursor *cursor, struct ps_packet *packet);
	__u8 is_part; /* without the frame's length */
};

static enum ps_reason parse_as_hooks(struct ps_cursor *cursor, struct ps_packet *packet)
{
	return ps_parse(cursor, packet);
}

static enum ps_reason parse_any(struct ps_cursor *cursor, struct ps_packet *packet)
{
	return ps_parse_any(cursor, packet);
}

static const struct way ways[] = {
	{ parse_any, 0 },
	{ parse_as_hooks, 0 }, /* as TC does */
	{ parse_as_hooks, 1 }, /* as XDP does */
};

static enum ps_reason parse_in_place(const struct sample *sample, const struct way *way,
				     struct ps_packet *packet)
{
	size_t readable = sample_readable(sample);
	__u8 *copy = malloc(ALIGN + readable);
	struct ps_cursor cursor = {
		.pos = copy + ALIGN,
		.end = copy + ALIGN + readable,
		.left = (__u32)(way->is_part ? readable : sample->size),
		.is_part = way->is_part,
	};
	enum ps_reason reason;

	if (!copy)
		abort();
	memcpy(copy + ALIGN, sample->data, readable);
	reason = way->parse(&cursor, packet);
	free(copy);
	return reason;
}

static enum ps_reason parse_copies(const struct sample *sample, size_t loadable,
				   struct ps_packet *packet)
{
	struct source source = { .sample = sample, .loadable = loadable };
	struct ps_cursor cursor = {
		.frame = &source,
		.left = (__u32)sample->size,
		.is_copied = 1,
	};

	return ps_parse_any(&cursor, packet);
}

static void parse(const struct sample *sample, size_t loadable, const struct way *way,
		  struct parsed *ret)
{
	struct ps_packet packet = {};

	*ret = (struct parsed){ .reason = parse_in_place(sample, way, &packet) };
	if (ret->reason == PS_REASON_NOT_HERE)
		ret->reason = parse_copies(sample, loadable, &packet);
	ret->family = packet.family;
	ret->proto = packet.proto;
	ret->opens_flow = packet.opens_flow;
	ret->sport = packet.src.port;
	ret->dport = packet.dst.port;
	memcpy(ret->src, packet.src.addr_be, sizeof(ret->src));
	memcpy(ret->dst, packet.dst.addr_be, sizeof(ret->dst));
}

void native_parse(const struct sample *sample, size_t loadable, struct parsed *ret)
{
	struct parsed other;

	parse(sample, loadable, &ways[0], ret);
	for (size_t i = 1; i < sizeof(ways) / sizeof(*ways); i++) {
		parse(sample, loadable, &ways[i], &other);
		if (!parsed_is_equal(ret, &other))
			*ret = (struct parsed){ .reason = PS_REASON_BROKEN };
	}
}

enum ps_family native_plain(const struct sample *sample)
{
	struct ps_packet packet = {};
	struct ps_cursor cursor = {
		.pos = (void *)sample->data,
		.end = (void *)sample->data + sample_readable(sample),
		.left = (__u32)sample->size,
	};

	if (ps_parse_plain_ipv4(&cursor, &packet))
		return PS_IPV4;
	return ps_parse_plain_ipv6(&cursor, &packet) ? PS_IPV6 : PS_ANY;
}
