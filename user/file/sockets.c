// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The section `sockets` of the file. See internal.h.
 */
#include <string.h>
#include "binding/binding.h"
#include "binding/parse.h"
#include "file/internal.h"
#include "file/words.h"

#define SOCKETS_MAX 1024

static void take_name(struct ps_yaml *yaml, void *target)
{
	struct ps_socket_place *place = target;
	struct ps_yaml_text text;
	struct ps_error error;

	if (ps_yaml_read_text(yaml, &text) || ps_words_check_plain(yaml, &text))
		return;
	if (ps_socket_name_parse(text.text, place->name, &error))
		ps_yaml_diagnose(yaml, &text, 0, error.text);
}

static void take_listening(struct ps_yaml *yaml, void *target)
{
	struct ps_socket_place *place = target;
	struct ps_endpoints endpoints;
	struct ps_yaml_text text;

	if (ps_yaml_read_text(yaml, &text) || ps_words_read_endpoints(yaml, &text, &endpoints))
		return;
	if (endpoints.item[0].proto == PS_SCTP)
		ps_yaml_diagnose(yaml, &text, 0, "the kernel has no hook for sockets of sctp");
	else if (strchr(text.text, '/') || !ps_endpoints_take_place(&endpoints, &place->endpoint))
		ps_yaml_diagnose(yaml, &text, 0,
				 "a socket listens at one port of one address, or of 'any'");
}

static const struct ps_yaml_key socket_keys[] = {
	{ "name", true, take_name },
	{ "listening", true, take_listening },
	{ NULL, false, NULL },
};

static void read_socket(struct ps_yaml *yaml, void *target)
{
	struct ps_socket_place place = { .position = ps_yaml_place(yaml) };
	struct ps_socket_places *places = target;
	const struct ps_socket_place *other;

	ps_yaml_read_mapping(yaml, socket_keys, "a socket", &place);
	if (!place.name[0] || place.endpoint.proto == PS_NO_PROTO)
		return;
	other = ps_socket_places_find(places, &place);
	if (other)
		ps_diagnostics_add(yaml->diagnostics, place.position,
				   "duplicate: socket '%s' at this place is in line %u already",
				   place.name, other->position.line);
	else
		ps_socket_places_add(places, &place);
	if (places->count <= SOCKETS_MAX)
		return;
	ps_diagnostics_add(yaml->diagnostics, place.position, "more than %d sockets", SOCKETS_MAX);
	ps_yaml_stop(yaml);
}

void ps_file_read_sockets(struct ps_yaml *yaml, struct ps_socket_places *ret)
{
	ps_yaml_read_list(yaml, "sockets", read_socket, ret);
}
