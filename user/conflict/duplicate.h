/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bindings of a file against each other. Pure.
 */
#ifndef PORTSTEER_CONFLICT_DUPLICATE_H
#define PORTSTEER_CONFLICT_DUPLICATE_H

#include "base/diagnostic.h"
#include "conflict/conflict.h"

/* Appends duplicates and overlaps among @bindings of a file, a thousand at most. */
void ps_file_check(const struct ps_bindings *bindings, struct ps_conflicts *conflicts);

/* Appends duplicates alone. */
void ps_file_find_duplicates(const struct ps_bindings *bindings, struct ps_conflicts *conflicts);

/* Appends conflicts as diagnostics. */
void ps_file_note_conflicts(const struct ps_conflicts *conflicts,
			    struct ps_diagnostics *diagnostics);

#endif
