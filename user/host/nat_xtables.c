// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Matches and targets of iptables. See nat_xtables.h. Their bytes are copied:
 * where they come from, nothing says that they are aligned.
 */
#include <string.h>
#include <arpa/inet.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>
#include "host/nat_xtables.h"

/* Copies what is there; false: it is shorter than it should be. */
static bool take(const struct ps_xt *xt, void *ret, size_t size)
{
	if (xt->size < size)
		return false;
	memcpy(ret, xt->info, size);
	return true;
}

static void narrow_ports(struct ps_nat_parts *parts, __u16 first, __u16 last)
{
	__be16 first_be = htons(first), last_be = htons(last);
	const struct ps_nat_range range = { (const __u8 *)&first_be, (const __u8 *)&last_be, 2 };

	ps_nat_parts_narrow(parts, PS_NAT_PORT, &range);
}

static void narrow_proto(struct ps_nat_parts *parts, __u8 proto)
{
	const struct ps_nat_range range = { &proto, &proto, 1 };

	ps_nat_parts_narrow(parts, PS_NAT_PROTO, &range);
}

static void match_tcp(const struct ps_xt *xt, struct ps_nat_parts *parts)
{
	struct xt_tcp tcp;

	narrow_proto(parts, IPPROTO_TCP);
	if (!take(xt, &tcp, sizeof(tcp)) || tcp.spts[0] || tcp.spts[1] != 0xffff || tcp.flg_mask ||
	    tcp.option || tcp.invflags)
		ps_nat_parts_miss(parts);
	if (xt->size >= sizeof(tcp) && !(tcp.invflags & XT_TCP_INV_DSTPT))
		narrow_ports(parts, tcp.dpts[0], tcp.dpts[1]);
}

static void match_udp(const struct ps_xt *xt, struct ps_nat_parts *parts)
{
	struct xt_udp udp;

	narrow_proto(parts, IPPROTO_UDP);
	if (!take(xt, &udp, sizeof(udp)) || udp.spts[0] || udp.spts[1] != 0xffff || udp.invflags)
		ps_nat_parts_miss(parts);
	if (xt->size >= sizeof(udp) && !(udp.invflags & XT_UDP_INV_DSTPT))
		narrow_ports(parts, udp.dpts[0], udp.dpts[1]);
}

/* A port, or one that begins a range of two. */
static void match_multiport(const struct ps_xt *xt, struct ps_nat_parts *parts)
{
	struct xt_multiport_v1 multiport;
	struct ps_nat_parts choices = {};

	if (xt->revision != 1 || !take(xt, &multiport, sizeof(multiport)) || multiport.invert ||
	    multiport.flags == XT_MULTIPORT_SOURCE || multiport.count > XT_MULTI_PORTS) {
		ps_nat_parts_miss(parts);
		return;
	}
	for (int i = 0; i < multiport.count; i++) {
		struct ps_nat_match choice = ps_nat_match_all();

		choice.is_partial = multiport.flags == XT_MULTIPORT_EITHER;
		choice.port_first = choice.port_last = multiport.ports[i];
		if (multiport.pflags[i] && i + 1 < multiport.count)
			choice.port_last = multiport.ports[++i];
		ps_nat_parts_add(&choices, &choice);
	}
	ps_nat_parts_choose(parts, &choices);
	ps_nat_parts_done(&choices);
}

static void match_addrtype(const struct ps_xt *xt, struct ps_nat_parts *parts)
{
	struct xt_addrtype_info_v1 type;

	if (xt->revision != 1 || !take(xt, &type, sizeof(type)) || type.source ||
	    type.dest != XT_ADDRTYPE_LOCAL || type.flags)
		ps_nat_parts_miss(parts);
	else
		for (size_t i = 0; i < parts->count; i++)
			parts->item[i].is_local = true;
}

void ps_xt_match(const struct ps_xt *xt, struct ps_nat_parts *parts)
{
	if (!strcmp(xt->name, "tcp"))
		match_tcp(xt, parts);
	else if (!strcmp(xt->name, "udp"))
		match_udp(xt, parts);
	else if (!strcmp(xt->name, "multiport"))
		match_multiport(xt, parts);
	else if (!strcmp(xt->name, "addrtype"))
		match_addrtype(xt, parts);
	else if (strcmp(xt->name, "comment"))
		ps_nat_parts_miss(parts);
}

/* Of IPv4 in its old form, and REDIRECT. */
static void format_old(const struct ps_xt *xt, char to[PS_NAT_TO])
{
	struct nf_nat_ipv4_multi_range_compat ranges;
	bool has_address, has_port;

	if (!take(xt, &ranges, sizeof(ranges)))
		return;
	has_address = ranges.range[0].flags & NF_NAT_RANGE_MAP_IPS;
	has_port = ranges.range[0].flags & NF_NAT_RANGE_PROTO_SPECIFIED;
	ps_nat_to_format(PS_IPV4, has_address ? (const __u8 *)&ranges.range[0].min_ip : NULL,
			 has_port ? ntohs(ranges.range[0].min.all) : 0, to);
}

/* The newest form has one more port than the one before; REDIRECT of IPv6 has that. */
static void format_new(const struct ps_xt *xt, char to[PS_NAT_TO])
{
	struct nf_nat_range range;
	bool has_address, is_ipv4;

	if (!take(xt, &range, sizeof(range)))
		return;
	has_address = range.flags & NF_NAT_RANGE_MAP_IPS;
	is_ipv4 = !range.min_addr.ip6[1] && !range.min_addr.ip6[2] && !range.min_addr.ip6[3];
	ps_nat_to_format(
		is_ipv4 ? PS_IPV4 : PS_IPV6, has_address ? (const __u8 *)&range.min_addr : NULL,
		range.flags & NF_NAT_RANGE_PROTO_SPECIFIED ? ntohs(range.min_proto.all) : 0, to);
}

void ps_xt_target(const struct ps_xt *xt, enum ps_nat_verdict *ret_verdict, char to[PS_NAT_TO])
{
	if (!strcmp(xt->name, "RETURN") || !strcmp(xt->name, "ACCEPT"))
		*ret_verdict = PS_NAT_LEAVE;
	if (strcmp(xt->name, "DNAT") && strcmp(xt->name, "REDIRECT") && strcmp(xt->name, "NETMAP"))
		return;
	*ret_verdict = PS_NAT_CHANGE;
	if (strcmp(xt->name, "NETMAP") && xt->size < sizeof(struct nf_nat_range))
		format_old(xt, to);
	else if (strcmp(xt->name, "NETMAP"))
		format_new(xt, to);
}
