/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How an explanation of one packet looks.
 */
#ifndef PORTSTEER_CMD_EXPLAIN_H
#define PORTSTEER_CMD_EXPLAIN_H

#include "cmd/context.h"
#include "frame/words.h"
#include "observe/delivery.h"
#include "observe/explain.h"

/* All that is known about it. */
struct ps_explanation {
	const struct ps_instance *instance;
	const char *file; /* that its table is of, NULL: it is the live one */
	struct ps_arrival arrival;
	struct ps_frame_words words;
	struct ps_explained explained;
	struct ps_contenders contenders;
	struct ps_binding binding; /* that it was counted for, if it was, and is there */
	bool has_binding;
	bool has_delivery; /* it went on to sockets */
	struct ps_delivery delivery;
};

/* With --from the table of that file is meant from now on, and no live one. */
int ps_explain_from(struct ps_context *context);

/* Prints it; an error, behind it, when opinions differ. */
int ps_explanation_print(struct ps_context *context, const struct ps_explanation *explanation);

#endif
