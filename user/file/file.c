// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Keys and values of the file. See file.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/number.h"
#include "binding/owner.h"
#include "binding/parse.h"
#include "file/file.h"
#include "file/internal.h"
#include "file/words.h"

/* One binding as the file has it. */
struct said {
	struct ps_yaml_text endpoint, action, name, on_missing, owner;
	bool has_endpoint, has_action, has_name, has_on_missing, has_owner;
};

static int read_endpoints(struct ps_yaml *yaml, const struct said *said, struct ps_endpoints *ret)
{
	return said->has_endpoint ? ps_words_read_endpoints(yaml, &said->endpoint, ret) : -1;
}

/* The action, and what can only be judged when it is known. */
static int read_action(struct ps_yaml *yaml, const struct said *said, struct ps_binding *binding)
{
	struct ps_error error;
	struct ps_words words;

	if (!said->has_action)
		return -1;
	ps_words_split(&said->action, &words);
	if (ps_action_parse(words.count, words.word, binding, &error)) {
		ps_words_diagnose(yaml, &said->action, &words, &error);
		return -1;
	}
	if (!said->has_on_missing || !ps_on_missing_parse(said->on_missing.text, binding, &error))
		return 0;
	ps_words_diagnose(yaml, &said->on_missing, NULL, &error);
	return -1;
}

static int read_name(struct ps_yaml *yaml, const struct said *said, struct ps_binding *binding)
{
	struct ps_error error;

	if (!said->has_name)
		return 0;
	if (ps_words_check_plain(yaml, &said->name))
		return -1;
	if (!ps_name_parse(said->name.text, binding, &error))
		return 0;
	ps_words_diagnose(yaml, &said->name, NULL, &error);
	return -1;
}

static int read_owner(struct ps_yaml *yaml, const struct said *said, struct ps_binding *binding)
{
	struct ps_error error;

	if (!said->has_owner || !ps_owner_parse(said->owner.text, binding, &error))
		return 0;
	ps_words_diagnose(yaml, &said->owner, NULL, &error);
	return -1;
}

static void take_endpoint(struct ps_yaml *yaml, void *target)
{
	struct said *said = target;

	said->has_endpoint = !ps_yaml_read_text(yaml, &said->endpoint);
}

static void take_action(struct ps_yaml *yaml, void *target)
{
	struct said *said = target;

	said->has_action = !ps_yaml_read_text(yaml, &said->action);
}

static void take_name(struct ps_yaml *yaml, void *target)
{
	struct said *said = target;

	said->has_name = !ps_yaml_read_text(yaml, &said->name);
}

static void take_on_missing(struct ps_yaml *yaml, void *target)
{
	struct said *said = target;

	said->has_on_missing = !ps_yaml_read_text(yaml, &said->on_missing);
}

static void take_owner(struct ps_yaml *yaml, void *target)
{
	struct said *said = target;

	said->has_owner = !ps_yaml_read_text(yaml, &said->owner);
}

static const struct ps_yaml_key binding_keys[] = {
	{ "endpoint", true, take_endpoint }, { "action", true, take_action },
	{ "name", false, take_name },	     { "on-missing", false, take_on_missing },
	{ "owner", false, take_owner },	     { NULL, false, NULL },
};

static int check_action(struct ps_yaml *yaml, const struct said *said,
			const struct ps_binding *binding, const struct ps_endpoints *endpoints)
{
	struct ps_error error;

	if (!ps_action_check(binding, endpoints, &error))
		return 0;
	ps_words_diagnose(yaml, &said->endpoint, NULL, &error);
	return -1;
}

static void add_bindings(struct ps_yaml *yaml, const struct said *said,
			 struct ps_bindings *bindings)
{
	struct ps_binding binding = { .line = said->endpoint.place.line,
				      .column = said->endpoint.place.column };
	struct ps_endpoints endpoints;
	int failed = read_endpoints(yaml, said, &endpoints);

