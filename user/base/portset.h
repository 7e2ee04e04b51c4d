/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A set of ports, and the kernel's sysctl text for one ("8080,9000-9010").
 * Pure; what this host has set is in host/ephemeral.h.
 */
#ifndef PORTSTEER_BASE_PORTSET_H
#define PORTSTEER_BASE_PORTSET_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct ps_portset {
	__u64 bits[65536 / 64];
};

void ps_portset_add(struct ps_portset *set, __u16 first, __u16 last);
void ps_portset_remove(struct ps_portset *set, __u16 first, __u16 last);
void ps_portset_add_all(struct ps_portset *set, const struct ps_portset *added);
void ps_portset_remove_all(struct ps_portset *set, const struct ps_portset *removed);
bool ps_portset_is_empty(const struct ps_portset *set);
bool ps_portset_has(const struct ps_portset *set, __u16 port);

/* The first port of @set within first..last, or -1. */
int ps_portset_find(const struct ps_portset *set, __u16 first, __u16 last);

/* Adds the ports that @text lists to @set; 0 or -1 when it is no list of ports. */
int ps_portset_parse(struct ps_portset *set, const char *text);

/* Writes the list to @text; 0, or -1 when it does not fit. */
int ps_portset_format(const struct ps_portset *set, char *text, size_t size);

#endif
