/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Elements of the map `bindings` as they are in the kernel: those that packets
 * see, and those that they do not see yet or any more.
 */
#ifndef PORTSTEER_PINS_RECORDS_H
#define PORTSTEER_PINS_RECORDS_H

#include <stdbool.h>
#include <portsteer/abi.h>
#include "base/error.h"
#include "binding/binding.h"

/* Whether an element of `bindings` is a binding in @generation. */
static inline bool ps_record_is_live(const struct ps_record *record, __u64 generation)
{
	return record->act[generation & 1].action != PS_NONE &&
	       record->born != (__u32)(generation + 1);
}

/* What an element says in @half: all but whom it belongs to, and what its target is. */
struct ps_binding ps_record_binding(const struct ps_endpoint *endpoint,
				    const struct ps_record *record, __u32 half);

/* Called for each element of `bindings`, also those that no packet sees. Not 0 ends the walk. */
typedef int (*ps_record_visit)(void *context, const struct ps_endpoint *endpoint,
			       const struct ps_record *record);

/* Visits the elements of the map @fd, in no order. */
int ps_records_walk(int fd, ps_record_visit visit, void *context, struct ps_error *error);

#endif
