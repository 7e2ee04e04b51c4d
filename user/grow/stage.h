/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The directory beside an instance in which it is made anew, and which then holds
 * what it was: named by the inode of the old one, so that it can be told which of
 * the two it is.
 */
#ifndef PORTSTEER_GROW_STAGE_H
#define PORTSTEER_GROW_STAGE_H

#include "instance/object_maps.h"
#include "pins/instance.h"

/*
 * Makes all of @former at @path, as large as @size says, without bindings. The caller removes it
 * after a failure.
 */
int ps_stage_make(const struct ps_instance *former, const struct ps_table_size *size,
		  const char *path, struct ps_error *error);

/* @next, which was made so, says of itself what @former said, and how large it is. */
void ps_stage_describe(struct ps_instance *next, const struct ps_meta *former,
		       const struct ps_table_size *size);

#endif
