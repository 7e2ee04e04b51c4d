/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the sk_lookup program does with a packet, by BPF_PROG_TEST_RUN, and
 * real sockets that are registered for it. Functions end the test when
 * something fails that should not.
 */
#ifndef PORTSTEER_TESTS_SK_LOOKUP_H
#define PORTSTEER_TESTS_SK_LOOKUP_H

#include <linux/bpf.h>
#include "socket/registry.h"
#include "steer.h"

/* The program, which the caller closes. */
int sk_lookup_load(const struct steer *steer);

/* Runs it: the cookie of the socket, 0 for none; negative when the packet is dropped. */
__s64 sk_lookup_run(int program_fd, const struct bpf_sk_lookup *packet);

/* The same, and the one reason that was counted. */
enum ps_reason sk_lookup_reason(const struct steer *steer, int program_fd,
				const struct bpf_sk_lookup *packet, __s64 *ret_cookie);

/* A socket that waits at @address and a port that the kernel picks; @type SOCK_STREAM or
 * SOCK_DGRAM. */
int sk_lookup_open(int type, const char *address);
__s64 sk_lookup_cookie(int fd);

/* Registers sockets, or says why not. */
int sk_lookup_try(struct steer *steer, const struct ps_registering *registering, const int *fd,
		  struct ps_registry_change *ret, struct ps_error *error);
struct ps_registry_change sk_lookup_add(struct steer *steer,
					const struct ps_registering *registering, const int *fd);
void sk_lookup_forget(struct steer *steer, const char *name);

#endif
