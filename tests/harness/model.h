/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who wins a packet, by looking at every binding and comparing them as the
 * manual page says, and which of several sockets gets it. Slow and obvious, and
 * shares no code with the probe lists and the registry.
 */
#ifndef PORTSTEER_TESTS_MODEL_H
#define PORTSTEER_TESTS_MODEL_H

#include "binding/binding.h"

struct model_packet {
	__u8 addr[16];
	__u16 port;
	enum ps_family family;
	enum ps_proto proto;
};

/* The winner, or NULL. */
const struct ps_binding *model_winner(const struct ps_bindings *table,
				      const struct model_packet *packet);

/* A socket that is registered by the name of this number. */
struct model_socket {
	__u64 cookie;
	__u64 taken; /* packets that it was handed */
	unsigned int name;
	enum ps_family family; /* of packets that it takes; PS_ANY: both */
	enum ps_proto proto;
	bool is_open;
};

struct model_sockets {
	struct model_socket *item;
	size_t count;
};

/* Where a packet comes from. */
struct model_source {
	__u8 addr[16];
	__u16 port;
};

/* Of the open ones of @name that take @packet the heaviest, ADR 23; NULL: there is none. */
struct model_socket *model_socket_of(const struct model_sockets *sockets, unsigned int name,
				     const struct model_packet *packet,
				     const struct model_source *source);

/* Who asks for a port. */
struct model_caller {
	unsigned int uid;
	const char *cgroup; /* from the root, "/system.slice" */
	const char *sockets; /* the name that sockets of the process are registered by */
};

/*
 * Whether bindings keep @caller from a socket at that address and port, ADR 20.
 * All zero is every address, of that family alone.
 */
bool model_forbids(const struct ps_bindings *table, const struct model_packet *place,
		   const struct model_caller *caller);

/* Same addresses, and ranges cross without one inside the other: bind refuses it. */
bool model_overlaps(const struct ps_endpoint *a, const struct ps_endpoint *b);

#endif
