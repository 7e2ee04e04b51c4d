/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bindings that are for one address and port, in order of precedence: who wins it,
 * and why the others lose. As the table says, whatever packets find there.
 */
#ifndef PORTSTEER_TABLE_CONTENDER_H
#define PORTSTEER_TABLE_CONTENDER_H

#include <stdbool.h>
#include "binding/binding.h"
#include "pins/instance.h"

#define PS_WHY_TEXT 128

/* One address and port. */
struct ps_spot {
	enum ps_family family; /* PS_IPV4 or PS_IPV6 */
	enum ps_proto proto;
	__u8 addr[16];
	__u16 port;
};

struct ps_contender {
	struct ps_binding
		binding; /* its owner is not looked up; of one not bound only the endpoint */
	bool is_bound;
};

struct ps_contenders {
	struct ps_contender item[PS_PROBES_MAX]; /* every key that would be looked up */
	int count;
	int winner; /* which, -1: nobody */
};

/*
 * All of them. PS_MAP_DIRECTORY, PS_MAP_PROBE_LISTS and PS_MAP_TARGETS must have been read, and
 * may be the bindings.
 */
int ps_contenders_find(const struct ps_instance *instance, const struct ps_spot *spot,
		       struct ps_contenders *ret, struct ps_error *error);

/* The winner alone. 1: there is one, 0: nobody; -1 with an error. */
int ps_contender_find_winner(const struct ps_instance *instance, const struct ps_spot *spot,
			     struct ps_binding *ret, struct ps_error *error);

/* Why @loser has to give way to @winner, which is called @number. Returns @text. */
const char *ps_contender_why(const struct ps_endpoint *winner, const struct ps_endpoint *loser,
			     int number, char text[PS_WHY_TEXT]);

#endif
