// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What packets look up, from bindings alone. See fill.h.
 */
#include <errno.h>
#include <string.h>
#include "grow/fill.h"
#include "pins/records.h"
#include "table/compile.h"
#include "table/read.h"
#include "table/shapes.h"

struct compiling {
	struct ps_shapes shapes;
	struct ps_bindings any; /* of any address */
};

static int see_record(void *context, const struct ps_endpoint *endpoint,
		      const struct ps_record *record)
{
	struct compiling *compiling = context;

	(void)record;
	ps_shapes_get(&compiling->shapes, endpoint)->after++;
	if (ps_endpoint_is_any_address(endpoint))
		ps_bindings_add(&compiling->any)->endpoint = *endpoint;
	return 0;
}

static struct ps_winner find_winner(void *context, const struct ps_endpoint *endpoint)
{
	struct ps_binding binding;

	return ps_table_find(context, endpoint, &binding) ? ps_winner_of(&binding)
							  : (struct ps_winner){};
}

static int compile(struct ps_instance *next, const struct compiling *compiling,
		   struct ps_error *error)
{
	__u32 half = ps_instance_half(next);
	struct ps_image image;
	int failed = 0;
	__u16 port;

	ps_image_init(&image, ps_instance_ports(next, half), next->probe_lists, find_winner, next);
	for (size_t i = 0; !failed && i < compiling->shapes.count; i++) {
		struct ps_endpoint endpoint = ps_shape_endpoint(&compiling->shapes.item[i].key);

		failed = ps_image_add_shape(&image, &endpoint, &port);
	}
	for (size_t i = 0; !failed && i < compiling->any.count; i++)
		ps_image_update_winner(&image, &compiling->any.item[i].endpoint);
	ps_image_done(&image);
	if (failed)
		return ps_error_errno(error, E2BIG, "cannot count bindings");
	return ps_table_check(error);
}

int ps_fill_compiled(struct ps_instance *next, struct ps_error *error)
{
	__u32 half = ps_instance_half(next);
	struct compiling compiling = {};
	int failed;

	failed = ps_records_walk(next->map_fd[PS_MAP_BINDINGS], see_record, &compiling, error) ||
		 compile(next, &compiling, error);
	memcpy(ps_instance_ports(next, half ^ 1), ps_instance_ports(next, half),
	       PS_HALF_PORTS * sizeof(struct ps_port));
	ps_directory_mark(next->directory);
	ps_shapes_done(&compiling.shapes);
	ps_bindings_done(&compiling.any);
	return failed ? -1 : 0;
}
