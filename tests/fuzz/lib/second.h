/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * user/instance/object.c once more, with the objects of another compiler in it. The
 * Makefile builds it when that compiler is there, and gives its functions these
 * names.
 */
#ifndef PORTSTEER_FUZZ_SECOND_H
#define PORTSTEER_FUZZ_SECOND_H

#include "pins/instance.h"

/* As ps_object_load_hook(); NULL when there is no other compiler. */
__attribute__((weak)) int second_load_hook(const struct ps_instance *instance, enum ps_hook hook,
					   __u32 hook_index, int *ret_fd, struct ps_error *error);

#endif
