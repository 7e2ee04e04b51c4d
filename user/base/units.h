/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Large numbers in few digits. Pure.
 */
#ifndef PORTSTEER_BASE_UNITS_H
#define PORTSTEER_BASE_UNITS_H

#include <linux/types.h>

#define PS_UNITS_TEXT 8

/*
 * "999", "1.23K", "45.6M", "789G": three digits and a power of 1000 (K, M, G, T, P, E), never more
 * than there is. Returns @text.
 */
const char *ps_units_format(__u64 number, char text[PS_UNITS_TEXT]);

#endif
