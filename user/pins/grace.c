// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The grace period. See grace.h. The kernel waits for it with every update of a
 * map of maps, so that whoever found an inner map in it is done with that.
 */
#include <bpf/bpf.h>
#include "pins/grace.h"

int ps_grace_wait(const struct ps_instance *instance, struct ps_error *error)
{
	__u32 zero = 0;
	int err = bpf_map_update_elem(instance->map_fd[PS_MAP_GRACE], &zero,
				      &instance->map_fd[PS_MAP_GRACE_INNER], BPF_ANY);

	return err ? ps_error_errno(error, -err, "cannot wait for packets") : 0;
}
