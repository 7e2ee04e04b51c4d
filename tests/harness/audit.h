/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Is an instance whole? Compares what is in its maps with what follows from
 * its bindings: both words and halves, slots, seats, numbers of shapes, targets, and
 * the directory, which is compiled anew from nothing.
 */
#ifndef PORTSTEER_TESTS_AUDIT_H
#define PORTSTEER_TESTS_AUDIT_H

#include "instance/open.h"

/* Fails the test with "@when: ..." unless all agrees. */
void audit(const struct ps_instance *instance, const char *when);

#endif
