/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The layout of what the guard of bind(2) shares with user space; as abi.h, of
 * which it is a part. Packets do not look at it.
 */
#ifndef PORTSTEER_GUARD_ABI_H
#define PORTSTEER_GUARD_ABI_H

#include <portsteer/abi.h>

#define PS_GUARD_PROGRAMS 2 /* for IPv4 and IPv6 sockets */
#define PS_ATTEMPTS_MAX 4096 /* of bind(2) that the guard remembers */
#define PS_OWNERS_SOMEWHERE 0xffffffffU /* key of an empty element: see struct ps_owner_entry */
#define PS_OWNER_SIZE 128 /* with its NUL */
#define PS_OWNER_DEPTH 8 /* names of a cgroup */
#define PS_OWNER_NAME 64 /* of which each has its NUL */
#define PS_OWNER_PROCESS 0xffffffff /* a depth that no cgroup has */

enum ps_guard_mode {
	PS_GUARD_OFF,
	PS_GUARD_REPORT, /* what would be refused is recorded */
	PS_GUARD_ON,
};

/*
 * Element of `owners`, by slot: whom a binding belongs to. A user by number, a
 * cgroup by the names on the way to it, because its number is another one each
 * time a service starts, or the processes whose sockets are registered by a name.
 * There is one at PS_OWNERS_SOMEWHERE, which is no slot, once some binding of an
 * address or prefix has had an owner.
 */
struct ps_owner_entry {
	struct ps_endpoint endpoint; /* of the binding: a slot is used again */
	char text[PS_OWNER_SIZE]; /* as it was said: "user:www-data" */
	union {
		__u32 uid; /* when depth is 0 */
		__u32 socket_name; /* when it is PS_OWNER_PROCESS: index in `socket_names` */
	};
	__u32 depth; /* how many names there are */
	char name[PS_OWNER_DEPTH][PS_OWNER_NAME]; /* "system.slice", "nginx.service" */
};

/* Key of `attempts`: what a process asked bind(2) for, and the binding that forbids it. */
struct ps_attempt_key {
	__u8 addr[16]; /* as in struct ps_endpoint; all zero: every address */
	__u32 slot; /* of the binding */
	__u16 port;
	enum ps_family family;
	enum ps_proto proto;
};

/* Element of `attempts`: how often, and who it was the last time. */
struct ps_attempt_stat {
	__u64 first_ns; /* CLOCK_MONOTONIC */
	__u64 last_ns;
	__u64 count;
	__u64 cgroup_id;
	__u32 pid; /* in the first pid namespace */
	__u32 uid;
	char command[16];
	__u8 is_allowed; /* it was only reported */
	__u8 zero[7];
};

_Static_assert(sizeof(struct ps_attempt_key) == 24, "no holes");
_Static_assert(sizeof(struct ps_owner_entry) == 672, "no holes");

#endif
