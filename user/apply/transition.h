/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A file, and what it changes, on a machine or beside another file. Carrying it
 * out is ps_apply_file().
 */
#ifndef PORTSTEER_APPLY_TRANSITION_H
#define PORTSTEER_APPLY_TRANSITION_H

#include "apply/devices.h"
#include "binding/diff.h"
#include "file/file.h"
#include "socket/candidate.h"

/* What the file says of sockets: what was found, and what that changes. */
struct ps_socket_change {
	struct ps_candidates *found; /* at each place of the file */
	struct ps_registry before;
	struct ps_socket_plan plan;
};

struct ps_transition {
	bool is_live; /* compared with a table, not with another file */
	__u64 generation; /* of that table; when it is changed, the new one */
	struct ps_file file; /* its bindings are taken over by the comparison */
	struct ps_device_names names; /* that were looked up for both */
	struct ps_diff bindings;
	struct ps_interface_plan interfaces;
	struct ps_guard_plan guard;
	struct ps_socket_change sockets;
	bool is_published;
};

/* Compares the file with another one. Release with ps_transition_done(). */
void ps_transition_compare_file(const struct ps_file *from, struct ps_transition *transition);

bool ps_transition_is_nothing(const struct ps_transition *transition);
void ps_transition_done(struct ps_transition *transition);

#endif
