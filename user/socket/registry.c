// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading the registry, and giving names their places. See registry.h; sockets
 * come and go in register.c.
 */
#include <stdlib.h>
#include <string.h>
#include "base/advice.h"
#include "base/memory.h"
#include "socket/internal.h"
#include "socket/registry.h"

bool ps_registry_has_any(const struct ps_instance *instance, __u32 name)
{
	for (__u32 at = 0; at < PS_SOCKETS_PER_NAME; at++)
		if (ps_socket_counts(instance, name, at))
			return true;
	return false;
}

bool ps_registry_is_any(const struct ps_instance *instance)
{
	for (__u32 name = 0; name < PS_SOCKET_NAMES_MAX; name++)
		for (__u32 at = 0; at < PS_SOCKETS_PER_NAME; at++)
			if (ps_socket_counts(instance, name, at) &&
			    ps_socket_is_open(instance, name, at))
				return true;
	return false;
}

static bool is_for(const struct ps_target *target, __u32 name)
{
	return target->bindings && target->hop == PS_HOP_SOCKET && target->socket_name == name;
}

__u32 ps_registry_bindings(const struct ps_instance *instance, __u32 name)
{
	const struct ps_target *targets = ps_instance_targets(instance, ps_instance_half(instance));

	for (int i = 1; i < PS_TARGETS_MAX; i++)
		if (is_for(&targets[i], name))
			return targets[i].bindings;
	return 0;
}

static struct ps_registered *add_row(struct ps_registry *registry,
				     const struct ps_socket_name *name)
{
	struct ps_registered *row;

	registry->item = ps_memory_grow(registry->item, registry->count, &registry->room,
					sizeof(*registry->item));
	row = &registry->item[registry->count++];
	*row = (struct ps_registered){};
	memcpy(row->name, name->name, sizeof(row->name));
	return row;
}

static void read_name(const struct ps_instance *instance, __u32 name, struct ps_registry *registry)
{
	const struct ps_socket_name *entry = &instance->socket_names[name];
	__u32 bindings = entry->name[0] ? ps_registry_bindings(instance, name) : 0;
	struct ps_registered *row;

	for (__u32 at = 0; at < PS_SOCKETS_PER_NAME; at++) {
		if (!ps_socket_counts(instance, name, at))
			continue;
		row = add_row(registry, entry);
		row->info = ps_socket_infos_of(instance, name)[at];
		row->is_open = ps_socket_is_open(instance, name, at);
		row->bindings = bindings;
	}
	if (bindings && !ps_registry_has_any(instance, name))
		add_row(registry, entry)->bindings = bindings;
}

static int compare(const void *a, const void *b)
{
	return ps_registered_compare(a, b);
}

void ps_registry_read(const struct ps_instance *instance, struct ps_registry *ret)
{
	*ret = (struct ps_registry){};
	for (__u32 name = 0; name < PS_SOCKET_NAMES_MAX; name++)
		if (instance->socket_names[name].name[0])
			read_name(instance, name, ret);
	if (ret->count)
		qsort(ret->item, ret->count, sizeof(*ret->item), compare);
}

int ps_registry_find_name(const struct ps_socket_name names[], const char *text)
{
	for (int name = 0; name < PS_SOCKET_NAMES_MAX; name++)
		if (!strncmp(names[name].name, text, PS_NAME_SIZE))
			return name;
	return -1;
}

__u32 ps_registry_next_epoch(const struct ps_instance *instance, __u32 name)
{
	__u32 last = instance->socket_names[name].epoch;

	for (__u32 at = 0; at < PS_SOCKETS_PER_NAME; at++)
		if (ps_socket_infos_of(instance, name)[at].epoch > last)
			last = ps_socket_infos_of(instance, name)[at].epoch;
	return last + 1;
}

/* The first name that nobody uses gets this text. */
static int take_name(const struct ps_instance *instance,
		     struct ps_socket_name names[PS_SOCKET_NAMES_MAX],
		     const bool used[PS_SOCKET_NAMES_MAX], const char *text, struct ps_error *error)
{
	for (int name = 0; name < PS_SOCKET_NAMES_MAX; name++) {
		if (used[name] || ps_registry_has_any(instance, (__u32)name))
			continue;
		memset(names[name].name, 0, PS_NAME_SIZE);
		strncpy(names[name].name, text, PS_NAME_SIZE - 1);
		names[name].epoch = ps_registry_next_epoch(instance, (__u32)name);
		return name;
	}
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "all %d names of sockets are in use; '%s' lists them",
			    PS_SOCKET_NAMES_MAX, ps_advice("sockets", NULL));
}

/* What packets use now must stay as it is. */
static void mark_used(const struct ps_target targets[PS_TARGETS_MAX],
		      bool used[PS_SOCKET_NAMES_MAX])
{
	for (int i = 1; i < PS_TARGETS_MAX; i++)
		if (targets[i].bindings && targets[i].hop == PS_HOP_SOCKET)
			used[targets[i].socket_name] = true;
}

int ps_registry_resolve(const struct ps_instance *instance,
			struct ps_socket_name names[PS_SOCKET_NAMES_MAX],
			struct ps_target targets[PS_TARGETS_MAX], struct ps_error *error)
{
	bool used[PS_SOCKET_NAMES_MAX] = {};

	mark_used(ps_instance_targets(instance, ps_instance_half(instance)), used);
	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		int name = -1;

		if (!targets[i].bindings || targets[i].hop != PS_HOP_SOCKET)
			continue;
		name = ps_registry_find_name(names, targets[i].socket);
		if (name < 0)
			name = take_name(instance, names, used, targets[i].socket, error);
		if (name < 0)
			return -1;
		targets[i].socket_name = (__u32)name;
		used[name] = true;
	}
	return 0;
}

int ps_registry_take_name(struct ps_instance *instance, const char *text, struct ps_error *error)
{
	int name = ps_registry_find_name(instance->socket_names, text);
	bool used[PS_SOCKET_NAMES_MAX] = {};

	if (name >= 0)
		return name;
	mark_used(ps_instance_targets(instance, ps_instance_half(instance)), used);
	return take_name(instance, instance->socket_names, used, text, error);
}

void ps_registry_pretend(struct ps_instance *blank, const char *name,
			 const struct ps_endpoint *endpoint)
{
	struct ps_error ignored;
	int found = ps_registry_take_name(blank, name, &ignored);

	for (__u32 at = 0; found >= 0 && at < PS_SOCKETS_PER_NAME; at++) {
		struct ps_socket_info *info = &ps_socket_infos_of(blank, (__u32)found)[at];

		if (ps_socket_counts(blank, (__u32)found, at))
			continue;
		info->epoch = blank->socket_names[found].epoch;
		info->proto = endpoint->proto;
		info->family = endpoint->family;
		info->port = endpoint->port_first;
		memcpy(info->addr, endpoint->addr, sizeof(info->addr));
		return;
	}
}
