// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * From comparisons to matches. See nat_field.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include "base/memory.h"
#include "host/nat_field.h"

#define PARTS_MAX 16384

static __u32 number_of(const __u8 *bytes, size_t size)
{
	__u32 number = 0;

	for (size_t i = 0; i < size && i < sizeof(number); i++)
		number = number << 8 | bytes[i];
	return number;
}

static __u32 host_number_of(const __u8 *bytes, size_t size)
{
	__u32 number = 0;

	memcpy(&number, bytes, size < sizeof(number) ? size : sizeof(number));
	return number;
}

static bool narrow_family(struct ps_nat_match *match, const struct ps_nat_range *range)
{
	struct ps_nat_match other = ps_nat_match_all();

	if (*range->first != NFPROTO_IPV4 && *range->first != NFPROTO_IPV6)
		return false;
	other.family = *range->first == NFPROTO_IPV4 ? PS_IPV4 : PS_IPV6;
	return ps_nat_match_narrow(match, &other);
}

static enum ps_proto proto_of(__u8 number)
{
	switch (number) {
	case IPPROTO_TCP:
		return PS_TCP;
	case IPPROTO_UDP:
		return PS_UDP;
	case IPPROTO_SCTP:
		return PS_SCTP;
	default:
		return PS_NO_PROTO;
	}
}

/* Of a range of protocols it is not said which are meant. */
static bool narrow_proto(struct ps_nat_match *match, const struct ps_nat_range *range)
{
	struct ps_nat_match other = ps_nat_match_all();

	other.proto = proto_of(*range->first);
	other.is_partial = *range->first != *range->last;
	return (other.is_partial || other.proto != PS_NO_PROTO) &&
	       ps_nat_match_narrow(match, &other);
}

static bool narrow_address(struct ps_nat_match *match, enum ps_family family,
			   const struct ps_nat_range *range)
{
	struct ps_nat_match other = ps_nat_match_all();
	size_t size = family == PS_IPV4 ? 4 : 16;

	size = range->size < size ? range->size : size;
	other.family = family;
	memcpy(other.first, range->first, size);
	memcpy(other.last, range->last, size);
	return ps_nat_match_narrow(match, &other);
}

static bool narrow_port(struct ps_nat_match *match, const struct ps_nat_range *range)
{
	struct ps_nat_match other = ps_nat_match_all();

	other.port_first = (__u16)number_of(range->first, 2);
	other.port_last = (__u16)number_of(range->last, 2);
	return ps_nat_match_narrow(match, &other);
}

/* Of a range of both, ports of the destination are not one range. */
static bool narrow_both_ports(struct ps_nat_match *match, const struct ps_nat_range *range)
{
	const struct ps_nat_range port = { range->first + 2, range->last + 2, 2 };

	match->is_partial = true;
	if (range->size < 4 || memcmp(range->first, range->last, 2))
		return true;
	return narrow_port(match, &port);
}

/* A name that ends with its bytes, and not with a NUL, is the beginning of several. */
static bool narrow_device(struct ps_nat_match *match, const struct ps_nat_range *range)
{
	struct ps_nat_match other = ps_nat_match_all();

	if (!memchr(range->first, '\0', range->size)) {
		match->is_partial = true;
		return true;
	}
	snprintf(other.device, sizeof(other.device), "%.15s", (const char *)range->first);
	return ps_nat_match_narrow(match, &other);
}

static bool narrow_local(struct ps_nat_match *match, const struct ps_nat_range *range)
{
	if (host_number_of(range->first, range->size) != RTN_LOCAL)
		match->is_partial = true;
	else
		match->is_local = true;
	return true;
}

bool ps_nat_field_narrow(struct ps_nat_match *match, enum ps_nat_field field,
			 const struct ps_nat_range *range)
{
	switch (field) {
	case PS_NAT_FAMILY:
		return narrow_family(match, range);
	case PS_NAT_PROTO:
		return narrow_proto(match, range);
	case PS_NAT_ADDRESS_4:
		return narrow_address(match, PS_IPV4, range);
	case PS_NAT_ADDRESS_6:
		return narrow_address(match, PS_IPV6, range);
	case PS_NAT_PORT:
		return narrow_port(match, range);
	case PS_NAT_PORTS:
		return narrow_both_ports(match, range);
	case PS_NAT_DEVICE:
		return narrow_device(match, range);
	case PS_NAT_LOCAL:
		return narrow_local(match, range);
	case PS_NAT_CONSTANT:
	case PS_NAT_UNREAD:
		break;
	}
	match->is_partial = true;
	return true;
}

