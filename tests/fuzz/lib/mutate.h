/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Changes to a frame that know where its headers are: lengths, header lengths,
 * EtherTypes, next headers, fragment fields, addresses, ports, tags, where it
 * and its first buffer end; and some that know nothing.
 */
#ifndef PORTSTEER_FUZZ_MUTATE_H
#define PORTSTEER_FUZZ_MUTATE_H

#include "dice.h"
#include "sample.h"

/* One change; the frame has at most @max bytes afterwards, and not none. */
void mutate_sample(struct dice *dice, struct sample *sample, size_t max);

#endif
