/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who wins a packet, by looking at every binding and comparing them as the
 * manual page says. Slow and obvious, and shares no code with the probe lists.
 */
#ifndef PORTSTEER_TESTS_MODEL_H
#define PORTSTEER_TESTS_MODEL_H

#include "binding.h"

struct model_packet {
	__u8 addr[16];
	__u16 port;
	enum ps_family family;
	enum ps_proto proto;
};

/* The winner, or NULL. */
const struct ps_binding *model_winner(const struct ps_bindings *table,
				      const struct model_packet *packet);

/* Same addresses, and ranges cross without one inside the other: bind refuses it. */
bool model_overlaps(const struct ps_endpoint *a, const struct ps_endpoint *b);

#endif
