// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * attach, detach.
 */
#include <string.h>
#include "base/number.h"
#include "binding/device.h"
#include "cmd/context.h"
#include "hook/attach.h"
#include "hook/dispatcher.h"

#define PRIORITY_MAX 1000
#define PRIORITY_NONE 0xffffffff

static int read_hook(struct ps_context *context, int word, struct ps_attach_options *options)
{
	static const char *const valid[] = { "xdp", "tc", NULL };

	if (!strcmp(context->word[word], "xdp"))
		options->hook = PS_HOOK_XDP;
	else if (!strcmp(context->word[word], "tc"))
		options->hook = PS_HOOK_TC_INGRESS;
	else
		return ps_error_unknown(&context->error, word, context->word[word], "hook", valid);
	return 0;
}

static int read_mode(struct ps_context *context, int word, struct ps_attach_options *options)
{
	static const char *const valid[] = { "native", "generic", NULL };

	if (!strcmp(context->word[word], "native"))
		options->mode = PS_MODE_NATIVE;
	else if (!strcmp(context->word[word], "generic"))
		options->mode = PS_MODE_GENERIC;
	else
		return ps_error_unknown(&context->error, word, context->word[word], "mode", valid);
	return 0;
}

static int read_priority(struct ps_context *context, int word, struct ps_attach_options *options)
{
	const char *text = context->word[word];
	long value = ps_number_parse(text, PRIORITY_MAX);

	if (value < 0)
		return ps_error_at(&context->error, word, 0,
				   "a priority is a number from 0 to %d, not '%s'; the lowest runs "
				   "first, others have 50",
				   PRIORITY_MAX, text);
	options->priority = (__u32)value;
	return 0;
}

/* Words with a value behind them. */
static const struct setting {
	const char *word;
	const char *values;
	int (*read)(struct ps_context *context, int word, struct ps_attach_options *options);
} settings[] = {
	{ "hook", "xdp or tc", read_hook },
	{ "mode", "native or generic", read_mode },
	{ "priority", "a number", read_priority },
};

#define SETTINGS (int)(sizeof(settings) / sizeof(*settings))

/* Reads the word at @at and its value. Returns how many words that were, or -1. */
static int read_setting(struct ps_context *context, int at, struct ps_attach_options *options)
{
	static const char *const valid[] = { "hook", "mode", "shared", "priority", NULL };
	const char *word = context->word[at];

	if (!strcmp(word, "shared")) {
		options->is_shared = true;
		return 1;
	}
	for (int i = 0; i < SETTINGS; i++) {
		if (strcmp(word, settings[i].word))
			continue;
		if (at + 1 == context->count)
			return ps_error_at(&context->error, at, 0, "'%s' must be followed by %s",
					   word, settings[i].values);
		return settings[i].read(context, at + 1, options) ? -1 : 2;
	}
	return ps_error_unknown(&context->error, at, word, "word", valid);
}

/* @options has no mode and no priority yet: who gives none gets what is usual. */
static int complete(struct ps_context *context, struct ps_attach_options *options)
{
	if (options->hook != PS_HOOK_XDP && options->mode)
		return ps_error_at(&context->error, -1, 0, "a mode is for 'hook xdp'; TC has none");
	if (options->hook != PS_HOOK_XDP && options->is_shared)
		return ps_error_at(&context->error, -1, 0,
				   "'shared' is for 'hook xdp'; TC programs are never alone");
	if (options->priority != PRIORITY_NONE && !options->is_shared)
		return ps_error_at(&context->error, -1, 0,
				   "a priority is for 'shared', among programs of the dispatcher");
	if (!options->mode)
		options->mode = PS_MODE_NATIVE;
	if (options->priority == PRIORITY_NONE)
		options->priority = PS_PRIORITY_DEFAULT;
	return 0;
}

static int read_words(struct ps_context *context, struct ps_attach_options *options)
{
	*options = (struct ps_attach_options){ .hook = PS_HOOK_XDP, .priority = PRIORITY_NONE };
	if (!context->count)
		return ps_error_at(&context->error, -1, 0, "attach needs an interface, or 'netns'");
	options->device = context->word[0];
	if (!strcmp(options->device, PS_HOOK_NETNS)) {
		options->hook = PS_HOOK_SK_LOOKUP;
		return ps_context_expect(context, 1);
	}
	if (ps_device_check(options->device, &context->error))
		return -1;
	for (int at = 1, read; at < context->count; at += read) {
		read = read_setting(context, at, options);
		if (read < 0)
			return -1;
	}
	return complete(context, options);
}

static int run_attach(struct ps_context *context)
{
	struct ps_attach_options options;

	if (read_words(context, &options) || ps_context_read_size(context) ||
	    ps_apply_attach(&context->apply, &options))
		return -1;
	return PS_EXIT_DONE;
}

static const struct ps_option attach_options[] = { { "max-bindings", "N", 0 }, {} };

PS_COMMAND(attach) = {
	.kind = PS_VERB,
	.name = "attach",
	.arguments = "DEV [hook xdp|tc] [mode native|generic] [shared] [priority N] | netns",
	.summary = "attach to an interface, or to the sockets of a namespace",
	.details =
		"Attaches a program for arriving packets, at the XDP hook or (hook tc) at TCX\n"
		"ingress, and one at TCX egress that counts what bound endpoints send. On\n"
		"kernels without TCX, clsact is used. Programs stay until 'detach'.\n"
		"Run again, it repairs what became stale (see status), and replaces programs of\n"
		"another build by its own without losing a packet or a count. Programs\n"
		"of others are never removed: exit status 3 names who has the XDP hook.\n"
		"'attach netns' attaches to the network namespace instead, where what is\n"
		"delivered looks for its socket: bindings with 'socket' need it.\n\n"
		"  hook xdp      the default; mode native runs in the driver, mode generic\n"
		"                in the stack, on every interface, slower\n"
		"  hook tc       where XDP cannot be used; also redirects into a peer namespace\n"
		"  shared        beside other XDP programs, by libxdp's dispatcher\n"
		"  priority N    its place among them, 0 to 1000; the lowest runs first (50)\n"
		"  --max-bindings N\n"
		"                the table may have N bindings (16000000); it grows by itself\n",
	.options = attach_options,
	.run = run_attach,
};

static int run_detach(struct ps_context *context)
{
	const char *device;

	if (!context->count)
		return ps_error_at(&context->error, -1, 0,
				   "detach needs an interface, 'netns' or 'all'");
	if (ps_context_expect(context, 1))
		return -1;
	device = strcmp(context->word[0], "all") ? context->word[0] : NULL;
	return ps_apply_detach(&context->apply, device) ? -1 : PS_EXIT_DONE;
}

PS_COMMAND(detach) = {
	.kind = PS_VERB,
	.name = "detach",
	.arguments = "DEV|netns|all",
	.summary = "detach from an interface or the namespace",
	.details =
		"Removes only what 'attach' put there. Bindings stay until 'unbind' or 'flush';\n"
		"when there are none and nothing is attached, the pinned maps go as well.\n",
	.is_table_only = true,
	.run = run_detach,
};
