/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How many packets went which way, by binding and reason. Pure.
 */
#ifndef PORTSTEER_OBSERVE_TALLY_H
#define PORTSTEER_OBSERVE_TALLY_H

#include <stddef.h>
#include "binding/endpoint.h"
#include "observe/opinion.h"

struct ps_tally_row {
	struct ps_endpoint endpoint; /* of the binding; all zero: there is none */
	char name[PS_NAME_SIZE]; /* of that */
	enum ps_reason reason;
	enum ps_verdict verdict;
	__u64 packets; /* 0: nobody's row */
};

struct ps_tally {
	struct ps_tally_row *row; /* an open hash, until it is sorted */
	size_t count; /* of rows that are somebody's */
	size_t size; /* of the hash, a power of two or 0 */
	__u64 packets;
};

/* One more of what @row has but for its packets. */
void ps_tally_add(struct ps_tally *tally, const struct ps_tally_row *row);

/* The first count rows are all there are, the most packets first. Nothing may be added any more. */
void ps_tally_sort(struct ps_tally *tally);

void ps_tally_done(struct ps_tally *tally);

#endif
