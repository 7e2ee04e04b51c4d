// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Events as lines. See monitor.h; the keys are those of
 * doc/schema/monitor.json.
 */
#include <stdio.h>
#include <time.h>
#include "base/number.h"
#include "cmd/changes.h"
#include "cmd/monitor.h"
#include "cmd/rows.h"
#include "guard/attempts.h"
#include "guard/setting.h"

static const char *const event_names[] = {
	[PS_EVENT_THERE] = "instance",		[PS_EVENT_GUARD] = "guard",
	[PS_EVENT_PUBLISHED] = "published",	[PS_EVENT_BINDING_ADDED] = "binding",
	[PS_EVENT_BINDING_CHANGED] = "binding", [PS_EVENT_BINDING_REMOVED] = "binding",
	[PS_EVENT_SOCKET_ADDED] = "socket",	[PS_EVENT_SOCKET_CLOSED] = "socket",
	[PS_EVENT_SOCKET_REMOVED] = "socket",	[PS_EVENT_BIND] = "bind",
	[PS_EVENT_GONE] = "instance",
};

static const char *const socket_changes[] = { "added", "closed", "removed" };

/* What is to be printed, and where it is from. */
struct line {
	const struct ps_context *context;
	const struct ps_event *event;
	const struct ps_events *events;
	const struct ps_reading *after;
};

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec;
}

static __u64 time_of(const struct line *line)
{
	return line->event->attempt ? line->event->attempt->value.last_ns : now_ns();
}

static struct ps_change_line change_of(const struct ps_event *event)
{
	return (struct ps_change_line){
		.sign = (enum ps_sign)(event->kind - PS_EVENT_BINDING_ADDED),
		.binding = event->binding,
		.before = event->before,
	};
}

static const char *with_of(const struct ps_attempt *attempt, char text[PS_ENDPOINT_TEXT])
{
	struct ps_endpoint endpoint = ps_attempt_endpoint(&attempt->key);

	return ps_endpoint_format(&endpoint, text);
}

static void print_guard(const struct ps_reading *after)
{
	printf("guard %s", ps_guard_modes[after->guard.mode]);
	if (after->guard.mode != PS_GUARD_OFF && after->cgroup) {
		putchar(' ');
		ps_output_escaped(stdout, after->cgroup);
	}
	if (after->guard.state != PS_GUARD_WHOLE)
		printf(" (%s)", ps_guard_state_name(after->guard.state));
}

static void print_published(const struct line *line)
{
	const struct ps_plan *plan = &line->events->plan;

	printf("generation %llu: %zu added, %zu changed, %zu removed", line->after->generation,
	       plan->added.count, plan->changed.count, plan->removed.count);
	if (line->event->count > 1)
		printf(", in %llu steps", line->event->count);
}

static void print_socket(const struct ps_event *event)
{
	const struct ps_socket_info *info = &event->socket->info;
	char place[PS_ENDPOINT_TEXT];

	fputs("socket ", stdout);
	ps_output_escaped(stdout, event->socket->name);
	printf(" %s: %s (", socket_changes[event->kind - PS_EVENT_SOCKET_ADDED],
	       ps_registered_place(event->socket, place));
	ps_output_escaped(stdout, info->command);
	printf(", pid %u)", info->pid);
}

static void print_who(const struct ps_attempt *attempt)
{
	ps_output_escaped(stdout, attempt->value.command);
	printf(" (pid %u, user ", attempt->value.pid);
	ps_output_escaped(stdout, attempt->user);
	fputs(attempt->cgroup ? ", cgroup " : "", stdout);
	ps_output_escaped(stdout, attempt->cgroup ?: "");
	putchar(')');
}

static void print_bind(const struct ps_event *event)
{
	const struct ps_attempt *attempt = event->attempt;
	char text[PS_ENDPOINT_TEXT];

	printf("%s %s to ", attempt->value.is_allowed ? "would refuse" : "refused",
	       with_of(attempt, text));
	print_who(attempt);
	if (event->binding) {
		printf(" by %s ", ps_endpoint_format(&event->binding->endpoint, text));
		ps_change_print_words(event->binding);
	}
	printf(", %llu time%s", event->count, ps_number_plural(event->count));
	if (attempt->value.count > event->count)
		printf(", %llu in all", attempt->value.count);
}

static void print_instance(const struct ps_context *context, const char *what)
{
	fputs("instance ", stdout);
	ps_output_escaped(stdout, context->apply.instance);
	fputs(what, stdout);
}

static void print_binding(const struct line *line)
{
	const struct ps_change_line change = change_of(line->event);

	ps_change_print(&change);
}

static void print_text(const struct line *line)
{
	char time[32];

	printf("%s ", ps_output_time(time_of(line), time));
	switch (line->event->kind) {
	case PS_EVENT_THERE:
		print_instance(line->context, " is there");
		printf(", generation %llu", line->after->generation);
		break;
	case PS_EVENT_GONE:
		print_instance(line->context, " is not there; waiting");
		break;
	case PS_EVENT_GUARD:
		print_guard(line->after);
		break;
	case PS_EVENT_PUBLISHED:
		print_published(line);
		break;
	case PS_EVENT_BINDING_ADDED:
	case PS_EVENT_BINDING_CHANGED:
	case PS_EVENT_BINDING_REMOVED:
		print_binding(line);
		return; /* it has its newline */
	case PS_EVENT_SOCKET_ADDED:
	case PS_EVENT_SOCKET_CLOSED:
	case PS_EVENT_SOCKET_REMOVED:
		print_socket(line->event);
		break;
	case PS_EVENT_BIND:
		print_bind(line->event);
		break;
	}
	putchar('\n');
}

