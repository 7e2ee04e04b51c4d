// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Frames from text. See frame.h.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "frame.h"

#define LAYERS_MAX 24
#define OPTIONS_MAX 8

struct build;
struct layer;

struct kind {
	const char *word;
	void (*write)(struct build *build, struct layer *layer);
	int number; /* EtherType or IPPROTO_* */
	int next_at; /* where it keeps the number of the next layer; -1: nowhere */
	enum ps_proto proto;
};

struct layer {
	const struct kind *kind;
	const char *value; /* of "vlan=5" */
	const char *option[OPTIONS_MAX];
	int options;
	size_t at;
};

struct build {
	struct frame *frame;
	struct layer layer[LAYERS_MAX];
	int layers;
	size_t packet_end; /* of the IP packet, without what trails */
};

/* The text behind "NAME=", "" for a bare NAME, NULL when it is not there. */
static const char *option(const struct layer *layer, const char *name)
{
	size_t length = strlen(name);

	for (int i = 0; i < layer->options; i++) {
		const char *text = layer->option[i];

		if (strncmp(text, name, length) || (text[length] && text[length] != '='))
			continue;
		return text[length] ? text + length + 1 : "";
	}
	return NULL;
}

static long number(const struct layer *layer, const char *name, long otherwise)
{
	const char *text = option(layer, name);

	return text ? strtol(text, NULL, 0) : otherwise;
}

/* A length that may lie: "len=40", "len=+4", "len=-4". */
static __u16 length_of(const struct layer *layer, size_t truth)
{
	const char *text = option(layer, "len");

	if (!text)
		return (__u16)truth;
	if (text[0] == '+' || text[0] == '-')
		return (__u16)((long)truth + strtol(text, NULL, 0));
	return (__u16)strtol(text, NULL, 0);
}

static void put16(struct build *build, size_t at, __u16 value)
{
	build->frame->data[at] = (__u8)(value >> 8);
	build->frame->data[at + 1] = (__u8)value;
}

/* Appends filler and returns where it begins. */
static __u8 *grow(struct build *build, size_t size)
{
	struct frame *frame = build->frame;
	size_t at = frame->size;

	if (at + size > FRAME_MAX)
		abort();
	for (size_t i = 0; i < size; i++)
		frame->data[at + i] = i % 2 ? 0x50 : 0x00;
	frame->size += size;
	return &frame->data[at];
}

static void put_addr(struct build *build, const struct layer *layer, const char *name, int family,
		     const char *otherwise, size_t at)
{
	const char *text = option(layer, name);

	if (inet_pton(family, text ? text : otherwise, &build->frame->data[at]) != 1) {
		fprintf(stderr, "frame: no address: %s\n", text);
		abort();
	}
}

static void write_eth(struct build *build, struct layer *layer)
{
	static const __u8 macs[12] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
	const char *dst = option(layer, "dst");
	__u8 *eth = grow(build, ETH_HLEN);

	memcpy(eth, macs, sizeof(macs));
	if (dst)
		sscanf(dst, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &eth[0], &eth[1], &eth[2], &eth[3],
		       &eth[4], &eth[5]);
	put16(build, 12, 0x88b5); /* for experiments, until a layer follows */
}

static void write_vlan(struct build *build, struct layer *layer)
{
	grow(build, 4);
	put16(build, layer->at, (__u16)atoi(layer->value ? layer->value : "5"));
}

static void write_ip4(struct build *build, struct layer *layer)
{
	long words = number(layer, "ihl", 5);
	__u8 *ip = grow(build, (size_t)words * 4);
	__u16 fragment = (__u16)number(layer, "off", 0);

	fragment |= option(layer, "mf") ? 0x2000 : 0;
	fragment |= option(layer, "df") ? 0x4000 : 0;
	ip[0] = (__u8)(number(layer, "version", 4) << 4 | number(layer, "hlen", words));
	ip[1] = 0;
	put16(build, layer->at + 4, 0x1234);
	put16(build, layer->at + 6, fragment);
	ip[8] = 64;
	ip[9] = 253; /* for experiments */
	put16(build, layer->at + 10, 0);
	put_addr(build, layer, "src", AF_INET, "198.51.100.7", layer->at + 12);
	put_addr(build, layer, "dst", AF_INET, "192.0.2.1", layer->at + 16);
	build->frame->family = PS_IPV4;
	build->frame->src.addr_at = layer->at + 12;
	build->frame->dst.addr_at = layer->at + 16;
}

