/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What objects are loaded by. For object*.c alone.
 */
#ifndef PORTSTEER_INSTANCE_INTERNAL_H
#define PORTSTEER_INSTANCE_INTERNAL_H

#include "base/error.h"

/* "cannot load @what", with what to do where a capability is missing. -1. */
int ps_object_load_error(struct ps_error *error, int err, const char *what);

#endif
