// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Filters: what bindings and flows they mean. Reading them is in filter_parse.c.
 */
#include <string.h>
#include "binding/filter.h"

static bool has_address(const struct ps_where *where, const struct ps_endpoint *endpoint)
{
	return where->is_address ? ps_prefix_covers(endpoint, &where->endpoint)
				 : ps_prefix_covers(&where->endpoint, endpoint);
}

static bool has_ports(const struct ps_where *where, const struct ps_endpoint *endpoint)
{
	return where->is_port ? ps_ports_cover(endpoint, &where->endpoint)
			      : ps_ports_cover(&where->endpoint, endpoint);
}

static bool is_exactly(const struct ps_filter *filter, const struct ps_endpoint *endpoint)
{
	struct ps_endpoint wanted = filter->at.endpoint;

	wanted.proto = endpoint->proto;
	return ps_endpoint_is_equal(&wanted, endpoint);
}

static bool has_name(const struct ps_filter *filter, const char *name)
{
	return !filter->name || !strncmp(filter->name, name, PS_NAME_SIZE);
}

bool ps_filter_has_binding(const struct ps_filter *filter, const struct ps_endpoint *endpoint,
			   const char *name)
{
	if (!filter->is_given)
		return true;
	if (!filter->has_proto[endpoint->proto] || !has_name(filter, name))
		return false;
	if (filter->is_exact)
		return is_exactly(filter, endpoint);
	return has_address(&filter->at, endpoint) && has_ports(&filter->at, endpoint);
}

/* One end of a flow, which is one address and port. */
static bool has_end(const struct ps_where *where, enum ps_family family, const __u8 addr[16],
		    __u16 port)
{
	return ps_prefix_has(&where->endpoint, family, addr) &&
	       port >= where->endpoint.port_first && port <= where->endpoint.port_last;
}

bool ps_filter_has_flow(const struct ps_filter *filter, const struct ps_flow_key *flow,
			const struct ps_endpoint *endpoint, const char *name)
{
	if (!filter->is_given)
		return true;
	if (!filter->has_proto[flow->proto] || !has_name(filter, name) ||
	    !has_end(&filter->from, flow->family, flow->saddr, flow->sport))
		return false;
	if (filter->is_exact)
		return is_exactly(filter, endpoint);
	return has_end(&filter->at, flow->family, flow->daddr, flow->dport);
}
