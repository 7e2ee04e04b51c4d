// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Words to what a frame is to be. See words.h.
 */
#include <string.h>
#include "base/number.h"
#include "binding/endpoint.h"
#include "frame/words.h"

#define PLACES 3 /* words that have to be there */
#define VLAN_MAX 4094
#define SYN 0x02

/* As tcpdump says them, and in the order of their bits. */
static const char flag_letters[] = "FSRPAUEC";

/* One address and one port, at @word. */
static int parse_place(const char *proto, char *const words[], int word, struct ps_endpoint *ret,
		       struct ps_error *error)
{
	struct ps_endpoints endpoints;

	if (ps_endpoints_parse(proto, words[word], &endpoints, error)) {
		error->word = error->word ? word : 0;
		return -1;
	}
	if (endpoints.count > 1)
		return ps_error_at(error, 0, 0, "a packet has one protocol, not '%s'", proto);
	*ret = endpoints.item[0];
	if (ps_endpoint_is_one_address(ret) && ret->port_first == ret->port_last)
		return 0;
	return ps_error_at(error, word, 0,
			   "a packet is from one address and port to another, not '%s'",
			   words[word]);
}

static int parse_places(char *const words[], struct ps_frame_plan *plan, struct ps_error *error)
{
	struct ps_endpoint source, destination;

	if (parse_place(words[0], words, 1, &source, error) ||
	    parse_place(words[0], words, 2, &destination, error))
		return -1;
	if (source.family != destination.family)
		return ps_error_at(error, 2, 0,
				   "'%s' is not of the same IP version as the source, '%s'",
				   words[2], words[1]);
	plan->family = source.family;
	plan->proto = source.proto;
	memcpy(plan->source, source.addr, sizeof(plan->source));
	memcpy(plan->destination, destination.addr, sizeof(plan->destination));
	plan->source_port = source.port_first;
	plan->destination_port = destination.port_first;
	return 0;
}

static int parse_vlan(const char *text, int word, struct ps_frame_plan *plan,
		      struct ps_error *error)
{
	long vlan = ps_number_parse(text, VLAN_MAX);

	if (vlan < 0)
		return ps_error_at(error, word, 0, "'%s' is not a valid VLAN; valid: 0 to %d", text,
				   VLAN_MAX);
	if (plan->vlans == PS_FRAME_VLANS)
		return ps_error_at(error, word - 1, 0, "a frame has at most %d VLAN tags here",
				   PS_FRAME_VLANS);
	plan->vlan[plan->vlans++] = (__u16)vlan;
	return 0;
}

static int parse_flags(const char *text, int word, struct ps_frame_plan *plan,
		       struct ps_error *error)
{
	__u8 flags = 0;

	if (plan->proto != PS_TCP)
		return ps_error_at(error, word - 1, 0, "flags are of tcp; a %s packet has none",
				   ps_proto_name(plan->proto));
	for (const char *letter = text; *letter; letter++) {
		const char *known = strchr(flag_letters, *letter);

		if (!known)
			return ps_error_at(error, word, (int)(letter - text),
					   "'%c' is not a TCP flag; flags are letters of %s",
					   *letter, flag_letters);
		flags |= (__u8)(1 << (known - flag_letters));
	}
	plan->tcp_flags = flags;
	return 0;
}

/* What is behind the places, each a word and its value. Of the length, *@ret_length is its word. */
static int parse_rest(int count, char *const words[], struct ps_frame_words *ret, int *ret_length,
		      struct ps_error *error)
{
	static const char *const known[] = { "dev", "vlan", "flags", "length", NULL };

	for (int i = PLACES; i < count; i += 2) {
		const char *word = words[i], *value = words[i + 1];
		int failed = 0;

		if (strcmp(word, "dev") && strcmp(word, "vlan") && strcmp(word, "flags") &&
		    strcmp(word, "length"))
			return ps_error_unknown(error, i, word, "word", known);
		if (i + 1 == count)
			return ps_error_at(error, i, 0, "'%s' needs a value", word);
		if (!strcmp(word, "dev")) {
			ret->device = value;
			ret->device_word = i + 1;
		} else if (!strcmp(word, "vlan")) {
			failed = parse_vlan(value, i + 1, &ret->plan, error);
		} else if (!strcmp(word, "flags")) {
			failed = parse_flags(value, i + 1, &ret->plan, error);
		} else {
			*ret_length = i + 1;
		}
		if (failed)
			return -1;
	}
	return 0;
}

/* Its limits depend on all else. */
static int parse_length(const char *text, int word, struct ps_frame_plan *plan,
			struct ps_error *error)
{
	size_t least = ps_frame_least(plan);
	long length = ps_number_parse(text, PS_FRAME_MAX);

	if (length < (long)least)
		return ps_error_at(error, word, 0,
				   "'%s' is not a valid length of this frame; valid: %zu to %d",
				   text, least, PS_FRAME_MAX);
	plan->length = (__u32)length;
	return 0;
}

int ps_frame_parse(int count, char *const words[], struct ps_frame_words *ret,
		   struct ps_error *error)
{
	struct ps_frame_words parsed = { .plan.tcp_flags = SYN };
	int length = 0;

	if (count < PLACES)
		return ps_error_at(error, -1, 0,
				   "explain needs a packet: PROTO SOURCE:PORT DESTINATION:PORT, or "
				   "a capture: -r FILE");
	if (parse_places(words, &parsed.plan, error) ||
	    parse_rest(count, words, &parsed, &length, error))
		return -1;
	if (length && parse_length(words[length], length, &parsed.plan, error))
		return -1;
	*ret = parsed;
	return 0;
}
