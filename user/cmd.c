// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What commands share: opening the instance, and what they say on stderr.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "advice.h"
#include "capability.h"
#include "cmd.h"
#include "guard.h"
#include "hook.h"
#include "number.h"
#include "orphan.h"
#include "publish.h"
#include "registry.h"
#include "reserved.h"
#include "trial.h"
#include "utf8.h"

#define CONFLICTS_SHOWN 25

bool ps_context_has(const struct ps_context *context, const char *name)
{
	return ps_options_find(&context->options, name);
}

const char *ps_context_value(const struct ps_context *context, const char *name)
{
	const struct ps_given *given = ps_options_find(&context->options, name);

	return given ? given->value : NULL;
}

int ps_context_number(struct ps_context *context, const char *name, long low, long high, long *ret)
{
	const char *text = ps_context_value(context, name);
	long value;

	if (!text)
		return 0;
	value = ps_number_parse(text, high);
	if (value < low)
		return ps_error_at(&context->error, -1, 0,
				   "--%s takes a number from %ld to %ld, not '%s'", name, low, high,
				   text);
	*ret = value;
	return 0;
}

int ps_context_open_on_trial(struct ps_context *context, enum ps_access access,
			     struct ps_instance *ret_instance)
{
	struct ps_instance_options options = {
		.name = context->instance,
		.access = access,
		.presence = context->whose.presence,
		.wait_seconds = context->wait_seconds,
	};
	long max_bindings = context->max_bindings;

	if (ps_context_number(context, "max-bindings", 1, PS_BINDINGS_MAX, &max_bindings))
		return -1;
	options.max_bindings = (__u32)max_bindings;
	if (ps_instance_open(&options, ret_instance, &context->error))
		return -1;
	if (!ps_settle(ret_instance, &context->error))
		return 0;
	ps_instance_close(ret_instance);
	return -1;
}

int ps_context_open(struct ps_context *context, enum ps_access access,
		    struct ps_instance *ret_instance)
{
	if (ps_context_open_on_trial(context, access, ret_instance))
		return -1;
	if (!ps_trial_check(ret_instance, &context->error))
		return 0;
	ps_context_close(context, ret_instance, -1);
	return -1;
}

int ps_context_read(struct ps_context *context, __u32 reads, struct ps_instance *ret_instance)
{
	const struct ps_instance_options options = {
		.name = context->instance,
		.access = PS_READ,
		.presence = context->whose.presence,
		.is_shown = context->is_table_only,
		.wait_seconds = context->wait_seconds,
		.reads = reads,
	};

	if (!ps_instance_open(&options, ret_instance, &context->error))
		return 0;
	return context->error.status == PS_EXIT_NOT_FOUND ? 1 : -1;
}

int ps_context_list(struct ps_context *context, __u32 reads, const struct ps_column *columns,
		    ps_list list)
{
	struct ps_instance instance;
	struct ps_output *output;
	int opened, failed = 0;

	if (ps_context_expect(context, 0))
		return -1;
	opened = ps_context_read(context, reads, &instance);
	if (opened < 0)
		return -1;
	output = ps_output_open(context->format, columns);
	if (!opened) {
		failed = list(context, &instance, output);
		ps_instance_close(&instance);
	}
	return ps_output_close(output, &context->error) || failed ? -1 : PS_EXIT_DONE;
}

int ps_context_expect(struct ps_context *context, int max)
{
	if (context->count <= max)
		return 0;
	return ps_error_at(&context->error, max, 0, "'%s' is one word too many",
			   context->word[max]);
}

static void print_message(const struct ps_context *context, const char *key, const char *text,
			  const char *mend)
{
	if (context->format == PS_TEXT)
		ps_output_line(stderr, text);
	else
		ps_output_message(stderr, key, text, mend);
}

void ps_context_print_error(const struct ps_context *context, const char *text, const char *mend)
{
	print_message(context, "error", text, mend);
}

