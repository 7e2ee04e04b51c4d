/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which bindings, or flows, are meant: the words behind `bindings` and `flows`.
 * Pure. One address or port means what may take a packet to it; a prefix or a
 * range means what is inside it.
 */
#ifndef PORTSTEER_BINDING_FILTER_H
#define PORTSTEER_BINDING_FILTER_H

#include "base/error.h"
#include "binding/endpoint.h"

/* Addresses and ports; all of them until it is said otherwise. */
struct ps_where {
	struct ps_endpoint endpoint; /* of no protocol in particular */
	bool is_address; /* one, else a prefix */
	bool is_port; /* one, else a range */
};

struct ps_filter {
	bool is_given; /* else everything is meant */
	bool is_exact; /* the binding of this endpoint, and no other */
	bool has_proto[PS_SCTP + 1]; /* by enum ps_proto */
	struct ps_where at;
	struct ps_where from; /* where flows come from */
	const char *name; /* of the binding, NULL: any */
};

enum ps_filter_of {
	PS_FILTER_BINDINGS,
	PS_FILTER_FLOWS, /* which have a source, too */
};

/* Keeps what it needs of @words. */
int ps_filter_parse(enum ps_filter_of of, int count, char *const words[], struct ps_filter *ret,
		    struct ps_error *error);

/* Whether the binding of @endpoint with that name is meant. */
bool ps_filter_has_binding(const struct ps_filter *filter, const struct ps_endpoint *endpoint,
			   const char *name);

/* Whether a flow is meant, which the binding of @endpoint with that name saw. */
bool ps_filter_has_flow(const struct ps_filter *filter, const struct ps_flow_key *flow,
			const struct ps_endpoint *endpoint, const char *name);

#endif
