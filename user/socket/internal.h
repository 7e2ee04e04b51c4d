/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Entries of the registry, for the files that make it up. An entry counts
 * while its epoch is that of its name; what a killed command left has another,
 * and is taken for free.
 */
#ifndef PORTSTEER_SOCKET_INTERNAL_H
#define PORTSTEER_SOCKET_INTERNAL_H

#include <string.h>
#include "base/notice.h"
#include "pins/instance.h"

static inline struct ps_socket_info *ps_socket_infos_of(const struct ps_instance *instance,
							__u32 name)
{
	return &instance->socket_infos[ps_socket_index(name, 0)];
}

static inline bool ps_socket_counts(const struct ps_instance *instance, __u32 name, __u32 at)
{
	__u32 epoch = ps_socket_infos_of(instance, name)[at].epoch;

	return epoch && epoch == instance->socket_names[name].epoch;
}

/* One that cannot be asked for is taken for open, so that nobody forgets it. */
static inline bool ps_socket_is_open(const struct ps_instance *instance, __u32 name, __u32 at)
{
	__u32 index = ps_socket_index(name, at);
	__u64 cookie = 0;
	struct ps_answer found = ps_map_ask(instance->map_fd[PS_MAP_SOCKETS], &index, &cookie);

	if (ps_is_unknown(found))
		ps_notice("warning: whether a socket of '%s' is open is not known, it is kept: %s",
			  instance->socket_names[name].name, strerror(found.err));
	return ps_is_unknown(found) || cookie == ps_socket_infos_of(instance, name)[at].cookie;
}

/* Some entry of @name counts. */
bool ps_registry_has_any(const struct ps_instance *instance, __u32 name);

/* How many bindings mean @name. */
__u32 ps_registry_bindings(const struct ps_instance *instance, __u32 name);

/* An epoch that none of its entries has, not even what a killed command left. */
__u32 ps_registry_next_epoch(const struct ps_instance *instance, __u32 name);

/* The place of @text, or -1. */
int ps_registry_find_name(const struct ps_socket_name names[], const char *text);

/* The same; a free place is taken when it has none. -1: there is none. */
int ps_registry_take_name(struct ps_instance *instance, const char *text, struct ps_error *error);

#endif
