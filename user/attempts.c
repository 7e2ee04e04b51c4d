// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading what the guard saw. See attempts.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "attempts.h"
#include "bpffs.h"
#include "cgroup.h"
#include "guard.h"
#include "memory.h"
#include "scope.h"

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ps_attempt_key));
}

/* An attempt may be evicted under the walk, which then starts again: bounded. */
static void read_all(int fd, struct ps_attempts *attempts)
{
	struct ps_attempt_key key, *from = NULL;

	for (int steps = 0; steps < 2 * PS_ATTEMPTS_MAX && !bpf_map_get_next_key(fd, from, &key);
	     steps++, from = &key) {
		struct ps_tried tried = { .key = key };

		if (bpf_map_lookup_elem(fd, &key, &tried.value))
			continue;
		attempts->item = ps_memory_grow(attempts->item, attempts->count, &attempts->room,
						sizeof(*attempts->item));
		attempts->item[attempts->count++] = tried;
	}
}

/* Sorted, each once. */
static void put_in_order(struct ps_attempts *attempts)
{
	size_t kept = 0;

	if (attempts->count)
		qsort(attempts->item, attempts->count, sizeof(*attempts->item), compare);
	for (size_t i = 0; i < attempts->count; i++)
		if (!kept || compare(&attempts->item[kept - 1], &attempts->item[i]))
			attempts->item[kept++] = attempts->item[i];
	attempts->count = kept;
}

int ps_attempts_read(const struct ps_instance *instance, struct ps_attempts *ret,
		     struct ps_error *error)
{
	LIBBPF_OPTS(bpf_obj_get_opts, how, .file_flags = BPF_F_RDONLY);
	struct ps_attempts attempts = {};
	char path[PS_PATH_SIZE];
	PS_CLOSED_FD int fd = -1;

	snprintf(path, sizeof(path), "%.400s/" PS_ATTEMPTS_PIN, instance->path);
	fd = bpf_obj_get_opts(path, &how);
	if (fd < 0 && errno != ENOENT)
		return ps_bpffs_error(error, errno, "open", path);
	if (fd >= 0)
		read_all(fd, &attempts);
	put_in_order(&attempts);
	for (size_t i = 0; i < attempts.count; i++) {
		ps_user_format(attempts.item[i].value.uid, attempts.item[i].user);
		attempts.item[i].cgroup = ps_cgroup_of_id(attempts.item[i].value.cgroup_id);
	}
	*ret = attempts;
	return 0;
}

void ps_attempts_done(struct ps_attempts *attempts)
{
	for (size_t i = 0; i < attempts->count; i++)
		free(attempts->item[i].cgroup);
	free(attempts->item);
	*attempts = (struct ps_attempts){};
}
