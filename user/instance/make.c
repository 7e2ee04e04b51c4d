// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Making and removing instances. A directory is filled beside its place and
 * renamed into it, or renamed away and emptied, so that nobody ever opens half
 * of one; the lock on the directory above keeps makers apart.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "base/notice.h"
#include "base/scope.h"
#include "base/version.h"
#include "host/ask.h"
#include "host/cpus.h"
#include "host/netns.h"
#include "instance/make.h"
#include "instance/object.h"
#include "pins/capacity.h"
#include "pins/dir.h"
#include "pins/lock.h"
#include "pins/pins.h"

#define NEW "%fresh" /* bpffs names of instances have no such beginning */
#define OLD "%gone"

#define BASE_TRIES 100
#define REMOVE_WAIT_SECONDS 10

struct contents {
	bool exists;
	int instances;
	int leftovers; /* of killed commands */
};

static bool is_leftover(const char *name)
{
	return !strncmp(name, NEW, strlen(NEW)) || !strncmp(name, OLD, strlen(OLD));
}

static struct contents read_base(void)
{
	PS_CLOSED_DIR DIR *dir = opendir(PS_BASE_DIR);
	struct contents contents = { .exists = dir };
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		contents.leftovers += is_leftover(entry->d_name);
		contents.instances += entry->d_name[0] != '.' && entry->d_name[0] != *PS_LOCK_NAME;
	}
	return contents;
}

/* The caller holds the lock on PS_BASE_DIR. */
static int remove_leftovers(struct ps_error *error)
{
	struct dirent **entries;
	int count = scandir(PS_BASE_DIR, &entries, NULL, alphasort), failed = 0;

	for (int i = 0; i < count; i++) {
		char path[PS_PATH_SIZE];

		snprintf(path, sizeof(path), PS_BASE_DIR "/%s", entries[i]->d_name);
		if (is_leftover(entries[i]->d_name))
			failed |= ps_bpffs_remove(path, error);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return failed ? -1 : 0;
}

/* The caller holds the lock on PS_BASE_DIR, which goes when no instance needs it. */
static void remove_base(void)
{
	if (read_base().instances)
		return;
	rmdir(PS_BASE_DIR "/" PS_LOCK_NAME);
	rmdir(PS_BASE_DIR);
	rmdir(PS_TOP_DIR);
}

void ps_instance_repair(enum ps_access access)
{
	struct contents contents = read_base();
	bool is_empty = !contents.instances && access != PS_CREATE;
	PS_CLOSED_FD int base_fd = -1;
	struct ps_error ignored;

	if (!contents.exists && access != PS_CREATE)
		rmdir(PS_TOP_DIR);
	if (!contents.exists || (!contents.leftovers && !is_empty) ||
	    ps_lock_take(PS_BASE_DIR, 0, &base_fd, &ignored))
		return;
	remove_leftovers(&ignored);
	if (access != PS_CREATE)
		remove_base();
}

static int write_meta(const char *path, const struct ps_table_size *size, __u32 max_bindings,
		      struct ps_error *error)
{
	struct ps_meta meta = {
		.abi_version = PS_ABI_VERSION,
		.max_bindings = max_bindings,
		.capacity = size->capacity,
		.cpu_rows = size->cpu_rows,
		.tool_version = PS_VERSION,
	};
	char pin[PS_PATH_SIZE];
	__u32 zero = 0;
	int fd, failed;

	if (ps_netns_cookie(&meta.netns_cookie, error))
		return -1;
	ps_pins_path(path, ps_map_name(PS_MAP_META), pin);
	fd = bpf_obj_get(pin);
	if (fd < 0)
		return ps_error_errno(error, errno, "cannot open %s", pin);
	failed = bpf_map_update_elem(fd, &zero, &meta, BPF_ANY);
	close(fd);
	return failed ? ps_error_errno(error, -failed, "cannot write %s", pin) : 0;
}

/* One for each CPU that is there. Others, where that cannot be told, too, share what is left. */
static __u32 count_rows(void)
{
	int possible = libbpf_num_possible_cpus();
	__u32 most = possible > 0 ? (__u32)possible : 1, present = ps_cpus_present();

	return present && present < most ? present : most;
}

struct ps_table_size ps_instance_fresh_size(__u32 room, __u32 max)
{
	return (struct ps_table_size){
		.capacity = ps_capacity_for(room, max),
		.cpu_rows = count_rows(),
	};
}

static int fill_fresh(void *context, const char *path, struct ps_error *error)
{
	const struct ps_instance_options *options = context;
	__u32 max_bindings = options->max_bindings ?: PS_BINDINGS_MAX;
	struct ps_table_size size = ps_instance_fresh_size(options->room, max_bindings);
	char links[PS_PATH_SIZE];

	ps_pins_path(path, PS_LINKS_DIR, links);
	if (ps_bpffs_mkdir(path, error) || ps_bpffs_mkdir(links, error) ||
	    ps_object_make_table(path, &size, NULL, error) ||
	    write_meta(path, &size, max_bindings, error))
		return -1;
	return ps_bpffs_share(path, PS_STORE_PIN, error);
}

/* Another command may remove the directories at any moment before the lock. */
static int lock_base(int seconds, int *ret_fd, struct ps_error *error)
{
	for (int tries = 0; tries < BASE_TRIES; tries++) {
		if (!ps_bpffs_mkdir(PS_TOP_DIR, error) && !ps_bpffs_mkdir(PS_BASE_DIR, error) &&
		    !ps_lock_take(PS_BASE_DIR, seconds, ret_fd, error))
			return 0;
		if (error->status == PS_EXIT_LOCKED)
			break;
	}
	return -1;
}

/* Locked before anybody else can see it: what goes wrong until it is used can take it away. */
static int make_locked(const char *path, ps_instance_fill fill, void *context, int *ret_fd,
		       struct ps_error *error)
{
	const char *fresh = PS_BASE_DIR "/" NEW;
	PS_CLOSED_FD int fd = -1;

	if (fill(context, fresh, error) || ps_lock_take(fresh, 0, &fd, error))
		return -1;
	if (rename(fresh, path))
		return ps_bpffs_error(error, errno, "rename a fresh directory to", path);
	*ret_fd = fd;
	fd = -1; /* now the caller's */
	return 0;
}

int ps_instance_make_by(const struct ps_instance_options *options, const char *path,
			ps_instance_fill fill, void *context, int *ret_lock_fd,
			struct ps_error *error)
{
	PS_CLOSED_FD int base_fd = -1;
	struct ps_error ignored;

	if (lock_base(options->wait_seconds, &base_fd, error) || remove_leftovers(error))
		return -1;
	if (ps_is_yes(ps_ask_path(path))) /* somebody else was first */
		return 0;
	if (!make_locked(path, fill, context, ret_lock_fd, error))
		return 0;
	ps_bpffs_remove(PS_BASE_DIR "/" NEW, &ignored);
	remove_base();
	return -1;
}

int ps_instance_make(const struct ps_instance_options *options, const char *path, int *ret_lock_fd,
		     struct ps_error *error)
{
	return ps_instance_make_by(options, path, fill_fresh, (void *)options, ret_lock_fd, error);
}

static bool find_unknown_file(const char *path, bool (*is_ours)(const char *name),
			      char ret_path[PS_PATH_SIZE])
{
	PS_CLOSED_DIR DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || is_ours(entry->d_name))
			continue;
		ps_pins_path(path, entry->d_name, ret_path);
		return true;
	}
	return false;
}