static void set_number(json_t *row, const char *key, __u64 number)
{
	json_object_set_new(row, key, json_integer((json_int_t)number));
}

static void set_instance(json_t *row, const struct line *line)
{
	bool is_there = line->event->kind == PS_EVENT_THERE;

	ps_output_set_text(row, "instance", line->context->apply.instance);
	ps_output_set_text(row, "state", is_there ? "present" : "absent");
	if (is_there)
		set_number(row, "generation", line->after->generation);
}

static void set_guard(json_t *row, const struct ps_reading *after)
{
	ps_output_set_text(row, "mode", ps_guard_modes[after->guard.mode]);
	if (after->guard.mode == PS_GUARD_OFF)
		return;
	ps_output_set_text(row, "cgroup", after->cgroup);
	ps_output_set_text(row, "state", ps_guard_state_name(after->guard.state));
}

static void set_published(json_t *row, const struct line *line)
{
	const struct ps_plan *plan = &line->events->plan;

	set_number(row, "generation", line->after->generation);
	set_number(row, "publishes", line->event->count);
	set_number(row, "added", plan->added.count);
	set_number(row, "changed", plan->changed.count);
	set_number(row, "removed", plan->removed.count);
}

static void set_binding(json_t *row, const struct ps_event *event)
{
	const struct ps_change_line change = change_of(event);
	json_t *words = ps_change_row(&change);

	json_object_update(row, words);
	json_decref(words);
}

static void set_socket(json_t *row, const struct ps_event *event)
{
	const struct ps_socket_info *info = &event->socket->info;
	char place[PS_ENDPOINT_TEXT];

	ps_output_set_text(row, "change", socket_changes[event->kind - PS_EVENT_SOCKET_ADDED]);
	ps_output_set_text(row, "name", event->socket->name);
	ps_output_set_text(row, "socket", ps_registered_place(event->socket, place));
	set_number(row, "cookie", info->cookie);
	set_number(row, "pid", info->pid);
	ps_output_set_text(row, "command", info->command);
}

static void set_bind(json_t *row, const struct ps_event *event)
{
	const struct ps_binding *binding = event->binding;
	char endpoint[PS_ENDPOINT_TEXT], words[PS_ACTION_TEXT];

	ps_output_set_text(row, "endpoint",
			   binding ? ps_endpoint_format(&binding->endpoint, endpoint) : "");
	ps_output_set_text(row, "words", binding ? ps_action_format(binding, words) : "");
	ps_output_set_text(row, "name", binding ? binding->name : "");
	ps_output_set_text(row, "with", with_of(event->attempt, endpoint));
	set_number(row, "count", event->count);
	json_object_set_new(row, "attempt", ps_attempt_row(event->attempt));
}

static void set_keys(json_t *row, const struct line *line)
{
	switch (line->event->kind) {
	case PS_EVENT_THERE:
	case PS_EVENT_GONE:
		set_instance(row, line);
		break;
	case PS_EVENT_GUARD:
		set_guard(row, line->after);
		break;
	case PS_EVENT_PUBLISHED:
		set_published(row, line);
		break;
	case PS_EVENT_BINDING_ADDED:
	case PS_EVENT_BINDING_CHANGED:
	case PS_EVENT_BINDING_REMOVED:
		set_binding(row, line->event);
		break;
	case PS_EVENT_SOCKET_ADDED:
	case PS_EVENT_SOCKET_CLOSED:
	case PS_EVENT_SOCKET_REMOVED:
		set_socket(row, line->event);
		break;
	case PS_EVENT_BIND:
		set_bind(row, line->event);
		break;
	}
}

static void print_json(const struct line *line)
{
	bool is_pretty = line->context->format == PS_JSON_PRETTY;
	json_t *row = json_object();
	char time[32];

	ps_output_set_text(row, "time", ps_output_time(time_of(line), time));
	ps_output_set_text(row, "event", event_names[line->event->kind]);
	set_keys(row, line);
	json_dumpf(row, stdout, is_pretty ? JSON_INDENT(2) : JSON_COMPACT);
	putchar('\n');
	json_decref(row);
}

void ps_monitor_print(const struct ps_context *context, const struct ps_event *event,
		      const struct ps_events *events, const struct ps_reading *after)
{
	const struct line line = { context, event, events, after };

	if (context->format == PS_TEXT)
		print_text(&line);
	else
		print_json(&line);
}

void ps_monitor_print_begin(const struct ps_context *context, const struct ps_reading *reading)
{
	const struct ps_event event = {
		.kind = reading->is_there ? PS_EVENT_THERE : PS_EVENT_GONE,
	};
	const struct ps_events events = {};

	ps_monitor_print(context, &event, &events, reading);
}
