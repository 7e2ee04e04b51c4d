/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who has an endpoint: what gets a packet that arrives for it now, who else has
 * sockets there, and what keeps others from it. Pure: judges facts of a network
 * namespace; apply/who.h reads them.
 */
#ifndef PORTSTEER_CONFLICT_WHO_H
#define PORTSTEER_CONFLICT_WHO_H

#include "conflict/conflict.h"

/* What has to do with the endpoint. */
enum ps_who_what {
	PS_WHO_BINDING,
	PS_WHO_DNAT,
	PS_WHO_SOCKET, /* it listens, or is bound */
	PS_WHO_REFUSED, /* the stack itself answers */
	PS_WHO_ROUTE, /* the address is not of this host */
	PS_WHO_BOUND, /* a socket of TCP that does not listen */
	PS_WHO_CONNECTED,
	PS_WHO_PACKET_SOCKET,
	PS_WHO_GUARD,
	PS_WHO_RESERVED,
	PS_WHO_EPHEMERAL,
	PS_WHO_RANGE, /* what kind of port it is */
	PS_WHO_UNCHECKED,
};

/* How much of what arrives it gets. */
enum ps_who_gets {
	PS_GETS_UNASKED, /* that is no question */
	PS_GETS_ALL,
	PS_GETS_SOME,
	PS_GETS_PERHAPS,
	PS_GETS_PASSES, /* it sees them, and passes them on */
	PS_GETS_NONE,
};

struct ps_who_row {
	enum ps_who_what what;
	enum ps_who_gets gets;
	const struct ps_facts *facts; /* where it is */
	const struct ps_binding *binding; /* of PS_WHO_BINDING and PS_WHO_GUARD */
	const struct ps_nat_rule *rule; /* of PS_WHO_DNAT */
	struct ps_listener *listener; /* of sockets */
	char *who; /* of all others; NULL: what it is about says it */
	char *note;
};

struct ps_who_rows {
	struct ps_who_row *item;
	size_t count;
	size_t room;
};

/* The question: of one protocol and one port, at one address or at every one of a family. */
struct ps_who_question {
	struct ps_endpoint endpoint;
	char service[64]; /* name of the port in /etc/services, "" when it has none */
	bool has_connected; /* connected sockets are asked for too */
};

/* What is known of the endpoint, of the instance in this namespace. */
struct ps_who_known {
	struct ps_bindings bindings; /* for the port, in order of precedence */
	struct ps_portset reserved; /* for the instance */
	struct ps_listeners connections; /* for the port, of TCP; with those that do not listen */
};

/*
 * Appends what @facts and @known say, this namespace's own: first what gets packets, then
 * sockets in the order in which the kernel prefers them, then the rest. Marks listeners whose
 * processes are wanted.
 */
void ps_who_find(struct ps_who_rows *rows, const struct ps_who_question *question,
		 struct ps_facts *facts, struct ps_who_known *known);

/* The same of a namespace elsewhere: its sockets, which packets may or may not get to. */
void ps_who_find_elsewhere(struct ps_who_rows *rows, const struct ps_who_question *question,
			   struct ps_facts *facts);

/* "binding", "listener" ...; "all", "some", "perhaps", "passes", "none", "". */
const char *ps_who_what_name(const struct ps_who_row *row);
const char *ps_who_gets_name(enum ps_who_gets gets);

/* The endpoint that it has: its own, or that which was asked for. Returns @text. */
const char *ps_who_place(const struct ps_who_row *row, const struct ps_who_question *question,
			 char text[PS_ENDPOINT_TEXT]);

#define PS_WHO_TEXT 1024

/* "drop (name 'x')", "nginx, pids 71, 72, user root"; processes must have been looked for. */
const char *ps_who_format(const struct ps_who_row *row, char text[PS_WHO_TEXT]);

/* "well-known (0-1023)", as RFC 6335 divides ports. */
const char *ps_who_range(__u16 port);

void ps_who_rows_done(struct ps_who_rows *rows);

#endif
