// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading an instance again and again. See watch.h.
 */
#include <errno.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/clock.h"
#include "base/memory.h"
#include "base/scope.h"
#include "guard/attach.h"
#include "host/cgroup.h"
#include "instance/open.h"
#include "instance/snapshot.h"
#include "observe/watch.h"
#include "pins/array.h"
#include "pins/pins.h"
#include "socket/registry.h"
#include "table/read.h"

/* The number of a map; no other ever had it. 0: not known. */
static __u32 id_of(int fd)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.id;
}

static __u32 id_of_watched(const struct ps_watch *watch)
{
	return watch->is_open ? id_of(watch->instance.map_fd[PS_MAP_STATE]) : 0;
}

/* What is pinned there is what is open here. */
static bool is_current(const struct ps_watch *watch)
{
	char path[PS_PATH_SIZE];
	PS_CLOSED_FD int fd = -1;

	fd = ps_instance_pin_open(&watch->instance, ps_map_name(PS_MAP_STATE), path);
	return fd >= 0 && id_of(fd) == id_of_watched(watch);
}

static bool has_generation(const struct ps_watch *watch, __u64 generation)
{
	struct ps_state state = {};
	__u32 key = 0;

	return ps_is_yes(ps_map_ask(watch->instance.map_fd[PS_MAP_STATE], &key, &state)) &&
	       state.generation == generation;
}

void ps_watch_close(struct ps_watch *watch)
{
	if (watch->is_open)
		ps_instance_close(&watch->instance);
	watch->is_open = false;
}

/* Opens it anew. 1: it is being changed; then what is open stays so. */
static int open_again(struct ps_watch *watch, struct ps_error *error)
{
	const struct ps_instance_options options = {
		.name = watch->name,
		.access = PS_READ,
		.presence = watch->presence,
		.is_shown = true,
		.reads = 1 << PS_MAP_BINDINGS | 1 << PS_MAP_TARGETS | 1 << PS_MAP_SOCKET_NAMES |
			 1 << PS_MAP_SOCKET_INFOS,
	};
	__u32 before = id_of_watched(watch);
	struct ps_instance instance;

	if (ps_instance_open(&options, &instance, error)) {
		if (error->status == PS_EXIT_LOCKED)
			return 1;
		ps_watch_close(watch);
		return error->status == PS_EXIT_NOT_FOUND ? 0 : -1;
	}
	ps_watch_close(watch);
	if (before && before != id_of(instance.map_fd[PS_MAP_STATE])) {
		ps_instance_close(&instance); /* another one, which comes when this has gone */
		return 0;
	}
	watch->instance = instance;
	watch->is_open = true;
	return 0;
}

static int read_table(struct ps_instance *instance, struct ps_bindings *ret, struct ps_error *error)
{
	int failed = ps_table_read(instance, ret, error);

	ps_snapshot_free(instance->snapshot);
	instance->snapshot = NULL;
	return failed;
}

/* Of most names there are none, so only parts of this large array are read. */
static int read_sockets(struct ps_instance *instance, struct ps_error *error)
{
	int err = ps_array_read(instance->map_fd[PS_MAP_SOCKET_NAMES], 0, PS_SOCKET_NAMES_MAX,
				instance->socket_names);

	for (__u32 name = 0; !err && name < PS_SOCKET_NAMES_MAX; name++) {
		__u32 first = ps_socket_index(name, 0);

		if (instance->socket_names[name].name[0])
			err = ps_array_read(instance->map_fd[PS_MAP_SOCKET_INFOS], first,
					    PS_SOCKETS_PER_NAME, &instance->socket_infos[first]);
	}
	return err ? ps_error_errno(error, -err, "cannot read '%s'", "socket_infos") : 0;
}

/* One link of two may be there because the other comes at this moment. */
static int read_guard(const struct ps_instance *instance, const struct ps_reading *before,
		      struct ps_reading *reading, struct ps_error *error)
{
	if (ps_guard_read(instance, &reading->guard, error))
		return -1;
	if (reading->guard.state == PS_GUARD_PARTLY) {
		ps_clock_nap();
		if (ps_guard_read(instance, &reading->guard, error))
			return -1;
	}
	if (reading->guard.cgroup_id && reading->guard.cgroup_id == before->guard.cgroup_id)
		reading->cgroup = before->cgroup ? strdup(before->cgroup) : NULL;
	else
		reading->cgroup = ps_cgroup_of_id(reading->guard.cgroup_id);
	return 0;
}

static int read_attempts(const struct ps_watch *watch, const struct ps_reading *before,
			 struct ps_reading *reading, struct ps_error *error)
{
	return ps_attempts_read(&watch->instance, &before->attempts, &reading->attempts, error);
}

/* All but the attempts. */
static int read_rest(struct ps_watch *watch, struct ps_reading *before, struct ps_reading *reading,
		     struct ps_error *error)
{
	struct ps_instance *instance = &watch->instance;

	reading->is_there = true;
	reading->generation = instance->state->generation;
	if (read_guard(instance, before, reading, error) || read_sockets(instance, error))
		return -1;
	ps_registry_read(instance, &reading->registry);
	if (instance->snapshot)
		return read_table(instance, &reading->bindings, error);
	reading->bindings = before->bindings;
	reading->by_slot = before->by_slot;
	reading->slots = before->slots;
	before->bindings = (struct ps_bindings){};
	before->by_slot = NULL;
	return 0;
}

/* Attempts come before the table, which then has the bindings that forbade them, or had them. */
static int read_all(struct ps_watch *watch, struct ps_reading *before, struct ps_reading *reading,
		    struct ps_error *error)
{
	bool was_open = watch->is_open;
	int result = 0;

	if (was_open && !is_current(watch)) {
		ps_watch_close(watch);
		return 0;
	}
	if (was_open && read_attempts(watch, before, reading, error))
		return -1;
	if (!was_open || !has_generation(watch, before->generation))
		result = open_again(watch, error);
	if (result || !watch->is_open) {
		ps_reading_done(reading);
		return result;
	}
	if (!was_open && read_attempts(watch, before, reading, error))
		return -1;
	return read_rest(watch, before, reading, error);
}

int ps_watch_read(struct ps_watch *watch, struct ps_reading *before, struct ps_reading *ret,
		  struct ps_error *error)
{
	struct ps_reading reading = {};
	int result = read_all(watch, before, &reading, error);

	if (result)
		ps_reading_done(&reading);
	else
		*ret = reading;
	return result;
}
