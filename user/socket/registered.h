/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Registered sockets as they were read, for commands and conflicts. Pure;
 * reading and changing them is registry.h.
 */
#ifndef PORTSTEER_SOCKET_REGISTERED_H
#define PORTSTEER_SOCKET_REGISTERED_H

#include <stdbool.h>
#include <stddef.h>
#include <portsteer/socket.h>
#include "binding/endpoint.h"

/* A name, with one of its sockets. */
struct ps_registered {
	char name[PS_NAME_SIZE];
	struct ps_socket_info info; /* of PS_NO_PROTO: there is none */
	bool is_open;
	__u32 bindings; /* that mean this name */
};

struct ps_registry {
	struct ps_registered *item; /* in the order of ps_registered_compare() */
	size_t count;
	size_t room;
};

/* By name, then by where they wait, then which was made first: 0 for the same socket only. */
int ps_registered_compare(const struct ps_registered *first, const struct ps_registered *second);

void ps_registry_done(struct ps_registry *registry);

/*
 * Where it is bound: one port of an address, or of every address. There must be a socket. One of
 * IPv6 that is bound to an IPv4-mapped address is at the IPv4 address, whatever it takes.
 */
void ps_socket_info_endpoint(const struct ps_socket_info *info, struct ps_endpoint *ret);
void ps_registered_endpoint(const struct ps_registered *registered, struct ps_endpoint *ret);

/* "tcp 127.0.0.1:8080", where it is bound; "" when there is none. */
const char *ps_registered_place(const struct ps_registered *registered,
				char text[PS_ENDPOINT_TEXT]);

#endif
