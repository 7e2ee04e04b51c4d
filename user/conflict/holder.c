// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Holders of sockets. See holder.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/phrase.h"
#include "conflict/holder.h"

#define PIDS_SHOWN 8

/* A tunnel that takes its packets there. */
static const struct ps_device *find_tunnel(const struct ps_devices *devices,
					   const struct ps_listener *listener)
{
	for (size_t i = 0; i < devices->count; i++)
		if (listener->proto == PS_UDP && devices->item[i].tunnel_port &&
		    devices->item[i].tunnel_port == listener->port)
			return &devices->item[i];
	return NULL;
}

/* What is not said of WireGuard without root: its port. */
static const struct ps_device *guess_tunnel(const struct ps_devices *devices,
					    const struct ps_listener *listener)
{
	for (size_t i = 0; i < devices->count; i++)
		if (listener->proto == PS_UDP && !strcmp(devices->item[i].kind, "wireguard"))
			return &devices->item[i];
	return NULL;
}

struct ps_answer ps_holder_is_kernel(const struct ps_facts *facts,
				     const struct ps_listener *listener,
				     const struct ps_device **ret_device)
{
	const struct ps_device *tunnel = find_tunnel(&facts->devices, listener);

	if (listener->process_count)
		return ps_answer_no();
	if (listener->proto == PS_NO_PROTO || (!tunnel && !facts->listeners.sees_machine))
		return ps_answer_unknown(EACCES);
	*ret_device = tunnel;
	return ps_answer_yes();
}

static bool is_command_new(const struct ps_listener *listener, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(listener->process[i].command, listener->process[at].command))
			return false;
	return true;
}

/* "nginx, pids 71, 72": the processes from @first on that are called like it. */
static int add_command(struct ps_phrase *phrase, const struct ps_listener *listener, size_t first,
		       int shown)
{
	const char *command = listener->process[first].command;
	int count = 0;

	for (size_t i = first; i < listener->process_count; i++)
		count += !strcmp(listener->process[i].command, command);
	ps_phrase_add(phrase, "%s%s, %s ", shown ? "; " : "", command, count > 1 ? "pids" : "pid");
	count = 0;
	for (size_t i = first; i < listener->process_count && shown + count < PIDS_SHOWN; i++)
		if (!strcmp(listener->process[i].command, command))
			ps_phrase_add(phrase, "%s%d", count++ ? ", " : "",
				      (int)listener->process[i].pid);
	return count;
}

/* "nginx, pids 71, 72; systemd, pid 1". */
static void add_processes(struct ps_phrase *phrase, const struct ps_listener *listener)
{
	int shown = 0;

	for (size_t i = 0; i < listener->process_count && shown < PIDS_SHOWN; i++)
		if (is_command_new(listener, i))
			shown += add_command(phrase, listener, i, shown);
	if ((size_t)shown < listener->process_count)
		ps_phrase_add(phrase, " and %zu more", listener->process_count - (size_t)shown);
}

static void add_kernel(struct ps_phrase *phrase, const struct ps_facts *facts,
		       const struct ps_listener *listener, const struct ps_device *device)
{
	const struct ps_device *guess = guess_tunnel(&facts->devices, listener);

	if (device)
		ps_phrase_add(phrase, "the kernel itself, for %s '%s'", device->kind, device->name);
	else
		ps_phrase_add(phrase, "probably the kernel itself: no process has it open");
	if (!device && guess)
		ps_phrase_add(phrase, "; perhaps %s '%s'", guess->kind, guess->name);
}

static void add_holder(struct ps_phrase *phrase, const struct ps_facts *facts,
		       const struct ps_listener *listener)
{
	const struct ps_device *device = NULL;

	if (listener->process_count)
		add_processes(phrase, listener);
	else if (ps_is_yes(ps_holder_is_kernel(facts, listener, &device)))
		add_kernel(phrase, facts, listener, device);
	else if (facts->listeners.has_unseen)
		ps_phrase_add(phrase, "owner unknown");
	else
		ps_phrase_add(phrase, "owner unknown: no process here has it open");
}

/* Without a unit the cgroup says most, unless it is the one of everything. */
static void add_unit(struct ps_phrase *phrase, const struct ps_listener *listener)
{
	const char *cgroup = listener->process_count && listener->process->cgroup
				     ? listener->process->cgroup
				     : listener->cgroup;

	if (listener->unit)
		ps_phrase_add(phrase, ", unit %s", listener->unit);
	else if (cgroup && strcmp(cgroup, "/"))
		ps_phrase_add(phrase, ", cgroup %s", cgroup);
}

const char *ps_holder_format(const struct ps_facts *facts, const struct ps_listener *listener,
			     char text[PS_HOLDER_TEXT])
{
	const struct ps_device *device = NULL;
	struct ps_phrase phrase = ps_phrase_begin(text, PS_HOLDER_TEXT);

	add_holder(&phrase, facts, listener);
	if (ps_is_yes(ps_holder_is_kernel(facts, listener, &device)) && device)
		return text; /* whoever made the interface */
	ps_phrase_add(&phrase, ", user %s", listener->user);
	add_unit(&phrase, listener);
	return text;
}

/* By number, or by name. */
static bool is_user(const char *owner, __u32 uid, const char *user)
{
	char *end;
	unsigned long number = strtoul(owner, &end, 10);

	return *owner && !*end ? number == uid : !strcmp(owner, user);
}

static struct ps_answer is_of_user(const struct ps_listener *listener, const char *owner)
{
	if (is_user(owner, listener->uid, listener->user))
		return ps_answer_yes();
	for (size_t i = 0; i < listener->process_count; i++)
		if (is_user(owner, listener->process[i].uid, listener->process[i].user))
			return ps_answer_yes();
	return ps_answer_no();
}

/* @cgroup is @owner, or below it. */
static bool is_within(const char *cgroup, const char *owner)
{
	size_t length = strlen(owner);

	return cgroup && !strncmp(cgroup, owner, length) &&
	       (!cgroup[length] || cgroup[length] == '/');
}

static struct ps_answer is_of_cgroup(const struct ps_listener *listener, const char *owner)
{
	bool is_seen = listener->cgroup;

	if (is_within(listener->cgroup, owner))
		return ps_answer_yes();
	for (size_t i = 0; i < listener->process_count; i++) {
		is_seen |= listener->process[i].cgroup != NULL;
		if (is_within(listener->process[i].cgroup, owner))
			return ps_answer_yes();
	}
	return is_seen ? ps_answer_no() : ps_answer_unknown(ENOENT);
}

struct ps_answer ps_holder_is_owner(const struct ps_listener *listener, const char *owner)
{
	if (!strncmp(owner, "user:", 5))
		return is_of_user(listener, owner + 5);
	if (!strncmp(owner, "cgroup:", 7))
		return is_of_cgroup(listener, owner + 7);
	return ps_answer_unknown(ENOENT);
}
