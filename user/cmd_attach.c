// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * attach, detach.
 */
#include <stdio.h>
#include <string.h>
#include "cmd.h"
#include "hook.h"
#include "loss.h"

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

static int read_words(struct ps_context *context, struct ps_attach_options *options)
{
	static const char *const valid[] = { "hook", "mode", NULL };
	bool has_mode = false;

	if (!context->count)
		return ps_error_at(&context->error, -1, 0, "attach needs an interface");
	options->device = context->word[0];
	for (int i = 1; i < context->count; i += 2) {
		const char *word = context->word[i];
		int failed;

		if (strcmp(word, "hook") && strcmp(word, "mode"))
			return ps_error_unknown(&context->error, i, word, "word", valid);
		if (i + 1 == context->count)
			return ps_error_at(&context->error, i, 0, "'%s' must be followed by %s",
					   word, *word == 'h' ? "xdp or tc" : "native or generic");
		has_mode |= *word == 'm';
		failed = *word == 'h' ? read_hook(context, i + 1, options)
				      : read_mode(context, i + 1, options);
		if (failed)
			return -1;
	}
	if (has_mode && options->hook != PS_HOOK_XDP)
		return ps_error_at(&context->error, -1, 0, "a mode is for 'hook xdp'; TC has none");
	return 0;
}

/* It steers without. */
static void watch_losses(const struct ps_context *context, const struct ps_instance *instance)
{
	struct ps_error error;

	if (ps_loss_watch(instance, &error))
		ps_context_note(context, "warning: lost redirects will not be counted: %s",
				error.text);
}

int ps_context_attach(struct ps_context *context, struct ps_instance *instance,
		      const struct ps_attach_options *options)
{
	int result;

	ps_context_warn_attach(context, instance, options);
	result = ps_hook_attach(instance, options, &context->error);
	if (!result && options->hook == PS_HOOK_XDP)
		watch_losses(context, instance);
	return result;
}

static int run_attach(struct ps_context *context)
{
	struct ps_attach_options options = { .hook = PS_HOOK_XDP, .mode = PS_MODE_NATIVE };
	struct ps_error ignored = context->error;
	struct ps_instance instance;
	int result;

	if (read_words(context, &options) || ps_context_open(context, PS_CREATE, &instance))
		return -1;
	result = ps_context_attach(context, &instance, &options);
	if (result == 1)
		ps_context_note(context, "'%s' is attached that way already", options.device);
	if (result < 0) {
		ignored = context->error;
		ps_context_tidy(context, &instance);
		context->error = ignored;
	}
	ps_instance_close(&instance);
	return result < 0 ? -1 : PS_EXIT_DONE;
}

static const struct ps_option attach_options[] = { { "max-bindings", "N", 0 }, {} };

PS_COMMAND(attach) = {
	.kind = PS_VERB,
	.name = "attach",
	.arguments = "DEV [hook xdp|tc] [mode native|generic]",
	.summary = "steer what arrives at an interface, count what it sends",
	.details =
		"Attaches a program for arriving packets, at the XDP hook or (hook tc) at TCX\n"
		"ingress, and one at TCX egress that counts what bound endpoints send. On\n"
		"kernels without TCX, clsact is used. Programs stay until 'detach'.\n\n"
		"  hook xdp      the default; mode native runs in the driver, mode generic\n"
		"                in the stack, on every interface, slower\n"
		"  hook tc       where XDP cannot be used; also redirects into a peer namespace\n"
		"  --max-bindings N\n"
		"                room for N bindings (65536), when this makes the instance\n",
	.options = attach_options,
	.run = run_attach,
};

static int run_detach(struct ps_context *context)
{
	struct ps_instance instance;
	const char *device;
	int failed;

	if (!context->count)
		return ps_error_at(&context->error, -1, 0, "detach needs an interface, or 'all'");
	if (ps_context_expect(context, 1) || ps_context_open(context, PS_REMOVE, &instance))
		return -1;
	device = strcmp(context->word[0], "all") ? context->word[0] : NULL;
	failed = ps_hook_detach(&instance, device, &context->error);
	ps_loss_tidy(&instance);
	failed = failed || ps_context_tidy(context, &instance);
	if (!failed && instance.state->bindings && !ps_hook_is_any(&instance))
		ps_context_note(context,
				"%u bindings stay in the table; 'portsteer flush' removes "
				"them",
				instance.state->bindings);
	ps_instance_close(&instance);
	return failed ? -1 : PS_EXIT_DONE;
}

PS_COMMAND(detach) = {
	.kind = PS_VERB,
	.name = "detach",
	.arguments = "DEV|all",
	.summary = "take portsteer's programs off an interface",
	.details =
		"Removes only what 'attach' put there. Bindings stay until 'unbind' or 'flush';\n"
		"when there are none and nothing is attached, the pinned maps go as well.\n",
	.is_table_only = true,
	.run = run_detach,
};
