/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sections of the file that have a file of their own. Pure. For file.c.
 */
#ifndef PORTSTEER_FILE_INTERNAL_H
#define PORTSTEER_FILE_INTERNAL_H

#include "file/socket_place.h"
#include "file/yaml.h"
#include "guard/setting.h"

/* The value of `guard`: a mode, or a mode and a cgroup. */
void ps_file_read_guard(struct ps_yaml *yaml, struct ps_guard_setting *ret);

/* The value of `sockets`: names, and where they wait. */
void ps_file_read_sockets(struct ps_yaml *yaml, struct ps_socket_places *ret);

#endif
