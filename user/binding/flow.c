// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The order of flows. See flow.h.
 */
#include <string.h>
#include "base/sort.h"
#include "binding/flow.h"

const char *const ps_flow_order_words[] = {
	[PS_FLOWS_BY_SOURCE] = "source",       [PS_FLOWS_BY_DESTINATION] = "destination",
	[PS_FLOWS_BY_ENDPOINT] = "endpoint",   [PS_FLOWS_BY_PACKETS] = "packets",
	[PS_FLOWS_BY_BYTES] = "bytes",	       [PS_FLOWS_BY_FIRST_SEEN] = "first-seen",
	[PS_FLOWS_BY_LAST_SEEN] = "last-seen", NULL,
};

struct sorting {
	const struct ps_listed *bindings;
	enum ps_flow_order order;
};

static int compare_sources(const struct ps_flow_key *a, const struct ps_flow_key *b)
{
	int order = (a->family - b->family) ?: memcmp(a->saddr, b->saddr, sizeof(a->saddr));

	return order ?: a->sport - b->sport;
}

static int compare_destinations(const struct ps_flow_key *a, const struct ps_flow_key *b)
{
	int order = (a->family - b->family) ?: memcmp(a->daddr, b->daddr, sizeof(a->daddr));

	return order ?: a->dport - b->dport;
}

/* What is left between two that are not the same. */
static int compare_rest(const struct ps_flow_key *a, const struct ps_flow_key *b)
{
	int order = compare_sources(a, b) ?: compare_destinations(a, b);

	order = order ?: a->proto - b->proto;
	return order ?: (a->slot > b->slot) - (a->slot < b->slot);
}

static int compare_endpoints(const struct sorting *sorting, const struct ps_seen_flow *a,
			     const struct ps_seen_flow *b)
{
	struct ps_endpoint first = ps_listed_endpoint(&sorting->bindings[a->key.slot]);
	struct ps_endpoint second = ps_listed_endpoint(&sorting->bindings[b->key.slot]);

	return ps_endpoint_compare(&first, &second);
}

static int compare_keys(const struct sorting *sorting, const struct ps_seen_flow *a,
			const struct ps_seen_flow *b)
{
	switch (sorting->order) {
	case PS_FLOWS_BY_SOURCE:
		return 0;
	case PS_FLOWS_BY_DESTINATION:
		return compare_destinations(&a->key, &b->key);
	case PS_FLOWS_BY_ENDPOINT:
		return compare_endpoints(sorting, a, b);
	case PS_FLOWS_BY_PACKETS:
		return ps_sort_greatest(a->flow.packets, b->flow.packets);
	case PS_FLOWS_BY_BYTES:
		return ps_sort_greatest(a->flow.bytes, b->flow.bytes);
	case PS_FLOWS_BY_FIRST_SEEN:
		return ps_sort_greatest(a->flow.first_ns, b->flow.first_ns);
	case PS_FLOWS_BY_LAST_SEEN:
		return ps_sort_greatest(a->flow.last_ns, b->flow.last_ns);
	}
	return 0;
}

static int compare(const void *a, const void *b, const void *context)
{
	const struct ps_seen_flow *first = a, *second = b;

	return compare_keys(context, a, b) ?: compare_rest(&first->key, &second->key);
}

void ps_seen_flows_sort(struct ps_seen_flow *items, size_t count, const struct ps_listed *bindings,
			enum ps_flow_order order)
{
	const struct sorting sorting = { bindings, order };

	ps_sort(items, count, sizeof(*items), compare, &sorting);
}
