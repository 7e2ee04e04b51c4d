/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What portsteer leaves behind, as lines of text to compare: what readers see,
 * what is pinned, and what is attached to eth0.
 */
#ifndef PORTSTEER_TESTS_LEFTOVERS_H
#define PORTSTEER_TESTS_LEFTOVERS_H

#include <stddef.h>

/* "ENDPOINT ACTION NAME" of each binding, and registered sockets, as they are listed. */
void leftovers_read_table(char *text, size_t size);

/*
 * Pins and directories of portsteer, programs at the hooks of eth0, qdiscs of
 * eth0, and what `portsteer status` says of interfaces. Empty: nothing.
 */
void leftovers_list(char *text, size_t size);

#endif
