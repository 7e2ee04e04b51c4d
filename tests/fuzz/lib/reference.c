// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The parser again, from RFC 791, 8200, 2675, 6946 and the table of reasons in
 * portsteer(8): offsets into bytes, a branch for each kind of header. Its order
 * is that of the manual page: lengths of a header before what is in it.
 */
#include <string.h>
#include "parsers.h"

/* What is known while reading; offsets are from the start of the frame. */
struct reading {
	const struct sample *sample;
	size_t readable;
	size_t at; /* next header */
	size_t end; /* of the packet, as its IP header says */
	int next; /* IPPROTO_* at @at */
	bool is_first_fragment;
	bool is_jumbo;
	struct parsed *out;
};

static bool has(const struct reading *reading, size_t bytes)
{
	return reading->at + bytes <= reading->readable;
}

/* Why it has not. */
static enum ps_reason missing(const struct reading *reading, size_t bytes)
{
	return reading->at + bytes > reading->sample->size ? PS_REASON_TRUNCATED
							   : PS_REASON_UNREADABLE;
}

static unsigned int byte(const struct reading *reading, size_t offset)
{
	return reading->sample->data[reading->at + offset];
}

static unsigned int word(const struct reading *reading, size_t offset)
{
	return byte(reading, offset) << 8 | byte(reading, offset + 1);
}

/* Ethernet and tags; what is next is an EtherType. */
static enum ps_reason read_link(struct reading *reading)
{
	int tags = 0;

	if (!has(reading, 14))
		return missing(reading, 14);
	reading->next = (int)word(reading, 12);
	reading->at = 14;
	while (reading->next == 0x8100 || reading->next == 0x88a8) {
		if (++tags == 3)
			return PS_REASON_VLAN_LIMIT;
		if (!has(reading, 4))
			return missing(reading, 4);
		reading->next = (int)word(reading, 2);
		reading->at += 4;
	}
	return PS_REASON_NONE;
}

static enum ps_reason judge_ipv4(const __u8 *dst)
{
	static const __u8 broadcast[4] = { 255, 255, 255, 255 };

	if ((dst[0] >= 224 && dst[0] <= 239) || !memcmp(dst, broadcast, 4))
		return PS_REASON_MULTICAST;
	return dst[0] == 127 ? PS_REASON_MARTIAN : PS_REASON_NONE;
}

static enum ps_reason read_ipv4(struct reading *reading)
{
	const __u8 *ip = &reading->sample->data[reading->at];
	size_t rest = reading->sample->size - reading->at, header, total;

	if (!has(reading, 20))
		return missing(reading, 20);
	header = (ip[0] & 15) * 4u;
	total = word(reading, 2);
	if (total == 0 && rest > 65535) {
		total = rest;
		reading->is_jumbo = true;
	}
	if (ip[0] >> 4 != 4 || header < 20 || header > total || header > rest)
		return PS_REASON_MALFORMED;
	if (total > rest)
		return PS_REASON_TRUNCATED;
	reading->out->family = PS_IPV4;
	if (word(reading, 6) & 0x1fff)
		return PS_REASON_FRAGMENT;
	reading->is_first_fragment = word(reading, 6) & 0x2000;
	reading->next = ip[9];
	memcpy(reading->out->src, ip + 12, 4);
	memcpy(reading->out->dst, ip + 16, 4);
	reading->end = reading->at + total;
	reading->at += header;
	return judge_ipv4(ip + 16);
}

static enum ps_reason judge_ipv6(const __u8 *dst)
{
	static const __u8 loopback[16] = { [15] = 1 };

	if (dst[0] == 0xff)
		return PS_REASON_MULTICAST;
	return memcmp(dst, loopback, 16) ? PS_REASON_NONE : PS_REASON_MARTIAN;
}

/* A header that the packet does not hold; its next fragment may. */
static enum ps_reason cut_off(const struct reading *reading)
{
	return reading->is_first_fragment ? PS_REASON_UNREADABLE : PS_REASON_MALFORMED;
}

static enum ps_reason read_fragment(struct reading *reading)
{
	if (word(reading, 2) & 1)
		reading->is_first_fragment = true;
	if (word(reading, 2) >> 3)
		return PS_REASON_FRAGMENT;
	reading->next = (int)byte(reading, 0);
	reading->at += 8;
	return PS_REASON_NONE;
}

static enum ps_reason read_extension(struct reading *reading)
{
	size_t rest = reading->end - reading->at, size;

	if (rest < 8)
		return cut_off(reading);
	if (!has(reading, 8))
		return missing(reading, 8);
	if (reading->next == 44)
		return read_fragment(reading);
	size = reading->next == 51 ? 8 + byte(reading, 1) * 4 : 8 + byte(reading, 1) * 8;
	if (size > rest)
		return cut_off(reading);
	reading->next = (int)byte(reading, 0);
	reading->at += size;
	return PS_REASON_NONE;
}

static bool is_extension(int next)
{
	return next == 0 || next == 43 || next == 44 || next == 51 || next == 60;
}

