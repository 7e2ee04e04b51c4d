/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of a file as if it was applied, for this process alone.
 */
#ifndef PORTSTEER_APPLY_SUPPOSE_H
#define PORTSTEER_APPLY_SUPPOSE_H

#include "apply/apply.h"

/*
 * From now on this process sees no instance but one with the bindings of @file, which it sorts, and
 * the hooks that would be attached, though nothing is; sockets and the guard of the file are left
 * out. Whoever opens the instance to read finds it as any other. It is gone when the process ends.
 */
int ps_apply_suppose(struct ps_apply *apply, struct ps_file *file);

#endif
