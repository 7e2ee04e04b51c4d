/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading what is needed to say who has an endpoint, and asking conflict/who.h.
 * Works without an instance and without rights: what cannot be read is said to
 * be unchecked.
 */
#ifndef PORTSTEER_APPLY_WHO_H
#define PORTSTEER_APPLY_WHO_H

#include "apply/apply.h"
#include "conflict/who.h"

/* A question, and its answer, which keeps what it is about alive. */
struct ps_who_asked {
	struct ps_who_question question;
	struct ps_who_known known;
	struct ps_who_rows rows;
};

struct ps_who {
	struct ps_apply *apply;
	struct ps_who_asked asked[PS_PROTOS];
	int count;
	bool is_everywhere; /* with other network namespaces; this process stays in one of them */
	/* What rows point to. */
	struct ps_facts **host;
	size_t host_count;
	size_t host_room;
};

/* Answers all questions, by one look at each namespace. */
void ps_who_ask(struct ps_who *who);
void ps_who_done(struct ps_who *who);

#endif
