// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Opening and closing instances. See open.h. Making and removing them is
 * make.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/advice.h"
#include "base/clock.h"
#include "base/notice.h"
#include "base/scope.h"
#include "host/ask.h"
#include "instance/make.h"
#include "instance/netns.h"
#include "instance/open.h"
#include "instance/owners.h"
#include "instance/snapshot.h"
#include "pins/bpffs.h"
#include "pins/check.h"
#include "pins/dir.h"
#include "pins/lock.h"
#include "pins/pins.h"
#include "pins/rights.h"

#define MAKE_TRIES 100
#define PATIENCE_MS 1000 /* of a reader, with a change that does not end */
#define LOCKLESS_TRIES 3

static int map_array(struct ps_instance *instance, enum ps_map map, struct ps_error *error)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size;
	struct bpf_map_info info = {};
	__u32 info_size = sizeof(info);
	void *memory;

	if (bpf_obj_get_info_by_fd(instance->map_fd[map], &info, &info_size))
		return ps_error_errno(error, errno, "cannot inspect map '%s'", ps_map_name(map));
	if (!(info.map_flags & BPF_F_MMAPABLE))
		return ps_error_set(
			error, PS_EXIT_REFUSED,
			"map '%s' of instance '%s' cannot be mapped into memory: it was "
			"not made whole; %s",
			ps_map_name(map), instance->name,
			ps_advice_inside("", "rm -r", instance->path, NULL));
	size = (size_t)info.max_entries * ((info.value_size + 7) / 8 * 8);
	size = (size + page - 1) / page * page;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, instance->map_fd[map], 0);
	if (memory == MAP_FAILED)
		return ps_error_errno(error, errno, "cannot map '%s' into memory",
				      ps_map_name(map));
	instance->memory[map] = memory;
	instance->memory_size[map] = size;
	return 0;
}

static int open_map(struct ps_instance *instance, enum ps_map map, enum ps_access access,
		    struct ps_error *error)
{
	LIBBPF_OPTS(bpf_obj_get_opts, how, .file_flags = access == PS_READ ? BPF_F_RDONLY : 0);
	char path[PS_PATH_SIZE];

	ps_instance_pin_path(instance, ps_map_name(map), path);
	instance->map_fd[map] = bpf_obj_get_opts(path, &how);
	if (instance->map_fd[map] < 0)
		return ps_bpffs_error(error, errno, "open", path);
	if (ps_layout_check_kind(instance, map, error))
		return -1;
	if (access == PS_READ || !ps_map_kind(map).is_array)
		return 0;
	return map_array(instance, map, error);
}

static int open_maps(struct ps_instance *instance, enum ps_access access, struct ps_error *error)
{
	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++)
		if (open_map(instance, map, access, error))
			return -1;
	return ps_owners_open(instance, access, error);
}

static int open_store(struct ps_instance *instance, struct ps_error *error)
{
	char path[PS_PATH_SIZE];

	ps_instance_pin_path(instance, PS_STORE_PIN, path);
	instance->store_fd = bpf_obj_get(path);
	if (instance->store_fd < 0)
		return ps_bpffs_error(error, errno, "open", path);
	return 0;
}

static int check(struct ps_instance *instance, const struct ps_instance_options *options,
		 struct ps_error *error)
{
	if (instance->meta->abi_version != PS_ABI_VERSION)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "%s was made by another portsteer (ABI %u, this one has %d)",
				    instance->path, instance->meta->abi_version, PS_ABI_VERSION);
	if (ps_layout_check_sizes(instance, error))
		return -1;
	instance->limit = options->max_bindings ?: instance->meta->max_bindings;
	return ps_instance_check_netns(instance, options, error);
}

static void close_map(struct ps_instance *instance, enum ps_map map)
{
	if (instance->memory_size[map])
		munmap(instance->memory[map], instance->memory_size[map]);
	else
		free(instance->memory[map]);
	if (instance->map_fd[map] >= 0)
		close(instance->map_fd[map]);
}

