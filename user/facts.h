/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading struct ps_facts from the current network namespace.
 */
#ifndef PORTSTEER_FACTS_H
#define PORTSTEER_FACTS_H

#include "conflict.h"
#include "instance.h"

/* Release with ps_facts_done(), also after failure. */
int ps_facts_read(const struct ps_instance *instance, struct ps_facts *ret, struct ps_error *error);
void ps_facts_done(struct ps_facts *facts);

/* What is attached for XDP, among @devices. */
void ps_facts_read_source(const struct ps_instance *instance, const struct ps_devices *devices,
			  struct ps_xdp_source *ret);

#endif
