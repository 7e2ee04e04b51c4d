/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is wrong, or worth knowing, about bindings: among themselves, and on
 * this host. Pure: the host is struct ps_facts, the table is an image and a
 * function that finds bindings. Shadowed bindings are shadow.h.
 */
#ifndef PORTSTEER_CONFLICT_CONFLICT_H
#define PORTSTEER_CONFLICT_CONFLICT_H

#include <portsteer/guard.h>
#include "binding/plan.h"
#include "guard/attempts.h"
#include "hook/attachment.h"
#include "hook/hazard.h"
#include "host/address.h"
#include "host/device.h"
#include "host/ephemeral.h"
#include "host/listener.h"
#include "host/nat.h"
#include "host/netns.h"
#include "socket/registered.h"
#include "table/compile.h"

enum ps_conflict_kind {
	PS_DUPLICATE,
	PS_OVERLAP,
	PS_LISTENER,
	PS_NOT_OWNER,
	PS_DNAT,
	PS_EPHEMERAL,
	PS_UNGUARDED,
	PS_PACKET_SOCKET,
	PS_UNREACHABLE,
	PS_SHADOWED,
	PS_UNCHECKED,
	PS_FOREIGN,
	PS_STALE,
	PS_REFUSED_BIND,
	PS_OVERRIDE,
};

enum ps_severity {
	PS_INFO,
	PS_WARNING,
	PS_ERROR,
};

struct ps_conflict {
	enum ps_conflict_kind kind;
	enum ps_severity severity;
	enum ps_action action; /* of the binding, as endpoint and line are */
	struct ps_endpoint endpoint; /* of PS_NO_PROTO: no binding in particular */
	char device[PS_DEV_SIZE]; /* whose hook it is about, "" when it is about a binding */
	__u32 position; /* among those of a hook, in the way of packets */
	__u32 line, column; /* of the file or batch, 0: none */
	char with[PS_ENDPOINT_TEXT]; /* the other party, "" when there is none */
	char *text; /* what it is, in words */
	char *fix; /* the command that stands in the text, NULL: there is none */
	const struct ps_facts *facts; /* of a conflict with a host; they must be kept as long */
	const struct ps_listener *listener; /* of these facts, when it is about sockets */
	const char *owner; /* of the binding, for PS_NOT_OWNER */
	const struct ps_attempt *attempt; /* for PS_REFUSED_BIND; must be kept as long */
};

struct ps_conflicts {
	struct ps_conflict *item;
	size_t count;
	size_t room;
};

/* What a binding may get into conflict with on a host, which is one network namespace. */
struct ps_facts {
	char netns[PS_NETNS_TEXT]; /* "blue", "/proc/71/ns/net", "" without a name */
	char enter[PS_NETNS_TEXT]; /* the same where commands are to be taken there, else "" */
	bool is_elsewhere; /* not where the bindings are: perhaps no packet for them comes there */
	struct ps_listeners listeners;
	bool has_ways; /* the next three were read; of a host elsewhere they never are */
	struct ps_listeners packet_sockets;
	int packet_error; /* why they could not be listed, a negative errno; else 0 */
	struct ps_nat_rules nat;
	struct ps_addresses addresses;
	struct ps_ephemeral ephemeral;
	struct ps_devices devices; /* elsewhere: only if a listener is bound to one */
	struct ps_xdp_source source;
	enum ps_guard_mode guard;
	bool guard_is_unknown;
	struct ps_unchecked unchecked;
	struct ps_attachments attachments;
	bool has_xdp; /* attached somewhere */
	bool has_tc_ingress;
	char unlinked[PS_DEV_SIZE]; /* one of those that have no link header, empty: none */
	bool has_netns; /* the sk_lookup hook */
	struct ps_registry registry;
};

/* The next generation, as conflicts look at it. */
struct ps_view {
	const struct ps_image *image;
	ps_binding_find find;
	void *context;
};

/* Whether, of all bindings, that of @endpoint gets a packet for this address and port. */
bool ps_view_wins(const struct ps_view *view, const struct ps_endpoint *endpoint,
		  enum ps_family family, const __u8 addr[16], __u16 port);

/* Adds to @ret those of @ports that the binding of @endpoint gets packets to this address for. */
void ps_view_list_won(const struct ps_view *view, const struct ps_endpoint *endpoint,
		      const struct ps_address *address, const struct ps_portset *ports,
		      struct ps_portset *ret);

/*
 * Adds to @ret those of @facts' ephemeral ports that @bindings claim: which an outgoing connection
 * must not get. On a host without addresses, those of any address claim all of their ports.
 */
void ps_view_list_claimed(const struct ps_view *view, const struct ps_facts *facts,
			  const struct ps_bindings *bindings, struct ps_portset *ret);

/*
 * @binding is for every port that the kernel picks, and takes no reply to a connection: of TCP,
 * only what begins a connection is handed to a socket, and an owner alone takes nothing. No port is
 * claimed for it, because none would be left.
 */
bool ps_facts_cannot_reserve(const struct ps_facts *facts, const struct ps_binding *binding);

/* Packets to it never are on a wire. */
bool ps_address_is_loopback(enum ps_family family, const __u8 addr[16]);

/* It waits at every address of its family, or of both. */
bool ps_listener_is_wildcard(const struct ps_listener *listener);

/* An address of the host that packets on a wire may be for, and that @endpoint has. */
bool ps_facts_is_steered(const struct ps_address *address, const struct ps_endpoint *endpoint);

/* Why the socket of @binding gets nothing, or NULL. */
const char *ps_facts_find_no_socket(const struct ps_facts *facts, const struct ps_binding *binding,
				    char *text, size_t size);