static void write_ip6(struct build *build, struct layer *layer)
{
	__u8 *ip = grow(build, 40);

	memset(ip, 0, 8);
	ip[0] = (__u8)(number(layer, "version", 6) << 4);
	ip[6] = IPPROTO_NONE;
	ip[7] = 64;
	put_addr(build, layer, "src", AF_INET6, "2001:db8:ffff::7", layer->at + 8);
	put_addr(build, layer, "dst", AF_INET6, "2001:db8::1", layer->at + 24);
	build->frame->family = PS_IPV6;
	build->frame->src.addr_at = layer->at + 8;
	build->frame->dst.addr_at = layer->at + 24;
}

static void write_ext(struct build *build, struct layer *layer)
{
	int units = atoi(layer->value ? layer->value : "0");
	int unit = layer->kind->number == IPPROTO_AH ? 4 : 8;
	__u8 *header = grow(build, (size_t)(8 + units * unit));

	header[0] = IPPROTO_NONE;
	header[1] = (__u8)number(layer, "hlen", units);
}

static void write_frag(struct build *build, struct layer *layer)
{
	__u8 *header = grow(build, 8);

	header[0] = IPPROTO_NONE;
	header[1] = (__u8)number(layer, "hlen", 0);
	put16(build, layer->at + 2,
	      (__u16)(number(layer, "off", 0) << 3 | (option(layer, "m") ? 1 : 0)));
}

static void write_ports(struct build *build, const struct layer *layer)
{
	put16(build, layer->at, (__u16)number(layer, "sport", 40000));
	put16(build, layer->at + 2, (__u16)number(layer, "dport", 80));
	build->frame->proto = layer->kind->proto;
	build->frame->src.port_at = layer->at;
	build->frame->dst.port_at = layer->at + 2;
}

static void write_tcp(struct build *build, struct layer *layer)
{
	static const char bits[] = "FSRPAU";
	const char *flags = option(layer, "flags");
	long words = number(layer, "doff", 5);
	__u8 *tcp = grow(build, words > 5 ? (size_t)words * 4 : 20);

	write_ports(build, layer);
	tcp[12] = (__u8)(number(layer, "hlen", words) << 4);
	tcp[13] = 0;
	for (int i = 0; bits[i]; i++)
		if (strchr(flags ? flags : "S", bits[i]))
			tcp[13] |= (__u8)(1 << i);
}

static void write_udp(struct build *build, struct layer *layer)
{
	grow(build, 8);
	write_ports(build, layer);
	put16(build, layer->at + 6, 0);
}

static void write_sctp(struct build *build, struct layer *layer)
{
	grow(build, 12);
	write_ports(build, layer);
}

static void write_other(struct build *build, struct layer *layer)
{
	(void)layer;
	grow(build, 8);
}

static void write_pad(struct build *build, struct layer *layer)
{
	grow(build, (size_t)atoi(layer->value));
}

#define NO_NUMBER (-1)

static const struct kind kinds[] = {
	{ "eth", write_eth, NO_NUMBER, 12, 0 },
	{ "vlan", write_vlan, ETH_P_8021Q, 2, 0 },
	{ "qinq", write_vlan, ETH_P_8021AD, 2, 0 },
	{ "arp", write_other, ETH_P_ARP, -1, 0 },
	{ "ip4", write_ip4, ETH_P_IP, 9, 0 },
	{ "ip6", write_ip6, ETH_P_IPV6, 6, 0 },
	{ "hop", write_ext, IPPROTO_HOPOPTS, 0, 0 },
	{ "route", write_ext, IPPROTO_ROUTING, 0, 0 },
	{ "opts", write_ext, IPPROTO_DSTOPTS, 0, 0 },
	{ "ah", write_ext, IPPROTO_AH, 0, 0 },
	{ "frag", write_frag, IPPROTO_FRAGMENT, 0, 0 },
	{ "mobility", write_ext, IPPROTO_MH, 0, 0 },
	{ "tcp", write_tcp, IPPROTO_TCP, -1, PS_TCP },
	{ "udp", write_udp, IPPROTO_UDP, -1, PS_UDP },
	{ "sctp", write_sctp, IPPROTO_SCTP, -1, PS_SCTP },
	{ "icmp", write_other, IPPROTO_ICMP, -1, 0 },
	{ "icmp6", write_other, IPPROTO_ICMPV6, -1, 0 },
	{ "esp", write_other, IPPROTO_ESP, -1, 0 },
	{ "gre", write_other, IPPROTO_GRE, -1, 0 },
	{ "pad", write_pad, NO_NUMBER, -1, 0 },
	{ "trail", write_pad, NO_NUMBER, -1, 0 },
	{ NULL, NULL, 0, 0, 0 },
};

static const struct kind *find_kind(const char *word, size_t length)
{
	for (const struct kind *kind = kinds; kind->word; kind++)
		if (strlen(kind->word) == length && !memcmp(kind->word, word, length))
			return kind;
	return NULL;
}

