/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which rows are asked for, how many, and in which order: what `bindings` and
 * `flows` have in common.
 */
#ifndef PORTSTEER_CMD_SELECTION_H
#define PORTSTEER_CMD_SELECTION_H

#include "binding/filter.h"
#include "cmd/context.h"
#include "cmd/stream.h"

struct ps_selection {
	struct ps_filter filter;
	int order; /* index of the words that --sort takes */
	size_t limit; /* rows at most */
};

/* Reads the words of @context and its options, of which --sort takes @keys. */
int ps_selection_read(struct ps_context *context, enum ps_filter_of of, const char *const *keys,
		      struct ps_selection *ret);

/* What prints them, as its options say. */
struct ps_stream ps_selection_stream(const struct ps_context *context,
				     const struct ps_column *keys);

#endif