	failed |= read_action(yaml, said, &binding);
	failed |= read_name(yaml, said, &binding);
	failed |= read_owner(yaml, said, &binding);
	failed = failed || check_action(yaml, said, &binding, &endpoints);
	for (int i = 0; !failed && i < endpoints.count; i++) {
		binding.endpoint = endpoints.item[i];
		binding.is_masked = endpoints.masked;
		*ps_bindings_add(bindings) = binding;
	}
}

static void read_binding(struct ps_yaml *yaml, void *target)
{
	struct ps_bindings *bindings = target;
	struct said said;

	said.has_endpoint = said.has_action = said.has_name = false;
	said.has_on_missing = said.has_owner = false;
	ps_yaml_read_mapping(yaml, binding_keys, "a binding", &said);
	add_bindings(yaml, &said, bindings);
	if (bindings->count <= PS_BINDINGS_MAX)
		return;
	ps_yaml_diagnose(yaml, &said.endpoint, 0, "more than 1000000 bindings");
	ps_yaml_stop(yaml);
}

static void take_bindings(struct ps_yaml *yaml, void *target)
{
	struct ps_file *file = target;

	ps_yaml_read_list(yaml, "bindings", read_binding, &file->bindings);
}

static void take_device(struct ps_yaml *yaml, void *target)
{
	struct ps_interface *interface = target;
	struct ps_yaml_text text;
	struct ps_error error;

	if (ps_yaml_read_text(yaml, &text) || ps_words_check_plain(yaml, &text))
		return;
	interface->place = text.place;
	if (ps_device_check(text.text, &error))
		ps_yaml_diagnose(yaml, &text, 0, error.text);
	else
		strcpy(interface->device, text.text);
}

static void take_hook(struct ps_yaml *yaml, void *target)
{
	static const char *const valid[] = { "xdp", "tc", NULL };
	struct ps_interface *interface = target;
	int hook = ps_words_read_one(yaml, "hook", valid);

	interface->hook = hook == 1 ? PS_HOOK_TC_INGRESS : PS_HOOK_XDP;
}

static void take_mode(struct ps_yaml *yaml, void *target)
{
	static const char *const valid[] = { "native", "generic", NULL };
	struct ps_interface *interface = target;
	int mode = ps_words_read_one(yaml, "mode", valid);

	interface->mode = mode == 1 ? PS_MODE_GENERIC : PS_MODE_NATIVE;
}

static void take_shared(struct ps_yaml *yaml, void *target)
{
	static const char *const valid[] = { "true", "false", NULL };
	struct ps_interface *interface = target;
	int value = ps_words_read_one(yaml, "value", valid);

	interface->has_shared = value >= 0;
	interface->is_shared = value == 0;
}

static void take_interface_missing(struct ps_yaml *yaml, void *target)
{
	static const char *const valid[] = { "fail", "skip", NULL };
	struct ps_interface *interface = target;

	interface->may_be_missing = ps_words_read_one(yaml, "value", valid) == 1;
}

static const struct ps_yaml_key interface_keys[] = {
	{ "device", true, take_device },  { "hook", false, take_hook },
	{ "mode", false, take_mode },	  { "on-missing", false, take_interface_missing },
	{ "shared", false, take_shared }, { NULL, false, NULL },
};

static void add_interface(struct ps_yaml *yaml, const struct ps_interface *interface,
			  struct ps_interfaces *interfaces)
{
	const struct ps_interface *other = ps_interfaces_find(interfaces, interface->device);

	if (other)
		ps_diagnostics_add(yaml->diagnostics, interface->place,
				   "duplicate: interface '%s' is in line %u already", other->device,
				   other->place.line);
	else
		ps_interfaces_add(interfaces, interface);
}

/* The device `netns` is the network namespace; all others have XDP when nothing is said. */
static void take_netns(struct ps_yaml *yaml, struct ps_interface *interface)
{
	bool is_netns = !strcmp(interface->device, PS_HOOK_NETNS);

	if (is_netns && interface->hook != PS_HOOK_FREE)
		ps_diagnostics_add(yaml->diagnostics, interface->place,
				   "'netns' is the network namespace, which has one hook");
	if (is_netns)
		interface->hook = PS_HOOK_SK_LOOKUP;
	else if (interface->hook == PS_HOOK_FREE)
		interface->hook = PS_HOOK_XDP;
}

