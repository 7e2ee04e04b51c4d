/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which interface a word means, asked once for each word: what is typed may be
 * any name of it, what is kept and compared is the one that it has now. A word for
 * an interface that does not exist stays what it is.
 */
#ifndef PORTSTEER_APPLY_DEVICES_H
#define PORTSTEER_APPLY_DEVICES_H

#include "base/answer.h"
#include "binding/device.h"

struct ps_apply;

struct ps_device_name {
	char *word;
	struct ps_answer answer; /* whether it is there */
	__u32 ifindex;
	char name[PS_DEV_SIZE];
};

struct ps_device_names {
	void *root; /* of tsearch(3) */
	struct ps_device_name *last;
};

/* What is known of @word. */
const struct ps_device_name *ps_device_names_find(struct ps_device_names *names, const char *word);
void ps_device_names_done(struct ps_device_names *names);

/*
 * The same binding, by the name that its interface has: that of a table, of which nothing is
 * refused; and those that are wanted, of which a word that no target has room for is an error when
 * it is not known to be an interface. The others are looked up again when they are published.
 */
void ps_device_names_take(struct ps_device_names *names, struct ps_binding *binding);
int ps_device_names_take_all(struct ps_device_names *names, struct ps_bindings *wanted,
			     struct ps_apply *apply);

#endif