bool ps_instance_find_unknown(const struct ps_instance *instance, char ret_path[PS_PATH_SIZE])
{
	char links[PS_PATH_SIZE];

	ps_instance_pin_path(instance, PS_LINKS_DIR, links);
	if (find_unknown_file(instance->path, ps_pins_have, ret_path))
		return true;
	/* where nothing is attached */
	return find_unknown_file(links, ps_bpffs_is_left_over, ret_path);
}

int ps_instance_discard(const char *path, struct ps_error *error)
{
	char old[PS_PATH_SIZE];

	snprintf(old, sizeof(old), "%s/%s%d", PS_BASE_DIR, OLD, (int)getpid());
	if (rename(path, old))
		return ps_bpffs_error(error, errno, "rename", path);
	return ps_bpffs_remove(old, error);
}

int ps_instance_remove(struct ps_instance *instance, struct ps_error *error)
{
	PS_CLOSED_FD int base_fd = -1;
	struct ps_error left;
	char old[PS_PATH_SIZE];

	if (lock_base(REMOVE_WAIT_SECONDS, &base_fd, error))
		return -1;
	snprintf(old, sizeof(old), "%s/%s%d", PS_BASE_DIR, OLD, (int)getpid());
	if (rename(instance->path, old))
		return ps_bpffs_error(error, errno, "rename", instance->path);
	if (ps_bpffs_remove(old, &left)) /* it is gone; the next command sweeps */
		ps_notice("warning: the instance is gone, but not all of its pins are yet: %s",
			  left.text);
	remove_base();
	return 0;
}
