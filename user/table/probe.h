/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The order of precedence, in one place, and the lists that are sorted by it:
 * longest prefix, then exact port, then the narrowest range, then any port;
 * last, a binding of one family before one of both. Pure.
 */
#ifndef PORTSTEER_TABLE_PROBE_H
#define PORTSTEER_TABLE_PROBE_H

#include <stdbool.h>
#include <portsteer/abi.h>

/* The shape of @endpoint: what a packet has to look up to find it. */
struct ps_probe ps_probe_of(const struct ps_endpoint *endpoint);

/* Negative when @a is preferred to @b. Equal shapes only are 0. */
int ps_probe_compare(const struct ps_probe *a, const struct ps_probe *b);

/* The same for the endpoints themselves. */
int ps_precedence_compare(const struct ps_endpoint *a, const struct ps_endpoint *b);

/* How many are in @list. */
int ps_probes_count(const struct ps_probes *list);

/* Writes @list with @probe to @ret. 0, or -1 when it is full. */
int ps_probes_insert(const struct ps_probes *list, struct ps_probe probe, struct ps_probes *ret);

/* Writes @list without @probe to @ret. */
void ps_probes_remove(const struct ps_probes *list, struct ps_probe probe, struct ps_probes *ret);

/* The first shape of any address in @list, or NULL. */
const struct ps_probe *ps_probes_any_address(const struct ps_probes *list);

/* The key that @probe makes for a packet to @family, @proto, @addr, @port. */
struct ps_endpoint ps_probe_key(const struct ps_probe *probe, enum ps_family family,
				enum ps_proto proto, const __u8 addr[16], __u16 port);

#endif
