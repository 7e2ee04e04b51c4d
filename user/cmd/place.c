// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Places. See place.h. What cannot be looked up is not offered.
 */
#include <ctype.h>
#include <dirent.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include "base/scope.h"
#include "binding/binding.h"
#include "cmd/place.h"
#include "instance/open.h"
#include "socket/registry.h"
#include "table/read.h"

void ps_place_offer(const struct ps_place *place, const char *word)
{
	if (strncmp(word, place->current, strlen(place->current)))
		return;
	for (const char *byte = word; *byte; byte++)
		if (iscntrl((unsigned char)*byte) || *byte == '"' || *byte == '\\')
			return; /* cannot be typed as it is */
	printf("%s%s\n", place->prefix, word);
}

static void offer_commands(const struct ps_place *place)
{
	const struct ps_command *command = NULL;

	while ((command = ps_command_next(command)))
		if (command->kind != PS_HIDDEN)
			ps_place_offer(place, command->name);
}

static void offer_files(const struct ps_place *place)
{
	printf("%s<FILE>\n", place->prefix);
}

static void offer_namespaces(const struct ps_place *place)
{
	PS_CLOSED_DIR DIR *dir = opendir("/run/netns");
	struct dirent *entry;

	if (strchr(place->current, '/'))
		offer_files(place);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			ps_place_offer(place, entry->d_name);
}

static void offer_interfaces(const struct ps_place *place)
{
	struct if_nameindex *names = place->is_elsewhere ? NULL : if_nameindex();

	for (const struct if_nameindex *name = names; name && name->if_index; name++)
		ps_place_offer(place, name->if_name);
	if_freenameindex(names);
}

static void offer_attached(const struct ps_place *place)
{
	struct ps_instance instance;

	if (ps_apply_read(&place->context->apply, 1 << PS_MAP_HOOKS, &instance))
		return;
	for (int i = 0; i < PS_HOOKS_MAX; i++)
		if (instance.hooks[i].hook == PS_HOOK_XDP ||
		    instance.hooks[i].hook == PS_HOOK_TC_INGRESS)
			ps_place_offer(place, instance.hooks[i].device);
	ps_instance_close(&instance);
}

/* "tcp," was typed: what may follow, behind it. */
static void offer_protocols(const struct ps_place *place)
{
	const char *comma = strrchr(place->current, ',');
	int length = comma ? (int)(comma - place->current) + 1 : 0;

	for (enum ps_proto proto = PS_TCP; proto <= PS_SCTP; proto++) {
		const char *name = ps_proto_name(proto), *before = strstr(place->current, name);
		char text[64];

		if (before && before < place->current + length)
			continue;
		snprintf(text, sizeof(text), "%.*s%s", length, place->current, name);
		ps_place_offer(place, text);
	}
}

/* The first protocol that was typed. */
static bool is_protocol(const struct ps_place *place, const char *name)
{
	size_t length = strcspn(place->word[0], ",");

	return strlen(name) == length && !strncmp(name, place->word[0], length);
}

/* An address that everybody has, and then a port; what else there is, nobody knows. */
static void offer_endpoints(const struct ps_place *place)
{
	static const char *const anywhere[] = { "any:", "any4:", "any6:" };
	const char *colon = strrchr(place->current, ':');
	const struct servent *service;
	char text[256];

	if (!colon || (place->current[0] == '[' && colon[-1] != ']')) {
		for (int i = 0; i < 3; i++)
			ps_place_offer(place, anywhere[i]);
		return;
	}
	snprintf(text, sizeof(text), "%.*sany", (int)(colon - place->current) + 1, place->current);
	ps_place_offer(place, text);
	while (colon[1] && (service = getservent())) {
		snprintf(text, sizeof(text), "%.*s%s", (int)(colon - place->current) + 1,
			 place->current, service->s_name);
		if (is_protocol(place, service->s_proto))
			ps_place_offer(place, text);
	}
}

static void offer_table(const struct ps_place *place,
			void (*offer)(const struct ps_place *, const struct ps_binding *))
{
	struct ps_bindings bindings = {};
	struct ps_instance instance;
	struct ps_error error;

	if (ps_apply_read(&place->context->apply, 1 << PS_MAP_TARGETS, &instance))
		return;
	if (!ps_table_read(&instance, &bindings, &error))
		for (size_t i = 0; i < bindings.count; i++)
			offer(place, &bindings.item[i]);
	ps_bindings_done(&bindings);
	ps_instance_close(&instance);
}

/* "tcp any:80" as the second of its words. */
static void offer_endpoint(const struct ps_place *place, const struct ps_binding *binding)
{
	char text[PS_ENDPOINT_TEXT];

	ps_endpoint_format(&binding->endpoint, text);
	if (is_protocol(place, ps_proto_name(binding->endpoint.proto)))
		ps_place_offer(place, strchr(text, ' ') + 1);
}

static void offer_name(const struct ps_place *place, const struct ps_binding *binding)
{
	if (binding->name[0])
		ps_place_offer(place, binding->name);
}

static void offer_bound(const struct ps_place *place)
{
	offer_table(place, offer_endpoint);
}

static void offer_names(const struct ps_place *place)
{
	offer_table(place, offer_name);
}

static void offer_sockets(const struct ps_place *place)
{
	const __u32 reads =
		1 << PS_MAP_SOCKET_NAMES | 1 << PS_MAP_SOCKET_INFOS | 1 << PS_MAP_TARGETS;
	struct ps_registry registry;
	struct ps_instance instance;

	if (ps_apply_read(&place->context->apply, reads, &instance))
		return;
	ps_registry_read(&instance, &registry);
	for (size_t i = 0; i < registry.count; i++)
		ps_place_offer(place, registry.item[i].name);
	ps_registry_done(&registry);
	ps_instance_close(&instance);
}

static const struct {
	const char *place, *command; /* NULL: of any command */
	void (*offer)(const struct ps_place *place);
} places[] = {
	{ "ADDRESS:PORT", "bindings", offer_bound },
	{ "ADDRESS:PORT", "unbind", offer_bound },
	{ "ADDRESS:PORT", NULL, offer_endpoints },
	{ "COMMAND", NULL, offer_commands },
	{ "DEV", "detach", offer_attached },
	{ "DEV", NULL, offer_interfaces },
	{ "FILE", NULL, offer_files },
	{ "N", "bindings", offer_names },
	{ "N", "flows", offer_names },
	{ "N", "unbind", offer_names },
	{ "NETNS", NULL, offer_namespaces },
	{ "PROTO", NULL, offer_protocols },
	{ "SOCKET", NULL, offer_sockets },
};

bool ps_place_fill(const struct ps_place *place, const char *name)
{
	if (!isupper((unsigned char)*name))
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (strcmp(places[i].place, name) ||
		    (places[i].command && strcmp(places[i].command, place->command)))
			continue;
		places[i].offer(place);
		break;
	}
	return true;
}
