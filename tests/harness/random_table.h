/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random tables for tests that compare programs with model.h. A table comes
 * about by adding, changing and removing a few bindings at a time, among few
 * addresses and ports, so that bindings cover each other and packets hit.
 */
#ifndef PORTSTEER_TESTS_DRAW_H
#define PORTSTEER_TESTS_DRAW_H

#include "steer.h"

struct draw {
	struct steer *steer;
	struct ps_bindings
		table; /* what is bound, as the model sees it; lines are kept for the test */
	size_t max; /* bindings */
	bool is_narrow; /* all in TCP and IPv6, until ports are full */
	void (*draw_words)(struct ps_binding *binding); /* what a binding does, and whose it is */
	unsigned int publishes;
	unsigned int refused; /* for ports that were full */
};

/* Prints the seed, which is that of SEED=N where given. */
void draw_seed(void);

/* Less than @sides. */
unsigned int dice(unsigned int sides);

#define PICK(array) ((array)[dice(sizeof(array) / sizeof((array)[0]))])

/* Ports and addresses that draw_endpoint() also draws, or that are next to them. */
__u16 draw_port(const struct draw *draw);
void draw_address(enum ps_family family, __u8 addr[16]);
void draw_endpoint(const struct draw *draw, struct ps_endpoint *ret);

/* Adds and changes some, or removes some: one publish. */
void draw_change(struct draw *draw);

/* Empties the table. */
void draw_clear(struct draw *draw);
void draw_done(struct draw *draw);

#endif
