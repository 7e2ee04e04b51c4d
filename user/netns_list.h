/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All network namespaces there are to see: those of /run/netns, and those that
 * only processes hold.
 */
#ifndef PORTSTEER_NETNS_LIST_H
#define PORTSTEER_NETNS_LIST_H

#include <stddef.h>
#include <sys/types.h>
#include "netns.h"

struct ps_netns {
	char name[PS_NETNS_TEXT]; /* "blue", or "/proc/71/ns/net" */
	char path[PS_NETNS_TEXT]; /* what to open */
	dev_t device;
	ino_t inode;
};

struct ps_netns_list {
	struct ps_netns *item; /* named ones first; each once, the current one not at all */
	size_t count;
	size_t room;
	size_t unseen; /* processes that may not be asked where they are */
};

/* Release with ps_netns_list_done(). */
void ps_netns_list_read(struct ps_netns_list *ret);
void ps_netns_list_done(struct ps_netns_list *list);

#endif