int ps_instance_open_again(struct ps_instance *instance, enum ps_map map, struct ps_error *error)
{
	struct ps_instance before = *instance;

	instance->map_fd[map] = -1;
	instance->memory[map] = NULL;
	instance->memory_size[map] = 0;
	if (open_map(instance, map, PS_CHANGE, error)) {
		close_map(instance, map);
		*instance = before;
		return -1;
	}
	close_map(&before, map);
	ps_instance_name_arrays(instance);
	return 0;
}

void ps_instance_close(struct ps_instance *instance)
{
	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++)
		close_map(instance, map);
	free(instance->late_counts);
	if (instance->store_fd >= 0)
		close(instance->store_fd);
	if (instance->owners_fd >= 0)
		close(instance->owners_fd);
	ps_snapshot_free(instance->snapshot);
	if (instance->lock_fd >= 0)
		close(instance->lock_fd);
}

/* In a directory of the release before, which nothing but a change looks into. */
static bool is_of_earlier(const struct ps_instance *instance)
{
	char path[PS_PATH_SIZE];

	ps_pins_path(PS_V1_DIR, strrchr(instance->path, '/') + 1, path);
	return !ps_is_no(ps_ask_path(path));
}

static int say_none(const struct ps_instance *instance, struct ps_error *error)
{
	if (is_of_earlier(instance))
		return ps_error_set(
			error, PS_EXIT_REFUSED,
			"instance '%s' was made by an earlier portsteer, and keeps "
			"its configuration; this version takes it over with the first change, "
			"for example: %s",
			instance->name, ps_advice("refresh", NULL));
	return ps_error_set(error, PS_EXIT_NOT_FOUND,
			    "nothing is attached or bound in instance '%s'", instance->name);
}

/* 1: made, and locked, by this command. */
static int make(const struct ps_instance_options *options, struct ps_instance *instance,
		struct ps_error *error)
{
	struct ps_answer there = ps_ask_path(instance->path);

	if (options->access != PS_CREATE || ps_is_yes(there))
		return 0;
	if (ps_is_unknown(there))
		return ps_bpffs_error(error, there.err, "open", instance->path);
	if (ps_instance_make(options, instance->path, &instance->lock_fd, error))
		return -1;
	instance->is_new = instance->lock_fd >= 0;
	return instance->is_new;
}

/* Who waits in vain because the table grows is told so. */
static int say_locked(const struct ps_instance *instance, const struct ps_instance_options *options,
		      struct ps_error *error)
{
	if (!ps_instance_is_growing(instance->path))
		return -1;
	return ps_error_set(error, PS_EXIT_LOCKED,
			    "another portsteer is growing the table of instance '%s'; waited %d "
			    "s (--wait SECONDS waits longer)",
			    instance->name, options->wait_seconds);
}

/* Makes it first for PS_CREATE; again when another command removes it meanwhile. */
static int make_and_lock(const struct ps_instance_options *options, struct ps_instance *instance,
			 struct ps_error *error)
{
	for (int tries = 0; tries < MAKE_TRIES; tries++) {
		int made = make(options, instance, error);

		if (made)
			return made < 0 ? -1 : 0;
		if (!ps_lock_take(instance->path, options->wait_seconds, &instance->lock_fd, error))
			return 0;
		if (error->status == PS_EXIT_LOCKED)
			return say_locked(instance, options, error);
		if (error->status != PS_EXIT_NOT_FOUND)
			return -1;
		if (options->access != PS_CREATE)
			break;
	}
	return say_none(instance, error);
}

/* Maps are written all the same where pins cannot be: half of a change would be made. */
static int check_writable(const struct ps_instance *instance, struct ps_error *error)
{
	struct statvfs status;

	if (statvfs(instance->path, &status))
		return ps_bpffs_error(error, errno, "look at", instance->path);
	return status.f_flag & ST_RDONLY ? ps_bpffs_error(error, EROFS, "change", instance->path)
					 : 0;
}

static int open_locked(const struct ps_instance_options *options, struct ps_instance *instance,
		       struct ps_error *error)
{
	if (check_writable(instance, error) || open_maps(instance, options->access, error))
		return -1;
	ps_instance_name_arrays(instance);
	if (check(instance, options, error))
		return -1;
	ps_rights_repair(instance);
	return open_store(instance, error);
}

