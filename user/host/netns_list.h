/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All network namespaces there are to see: those of /run/netns, those that are
 * mounted elsewhere, and those that only processes hold.
 */
#ifndef PORTSTEER_HOST_NETNS_LIST_H
#define PORTSTEER_HOST_NETNS_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "host/netns.h"

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
	bool lacks_first; /* process 1 is such a one, and this one is not where it should be */
};

/* Release with ps_netns_list_done(). */
void ps_netns_list_read(struct ps_netns_list *ret);
void ps_netns_list_done(struct ps_netns_list *list);

/* Goes there and comes back: its cookie. No: there is no namespace, or not any more. */
struct ps_answer ps_netns_visit_listed(const struct ps_netns *netns, __u64 *ret_cookie);

/*
 * Where the namespace of @cookie is, the current one too. No: all that there are
 * to see are others; not known: not all could be looked at.
 */
struct ps_answer ps_netns_find_cookie(__u64 cookie, struct ps_netns *ret);

#endif