void ps_context_note(const struct ps_context *context, const char *format, ...)
{
	char text[2048];
	va_list args;

	if (context->is_quiet)
		return;
	va_start(args, format);
	ps_utf8_format(text, sizeof(text), format, args);
	va_end(args);
	print_message(context, "note", text, ps_advice_find(text));
}

static void show_conflict(const struct ps_context *context, const struct ps_conflict *conflict)
{
	char text[PS_CONFLICT_LINE];

	ps_advice_again(conflict->mend);
	ps_context_note(context, "%s", ps_conflict_format(conflict, text));
}

void ps_context_show_conflicts(const struct ps_context *context,
			       const struct ps_conflicts *conflicts)
{
	size_t shown = 0, hidden = 0;
	const char *last = "";

	for (size_t i = 0; i < conflicts->count; i++) {
		const struct ps_conflict *conflict = &conflicts->item[i];

		if (conflict->severity == PS_INFO && !context->is_verbose)
			continue;
		if (shown < CONFLICTS_SHOWN && strcmp(conflict->text, last)) {
			show_conflict(context, conflict);
			last = conflict->text;
			shown++;
		} else {
			hidden++;
		}
	}
	if (hidden)
		ps_context_note(context, "and %zu more like these; '%s' lists those of the table",
				hidden, ps_advice("conflicts", NULL));
}

/* Whoever may not look for programs takes the record for the truth. */
static bool has_orphans(const struct ps_context *context, const struct ps_instance *instance)
{
	struct ps_orphans orphans;
	struct ps_answer answer = ps_orphans_read(instance, &orphans);

	ps_orphans_done(&orphans);
	if (ps_is_no(answer) || (answer.err == EPERM && ps_capability_is_missing(PS_NEED_ADMIN)))
		return false;
	ps_context_note(context,
			ps_is_yes(answer)
				? "note: programs of this instance are attached that are "
				  "not on record; its maps stay until they are taken off: %s"
				: "note: the maps stay: whether programs use them could "
				  "not be looked up: %s",
			ps_is_yes(answer) ? ps_advice("detach all", NULL) : strerror(answer.err));
	return true;
}

/* Something is still to be done with it. Nothing is with one that was never published. */
static bool is_unfinished(const struct ps_instance *instance)
{
	bool is_untouched = instance->is_new && !instance->state->generation;

	return (instance->state->pending && !is_untouched) ||
	       !ps_is_no(ps_trial_find(instance->path, NULL));
}

/* Takes away an instance that holds nothing any more. */
static int tidy(struct ps_context *context, struct ps_instance *instance)
{
	char stranger[PS_PATH_SIZE];
	struct ps_answer reserved;
	struct ps_guard guard;
	struct ps_error error;

	if (instance->state->bindings || is_unfinished(instance) || ps_hook_is_any(instance) ||
	    ps_registry_is_any(instance))
		return 0;
	reserved = ps_reserved_is_any(instance);
	if (ps_guard_read(instance, &guard, &error) || ps_is_unknown(reserved)) {
		ps_context_note(context, "note: the instance has no bindings any more, and stays: "
					 "what else it holds could not be looked at");
		return 0;
	}
	if (guard.mode != PS_GUARD_OFF)
		return 0;
	if (has_orphans(context, instance))
		return 0;
	if (ps_is_yes(reserved)) {
		ps_context_note(context,
				"note: ports are still reserved for this instance; "
				"'%s' takes them back",
				ps_advice("unreserve", NULL));
		return 0;
	}
	if (ps_instance_find_stranger(instance, stranger)) {
		ps_context_note(context,
				"%s is not portsteer's; the maps beside it stay until it is moved "
				"away",
				stranger);
		return 0;
	}
	return ps_instance_remove(instance, &context->error);
}

int ps_context_close(struct ps_context *context, struct ps_instance *instance, int failed)
{
	struct ps_error cause = context->error;

	if (tidy(context, instance)) /* what was asked for is done, or has failed, without it */
		ps_context_note(context, "warning: an empty instance stays behind: %s",
				context->error.text);
	context->error = cause;
	ps_instance_close(instance);
	return failed ? -1 : 0;
}
