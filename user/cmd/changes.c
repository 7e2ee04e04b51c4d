// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Printing what a change is made of: a line for each binding, interface and
 * for the guard, with +, ~ or - before the words that bind, attach and guard take.
 */
#include <stdio.h>
#include <stdlib.h>
#include "apply/transition.h"
#include "base/memory.h"
#include "base/quote_shell.h"
#include "cmd/changes.h"

static const char signs[] = "+~-";
static const char *const sign_names[] = { "added", "changed", "removed" };

struct changes {
	struct ps_change_line *item;
	size_t count;
};

static void append(struct changes *changes, enum ps_sign sign, const struct ps_bindings *bindings,
		   const struct ps_bindings *before)
{
	for (size_t i = 0; i < bindings->count; i++)
		changes->item[changes->count++] = (struct ps_change_line){
			.sign = sign,
			.binding = &bindings->item[i],
			.before = before ? &before->item[i] : NULL,
		};
}

static int compare(const void *a, const void *b)
{
	const struct ps_change_line *first = a, *second = b;

	return ps_endpoint_compare(&first->binding->endpoint, &second->binding->endpoint);
}

void ps_change_print_words(const struct ps_binding *binding)
{
	char words[PS_ACTION_TEXT], name[PS_QUOTED_SHELL(PS_NAME_SIZE)];

	ps_output_escaped(stdout, ps_action_format(binding, words));
	if (binding->name[0])
		printf(" name %s", ps_quote_shell(binding->name, name));
}

void ps_change_print(const struct ps_change_line *change)
{
	char endpoint[PS_ENDPOINT_TEXT];

	printf("%c %s ", signs[change->sign],
	       ps_endpoint_format(&change->binding->endpoint, endpoint));
	ps_change_print_words(change->binding);
	if (change->before) {
		fputs("  # was: ", stdout);
		ps_change_print_words(change->before);
	}
	putchar('\n');
}

json_t *ps_change_row(const struct ps_change_line *change)
{
	char text[PS_ACTION_TEXT];
	json_t *row = json_object();

	ps_output_set_text(row, "change", sign_names[change->sign]);
	ps_output_set_text(row, "endpoint", ps_endpoint_format(&change->binding->endpoint, text));
	ps_output_set_text(row, "words", ps_action_format(change->binding, text));
	ps_output_set_text(row, "name", change->binding->name);
	if (change->before) {
		ps_output_set_text(row, "words_before", ps_action_format(change->before, text));
		ps_output_set_text(row, "name_before", change->before->name);
	}
	return row;
}

static void print_interfaces(struct ps_output *output, enum ps_sign sign,
			     const struct ps_interfaces *interfaces,
			     const struct ps_interfaces *before)
{
	char words[PS_INTERFACE_TEXT], was[PS_INTERFACE_TEXT];

	for (size_t i = 0; i < interfaces->count; i++) {
		const struct ps_interface *interface = &interfaces->item[i];
		json_t *row;

		ps_interface_format(interface, words);
		if (before)
			ps_interface_format(&before->item[i], was);
		if (!output) {
			printf("%c interface ", signs[sign]);
			ps_output_escaped(stdout, interface->device);
			printf(before ? "%s%s  # was: %s\n" : "%s%s\n", *words ? " " : "", words,
			       was);
			continue;
		}
		row = json_object();
		ps_output_set_text(row, "change", sign_names[sign]);
		ps_output_set_text(row, "interface", interface->device);
		ps_output_set_text(row, "words", words);
		if (before)
			ps_output_set_text(row, "words_before", was);
		ps_output_add(output, row, NULL);
	}
}

static void print_sockets(struct ps_output *output, enum ps_sign sign,
			  const struct ps_socket_places *places)
{
	char place[PS_ENDPOINT_TEXT], words[PS_ENDPOINT_TEXT + 16];

	for (size_t i = 0; i < places->count; i++) {
		json_t *row;

		snprintf(words, sizeof(words), "--listening %s",
			 ps_endpoint_format(&places->item[i].endpoint, place));
		if (!output) {
			printf("%c socket %s %s%s\n", signs[sign], places->item[i].name, words,
			       sign == PS_CHANGED ? "  # was: others" : "");
			continue;
		}
		row = json_object();
		ps_output_set_text(row, "change", sign_names[sign]);
		ps_output_set_text(row, "socket", places->item[i].name);
		ps_output_set_text(row, "words", words);
		if (sign == PS_CHANGED)
			ps_output_set_text(row, "words_before", words);
		ps_output_add(output, row, NULL);
	}
}

