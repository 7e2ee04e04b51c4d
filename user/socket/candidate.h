/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Descriptors of sockets that are to be registered: got from a process, from
 * systemd, over a UNIX socket; and judged, because only a TCP socket that
 * listens and a UDP socket that is bound and not connected can be given packets.
 */
#ifndef PORTSTEER_SOCKET_CANDIDATE_H
#define PORTSTEER_SOCKET_CANDIDATE_H

#include <sys/types.h>
#include "binding/endpoint.h"
#include "socket/registry.h"

struct ps_candidates {
	struct ps_candidate *item;
	size_t count;
	size_t room;
};

/* Release with ps_candidates_done(), also after a failure of what fills it. */
void ps_candidates_done(struct ps_candidates *candidates);

/*
 * Judges @fd and takes it over, also when it is refused. @what names it in an
 * error: "descriptor 5 of process 71". @pid is whose it was, 0: not known.
 */
int ps_candidates_add(struct ps_candidates *candidates, int fd, pid_t pid, const char *what,
		      struct ps_error *error);

/* Descriptor @fd of process @pid; of this one when @pid is 0. */
int ps_candidates_take(struct ps_candidates *candidates, pid_t pid, int fd, struct ps_error *error);

/*
 * All sockets that wait at @endpoint, one port of an address or of every
 * address, in the current network namespace: of process @pid, or of any when it
 * is 0.
 */
int ps_candidates_find(struct ps_candidates *candidates, pid_t pid,
		       const struct ps_endpoint *endpoint, struct ps_error *error);

/* Those that systemd passed to this process: LISTEN_FDS, sd_listen_fds(3). */
int ps_candidates_take_passed(struct ps_candidates *candidates, struct ps_error *error);

/* Those of the first message that comes from a UNIX stream socket at @path, unix(7). */
int ps_candidates_receive(struct ps_candidates *candidates, const char *path, int wait_seconds,
			  struct ps_error *error);

#endif
