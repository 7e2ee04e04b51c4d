/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What may stand in the places of a command's syntax: DEV, ADDRESS:PORT, N.
 */
#ifndef PORTSTEER_CMD_PLACE_H
#define PORTSTEER_CMD_PLACE_H

#include "cmd/context.h"

struct ps_place {
	struct ps_context *context;
	const char *command; /* whose syntax it is */
	const char *const *word; /* behind the command */
	int count;
	const char *current; /* as far as it was typed */
	const char *prefix; /* of the same word, that is not part of what is offered */
	bool is_elsewhere; /* in a namespace that could not be entered */
};

/* Prints @word if it begins as was typed. */
void ps_place_offer(const struct ps_place *place, const char *word);

/* Offers what @name stands for. False when it is a word and no place. */
bool ps_place_fill(const struct ps_place *place, const char *name);

#endif
