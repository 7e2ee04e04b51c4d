/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The sockets that wait for traffic in the current network namespace: TCP
 * listening, UDP bound and not connected. From sock_diag(7), owners from /proc.
 */
#ifndef PORTSTEER_LISTENER_H
#define PORTSTEER_LISTENER_H

#include <stddef.h>
#include <sys/types.h>
#include <portsteer/abi.h>
#include "error.h"

#define PS_COMMAND_SIZE 32

struct ps_listener {
	__u8 addr[16]; /* as in struct ps_endpoint; all zero: every address */
	enum ps_family family; /* PS_ANY: an IPv6 wildcard that takes IPv4 as well */
	enum ps_proto proto;
	__u16 port;
	__u32 ifindex; /* bound device, 0: none */
	__u32 uid;
	__u32 inode;
	pid_t pid; /* 0: owner unknown */
	char command[PS_COMMAND_SIZE]; /* "" when the owner is unknown */
};

struct ps_listeners {
	struct ps_listener *item; /* sorted by proto, port, family, addr */
	size_t count;
};

/* Reads them without owners. Release with ps_listeners_done(), also after failure. */
int ps_listeners_read(struct ps_listeners *ret, struct ps_error *error);

/* Finds pid and command of each item by one pass over /proc; what it may not see stays unknown. */
void ps_listeners_find_owners(struct ps_listeners *listeners);

void ps_listeners_done(struct ps_listeners *listeners);

#endif