bool ps_nat_field_exclude(struct ps_nat_match *match, enum ps_nat_field field,
			  const struct ps_nat_range *range)
{
	struct ps_nat_match other = ps_nat_match_all();

	if (field != PS_NAT_DEVICE || !narrow_device(&other, range) || other.is_partial) {
		match->is_partial = true;
		return true;
	}
	other.is_elsewhere = true;
	return ps_nat_match_narrow(match, &other);
}

void ps_nat_parts_init(struct ps_nat_parts *parts)
{
	const struct ps_nat_match all = ps_nat_match_all();

	*parts = (struct ps_nat_parts){};
	ps_nat_parts_add(parts, &all);
}

void ps_nat_parts_done(struct ps_nat_parts *parts)
{
	free(parts->item);
	*parts = (struct ps_nat_parts){};
}

void ps_nat_parts_add(struct ps_nat_parts *parts, const struct ps_nat_match *match)
{
	parts->item = ps_memory_grow(parts->item, parts->count, &parts->room, sizeof(*parts->item));
	parts->item[parts->count++] = *match;
}

typedef bool (*narrowing)(struct ps_nat_match *match, enum ps_nat_field field,
			  const struct ps_nat_range *range);

static void change_all(struct ps_nat_parts *parts, narrowing change, enum ps_nat_field field,
		       const struct ps_nat_range *range)
{
	size_t kept = 0;

	for (size_t i = 0; i < parts->count; i++)
		if (change(&parts->item[i], field, range))
			parts->item[kept++] = parts->item[i];
	parts->count = kept;
}

void ps_nat_parts_narrow(struct ps_nat_parts *parts, enum ps_nat_field field,
			 const struct ps_nat_range *range)
{
	change_all(parts, ps_nat_field_narrow, field, range);
}

void ps_nat_parts_exclude(struct ps_nat_parts *parts, enum ps_nat_field field,
			  const struct ps_nat_range *range)
{
	change_all(parts, ps_nat_field_exclude, field, range);
}

void ps_nat_parts_miss(struct ps_nat_parts *parts)
{
	change_all(parts, ps_nat_field_narrow, PS_NAT_UNREAD, NULL);
}

/* One bits, then zero bits. */
static bool is_prefix(const __u8 *mask, size_t size)
{
	bool is_over = false;

	for (size_t i = 0; i < size * 8; i++) {
		bool is_set = mask[i / 8] & 0x80 >> i % 8;

		if (is_set && is_over)
			return false;
		is_over |= !is_set;
	}
	return true;
}

void ps_nat_parts_mask(struct ps_nat_parts *parts, enum ps_nat_field field,
		       const struct ps_nat_masked *masked)
{
	__u8 last[16];
	const struct ps_nat_range range = { masked->value, last, masked->size };

	if (masked->size > sizeof(last) || !is_prefix(masked->mask, masked->size)) {
		ps_nat_parts_miss(parts);
		return;
	}
	for (size_t i = 0; i < masked->size; i++)
		last[i] = masked->value[i] | (__u8)~masked->mask[i];
	ps_nat_parts_narrow(parts, field, &range);
}

void ps_nat_parts_choose(struct ps_nat_parts *parts, const struct ps_nat_parts *choices)
{
	struct ps_nat_parts chosen = {};

	if (parts->count * choices->count > PARTS_MAX) {
		ps_nat_parts_miss(parts);
		return;
	}
	for (size_t i = 0; i < parts->count; i++)
		for (size_t j = 0; j < choices->count; j++) {
			struct ps_nat_match match = parts->item[i];

			if (ps_nat_match_narrow(&match, &choices->item[j]))
				ps_nat_parts_add(&chosen, &match);
		}
	ps_nat_parts_done(parts);
	*parts = chosen;
}

void ps_nat_to_format(enum ps_family family, const __u8 *addr, __u16 port, char to[PS_NAT_TO])
{
	char text[INET6_ADDRSTRLEN] = "";

	if (addr)
		inet_ntop(family == PS_IPV4 ? AF_INET : AF_INET6, addr, text, sizeof(text));
	if (!addr && port)
		snprintf(to, PS_NAT_TO, "port %u of this host", port);
	else if (!addr)
		snprintf(to, PS_NAT_TO, "this host");
	else if (!port)
		snprintf(to, PS_NAT_TO, "%s", text);
	else
		snprintf(to, PS_NAT_TO, family == PS_IPV4 ? "%s:%u" : "[%s]:%u", text, port);
}
