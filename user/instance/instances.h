/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All instances, and what became of the network namespace of each.
 */
#ifndef PORTSTEER_INSTANCE_INSTANCES_H
#define PORTSTEER_INSTANCE_INSTANCES_H

#include "host/netns.h"
#include "pins/instance.h"

enum ps_fate {
	PS_NETNS_PRESENT,
	PS_NETNS_GONE, /* all that there are to see are others */
	PS_NETNS_REPLACED, /* the same, and one of them has its name */
	PS_NETNS_UNKNOWN, /* not all could be looked at */
};

struct ps_instance_item {
	char name[PS_INSTANCE_NAME];
	char path[PS_PATH_SIZE];
	struct ps_meta meta;
	struct ps_state state;
	unsigned int attached; /* programs */
	enum ps_fate fate;
	char netns[PS_NETNS_TEXT]; /* where its namespace is found now: a name or a path, or "" */
};

struct ps_instances {
	struct ps_instance_item *item; /* by name */
	size_t count;
	size_t room;
};

const char *ps_fate_name(enum ps_fate fate);

/*
 * That of the name @only, or (NULL) all, waiting at most @wait_seconds for each that is being
 * changed. What cannot be read is left out, with a notice. Release with ps_instances_done().
 */
void ps_instances_read(const char *only, int wait_seconds, struct ps_instances *ret);
void ps_instances_done(struct ps_instances *instances);

#endif
