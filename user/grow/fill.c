// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Filling the maps of an instance that has grown. See fill.h.
 */
#include <string.h>
#include "grow/fill.h"
#include "instance/owners.h"
#include "pins/records.h"
#include "table/read.h"
#include "table/shapes.h"
#include "table/store.h"

struct filling {
	struct ps_instance *next;
	__u32 half; /* that packets see */
	struct ps_bindings some; /* to be stored at once */
	struct ps_shapes shapes;
	struct ps_error *error;
	int failed;
};

static int store_some(struct filling *filling)
{
	int failed = ps_store_bindings(filling->next, &filling->some, PS_HALVES, PS_STORE_COPY,
				       filling->error);

	filling->some.count = 0;
	return failed;
}

static int copy_record(void *context, const struct ps_endpoint *endpoint,
		       const struct ps_record *record)
{
	struct filling *filling = context;

	if (!ps_record_is_live(record, filling->next->state->generation))
		return 0;
	*ps_bindings_add(&filling->some) = ps_record_binding(endpoint, record, filling->half);
	ps_shapes_get(&filling->shapes, endpoint)->after++;
	if (filling->some.count == PS_CHANGES_MAX)
		filling->failed = store_some(filling);
	return filling->failed;
}

int ps_fill(struct ps_instance *next, const struct ps_instance *former, struct ps_error *error)
{
	struct filling filling = {
		.next = next,
		.half = ps_instance_half(former),
		.error = error,
	};
	int failed =
		ps_records_walk(former->map_fd[PS_MAP_BINDINGS], copy_record, &filling, error) ||
		filling.failed || store_some(&filling) ||
		ps_store_shapes(next, &filling.shapes, error) ||
		ps_owners_copy(former, next, error);

	if (former->slots) /* else they are counted anew */
		memcpy(next->slots, former->slots, (former->meta->capacity + 63) / 64 * 8);
	ps_bindings_done(&filling.some);
	ps_shapes_done(&filling.shapes);
	return failed ? -1 : 0;
}
