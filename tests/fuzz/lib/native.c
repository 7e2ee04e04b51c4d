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

void native_parse(const struct sample *sample, size_t readable, struct parsed *ret)
{
	__u8 *copy = malloc(ALIGN + readable);
	struct ps_cursor cursor = {
		.pos = copy + ALIGN,
		.end = copy + ALIGN + readable,
		.left = (__u32)sample->size,
	};
	struct ps_packet packet = {};

	if (!copy)
		abort();
	memcpy(copy + ALIGN, sample->data, readable);
	*ret = (struct parsed){ .reason = ps_parse(&cursor, &packet) };
	ret->family = packet.family;
	ret->proto = packet.proto;
	ret->opens_flow = packet.opens_flow;
	ret->sport = packet.src.port;
	ret->dport = packet.dst.port;
	memcpy(ret->src, packet.src.addr_be, sizeof(ret->src));
	memcpy(ret->dst, packet.dst.addr_be, sizeof(ret->dst));
	free(copy);
}
