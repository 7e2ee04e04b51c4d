/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading arrays of the kernel that are not mapped into memory.
 */
#ifndef PORTSTEER_PINS_ARRAY_H
#define PORTSTEER_PINS_ARRAY_H

#include <linux/types.h>

/* @count elements from @first on, at most as many as there are. 0, or -errno. */
int ps_array_read(int fd, __u32 first, __u32 count, void *ret_values);

#endif
