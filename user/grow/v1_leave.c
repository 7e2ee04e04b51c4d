// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What stays of an instance of ABI 1 that was moved. See v1.h. Its release opens all
 * maps before it looks who made them, so there has to be one of each kind.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/notice.h"
#include "base/scope.h"
#include "base/version.h"
#include "grow/v1_layout.h"
#include "pins/bpffs.h"
#include "pins/lock.h"
#include "pins/pins.h"

#define FRESH PS_V1_DIR "/%fresh" /* as its release calls what it sweeps away */
#define LOCK_SECONDS 10

static int make_map(const struct ps_v1_kind *kind, int inner_fd)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = kind->flags);

	if (kind->type == BPF_MAP_TYPE_ARRAY_OF_MAPS)
		options.inner_map_fd = (__u32)inner_fd;
	return bpf_map_create(kind->type, kind->name, kind->key_size, kind->value_size, 1,
			      &options);
}

static int write_meta(int fd)
{
	const struct ps_v1_meta meta = { .abi_version = PS_ABI_VERSION,
					 .tool_version = PS_VERSION };
	__u32 zero = 0;

	return bpf_map_update_elem(fd, &zero, &meta, BPF_ANY);
}

static int leave_map(const struct ps_v1_kind *kind, int inner_fd, struct ps_error *error)
{
	PS_CLOSED_FD int fd = make_map(kind, inner_fd);
	char path[PS_PATH_SIZE];

	ps_pins_path(FRESH, kind->name, path);
	if (fd < 0 || bpf_obj_pin(fd, path) || (kind == ps_v1_kind("meta") && write_meta(fd)))
		return ps_error_errno(error, errno, "cannot make %s", path);
	return 0;
}

static int leave_maps(struct ps_error *error)
{
	PS_CLOSED_FD int inner_fd = make_map(ps_v1_kind("grace_inner"), -1);

	if (inner_fd < 0)
		return ps_error_errno(error, errno, "cannot make %s/grace_inner", FRESH);
	for (size_t i = 0; i < PS_V1_KINDS; i++)
		if (leave_map(&ps_v1_kinds[i], inner_fd, error))
			return -1;
	return 0;
}

/* Under the lock of its release on all instances, which makes and sweeps the same. */
static int put_in_place(const char *path, struct ps_error *error)
{
	struct ps_error ignored;

	ps_bpffs_remove(FRESH, &ignored);
	if (ps_bpffs_mkdir(FRESH, error))
		return -1;
	if (leave_maps(error)) {
		ps_bpffs_remove(FRESH, &ignored);
		return -1;
	}
	if (renameat2(AT_FDCWD, FRESH, AT_FDCWD, path, RENAME_EXCHANGE))
		return ps_bpffs_error(error, errno, "exchange", path);
	return ps_bpffs_remove(FRESH, error);
}

int ps_v1_leave(const char *name, struct ps_error *error)
{
	PS_CLOSED_FD int base_fd = -1;
	char path[PS_PATH_SIZE];

	ps_v1_path(name, path);
	if (ps_lock_take(PS_V1_DIR, LOCK_SECONDS, &base_fd, error))
		return -1;
	return put_in_place(path, error);
}

int ps_v1_forget(const char *name, struct ps_error *error)
{
	char path[PS_PATH_SIZE];
	enum ps_v1_state state;
	struct ps_error ignored;
	struct stat status;

	ps_v1_path(name, path);
	if (stat(path, &status))
		return errno == ENOENT ? 0 : ps_bpffs_error(error, errno, "look at", path);
	if (ps_v1_look(name, &state, error))
		return -1;
	if (state != PS_V1_NONE)
		return 0;
	if (ps_bpffs_remove(path, error))
		return -1;
	ps_bpffs_remove(FRESH, &ignored); /* of a command that was killed */
	rmdir(PS_V1_DIR "/" PS_LOCK_NAME);
	rmdir(PS_V1_DIR);
	rmdir(PS_TOP_DIR);
	return 0;
}