static void read_interface(struct ps_yaml *yaml, void *target)
{
	struct ps_interface interface = { .place = ps_yaml_place(yaml) };
	struct ps_interfaces *interfaces = target;

	ps_yaml_read_mapping(yaml, interface_keys, "an interface", &interface);
	take_netns(yaml, &interface);
	if (interface.mode != PS_MODE_NONE && interface.hook != PS_HOOK_XDP)
		ps_diagnostics_add(yaml->diagnostics, interface.place,
				   "a mode is for 'hook: xdp'; other hooks have none");
	if (interface.is_shared && interface.hook != PS_HOOK_XDP)
		ps_diagnostics_add(yaml->diagnostics, interface.place,
				   "shared is for 'hook: xdp'; programs of other hooks are never "
				   "alone");
	if (interface.mode == PS_MODE_NONE && interface.hook == PS_HOOK_XDP)
		interface.mode = PS_MODE_NATIVE;
	if (interface.device[0])
		add_interface(yaml, &interface, interfaces);
	if (interfaces->count <= PS_HOOKS_MAX / 2)
		return;
	ps_diagnostics_add(yaml->diagnostics, interface.place, "more than %d interfaces",
			   PS_HOOKS_MAX / 2);
	ps_yaml_stop(yaml);
}

static void take_interfaces(struct ps_yaml *yaml, void *target)
{
	struct ps_file *file = target;

	file->has_interfaces = true;
	ps_yaml_read_list(yaml, "interfaces", read_interface, &file->interfaces);
}

static void take_max_bindings(struct ps_yaml *yaml, void *target)
{
	struct ps_file *file = target;
	struct ps_yaml_text text;
	char message[128];
	long value;

	if (ps_yaml_read_text(yaml, &text))
		return;
	value = text.is_plain ? ps_number_parse(text.text, PS_BINDINGS_MAX) : -1;
	if (value > 0) {
		file->max_bindings = (__u32)value;
		return;
	}
	snprintf(message, sizeof(message), "max-bindings is a number from 1 to %d",
		 PS_BINDINGS_MAX);
	ps_yaml_diagnose(yaml, &text, 0, message);
}

static void take_sockets(struct ps_yaml *yaml, void *target)
{
	struct ps_file *file = target;

	file->has_sockets = true;
	ps_file_read_sockets(yaml, &file->sockets);
}

static void take_guard(struct ps_yaml *yaml, void *target)
{
	struct ps_file *file = target;

	file->has_guard = true;
	ps_file_read_guard(yaml, &file->guard);
}

static const struct ps_yaml_key file_keys[] = {
	{ "bindings", true, take_bindings },	      { "interfaces", false, take_interfaces },
	{ "sockets", false, take_sockets },	      { "guard", false, take_guard },
	{ "max-bindings", false, take_max_bindings }, { NULL, false, NULL },
};

int ps_file_read(FILE *stream, struct ps_file *ret, struct ps_diagnostics *diagnostics,
		 struct ps_error *error)
{
	struct ps_yaml yaml;

	*ret = (struct ps_file){};
	ps_bindings_expect_file(&ret->bindings, stream);
	ps_yaml_init(&yaml, stream, diagnostics);
	ps_yaml_read_mapping(&yaml, file_keys, "the file", ret);
	ps_yaml_end(&yaml);
	if (yaml.input.error) {
		ps_error_errno(error, yaml.input.error, "cannot read the file");
		ps_diagnostics_done(diagnostics); /* of half a file */
	}
	ps_yaml_done(&yaml);
	return yaml.input.error || diagnostics->total ? -1 : 0;
}

void ps_file_done(struct ps_file *file)
{
	ps_bindings_done(&file->bindings);
	ps_interfaces_done(&file->interfaces);
	ps_socket_places_done(&file->sockets);
	*file = (struct ps_file){};
}
