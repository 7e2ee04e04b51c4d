// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Losses of redirects. See loss.h.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "hook/loss.h"
#include "host/ask.h"
#include "instance/object.h"
#include "pins/bpffs.h"
#include "pins/pins.h"

struct pins {
	char refused[PS_PATH_SIZE];
	char dropped[PS_PATH_SIZE];
};

static struct pins pins_of(const struct ps_instance *instance)
{
	struct pins pins;

	ps_instance_pin_path(instance, PS_WATCH_REFUSED_PIN, pins.refused);
	ps_instance_pin_path(instance, PS_WATCH_DROPPED_PIN, pins.dropped);
	return pins;
}

/* Those that are about to replace them. */
static struct pins fresh_pins_of(const struct ps_instance *instance)
{
	struct pins pins;

	ps_instance_pin_path(instance, PS_WATCH_REFUSED_PIN PS_FRESH, pins.refused);
	ps_instance_pin_path(instance, PS_WATCH_DROPPED_PIN PS_FRESH, pins.dropped);
	return pins;
}

static void unpin(const struct pins *pins)
{
	unlink(pins->refused);
	unlink(pins->dropped);
}

struct ps_answer ps_loss_is_watched(const struct ps_instance *instance)
{
	const struct pins pins = pins_of(instance);
	struct ps_answer refused = ps_ask_path(pins.refused);

	return ps_is_yes(refused) ? ps_ask_path(pins.dropped) : refused;
}

/* The map in which losses are counted, which no other instance has; 0: not known. */
static __u32 map_of(const struct ps_instance *instance)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(instance->map_fd[PS_MAP_REASONS], &info, &size) ? 0 : info.id;
}

/* What is about to take the place of @from is for the same users. */
static int keep_owner(const char *from, const char *to)
{
	struct stat status;

	if (stat(from, &status))
		return errno == ENOENT ? 0 : -1;
	return chown(to, status.st_uid, status.st_gid) && errno != EPERM ? -1 : 0;
}

/* In their place in one step each. */
static int put(const struct pins *fresh, const struct pins *pins, struct ps_error *error)
{
	if (!keep_owner(pins->refused, fresh->refused) &&
	    !keep_owner(pins->dropped, fresh->dropped) && !rename(fresh->refused, pins->refused) &&
	    !rename(fresh->dropped, pins->dropped))
		return 0;
	return ps_error_errno(error, errno, "cannot rename %s", fresh->dropped);
}

/* Those that are there, which may be another build's, stay until the new ones are. */
static int watch(const struct ps_instance *instance, struct ps_error *error)
{
	const struct pins pins = pins_of(instance), fresh = fresh_pins_of(instance);
	const char *const paths[] = { fresh.refused, fresh.dropped };

	unpin(&fresh); /* of a command that was killed */
	if (ps_object_watch_losses(instance, paths, error)) {
		unpin(&fresh);
		return -1;
	}
	if (!put(&fresh, &pins, error))
		return 0;
	unpin(&fresh);
	return -1;
}

/* They are for all interfaces: a process that attaches many puts them there once. */
int ps_loss_watch(const struct ps_instance *instance, struct ps_error *error)
{
	static __u32 watched;
	__u32 map = map_of(instance);

	if (map && watched == map && ps_is_yes(ps_loss_is_watched(instance)))
		return 0;
	if (watch(instance, error))
		return -1;
	watched = map;
	return 0;
}

void ps_loss_tidy(const struct ps_instance *instance)
{
	const struct pins pins = pins_of(instance);

	for (int i = 0; i < PS_HOOKS_MAX; i++)
		if (instance->hooks[i].hook == PS_HOOK_XDP)
			return;
	unpin(&pins);
}
