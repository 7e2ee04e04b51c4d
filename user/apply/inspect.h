/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All that is wrong with the live table, or with that of a file, among itself
 * and on this host; and, for sockets, in all other network namespaces.
 */
#ifndef PORTSTEER_APPLY_INSPECT_H
#define PORTSTEER_APPLY_INSPECT_H

#include "apply/apply.h"
#include "conflict/conflict.h"

struct ps_file;

struct ps_inspection {
	struct ps_apply *apply;
	bool is_everywhere; /* with other network namespaces; this process stays in one of them */
	struct ps_conflicts conflicts; /* worst first, then by endpoint */
	/* What these point to. */
	struct ps_attempts attempts; /* that the guard saw */
	struct ps_facts **host;
	size_t host_count;
	size_t host_room;
};

/* Of the instance; nothing is wrong when there is none. Release with ps_inspection_done(). */
int ps_inspect_table(struct ps_inspection *inspection);

/* Of what ps_apply_file() would make of the file, whose bindings it sorts. The same. */
int ps_inspect_file(struct ps_inspection *inspection, struct ps_file *file);
void ps_inspection_done(struct ps_inspection *inspection);

#endif
