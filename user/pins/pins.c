// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The directory of an instance. See pins.h.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/hook_name.h"
#include "base/scope.h"
#include "pins/bpffs.h"
#include "pins/lock.h"
#include "pins/pins.h"

static const char *const names[] = {
	PS_STORE_PIN,	PS_LINKS_DIR,	 PS_OWNERS_PIN,	       PS_ATTEMPTS_PIN,
	PS_RENAMES_PIN, PS_RESERVED_PIN, PS_WATCH_REFUSED_PIN, PS_WATCH_DROPPED_PIN,
	PS_TRIAL_PIN,	PS_TRIAL_LOCK,	 PS_LOCK_NAME,	       PS_GUARDED_PIN,
};

/* Longer names than these there are not: see PS_PATH_SIZE. */
void ps_pins_path(const char *directory, const char *name, char ret_path[PS_PATH_SIZE])
{
	snprintf(ret_path, PS_PATH_SIZE, "%.300s/%.290s", directory, name);
}

void ps_instance_pin_path(const struct ps_instance *instance, const char *name,
			  char ret_path[PS_PATH_SIZE])
{
	ps_pins_path(instance->path, name, ret_path);
}

int ps_instance_pin_open(const struct ps_instance *instance, const char *name,
			 char ret_path[PS_PATH_SIZE])
{
	LIBBPF_OPTS(bpf_obj_get_opts, how, .file_flags = BPF_F_RDONLY);

	ps_instance_pin_path(instance, name, ret_path);
	return bpf_obj_get_opts(ret_path, &how);
}

void ps_instance_link_path(const struct ps_instance *instance, enum ps_hook hook,
			   const char *device, char ret_path[PS_PATH_SIZE])
{
	char escaped[3 * PS_DEV_SIZE + 1], name[sizeof(escaped) + 32];

	ps_bpffs_escape(device, escaped, sizeof(escaped));
	snprintf(name, sizeof(name), PS_LINKS_DIR "/%.15s-%s", ps_hook_name(hook), escaped);
	ps_instance_pin_path(instance, name, ret_path);
}

bool ps_pins_have(const char *name)
{
	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++)
		if (!strcmp(name, ps_map_name(map)))
			return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return ps_bpffs_is_left_over(name);
}

int ps_pins_walk_links(const struct ps_instance *instance, ps_pins_see see, void *seer)
{
	char links[PS_PATH_SIZE], path[PS_PATH_SIZE];
	PS_CLOSED_DIR DIR *dir = NULL;
	struct dirent *entry;

	ps_instance_pin_path(instance, PS_LINKS_DIR, links);
	dir = opendir(links);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		ps_pins_path(links, entry->d_name, path);
		if (see(seer, path))
			break;
	}
	return 0;
}