static const struct kind *find_transport(enum ps_proto proto)
{
	for (const struct kind *kind = kinds; kind->word; kind++)
		if (kind->proto == proto)
			return kind;
	return NULL;
}

static void add_layer(struct build *build, const struct kind *kind, const char *value)
{
	if (build->layers == LAYERS_MAX)
		abort();
	build->layer[build->layers++] = (struct layer){ .kind = kind, .value = value };
}

/* Words of @text, which is cut up, to layers with their options; returns the final cuts. */
static void read_layers(struct build *build, char *text, long *ret_cut, long *ret_chop)
{
	char *rest = NULL;

	add_layer(build, &kinds[0], NULL);
	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		const struct kind *kind = find_kind(word, strcspn(word, "="));
		struct layer *last = &build->layer[build->layers - 1];

		if (!strncmp(word, "cut=", 4))
			*ret_cut = atol(word + 4);
		else if (!strncmp(word, "chop=", 5))
			*ret_chop = atol(word + 5);
		else if (kind == &kinds[0])
			continue; /* options of the first layer follow */
		else if (kind)
			add_layer(build, kind, strchr(word, '=') ? strchr(word, '=') + 1 : NULL);
		else if (last->options < OPTIONS_MAX)
			last->option[last->options++] = word;
	}
}

/* Tells @layer what follows it. */
static void link_layer(struct build *build, const struct layer *layer, int next)
{
	size_t at = layer->at + (size_t)layer->kind->next_at;

	if (layer->kind->next_at < 0)
		return;
	if (!strcmp(layer->kind->word, "eth") || layer->kind->write == write_vlan)
		put16(build, at, (__u16)next);
	else
		build->frame->data[at] = (__u8)next;
}

static void write_layer(struct build *build, struct layer *layer, enum ps_proto proto)
{
	struct frame *frame = build->frame;

	if (proto && layer->kind->proto)
		layer->kind = find_transport(proto);
	layer->at = frame->size;
	layer->kind->write(build, layer);
	if (option(layer, "short"))
		frame->size = layer->at + (size_t)number(layer, "short", 0);
	if (layer != build->layer && layer->kind->number != NO_NUMBER)
		link_layer(build, layer - 1, layer->kind->number);
	if (strcmp(layer->kind->word, "trail"))
		build->packet_end = frame->size;
}

static void write_lengths(struct build *build)
{
	for (int i = 0; i < build->layers; i++) {
		const struct layer *layer = &build->layer[i];
		size_t size = build->packet_end - layer->at;

		if (layer->kind->write == write_ip4)
			put16(build, layer->at + 2, length_of(layer, size));
		else if (layer->kind->write == write_ip6)
			put16(build, layer->at + 4, length_of(layer, size - 40));
		else if (layer->kind->write == write_udp)
			put16(build, layer->at + 4, length_of(layer, size));
	}
}

void frame_build(const char *text, enum ps_proto proto, struct frame *frame)
{
	struct build build = { .frame = frame };
	char *words = strdup(text);
	long cut = FRAME_MAX, chop = 0;

	frame->size = 0;
	frame->family = PS_ANY;
	frame->proto = PS_NO_PROTO;
	frame->src = frame->dst = (struct frame_end){};
	read_layers(&build, words, &cut, &chop);
	for (int i = 0; i < build.layers; i++)
		write_layer(&build, &build.layer[i], proto);
	for (int i = 0; i < build.layers; i++) {
		const struct layer *layer = &build.layer[i];

		if (option(layer, "next") || option(layer, "type"))
			link_layer(&build, layer,
				   (int)number(layer, "next", number(layer, "type", 0)));
	}
	write_lengths(&build);
	frame->size -= (size_t)chop;
	if ((size_t)cut < frame->size)
		frame->size = (size_t)cut;
	free(words);
}

void frame_get(const struct frame *frame, const struct frame_end *end, __u8 ret_addr[16],
	       __u16 *ret_port)
{
	memset(ret_addr, 0, 16);
	memcpy(ret_addr, &frame->data[end->addr_at], frame->family == PS_IPV4 ? 4 : 16);
	*ret_port = (__u16)(frame->data[end->port_at] << 8 | frame->data[end->port_at + 1]);
}

void frame_set_addr(struct frame *frame, const struct frame_end *end, const __u8 addr[16])
{
	memcpy(&frame->data[end->addr_at], addr, frame->family == PS_IPV4 ? 4 : 16);
}

void frame_set_port(struct frame *frame, const struct frame_end *end, __u16 port)
{
	frame->data[end->port_at] = (__u8)(port >> 8);
	frame->data[end->port_at + 1] = (__u8)port;
}
