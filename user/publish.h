/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Making a draft the generation that packets see, in steps that leave the old
 * table or the new one wherever they are cut short (doc/architecture.md).
 */
#ifndef PORTSTEER_PUBLISH_H
#define PORTSTEER_PUBLISH_H

#include "draft.h"

/*
 * After a failure the old table is in force; or the new one, when only its
 * settling failed, which the next command does then.
 */
int ps_publish(struct ps_instance *instance, struct ps_draft *draft, struct ps_error *error);

/*
 * Brings everything into agreement with what packets see now, and removes what
 * a kill left. Does nothing when no change was cut short. Every command that changes begins with
 * it.
 */
int ps_settle(struct ps_instance *instance, struct ps_error *error);

/* The same when nothing is known to have been cut short: everything is counted anew. */
int ps_settle_anew(struct ps_instance *instance, struct ps_error *error);

#endif