static int open_to_change(const struct ps_instance_options *options, struct ps_instance *instance,
			  struct ps_error *error)
{
	struct ps_error left;

	ps_instance_repair(options->access);
	if (make_and_lock(options, instance, error))
		return -1;
	if (!open_locked(options, instance, error))
		return 0;
	if (instance->is_new && ps_instance_remove(instance, &left))
		ps_notice("warning: an empty instance is left: %s", left.text);
	return -1;
}

/* 1: another command removed or changed it meanwhile. */
static int try_to_read(const struct ps_instance_options *options, struct ps_instance *instance,
		       enum ps_patience patience, struct ps_error *error)
{
	struct stat before, after;
	int result;

	if (stat(instance->path, &before))
		return errno == ENOENT ? say_none(instance, error)
				       : ps_bpffs_error(error, errno, "open", instance->path);
	result = open_maps(instance, PS_READ, error);
	if (stat(instance->path, &after) || after.st_ino != before.st_ino)
		return 1;
	if (result)
		return -1;
	result = ps_snapshot_take(instance, options->reads | 1 << PS_MAP_META, patience, error);
	if (result)
		return result;
	ps_instance_name_arrays(instance);
	return check(instance, options, error);
}

/*
 * Who could lock the instance does so when reading fails again and again, lest
 * a large table that changes all the time can never be read.
 */
static int open_to_read(const struct ps_instance_options *options, struct ps_instance *instance,
			struct ps_error *error)
{
	const struct ps_instance nothing = *instance;
	long began = ps_clock_ms(), until = began + PATIENCE_MS + options->wait_seconds * 1000L;
	PS_CLOSED_FD int lock_fd = -1;

	for (int tries = 1;; tries++) {
		bool is_patient = ps_clock_ms() < began + PATIENCE_MS;
		int result = try_to_read(options, instance,
					 is_patient ? PS_AWAIT_CHANGE : PS_IGNORE_CHANGE, error);

		if (result <= 0)
			return result;
		ps_instance_close(instance);
		*instance = nothing;
		if (ps_clock_ms() >= until)
			return ps_error_set(error, PS_EXIT_LOCKED,
					    "instance '%s' changes faster than it can be read; "
					    "waited %d s (--wait SECONDS waits longer)",
					    instance->name, options->wait_seconds);
		ps_clock_nap();
		if (lock_fd < 0 && tries > LOCKLESS_TRIES)
			ps_lock_take(instance->path, options->wait_seconds, &lock_fd, error);
	}
}

int ps_instance_open(const struct ps_instance_options *options, struct ps_instance *ret,
		     struct ps_error *error)
{
	struct ps_instance instance = { .lock_fd = -1, .store_fd = -1, .owners_fd = -1 };
	int failed;

	memset(instance.map_fd, -1, sizeof(instance.map_fd));
	ps_instance_locate(options->name, &instance);
	if (ps_bpffs_need(error) || ps_instance_check_default(options, error))
		return -1;
	failed = options->access == PS_READ ? open_to_read(options, &instance, error)
					    : open_to_change(options, &instance, error);
	if (failed) {
		ps_instance_close(&instance);
		return -1;
	}
	*ret = instance;
	return 0;
}

int ps_instance_open_at(const char *path, const struct ps_instance *like, struct ps_instance *ret,
			struct ps_error *error)
{
	struct ps_instance instance = { .lock_fd = -1,
					.store_fd = -1,
					.owners_fd = -1,
					.presence = like->presence,
					.limit = like->limit,
					.is_new = like->is_new };

	memset(instance.map_fd, -1, sizeof(instance.map_fd));
	memcpy(instance.name, like->name, sizeof(instance.name));
	snprintf(instance.path, sizeof(instance.path), "%s", path);
	if (open_maps(&instance, PS_CHANGE, error) || open_store(&instance, error)) {
		ps_instance_close(&instance);
		return -1;
	}
	ps_instance_name_arrays(&instance);
	*ret = instance;
	return 0;
}
