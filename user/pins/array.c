// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Arrays of the kernel. See array.h.
 */
#include <errno.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "pins/array.h"

int ps_array_read(int fd, __u32 first, __u32 count, void *ret_values)
{
	PS_FREED __u32 *keys = ps_memory_new(count, sizeof(*keys));
	__u32 before = first - 1, position;
	int err = bpf_map_lookup_batch(fd, first ? &before : NULL, &position, keys, ret_values,
				       &count, NULL);

	return err == -ENOENT ? 0 : err; /* that was the last of them */
}
