/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bindings from a text file, one a line, in the words of `bind`; '#' begins a
 * comment. Pure but for reading the stream.
 */
#ifndef PORTSTEER_BINDING_BATCH_H
#define PORTSTEER_BINDING_BATCH_H

#include <stdio.h>
#include "binding/binding.h"

/* Appends what @file says to @bindings; errors begin with "@name:LINE:COLUMN: ". */
int ps_batch_read(FILE *file, const char *name, struct ps_bindings *bindings,
		  struct ps_error *error);

#endif
