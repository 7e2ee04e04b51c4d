/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What must hold for every text that a parser is given: for the fuzzers of
 * endpoints, bindings and batches.
 */
#ifndef PORTSTEER_FUZZ_TEXT_H
#define PORTSTEER_FUZZ_TEXT_H

#include <stddef.h>
#include "binding/binding.h"

/* Ends the process, so that the fuzzer keeps the input, unless @holds. */
void text_must(bool holds, const char *property);

/* A copy of its own size, up to the first NUL, so that reading beyond it is seen. */
char *text_copy(const char *data, size_t size);

/* @error is for input, has words, and points into one of @words. */
void text_must_blame(const struct ps_error *error, int count, char *const words[]);

/* In the form that the data path relies on. */
void text_must_be_canonical(const struct ps_endpoint *endpoint);

/* Endpoint, action and name are the same. */
void text_must_be_equal(const struct ps_binding *a, const struct ps_binding *b);

#endif
