/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is wrong, or worth knowing, about bindings: among themselves, and on
 * this host. Pure: the host is struct ps_facts, the table is an image and a
 * function that finds bindings. Shadowed bindings are shadow.h.
 */
#ifndef PORTSTEER_CONFLICT_H
#define PORTSTEER_CONFLICT_H

#include "address.h"
#include "compile.h"
#include "device.h"
#include "ephemeral.h"
#include "hazard.h"
#include "listener.h"
#include "plan.h"

enum ps_conflict_kind {
	PS_DUPLICATE,
	PS_OVERLAP,
	PS_LISTENER,
	PS_EPHEMERAL,
	PS_UNREACHABLE,
	PS_SHADOWED,
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
	struct ps_endpoint endpoint;
	__u32 line; /* of the batch file, 0: none */
	char with[PS_ENDPOINT_TEXT]; /* the other party, "" when there is none */
	char *text; /* what it is, in words */
};

struct ps_conflicts {
	struct ps_conflict *item;
	size_t count;
	size_t room;
};

/* What a binding may get into conflict with on this host. */
struct ps_facts {
	struct ps_listeners listeners;
	struct ps_addresses addresses;
	struct ps_ephemeral ephemeral;
	struct ps_devices devices;
	struct ps_xdp_source source;
	bool has_xdp; /* attached somewhere */
	bool has_tc_ingress;
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

const char *ps_conflict_kind_name(enum ps_conflict_kind kind);
const char *ps_severity_name(enum ps_severity severity);

/* Appends one; what it is must then be said. Returns the new item. */
struct ps_conflict *ps_conflicts_add(struct ps_conflicts *conflicts, enum ps_conflict_kind kind,
				     enum ps_severity severity, const struct ps_binding *binding);
void ps_conflict_say(struct ps_conflict *conflict, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void ps_conflicts_done(struct ps_conflicts *conflicts);
bool ps_conflicts_has(const struct ps_conflicts *conflicts, enum ps_severity severity);

/* Each finds conflicts of its kind and appends them to @conflicts. */
void ps_conflicts_find_duplicates(struct ps_conflicts *conflicts,
				  const struct ps_duplicates *duplicates);
void ps_conflicts_find_overlaps(struct ps_conflicts *conflicts, const struct ps_view *view,
				const struct ps_bindings *bindings);
void ps_conflicts_find_overrides(struct ps_conflicts *conflicts, const struct ps_view *view,
				 const struct ps_bindings *bindings);
void ps_conflicts_find_listeners(struct ps_conflicts *conflicts, const struct ps_view *view,
				 const struct ps_facts *facts, const struct ps_bindings *bindings);
void ps_conflicts_find_ephemeral(struct ps_conflicts *conflicts, const struct ps_facts *facts,
				 const struct ps_bindings *bindings);
void ps_conflicts_find_unreachable(struct ps_conflicts *conflicts, const struct ps_facts *facts,
				   const struct ps_bindings *bindings);

/* Needs all bindings of the table, sorted. */
void ps_conflicts_find_shadowed(struct ps_conflicts *conflicts, const struct ps_bindings *sorted);

#endif
