/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Frames to begin with: those of the rows in tests/prog, and new ones, layer
 * upon layer, each of which may lie a little.
 */
#ifndef PORTSTEER_FUZZ_COMPOSE_H
#define PORTSTEER_FUZZ_COMPOSE_H

#include "dice.h"
#include "sample.h"

#define COMPOSE_WORDS_MAX 1024

/* Words of tests/harness/frame.h. */
void compose_words(struct dice *dice, char words[COMPOSE_WORDS_MAX]);

/* The frames of all rows, and of bindings that no row has. */
unsigned int compose_seeds(void);
void compose_seed(unsigned int number, struct sample *ret);

/* A sample to begin with: one of these, or a new one. */
void compose_sample(struct dice *dice, struct sample *ret);

#endif
