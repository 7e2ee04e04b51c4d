// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Walking through `bindings`. See records.h.
 */
#include <errno.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "pins/records.h"

#define BATCH 8192 /* no bucket of the hash is as long */

struct ps_binding ps_record_binding(const struct ps_endpoint *endpoint,
				    const struct ps_record *record, __u32 half)
{
	struct ps_act act = record->act[half];
	struct ps_binding binding = {
		.endpoint = *endpoint,
		.action = act.action,
		.flags = act.flags,
		.target_index = act.target,
		.slot = record->slot,
	};

	memcpy(binding.name, record->name, sizeof(binding.name));
	return binding;
}

int ps_records_walk(int fd, ps_record_visit visit, void *context, struct ps_error *error)
{
	PS_FREED struct ps_endpoint *keys = ps_memory_new(BATCH, sizeof(*keys));
	PS_FREED struct ps_record *records = ps_memory_new(BATCH, sizeof(*records));
	__u64 position = 0;
	void *from = NULL;

	for (;;) {
		__u32 count = BATCH;
		int err = bpf_map_lookup_batch(fd, from, &position, keys, records, &count, NULL);

		if (err && err != -ENOENT)
			return ps_error_errno(error, -err, "cannot read the bindings");
		for (__u32 i = 0; i < count; i++)
			if (visit(context, &keys[i], &records[i]))
				return 0;
		if (err)
			return 0;
		from = &position;
	}
}
