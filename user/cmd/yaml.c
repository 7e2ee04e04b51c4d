// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bindings --yaml: what is there, as a file that 'apply' takes back.
 */
#include <stdio.h>
#include "base/utf8.h"
#include "cmd/context.h"
#include "file/quote.h"
#include "file/socket_place.h"
#include "guard/attach.h"
#include "instance/open.h"
#include "socket/registry.h"
#include "table/read.h"

/* A text that a file has: without quotes when it can be. */
static void print_text(const char *key, const char *text)
{
	char quoted[PS_QUOTED_TEXT];

	printf("%s: %s\n", key, ps_quote_yaml(text, quoted));
}

static void print_binding(const struct ps_binding *binding)
{
	struct ps_binding action = *binding;
	char text[PS_ACTION_TEXT];

	action.flags = 0;
	action.owner = NULL;
	printf("  - endpoint: %s\n", ps_endpoint_format(&binding->endpoint, text));
	print_text("    action", ps_action_format(&action, text));
	if (binding->flags & PS_ON_MISSING_PASS)
		print_text("    on-missing", "pass");
	if (binding->name[0])
		print_text("    name", binding->name);
	if (binding->owner)
		print_text("    owner", binding->owner);
}

/* A guard whose cgroup is gone, or not known, guards nothing that could be said. */
static void print_guard(const struct ps_guard_setting *setting)
{
	if (setting->mode == PS_GUARD_OFF || !*setting->cgroup)
		return;
	puts("guard:");
	print_text("  mode", ps_guard_modes[setting->mode]);
	print_text("  cgroup", setting->cgroup);
}

static void print_sockets(const struct ps_socket_places *sockets)
{
	char text[PS_ENDPOINT_TEXT];

	if (sockets->count)
		puts("sockets:");
	for (size_t i = 0; i < sockets->count; i++) {
		print_text("  - name", sockets->item[i].name);
		print_text("    listening", ps_endpoint_format(&sockets->item[i].endpoint, text));
	}
}

static int check_text(const char *text, const char *where, struct ps_error *error)
{
	if (!text || ps_utf8_is_valid(text))
		return 0;
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "YAML cannot say '%s' of %s, which is not UTF-8; nothing was printed",
			    text, where);
}

/* Before anything is printed, since half a file would be another table. */
static int check_texts(const struct ps_bindings *bindings, const struct ps_guard_setting *guard,
		       struct ps_error *error)
{
	char action[PS_ACTION_TEXT], endpoint[PS_ENDPOINT_TEXT];

	if (check_text(guard->cgroup, "the guard", error))
		return -1;
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];

		ps_endpoint_format(&binding->endpoint, endpoint);
		if (check_text(ps_action_format(binding, action), endpoint, error) ||
		    check_text(binding->name, endpoint, error) ||
		    check_text(binding->owner, endpoint, error))
			return -1;
	}
	return 0;
}

static int read(struct ps_context *context, struct ps_bindings *bindings,
		struct ps_guard_setting *guard, struct ps_socket_places *sockets)
{
	struct ps_registry registry;
	struct ps_instance instance;
	int opened = ps_apply_read(&context->apply,
				   1 << PS_MAP_BINDINGS | 1 << PS_MAP_TARGETS |
					   1 << PS_MAP_SOCKET_NAMES | 1 << PS_MAP_SOCKET_INFOS,
				   &instance),
	    failed;

	if (opened)
		return opened < 0 ? -1 : 0;
	ps_registry_read(&instance, &registry);
	ps_socket_places_take(sockets, &registry);
	ps_registry_done(&registry);
	failed = ps_guard_read_setting(&instance, guard, &context->error) ||
		 ps_table_read(&instance, bindings, &context->error);
	ps_instance_close(&instance);
	return failed ? -1 : 0;
}

int ps_context_print_yaml(struct ps_context *context)
{
	struct ps_guard_setting guard = {};
	struct ps_socket_places sockets = {};
	struct ps_bindings bindings = {};
	int failed;

	if (ps_context_expect(context, 0))
		return -1;
	if (context->format != PS_TEXT)
		return ps_error_at(&context->error, -1, 0,
				   "--yaml is YAML; it cannot be JSON, too");
	failed = read(context, &bindings, &guard, &sockets) ||
		 check_texts(&bindings, &guard, &context->error);
	if (!failed) {
		print_guard(&guard);
		print_sockets(&sockets);
		puts(bindings.count ? "bindings:" : "bindings: []");
	}
	for (size_t i = 0; !failed && i < bindings.count; i++)
		print_binding(&bindings.item[i]);
	ps_socket_places_done(&sockets);
	ps_bindings_done(&bindings);
	return failed ? -1 : PS_EXIT_DONE;
}
