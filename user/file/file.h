/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The file that `apply` takes, portsteer.conf(5): what a table is to be, the
 * interfaces it is for, and the guard. Pure but for reading the stream. The syntax is
 * yaml.h; bindings have the words that `bind` takes.
 */
#ifndef PORTSTEER_FILE_FILE_H
#define PORTSTEER_FILE_FILE_H

#include <stdio.h>
#include "base/diagnostic.h"
#include "binding/binding.h"
#include "file/interface.h"
#include "file/socket_place.h"
#include "guard/setting.h"

struct ps_file {
	struct ps_bindings bindings; /* in the order of the file */
	struct ps_interfaces interfaces;
	bool has_interfaces; /* the file says, be it that there are none */
	struct ps_socket_places sockets;
	bool has_sockets; /* the same */
	struct ps_guard_setting guard;
	bool has_guard; /* the file says, be it that it is off */
	__u32 max_bindings; /* 0: the file does not say */
};

/*
 * Reads @stream. 0 when nothing is wrong with it; else -1 and what is, in
 * @diagnostics, or in @error when it could not be read. Release both, in any case,
 * with their done functions.
 */
int ps_file_read(FILE *stream, struct ps_file *ret, struct ps_diagnostics *diagnostics,
		 struct ps_error *error);
void ps_file_done(struct ps_file *file);

#endif
