// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is said about a listener that loses packets: how many sockets, where,
 * whose. Which listeners do is listener.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"
#include "conflict/conflict.h"

#define PIDS_SHOWN 8

/* Text that grows; what does not fit is cut off. */
struct words {
	char text[1024];
	size_t length;
};

static void add(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct words *words, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	ps_utf8_format(words->text + words->length, sizeof(words->text) - words->length, format,
		       args);
	va_end(args);
	words->length += strlen(words->text + words->length);
}

static bool is_command_new(const struct ps_listener *listener, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(listener->process[i].command, listener->process[at].command))
			return false;
	return true;
}

/* "nginx, pids 71, 72": the processes from @first on that are called like it. */
static int add_command(struct words *words, const struct ps_listener *listener, size_t first,
		       int shown)
{
	const char *command = listener->process[first].command;
	int count = 0;

	for (size_t i = first; i < listener->process_count; i++)
		count += !strcmp(listener->process[i].command, command);
	add(words, "%s%s, %s ", shown ? "; " : "", command, count > 1 ? "pids" : "pid");
	count = 0;
	for (size_t i = first; i < listener->process_count && shown + count < PIDS_SHOWN; i++)
		if (!strcmp(listener->process[i].command, command))
			add(words, "%s%d", count++ ? ", " : "", (int)listener->process[i].pid);
	return count;
}

/* "nginx, pids 71, 72; systemd, pid 1". */
static void add_processes(struct words *words, const struct ps_conflict *conflict)
{
	const struct ps_listener *listener = conflict->listener;
	int shown = 0;

	for (size_t i = 0; i < listener->process_count && shown < PIDS_SHOWN; i++)
		if (is_command_new(listener, i))
			shown += add_command(words, listener, i, shown);
	if ((size_t)shown < listener->process_count)
		add(words, " and %zu more", listener->process_count - (size_t)shown);
	if (!shown && conflict->facts->listeners.has_unseen)
		add(words, "owner unknown");
	else if (!shown)
		add(words, "owner unknown: no process here has it open");
}

/* Without a unit the cgroup says most, unless it is the one of everything. */
static void add_unit(struct words *words, const struct ps_listener *listener)
{
	const char *cgroup = listener->process_count && listener->process->cgroup
				     ? listener->process->cgroup
				     : listener->cgroup;

	if (listener->unit)
		add(words, ", unit %s", listener->unit);
	else if (cgroup && strcmp(cgroup, "/"))
		add(words, ", cgroup %s", cgroup);
}

static void add_peer(struct words *words, const struct ps_listener *listener)
{
	struct ps_endpoint peer = {
		.port_first = listener->socket->peer_port,
		.port_last = listener->socket->peer_port,
		.family = listener->family,
		.proto = listener->proto,
		.prefix_len = listener->family == PS_IPV4 ? 32 : 128,
	};
	char text[PS_ENDPOINT_TEXT];

	memcpy(peer.addr, listener->socket->peer_addr, sizeof(peer.addr));
	add(words, "%s", strchr(ps_endpoint_format(&peer, text), ' ') + 1);
}

/* "2 sockets listen on tcp any:80 on 'eth0', network namespace 'blue'" */
static void add_sockets(struct words *words, const struct ps_conflict *conflict)
{
	const struct ps_listener *listener = conflict->listener;
	const struct ps_device *device =
		ps_devices_find(&conflict->facts->devices, listener->ifindex);
	const char *local = conflict->facts->is_elsewhere ? "" : "local ";
	bool is_one = listener->socket_count == 1;

	if (is_one)
		add(words, "a %ssocket", local);
	else
		add(words, "%zu %ssockets", listener->socket_count, local);
	if (listener->is_connected)
		add(words, " at %s", conflict->with);
	else
		add(words, is_one ? " listens on %s" : " together listen on %s", conflict->with);
	if (device)
		add(words, " on '%s'", device->name);
	if (conflict->facts->is_elsewhere)
		add(words, " in network namespace '%s'", conflict->facts->netns);
	if (!listener->is_connected)
		return;
	add(words, is_one ? " is connected to " : " are connected, one of them to ");
	add_peer(words, listener);
}

/* "this binding drops its traffic" */
static const char *describe_loss(enum ps_action action)
{
	switch (action) {
	case PS_DROP:
		return "drops";
	case PS_REDIRECT:
		return "redirects";
	default:
		return "diverts";
	}
}

static void add_loss(struct words *words, const struct ps_conflict *conflict)
{
	bool is_elsewhere = conflict->facts->is_elsewhere;

	if (conflict->severity == PS_INFO && !is_elsewhere)
		add(words, "; no attached program sees its packets");
	else if (conflict->severity == PS_INFO)
		add(words, "; '%s' must lead there if its packets come through here",
		    ps_action_name(conflict->action));
	else
		add(words, "; this binding %s %s traffic%s", describe_loss(conflict->action),
		    conflict->listener->socket_count == 1 ? "its" : "their",
		    is_elsewhere ? " if it comes through here" : "");
}

static void say_listener(struct ps_conflict *conflict)
{
	struct words words = {};

	add_sockets(&words, conflict);
	add(&words, " (");
	add_processes(&words, conflict);
	add(&words, ", user %s", conflict->listener->user);
	add_unit(&words, conflict->listener);
	add(&words, ")");
	add_loss(&words, conflict);
	ps_conflict_say(conflict, "%s", words.text);
}

void ps_conflicts_say_listeners(struct ps_conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->count; i++)
		if (conflicts->item[i].listener && !conflicts->item[i].text)
			say_listener(&conflicts->item[i]);
}
