/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The second opinion: what the table lets one expect, looked up without the programs
 * and without what is there for them alone.
 */
#ifndef PORTSTEER_OBSERVE_EXPECT_H
#define PORTSTEER_OBSERVE_EXPECT_H

#include "binding/binding.h"
#include "observe/judge.h"
#include "observe/opinion.h"
#include "pins/instance.h"
#include "table/contender.h"

struct ps_expected {
	struct ps_opinion opinion;
	struct ps_binding binding; /* that wins, when opinion.is_bound */
};

/* As for ps_contenders_find(), and PS_MAP_TARGETS. */
int ps_expect(const struct ps_instance *instance, const struct ps_arrival *arrival,
	      const struct ps_judged *judged, struct ps_expected *ret, struct ps_error *error);

/* Where it goes to. */
struct ps_spot ps_judged_spot(const struct ps_judged *judged);

#endif
