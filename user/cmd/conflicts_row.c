// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A conflict as a row of output, with the keys of doc/schema/conflicts.json.
 */
#include <stdio.h>
#include "cmd/output.h"
#include "cmd/rows.h"
#include "conflict/holder.h"

static json_t *make_processes(const struct ps_listener *listener)
{
	json_t *processes = json_array();

	for (size_t i = 0; i < listener->process_count; i++) {
		const struct ps_listener_process *item = &listener->process[i];
		json_t *process = json_object();

		json_object_set_new(process, "pid", json_integer(item->pid));
		ps_output_set_text(process, "command", item->command);
		ps_output_set_text(process, "user", item->user);
		ps_output_set_text(process, "unit", item->unit);
		ps_output_set_text(process, "cgroup", item->cgroup);
		json_array_append_new(processes, process);
	}
	return processes;
}

/* What of the kernel itself holds it: "vxlan vx0", "kernel", "" when that is not so, or not known.
 */
static void set_kernel(json_t *row, const struct ps_facts *facts,
		       const struct ps_listener *listener)
{
	const struct ps_device *device = NULL;
	char text[PS_KIND_SIZE + PS_DEV_SIZE + 1] = "";

	if (ps_is_yes(ps_holder_is_kernel(facts, listener, &device)))
		snprintf(text, sizeof(text), device ? "%s %s" : "kernel",
			 device ? device->kind : "", device ? device->name : "");
	ps_output_set_text(row, "kernel", text);
}

json_t *ps_listener_row(const struct ps_facts *facts, const struct ps_listener *listener)
{
	const struct ps_device *device = ps_devices_find(&facts->devices, listener->ifindex);
	json_t *row = json_object();

	json_object_set_new(row, "sockets", json_integer((json_int_t)listener->socket_count));
	json_object_set_new(row, "connected", json_boolean(listener->is_connected));
	ps_output_set_text(row, "device", device ? device->name : "");
	ps_output_set_text(row, "user", listener->user);
	ps_output_set_text(row, "unit", listener->unit);
	ps_output_set_text(row, "cgroup", listener->cgroup);
	set_kernel(row, facts, listener);
	json_object_set_new(row, "owners", make_processes(listener));
	return row;
}

json_t *ps_attempt_row(const struct ps_attempt *attempt)
{
	const struct ps_attempt_stat *value = &attempt->value;
	json_t *row = json_object();
	char time[32];

	json_object_set_new(row, "pid", json_integer(value->pid));
	ps_output_set_text(row, "command", value->command);
	ps_output_set_text(row, "user", attempt->user);
	ps_output_set_text(row, "cgroup", attempt->cgroup);
	json_object_set_new(row, "count", json_integer((json_int_t)value->count));
	json_object_set_new(row, "refused", json_boolean(!value->is_allowed));
	json_object_set_new(row, "first_seen", json_string(ps_output_time(value->first_ns, time)));
	json_object_set_new(row, "last_seen", json_string(ps_output_time(value->last_ns, time)));
	return row;
}

json_t *ps_conflict_row(const struct ps_conflict *conflict)
{
	char endpoint[PS_ENDPOINT_TEXT];
	json_t *row = json_object();

	ps_output_set_text(row, "kind", ps_conflict_kind_name(conflict->kind));
	ps_output_set_text(row, "severity", ps_severity_name(conflict->severity));
	ps_output_set_text(row, "endpoint", ps_conflict_endpoint(conflict, endpoint));
	ps_output_set_text(row, "interface", conflict->device);
	ps_output_set_text(row, "with", conflict->with);
	ps_output_set_text(row, "message", conflict->text);
	ps_output_set_text(row, "fix", conflict->fix);
	ps_output_set_text(row, "netns", conflict->facts ? conflict->facts->netns : "");
	if (conflict->column) {
		json_object_set_new(row, "line", json_integer(conflict->line));
		json_object_set_new(row, "column", json_integer(conflict->column));
	}
	if (conflict->listener)
		json_object_set_new(row, "listener",
				    ps_listener_row(conflict->facts, conflict->listener));
	if (conflict->attempt)
		json_object_set_new(row, "attempt", ps_attempt_row(conflict->attempt));
	return row;
}
