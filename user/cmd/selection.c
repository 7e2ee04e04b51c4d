// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Rows that are asked for. See selection.h.
 */
#include <limits.h>
#include "binding/listed.h"
#include "cmd/selection.h"

int ps_selection_read(struct ps_context *context, enum ps_filter_of of, const char *const *keys,
		      struct ps_selection *ret)
{
	const char *sort = ps_context_value(context, "sort");
	struct ps_selection selection = {};
	long limit = LONG_MAX;

	if (ps_filter_parse(of, context->count, context->word, &selection.filter,
			    &context->error) ||
	    (sort && ps_order_parse(sort, keys, &selection.order, &context->error)) ||
	    ps_context_number(context, "limit", 1, INT_MAX, &limit))
		return -1;
	selection.limit = (size_t)limit;
	*ret = selection;
	return 0;
}

struct ps_stream ps_selection_stream(const struct ps_context *context, const struct ps_column *keys)
{
	return (struct ps_stream){
		.format = context->format,
		.keys = keys,
		.has_units = ps_context_has(context, "units"),
	};
}
