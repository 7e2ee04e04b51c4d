/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whose an instance is, when it is opened (doc/adr/0032).
 */
#ifndef PORTSTEER_INSTANCE_NETNS_H
#define PORTSTEER_INSTANCE_NETNS_H

#include "pins/instance.h"

/* Without -n: that this process is in the first network namespace, of which `default` is. */
int ps_instance_check_default(const struct ps_instance_options *options, struct ps_error *error);

/*
 * That the instance, which is open, is of the network namespace that is meant;
 * says in it where this process is.
 */
int ps_instance_check_netns(struct ps_instance *instance, const struct ps_instance_options *options,
			    struct ps_error *error);

/* That it is on record whose it is: a program that compares with 0 is at work for nobody. */
int ps_instance_check_record(const struct ps_instance *instance, struct ps_error *error);

#endif
