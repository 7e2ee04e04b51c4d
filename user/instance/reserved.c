// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Ports reserved for an instance. See reserved.h.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/notice.h"
#include "base/scope.h"
#include "host/ask.h"
#include "host/ephemeral.h"
#include "host/netns.h"
#include "instance/reserved.h"
#include "pins/bpffs.h"
#include "pins/pins.h"

static int read_ports(const struct ps_instance *instance, const char *name, struct ps_portset *ret,
		      struct ps_error *error)
{
	struct ps_answer found = ps_answer_no();
	struct ps_portset ports = {};
	char path[PS_PATH_SIZE];
	PS_CLOSED_FD int fd = -1;
	__u32 zero = 0;

	fd = ps_instance_pin_open(instance, name, path);
	if (fd < 0 && errno != ENOENT)
		return ps_bpffs_error(error, errno, "open", path);
	if (fd >= 0)
		found = ps_map_ask(fd, &zero, &ports);
	if (ps_is_unknown(found))
		return ps_error_errno(error, found.err, "cannot read %s", path);
	*ret = ports;
	return 0;
}

int ps_reserved_read(const struct ps_instance *instance, struct ps_portset *ret,
		     struct ps_error *error)
{
	return read_ports(instance, PS_RESERVED_PIN, ret, error);
}

/* Killed between the two, it is made again: a map that is not pinned is gone. */
static int make_pin(const char *directory, const char *path, int *ret_fd)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ps_reserved", sizeof(__u32),
				sizeof(struct ps_portset), 1, NULL);

	if (fd < 0)
		return -1;
	if (ps_bpffs_pin(fd, directory, path)) {
		close(fd);
		return -1;
	}
	*ret_fd = fd;
	return 0;
}

static int write_ports(const struct ps_instance *instance, const char *name,
		       const struct ps_portset *ports, struct ps_error *error)
{
	char path[PS_PATH_SIZE];
	PS_CLOSED_FD int fd = -1;
	__u32 zero = 0;

	ps_instance_pin_path(instance, name, path);
	if (ps_portset_is_empty(ports)) {
		if (unlink(path) && errno != ENOENT)
			return ps_error_errno(error, errno, "cannot remove %s", path);
		return 0;
	}
	fd = bpf_obj_get(path);
	if (fd < 0 && (errno != ENOENT || make_pin(instance->path, path, &fd)))
		return ps_bpffs_error(error, errno, "make", path);
	if (bpf_map_update_elem(fd, &zero, ports, BPF_ANY))
		return ps_error_errno(error, errno, "cannot write %s", path);
	return 0;
}

struct ps_answer ps_reserved_is_any(const struct ps_instance *instance)
{
	struct ps_answer here = ps_netns_has_cookie(instance->meta->netns_cookie), pinned;
	char path[PS_PATH_SIZE];

	if (ps_is_no(here))
		return here;
	ps_instance_pin_path(instance, PS_RESERVED_PIN, path);
	pinned = ps_ask_path(path);
	return ps_is_yes(pinned) ? here : pinned;
}

/* What is added is added to whatever is there; only to take something back all is written. */
static int change_list(const struct ps_portset *old, const struct ps_portset *now,
		       struct ps_error *error)
{
	struct ps_portset added = *now, removed = *old;

	ps_portset_remove_all(&added, old);
	ps_portset_remove_all(&removed, now);
	if (!ps_portset_is_empty(&removed))
		return ps_ephemeral_replace(now, error);
	return ps_ephemeral_reserve(&added, error);
}

int ps_reserved_set(const struct ps_instance *instance, const struct ps_portset *needed,
		    struct ps_portset *ret_now, struct ps_error *error)
{
	struct ps_portset own, either, others, now;
	struct ps_ephemeral ephemeral;
	struct ps_error left;

	if (ps_reserved_read(instance, &own, error) || ps_ephemeral_read(&ephemeral, error))
		return -1;
	others = now = ephemeral.reserved;
	ps_portset_remove_all(&others, &own);
	either = own;
	own = *needed;
	ps_portset_remove_all(&own, &others);
	ps_portset_add_all(&either, &own);
	now = others;
	ps_portset_add_all(&now, &own);
	if (write_ports(instance, PS_RESERVED_PIN, &either, error) ||
	    change_list(&ephemeral.reserved, &now, error))
		return -1;
	if (memcmp(&either, &own, sizeof(own)) &&
	    write_ports(instance, PS_RESERVED_PIN, &own, &left))
		ps_notice("warning: what is not reserved any more stays on the instance's list: %s",
			  left.text);
	*ret_now = now;
	return 0;
}

/*
 * A port is on the guard's list before it is reserved, and until it has been given back: killed
 * between the two, what is left is taken back with the rest.
 */
int ps_reserved_guard(const struct ps_instance *instance, const struct ps_portset *needed,
		      struct ps_portset *ret_added, struct ps_error *error)
{
	struct ps_portset own, guarded, added = *needed, now;
	struct ps_ephemeral ephemeral;

	if (ps_reserved_read(instance, &own, error) || ps_ephemeral_read(&ephemeral, error) ||
	    read_ports(instance, PS_GUARDED_PIN, &guarded, error))
		return -1;
	ps_portset_remove_all(&added, &ephemeral.reserved);
	if (ps_portset_is_empty(&added)) {
		*ret_added = added;
		return 0;
	}
	ps_portset_add_all(&guarded, &added);
	ps_portset_add_all(&own, &added);
	if (write_ports(instance, PS_GUARDED_PIN, &guarded, error) ||
	    ps_reserved_set(instance, &own, &now, error))
		return -1;
	*ret_added = added;
	return 0;
}

int ps_reserved_unguard(const struct ps_instance *instance, struct ps_error *error)
{
	struct ps_portset own, guarded, now;

	if (ps_reserved_read(instance, &own, error) ||
	    read_ports(instance, PS_GUARDED_PIN, &guarded, error))
		return -1;
	if (ps_portset_is_empty(&guarded))
		return 0;
	ps_portset_remove_all(&own, &guarded);
	return ps_reserved_set(instance, &own, &now, error) || ps_reserved_keep(instance, error)
		       ? -1
		       : 0;
}

int ps_reserved_keep(const struct ps_instance *instance, struct ps_error *error)
{
	const struct ps_portset nothing = {};

	return write_ports(instance, PS_GUARDED_PIN, &nothing, error);
}
