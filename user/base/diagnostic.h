/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is wrong with a file, place by place, so that all of it can be said at
 * once. Pure. Lines and columns begin with 1; a column is one character.
 */
#ifndef PORTSTEER_BASE_DIAGNOSTIC_H
#define PORTSTEER_BASE_DIAGNOSTIC_H

#include <stddef.h>
#include <linux/types.h>

#define PS_DIAGNOSTICS_MAX 100 /* that are kept; more are only counted */

struct ps_position {
	__u32 line, column;
};

struct ps_diagnostic {
	struct ps_position place;
	char text[512];
};

struct ps_diagnostics {
	struct ps_diagnostic *item;
	size_t count, room;
	size_t total; /* with those that were not kept */
};

/* Release with ps_diagnostics_done(). */
void ps_diagnostics_add(struct ps_diagnostics *diagnostics, struct ps_position place,
			const char *format, ...) __attribute__((format(printf, 3, 4)));
void ps_diagnostics_done(struct ps_diagnostics *diagnostics);

/* By place; of one place in the order they were found. */
void ps_diagnostics_sort(struct ps_diagnostics *diagnostics);

#endif
