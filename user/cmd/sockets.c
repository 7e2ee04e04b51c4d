// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * sockets.
 */
#include "base/advice.h"
#include "cmd/context.h"
#include "socket/registry.h"

static const struct ps_column columns[] = {
	{ "name", "NAME", false, 8 },	     { "socket", "SOCKET", false, 0 },
	{ "state", "STATE", false, 16 },     { "pid", "PID", true, 0 },
	{ "command", "COMMAND", false, 8 },  { "taken", "TAKEN", true, 0 },
	{ "bindings", "BINDINGS", true, 0 }, {},
};

static const char *state_of(const struct ps_registered *registered)
{
	if (registered->info.proto == PS_NO_PROTO)
		return "missing";
	return registered->is_open ? "open" : "closed";
}

static json_t *make_row(const struct ps_registered *registered)
{
	static const char *const families[] = { "any", "ipv4", "ipv6" };
	const struct ps_socket_info *info = &registered->info;
	bool is_there = info->proto != PS_NO_PROTO;
	char text[PS_ENDPOINT_TEXT];
	json_t *row = json_object();

	json_object_set_new(row, "name", ps_output_text(registered->name, PS_NAME_SIZE));
	json_object_set_new(row, "socket", json_string(ps_registered_place(registered, text)));
	json_object_set_new(row, "state", json_string(state_of(registered)));
	json_object_set_new(row, "takes", json_string(is_there ? families[info->family] : ""));
	json_object_set_new(row, "cookie", json_integer((json_int_t)info->cookie));
	json_object_set_new(row, "pid", json_integer(info->pid));
	json_object_set_new(row, "command", ps_output_text(info->command, sizeof(info->command)));
	json_object_set_new(row, "taken", json_integer((json_int_t)info->taken));
	json_object_set_new(row, "bindings", json_integer(registered->bindings));
	return row;
}

static int list_sockets(struct ps_context *context, const struct ps_instance *instance,
			struct ps_output *output)
{
	struct ps_registry registry;

	ps_registry_read(instance, &registry);
	for (size_t i = 0; i < registry.count; i++)
		ps_output_add(output, make_row(&registry.item[i]), NULL);
	if (!registry.count)
		ps_report_note(&context->report,
			       "note: no socket is registered; '%s' registers one",
			       ps_advice("socket add NAME", NULL));
	ps_registry_done(&registry);
	return 0;
}

static int run_sockets(struct ps_context *context)
{
	return ps_context_list(
		context, 1 << PS_MAP_SOCKET_NAMES | 1 << PS_MAP_SOCKET_INFOS | 1 << PS_MAP_TARGETS,
		columns, list_sockets);
}

PS_COMMAND(sockets) = {
	.kind = PS_NOUN,
	.name = "sockets",
	.arguments = "",
	.summary = "list registered sockets and how much they were handed",
	.details =
		"A socket is open, or closed by its process; a name that bindings use and that\n"
		"no socket is registered with is missing. PID and COMMAND are those it was taken\n"
		"from. TAKEN counts connections, or datagrams.\n\n"
		"JSON keys: name, socket, state, takes (ipv4, ipv6, any), cookie, pid, command,\n"
		"taken, bindings.\n",
	.is_table_only = true,
	.run = run_sockets,
};
