// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bindings --yaml: what is there, as a file that 'apply' takes back.
 */
#include <stdio.h>
#include "base/utf8.h"
#include "cmd/context.h"
#include "file/file.h"
#include "file/quote.h"

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

static void print_interfaces(const struct ps_interfaces *interfaces)
{
	puts(interfaces->count ? "interfaces:" : "interfaces: []");
	for (size_t i = 0; i < interfaces->count; i++) {
		const struct ps_interface *interface = &interfaces->item[i];

		print_text("  - device", interface->device);
		if (interface->hook != PS_HOOK_SK_LOOKUP)
			print_text("    hook", interface->hook == PS_HOOK_XDP ? "xdp" : "tc");
		if (interface->hook == PS_HOOK_XDP)
			print_text("    mode",
				   interface->mode == PS_MODE_GENERIC ? "generic" : "native");
		if (interface->is_shared)
			print_text("    shared", "true");
		if (interface->may_be_missing)
			print_text("    on-missing", "skip");
	}
}

/* A guard whose cgroup is gone, or not known, guards nothing that could be said: it stays. */
static void print_guard(const struct ps_guard_setting *setting)
{
	if (setting->mode != PS_GUARD_OFF && !*setting->cgroup) {
		puts("# guard: left out, since its cgroup is gone or not known to this user");
		return;
	}
	if (setting->mode == PS_GUARD_OFF) {
		print_text("guard", ps_guard_modes[PS_GUARD_OFF]);
		return;
	}
	puts("guard:");
	print_text("  mode", ps_guard_modes[setting->mode]);
	print_text("  cgroup", setting->cgroup);
}

static void print_sockets(const struct ps_socket_places *sockets)
{
	char text[PS_ENDPOINT_TEXT];

	puts(sockets->count ? "sockets:" : "sockets: []");
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

static int check_binding(const struct ps_binding *binding, struct ps_error *error)
{
	char action[PS_ACTION_TEXT], endpoint[PS_ENDPOINT_TEXT];

	ps_endpoint_format(&binding->endpoint, endpoint);
	return check_text(ps_action_format(binding, action), endpoint, error) ||
			       check_text(binding->name, endpoint, error) ||
			       check_text(binding->owner, endpoint, error)
		       ? -1
		       : 0;
}

/* Before anything is printed, since half a file would be another table. */
static int check_texts(const struct ps_file *file, struct ps_error *error)
{
	if (check_text(file->guard.cgroup, "the guard", error))
		return -1;
	for (size_t i = 0; i < file->interfaces.count; i++)
		if (check_text(file->interfaces.item[i].device, "an interface", error))
			return -1;
	for (size_t i = 0; i < file->bindings.count; i++)
		if (check_binding(&file->bindings.item[i], error))
			return -1;
	return 0;
}

static void print_file(const struct ps_file *file)
{
	print_interfaces(&file->interfaces);
	print_guard(&file->guard);
	print_sockets(&file->sockets);
	if (file->max_bindings)
		printf("max-bindings: %u\n", file->max_bindings);
	puts(file->bindings.count ? "bindings:" : "bindings: []");
	for (size_t i = 0; i < file->bindings.count; i++)
		print_binding(&file->bindings.item[i]);
}

int ps_context_print_yaml(struct ps_context *context)
{
	struct ps_file file = {};
	int failed;

	if (ps_context_expect(context, 0))
		return -1;
	if (context->format != PS_TEXT)
		return ps_error_at(&context->error, -1, 0,
				   "--yaml is YAML; it cannot be JSON, too");
	failed = ps_apply_export(&context->apply, &file) || check_texts(&file, &context->error);
	if (!failed)
		print_file(&file);
	ps_file_done(&file);
	return failed ? -1 : PS_EXIT_DONE;
}
