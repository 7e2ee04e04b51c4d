/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What becomes of a packet at a hook, and why: as the programs say, or as the table
 * lets one expect.
 */
#ifndef PORTSTEER_OBSERVE_OPINION_H
#define PORTSTEER_OBSERVE_OPINION_H

#include <stdbool.h>
#include <portsteer/abi.h>

enum ps_verdict {
	PS_VERDICT_PASS,
	PS_VERDICT_DROP,
	PS_VERDICT_REDIRECT,
	PS_VERDICT_STRANGE, /* a number that the hook has no business to return */
};

struct ps_opinion {
	enum ps_verdict verdict;
	enum ps_reason reason;
	bool is_bound; /* it was counted for the binding of that slot */
	__u32 slot;
};

/* Where a packet is seen. */
struct ps_arrival {
	enum ps_hook hook; /* PS_HOOK_XDP or PS_HOOK_TC_INGRESS */
	enum ps_hook_mode mode; /* PS_MODE_NONE: not known, or nothing is attached */
	bool is_attached; /* some program is there, or would be */
	bool has_no_link; /* see struct ps_hook_info */
	bool is_other_build; /* the program there is from another build of portsteer */
	char device[PS_DEV_SIZE]; /* "": no interface in particular */
};

/* "pass", "drop", "redirect" */
const char *ps_verdict_name(enum ps_verdict verdict);

bool ps_opinion_is_equal(const struct ps_opinion *a, const struct ps_opinion *b);

/* The packet had a binding. */
bool ps_reason_is_of_binding(enum ps_reason reason);

#endif
