/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The layout of the registry: sockets of processes, by the names that bindings
 * mean them by. The sockets themselves are in the map `sockets`, out of which
 * the kernel takes those that are closed.
 */
#ifndef PORTSTEER_ABI_SOCKET_H
#define PORTSTEER_ABI_SOCKET_H

#include <portsteer/abi.h>

#define PS_SOCKET_NAMES_MAX 128 /* different names that sockets are registered by */
#define PS_SOCKETS_MAX 64 /* that are registered by one name */
#define PS_SOCKETS_PER_NAME (2 * PS_SOCKETS_MAX) /* entries: as many may be about to take over */

/*
 * Element of `socket_names`: what sockets are registered by. Its sockets are
 * those of the elements of `socket_infos` and `sockets` at
 * ps_socket_index() whose epoch is this one: a store of it exchanges them all.
 */
struct ps_socket_name {
	char name[PS_NAME_SIZE]; /* empty: free */
	__u32 epoch; /* never 0 */
	__u32 pid_namespace; /* inode number: of which the pids of its sockets are numbers */
	__u32 zero[6];
};

/* Element of `socket_infos`: what is known about the socket at the same index of `sockets`. */
struct ps_socket_info {
	__u64 cookie; /* SO_COOKIE: tells it from every other since boot */
	__u64 taken; /* connections, or datagrams, that it was handed */
	__u32 epoch; /* written last; 0: free */
	__u32 pid; /* of the process that it was taken from */
	__u8 addr[16]; /* that it is bound to */
	__u16 port;
	enum ps_family family; /* of packets that it takes; PS_ANY: both */
	enum ps_proto proto;
	__u32 start; /* of that process, see ps_process_start(); 0: not known, it is nobody */
	char command[16]; /* of that process */
};

#define PS_TICK_NS 10000000 /* of /proc/PID/stat: USER_HZ is 100 */

/*
 * When a process started, in ticks since boot, as it is kept: never 0 for 497 days. With the
 * number it tells a process from those that get the same number later.
 */
static inline __attribute__((always_inline)) __u32 ps_process_start(__u64 ticks)
{
	return (__u32)(ticks + 1);
}

static inline __attribute__((always_inline)) __u32 ps_socket_index(__u32 name, __u32 at)
{
	return name * PS_SOCKETS_PER_NAME + at;
}

_Static_assert(sizeof(struct ps_socket_name) == 64, "one cache line");
_Static_assert(sizeof(struct ps_socket_info) == 64, "one cache line");

#endif
