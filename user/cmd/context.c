// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What commands share: their options and words, and what they say on stderr.
 */
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/number.h"
#include "base/utf8.h"
#include "cmd/context.h"
#include "conflict/conflict.h"
#include "instance/open.h"

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

int ps_context_read_size(struct ps_context *context)
{
	long max_bindings = context->apply.max_bindings;

	if (ps_context_number(context, "max-bindings", 1, PS_BINDINGS_MAX, &max_bindings))
		return -1;
	context->apply.max_bindings = (__u32)max_bindings;
	return 0;
}

int ps_context_list(struct ps_context *context, __u32 reads, const struct ps_column *columns,
		    ps_list list)
{
	struct ps_instance instance;
	struct ps_output *output;
	int opened, failed = 0;

	if (ps_context_expect(context, 0))
		return -1;
	opened = ps_apply_read(&context->apply, reads, &instance);
	if (opened < 0)
		return -1;
	output = ps_output_open(context->format, columns);
	if (opened) {
		ps_report_note(&context->report, "note: %s", context->error.text);
	} else {
		failed = list(context, &instance, output);
		ps_instance_close(&instance);
	}
	return ps_output_close(output, &context->error) || failed ? -1 : PS_EXIT_DONE;
}

int ps_context_expect(struct ps_context *context, int max)
{
	if (context->count <= max)
		return 0;
	return ps_error_at(&context->error, max, 0, "'%s' is an unexpected argument",
			   context->word[max]);
}

static void print_message(const struct ps_context *context, const struct ps_message *message)
{
	if (context->format == PS_TEXT)
		ps_output_line(stderr, message->text);
	else
		ps_output_message(stderr, message);
}

void ps_context_print_error(const struct ps_context *context, const struct ps_error *error)
{
	const struct ps_message message = {
		.key = "error",
		.text = error->text,
		.kind = ps_exit_name(error->status),
		.file = error->file,
		.line = error->line,
		.column = error->column,
		.fix = error->fix,
	};

	print_message(context, &message);
}

static const char *severity_of(const char *text)
{
	return strncmp(text, "warning: ", 9) ? "note" : "warning";
}

static void print_note(void *to, const char *text)
{
	const struct ps_context *context = to;
	const struct ps_message message = {
		.key = "note",
		.text = text,
		.severity = severity_of(text),
		.fix = ps_advice_find(text),
	};

	if (!context->is_quiet)
		print_message(context, &message);
}

/* "FILE:21:5: warning: TEXT", without the place when it is about no file. */
static void print_located(const struct ps_context *context, struct ps_message message)
{
	char text[PS_CONFLICT_LINE + 512], place[440] = "";

	if (message.file)
		ps_utf8_print(place, sizeof(place), "%.400s:%u:%u: ", message.file, message.line,
			      message.column);
	ps_utf8_print(text, sizeof(text), "%s%s: %s", place, message.severity, message.text);
	message.text = text;
	if (!context->is_quiet)
		print_message(context, &message);
}

static void print_warning(void *to, struct ps_position place, const char *text)
{
	const struct ps_context *context = to;
	const struct ps_message message = {
		.key = "note",
		.text = text,
		.severity = ps_severity_name(PS_WARNING),
		.file = context->apply.source,
		.line = place.line,
		.column = place.column,
		.fix = ps_advice_find(text),
	};

	print_located(context, message);
}

static void print_conflict(const struct ps_context *context, const struct ps_conflict *conflict)
{
	char text[PS_CONFLICT_LINE];
	const struct ps_message message = {
		.key = "note",
		.text = ps_conflict_format(conflict, text),
		.severity = ps_severity_name(conflict->severity),
		.kind = ps_conflict_kind_name(conflict->kind),
		.file = conflict->line ? context->apply.source : NULL,
		.line = conflict->line,
		.column = conflict->column,
		.fix = conflict->fix,
	};

	print_located(context, message);
}

/* At most a screen of them, info only with -v. */
static void print_conflicts(void *to, const struct ps_conflicts *conflicts)
{
	const struct ps_context *context = to;
	const struct ps_report *report = &context->report;
	size_t shown = 0, hidden = 0;
	const char *last = "";

	for (size_t i = 0; i < conflicts->count; i++) {
		const struct ps_conflict *conflict = &conflicts->item[i];

		if (conflict->severity == PS_INFO && !report->is_verbose)
			continue;
		if (shown < CONFLICTS_SHOWN && strcmp(conflict->text, last)) {
			print_conflict(context, conflict);
			last = conflict->text;
			shown++;
		} else {
			hidden++;
		}
	}
	if (hidden)
		ps_report_note(report, "and %zu more like these; '%s' lists those of the table",
			       hidden, ps_advice("conflicts", NULL));
}

static void begin_step(void *to, const char *what, size_t total)
{
	ps_context_begin(to, what, total);
}

static void end_step(void *to)
{
	(void)to;
	ps_context_end();
}

void ps_context_init(struct ps_context *context)
{
	context->report = (struct ps_report){
		.to = context,
		.note = print_note,
		.warning = print_warning,
		.conflicts = print_conflicts,
		.begin = begin_step,
		.end = end_step,
	};
	context->apply = (struct ps_apply){
		.instance = PS_INSTANCE_DEFAULT,
		.report = &context->report,
		.error = &context->error,
	};
}

void ps_context_mean(struct ps_context *context, const struct ps_whose *whose)
{
	context->whose = *whose;
	context->apply.instance = context->whose.name;
	context->apply.presence = context->whose.presence;
}
