/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Local sockets that packets of the current network namespace may be for: TCP
 * and SCTP listening, UDP bound, connected or not. From sock_diag(7); who holds
 * them open is found on demand, in listener_process.c.
 */
#ifndef PORTSTEER_HOST_LISTENER_H
#define PORTSTEER_HOST_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <portsteer/abi.h>
#include "host/unchecked.h"

#define PS_COMMAND_SIZE 32
#define PS_USER_SIZE 33

struct ps_socket {
	__u8 peer_addr[16]; /* of a connected one, in the family of the listener */
	__u16 peer_port; /* 0: not connected */
	__u32 inode;
	__u64 cgroup_id; /* where it was made, 0: not known */
};

/* A process that has a descriptor of a socket. */
struct ps_listener_process {
	pid_t pid;
	__u32 uid; /* its effective user */
	char command[PS_COMMAND_SIZE];
	char user[PS_USER_SIZE];
	char *cgroup; /* "/system.slice/nginx.service", NULL: not known */
	char *unit; /* "nginx.service", NULL: none */
};

/* The sockets of one user at one place: more than one share it by SO_REUSEPORT. */
struct ps_listener {
	__u8 addr[16]; /* as in struct ps_endpoint; all zero: every address */
	enum ps_family family; /* PS_ANY: an IPv6 wildcard that takes IPv4 as well */
	enum ps_proto proto;
	__u16 port;
	__u32 ifindex; /* bound device, 0: none */
	__u32 uid; /* who made them */
	bool is_connected; /* each to a peer of its own, else they wait for everyone */
	bool is_wanted; /* its processes are to be found */
	const struct ps_socket *socket;
	size_t socket_count;
	/* Filled by ps_listeners_find_processes(): */
	char user[PS_USER_SIZE]; /* name of uid, or its number */
	struct ps_listener_process *process; /* by pid */
	size_t process_count; /* 0: nobody that we may see */
	size_t process_room;
	char *cgroup; /* where the first socket was made, NULL: not known */
	char *unit; /* of the first process that has one, else of the socket; NULL: none */
};

struct ps_listeners {
	struct ps_listener *item; /* by proto, port, family, addr */
	size_t count;
	struct ps_socket *socket; /* of all items */
	bool has_unseen; /* processes that may not be looked into */
	bool sees_machine; /* what no process has open, no process of the machine has */
};

/* Reads them without processes. Release with ps_listeners_done(). */
void ps_listeners_read(struct ps_listeners *ret, struct ps_unchecked *unchecked);

enum ps_connections {
	PS_BOUND_ONLY, /* sockets that have the port, and neither wait nor are connected */
	PS_CONNECTED_TOO,
};

/*
 * The sockets of TCP at @port that do not listen. Those that are just bound are told by Linux 6.8
 * and later alone. Released as any. 0 or -errno.
 */
int ps_connections_read(__u16 port, enum ps_connections which, struct ps_listeners *ret);

/* Finds the processes of items that are wanted, all by one pass over /proc. */
void ps_listeners_find_processes(struct ps_listeners *listeners);

/* The name of user @uid, or the number. */
void ps_user_format(__u32 uid, char user[PS_USER_SIZE]);

void ps_listeners_done(struct ps_listeners *listeners);

#endif