static enum ps_sign sign_of(const struct ps_guard_plan *plan)
{
	if (plan->after.mode == PS_GUARD_OFF)
		return PS_REMOVED;
	return plan->before.mode == PS_GUARD_OFF ? PS_ADDED : PS_CHANGED;
}

static void print_guard(struct ps_output *output, const struct ps_guard_plan *plan)
{
	enum ps_sign sign = sign_of(plan);
	char words[PS_GUARD_TEXT], was[PS_GUARD_TEXT];
	json_t *row;

	if (ps_guard_plan_is_empty(plan))
		return;
	ps_guard_setting_format(sign == PS_REMOVED ? &plan->before : &plan->after, words);
	ps_guard_setting_format(&plan->before, was);
	if (!output) {
		printf("%c guard ", signs[sign]);
		ps_output_escaped(stdout, words);
		if (sign == PS_CHANGED)
			fputs("  # was: ", stdout);
		ps_output_escaped(stdout, sign == PS_CHANGED ? was : "");
		putchar('\n');
		return;
	}
	row = json_object();
	ps_output_set_text(row, "change", sign_names[sign]);
	json_object_set_new(row, "guard", json_true());
	ps_output_set_text(row, "words", words);
	if (sign == PS_CHANGED)
		ps_output_set_text(row, "words_before", was);
	ps_output_add(output, row, NULL);
}

static void print_bindings(struct ps_output *output, const struct ps_plan *plan)
{
	size_t room = plan->added.count + plan->changed.count + plan->removed.count;
	PS_FREED struct ps_change_line *item = ps_memory_new(room, sizeof(*item));
	struct changes changes = { .item = item };

	append(&changes, PS_ADDED, &plan->added, NULL);
	append(&changes, PS_CHANGED, &plan->changed, &plan->before);
	append(&changes, PS_REMOVED, &plan->removed, NULL);
	qsort(item, changes.count, sizeof(*item), compare);
	for (size_t i = 0; i < changes.count; i++) {
		if (output)
			ps_output_add(output, ps_change_row(&item[i]), NULL);
		else
			ps_change_print(&item[i]);
	}
}

/* Lines with that sign. */
static size_t count(const struct ps_transition *transition, enum ps_sign sign)
{
	const struct ps_interface_plan *interfaces = &transition->interfaces;
	const struct ps_socket_plan *sockets = &transition->sockets.plan;
	const struct ps_plan *bindings = &transition->bindings.plan;
	const struct ps_guard_plan *guard = &transition->guard;
	bool has_guard = !ps_guard_plan_is_empty(guard) && sign_of(guard) == sign;

	switch (sign) {
	case PS_ADDED:
		return interfaces->added.count + sockets->added.count + bindings->added.count +
		       has_guard;
	case PS_CHANGED:
		return interfaces->changed.count + sockets->changed.count +
		       bindings->changed.count + has_guard;
	case PS_REMOVED:
		break;
	}
	return interfaces->removed.count + sockets->removed.count + bindings->removed.count +
	       has_guard;
}

static void print_sum(const struct ps_transition *transition)
{
	if (ps_transition_is_nothing(transition)) {
		puts("nothing to do");
		return;
	}
	printf("+%zu ~%zu -%zu", count(transition, PS_ADDED), count(transition, PS_CHANGED),
	       count(transition, PS_REMOVED));
	if (transition->is_live)
		printf(", generation %llu", transition->generation);
	putchar('\n');
}

int ps_transition_print(struct ps_context *context, const struct ps_transition *transition)
{
	const struct ps_interface_plan *interfaces = &transition->interfaces;
	static const struct ps_column columns[] = { {} };
	struct ps_output *output = NULL;

	if (context->format != PS_TEXT)
		output = ps_output_open(context->format, columns);
	else if (context->is_quiet)
		return 0;
	print_interfaces(output, PS_ADDED, &interfaces->added, NULL);
	print_interfaces(output, PS_CHANGED, &interfaces->changed, &interfaces->before);
	print_interfaces(output, PS_REMOVED, &interfaces->removed, NULL);
	print_guard(output, &transition->guard);
	print_sockets(output, PS_ADDED, &transition->sockets.plan.added);
	print_sockets(output, PS_CHANGED, &transition->sockets.plan.changed);
	print_sockets(output, PS_REMOVED, &transition->sockets.plan.removed);
	print_bindings(output, &transition->bindings.plan);
	if (output)
		return ps_output_close(output, &context->error);
	print_sum(transition);
	return 0;
}
