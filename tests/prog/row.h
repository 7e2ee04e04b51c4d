/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A row of rows.c: these bindings, this frame, this answer. The tables are in
 * rows_*.h.
 */
#ifndef PORTSTEER_TESTS_ROW_H
#define PORTSTEER_TESTS_ROW_H

#include "steer.h"

/* Rows end where the rest is zero. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define XDP (1 << PS_HOOK_XDP)
#define TC (1 << PS_HOOK_TC_INGRESS)
#define OUT (1 << PS_HOOK_TC_EGRESS)

#define PASS STEER_PASS
#define DROP STEER_DROP
#define REDIRECT STEER_REDIRECT

struct row {
	const char *what; /* the test's name */
	const char *bindings; /* as `bind` takes them, separated by ';' */
	const char *frame; /* see frame.h */
	enum steer_outcome outcome;
	enum ps_reason reason;
	int winner; /* which of the bindings counts it, from 1; 0: none */
	int hooks; /* 0: XDP | TC */
	int flows; /* that a `count` must have made */
	const char *link; /* the link addresses afterwards, "dst src"; NULL: unchanged */
};

#endif