static enum ps_reason read_extensions(struct reading *reading)
{
	for (int headers = 0; is_extension(reading->next); headers++) {
		enum ps_reason reason;

		if (headers == 8)
			return PS_REASON_EXT_LIMIT;
		reason = read_extension(reading);
		if (reason)
			return reason;
	}
	return PS_REASON_NONE;
}

static enum ps_reason read_ipv6(struct reading *reading)
{
	const __u8 *ip = &reading->sample->data[reading->at];
	enum ps_reason reason;

	if (!has(reading, 40))
		return missing(reading, 40);
	reading->end = reading->at + 40 + word(reading, 4);
	if (word(reading, 4) == 0 && (ip[6] == 0 || reading->sample->size - reading->at > 65575)) {
		reading->end = reading->sample->size;
		reading->is_jumbo = true;
	}
	if (ip[0] >> 4 != 6)
		return PS_REASON_MALFORMED;
	if (reading->end > reading->sample->size)
		return PS_REASON_TRUNCATED;
	reading->next = ip[6];
	reading->out->family = PS_IPV6;
	memcpy(reading->out->src, ip + 8, 16);
	memcpy(reading->out->dst, ip + 24, 16);
	reading->at += 40;
	reason = judge_ipv6(ip + 24);
	return reason ? reason : read_extensions(reading);
}

/* A first fragment holds as much of a header as it likes, but both ports. */
static enum ps_reason read_cut_header(struct reading *reading, size_t rest)
{
	if (rest < 8)
		return PS_REASON_FRAGMENT;
	return has(reading, 4) ? PS_REASON_NONE : missing(reading, 4);
}

static enum ps_reason read_tcp(struct reading *reading, size_t rest)
{
	size_t header;

	if (reading->is_first_fragment && rest < 20)
		return read_cut_header(reading, rest); /* its flags may be missing */
	if (rest < 20)
		return PS_REASON_MALFORMED;
	if (!has(reading, 20))
		return missing(reading, 20);
	header = (byte(reading, 12) >> 4) * 4;
	if (header < 20)
		return reading->is_first_fragment ? PS_REASON_FRAGMENT : PS_REASON_MALFORMED;
	if (header > rest && !reading->is_first_fragment)
		return PS_REASON_MALFORMED;
	reading->out->opens_flow = (byte(reading, 13) & 0x07) == 0x02; /* SYN, no FIN, no RST */
	return PS_REASON_NONE;
}

static enum ps_reason read_udp(struct reading *reading, size_t rest)
{
	bool cut = reading->is_first_fragment, good;
	size_t length;

	if (rest < 8)
		return cut ? PS_REASON_FRAGMENT : PS_REASON_MALFORMED;
	if (!has(reading, 8))
		return missing(reading, 8);
	length = word(reading, 4);
	good = length >= 8 ||
	       (length == 0 && (reading->is_jumbo || reading->out->family == PS_IPV6));
	if (!good || (length > rest && !cut))
		return cut ? PS_REASON_FRAGMENT : PS_REASON_MALFORMED;
	reading->out->opens_flow = true;
	return PS_REASON_NONE;
}

static enum ps_reason read_sctp(struct reading *reading, size_t rest)
{
	reading->out->opens_flow = true;
	if (reading->is_first_fragment && rest < 12)
		return read_cut_header(reading, rest);
	if (rest < 12)
		return PS_REASON_MALFORMED;
	return has(reading, 4) ? PS_REASON_NONE : missing(reading, 4);
}

static enum ps_reason read_transport(struct reading *reading)
{
	static const struct {
		int number;
		enum ps_proto proto;
		enum ps_reason (*read)(struct reading *reading, size_t rest);
	} kinds[] = { { 6, PS_TCP, read_tcp },
		      { 17, PS_UDP, read_udp },
		      { 132, PS_SCTP, read_sctp } };

	for (int i = 0; i < 3; i++) {
		enum ps_reason reason;

		if (reading->next != kinds[i].number)
			continue;
		reading->out->proto = kinds[i].proto;
		reason = kinds[i].read(reading, reading->end - reading->at);
		if (reason)
			return reason;
		reading->out->sport = (__u16)word(reading, 0);
		reading->out->dport = (__u16)word(reading, 2);
		return PS_REASON_NONE;
	}
	return PS_REASON_PROTOCOL;
}

void reference_parse(const struct sample *sample, size_t readable, struct parsed *ret)
{
	struct reading reading = { .sample = sample, .readable = readable, .out = ret };

	*ret = (struct parsed){};
	ret->reason = read_link(&reading);
	if (ret->reason)
		return;
	if (reading.next == 0x0800)
		ret->reason = read_ipv4(&reading);
	else if (reading.next == 0x86dd)
		ret->reason = read_ipv6(&reading);
	else
		ret->reason = PS_REASON_NOT_IP;
	if (!ret->reason)
		ret->reason = read_transport(&reading);
	if (!reading.is_jumbo)
		ret->ip_end = reading.end;
}