/* @binding redirects an address that this host has, and no prefix around it. */
bool ps_facts_is_redirected_here(const struct ps_facts *facts, const struct ps_binding *binding);

/* Why replies to what @binding redirects do not come back through this host, or NULL. */
const char *ps_facts_find_returns(const struct ps_facts *facts, const struct ps_binding *binding,
				  char *text, size_t size);

/* @binding steers to @listener: it does not take packets from it. */
bool ps_facts_is_own_socket(const struct ps_facts *facts, const struct ps_binding *binding,
			    const struct ps_listener *listener);

const char *ps_conflict_kind_name(enum ps_conflict_kind kind);
/* That of the binding, "" when it is about none in particular. Returns @text. */
const char *ps_conflict_endpoint(const struct ps_conflict *conflict, char text[PS_ENDPOINT_TEXT]);
const char *ps_severity_name(enum ps_severity severity);

/* Appends one; what it is must then be said. Returns the new item. */
struct ps_conflict *ps_conflicts_add(struct ps_conflicts *conflicts, enum ps_conflict_kind kind,
				     enum ps_severity severity, const struct ps_binding *binding);
void ps_conflict_say(struct ps_conflict *conflict, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define PS_CONFLICT_LINE 2048

/* "line 3: overlap: tcp any:80-90: shares ...". Returns @text. */
const char *ps_conflict_format(const struct ps_conflict *conflict, char text[PS_CONFLICT_LINE]);
void ps_conflicts_done(struct ps_conflicts *conflicts);

/* The facts are about to go: from now on there are only words about them. */
void ps_conflicts_forget_facts(struct ps_conflicts *conflicts);
bool ps_conflicts_has(const struct ps_conflicts *conflicts, enum ps_severity severity);

/* Each finds conflicts of its kind and appends them to @conflicts. */
void ps_conflicts_find_duplicates(struct ps_conflicts *conflicts,
				  const struct ps_duplicates *duplicates);
void ps_conflicts_find_overlaps(struct ps_conflicts *conflicts, const struct ps_view *view,
				const struct ps_bindings *bindings);
void ps_conflicts_find_overrides(struct ps_conflicts *conflicts, const struct ps_view *view,
				 const struct ps_bindings *bindings);
void ps_conflicts_find_ephemeral(struct ps_conflicts *conflicts, const struct ps_view *view,
				 const struct ps_facts *facts, const struct ps_bindings *bindings);
void ps_conflicts_find_unreachable(struct ps_conflicts *conflicts, const struct ps_facts *facts,
				   const struct ps_bindings *bindings);

/*
 * Has no words for them yet, and marks the listeners as wanted, so that owners
 * are looked for only where they are asked for; with them, the second says all. Those
 * who wait at an endpoint that belongs to somebody are found as well; that they are this
 * somebody is seen by the second, which then leaves them out.
 */
void ps_conflicts_find_listeners(struct ps_conflicts *conflicts, const struct ps_view *view,
				 struct ps_facts *facts, const struct ps_bindings *bindings);
void ps_conflicts_say_listeners(struct ps_conflicts *conflicts);

/* Rules of netfilter that send on what a binding takes away. */
void ps_conflicts_find_nat(struct ps_conflicts *conflicts, const struct ps_view *view,
			   const struct ps_facts *facts, const struct ps_bindings *bindings);

/* What belongs to somebody by its binding alone, because no guard sees all who may have it. */
void ps_conflicts_find_unguarded(struct ps_conflicts *conflicts, const struct ps_facts *facts,
				 const struct ps_bindings *bindings);

/*
 * Packet sockets on attached interfaces, which see nothing of what is taken away. Those beside
 * bindings for ports of DHCP, whose clients and servers read by such sockets, and any at all
 * beside some binding. Found and said in two steps, as listeners are.
 */
void ps_conflicts_find_dhcp(struct ps_conflicts *conflicts, struct ps_facts *facts,
			    const struct ps_bindings *bindings);
void ps_conflicts_find_packet_sockets(struct ps_conflicts *conflicts, struct ps_facts *facts,
				      const struct ps_bindings *bindings);
void ps_conflict_say_packet_socket(struct ps_conflict *conflict);

/* The first interface where a hook comes before a packet socket, and how many there are; or NULL.
 */
const struct ps_attachment *ps_packet_socket_hook(const struct ps_facts *facts,
						  const struct ps_listener *listener,
						  size_t *ret_count);

/* One of @bindings takes packets of @proto away; PS_NO_PROTO: of any protocol. */
bool ps_bindings_take_any(const struct ps_bindings *bindings, enum ps_proto proto);

/* Says once what could not be checked and might have concerned one of @bindings. */
void ps_conflicts_find_unchecked(struct ps_conflicts *conflicts, const struct ps_facts *facts,
				 const struct ps_bindings *bindings);

/* Why packets to @endpoint are never steered, whatever the bindings; NULL: they are. */
const char *ps_unsteered_text(const struct ps_endpoint *endpoint);

/* On the hooks of attached interfaces, whatever the bindings. */
void ps_conflicts_find_foreign(struct ps_conflicts *conflicts, const struct ps_facts *facts);
void ps_conflicts_find_stale(struct ps_conflicts *conflicts, const struct ps_facts *facts);
void ps_conflicts_find_closed(struct ps_conflicts *conflicts, const struct ps_facts *facts);

/* What the guard saw, as far as the bindings that forbade it are there yet. */
void ps_conflicts_find_attempts(struct ps_conflicts *conflicts, const struct ps_attempts *attempts,
				const struct ps_bindings *bindings);

/* Needs all bindings of the table, sorted. */
void ps_conflicts_find_shadowed(struct ps_conflicts *conflicts, const struct ps_bindings *sorted);

#endif
