/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random tables for tests that compare programs with model.h. A table comes
 * about by adding, changing and removing a few bindings at a time, among few
 * addresses and ports, so that bindings cover each other and packets hit.
 */
#ifndef PORTSTEER_TESTS_RANDOM_TABLE_H
#define PORTSTEER_TESTS_RANDOM_TABLE_H

#include "steer.h"

struct random_table {
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
void random_seed(void);

/* Less than @sides. */
unsigned int dice(unsigned int sides);

#define PICK(array) ((array)[dice(sizeof(array) / sizeof((array)[0]))])

/* Ports and addresses that random_endpoint() also draws, or that are next to them. */
__u16 random_port(const struct random_table *drawn);
void random_address(enum ps_family family, __u8 addr[16]);
void random_endpoint(const struct random_table *drawn, struct ps_endpoint *ret);

/* Adds and changes some, or removes some: one publish. */
void random_change(struct random_table *drawn);

/* Empties the table. */
void random_clear(struct random_table *drawn);
void random_done(struct random_table *drawn);

#endif
