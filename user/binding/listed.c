// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings that are listed, and their order. See listed.h.
 */
#include <string.h>
#include "base/sort.h"
#include "binding/binding.h"
#include "binding/listed.h"

struct ps_listed ps_listed_make(const struct ps_endpoint *endpoint, __u32 kind)
{
	struct ps_listed listed = {
		.port_first = endpoint->port_first,
		.port_last = endpoint->port_last,
		.prefix_len = endpoint->prefix_len,
		.family = endpoint->family & 3,
		.proto = endpoint->proto & 3,
		.kind_low = kind & 0xf,
		.kind_middle = (__u16)(kind >> 4),
		.kind_high = kind >> 20 & 0xf,
	};

	memcpy(listed.addr, endpoint->addr, sizeof(listed.addr));
	return listed;
}

struct ps_endpoint ps_listed_endpoint(const struct ps_listed *listed)
{
	struct ps_endpoint endpoint = {
		.port_first = listed->port_first,
		.port_last = listed->port_last,
		.prefix_len = listed->prefix_len,
		.family = (enum ps_family)listed->family,
		.proto = (enum ps_proto)listed->proto,
	};

	memcpy(endpoint.addr, listed->addr, sizeof(endpoint.addr));
	return endpoint;
}

const char *const ps_order_words[] = {
	[PS_BY_ENDPOINT] = "endpoint", [PS_BY_ACTION] = "action",
	[PS_BY_NAME] = "name",	       [PS_BY_RX_PACKETS] = "rx-packets",
	[PS_BY_RX_BYTES] = "rx-bytes", [PS_BY_TX_PACKETS] = "tx-packets",
	[PS_BY_TX_BYTES] = "tx-bytes", NULL,
};

int ps_order_parse(const char *word, const char *const *words, int *ret, struct ps_error *error)
{
	char typed[32] = "";

	strncat(typed, word, sizeof(typed) - 1);
	for (char *at = strchr(typed, '_'); at; at = strchr(at, '_'))
		*at = '-';
	for (int i = 0; words[i]; i++) {
		if (strcmp(typed, words[i]))
			continue;
		*ret = i;
		return 0;
	}
	return ps_error_unknown(error, -1, word, "key of --sort", words);
}

struct sorting {
	const struct ps_kinds *kinds;
	enum ps_order order;
};

/* The same order as ps_endpoint_compare(), without taking them apart. */
static int compare_endpoints(const struct ps_listed *a, const struct ps_listed *b)
{
	int order = (a->proto - b->proto) ?: (a->family - b->family);

	order = order ?: memcmp(a->addr, b->addr, sizeof(a->addr));
	order = order ?: a->prefix_len - b->prefix_len;
	order = order ?: a->port_first - b->port_first;
	return order ?: a->port_last - b->port_last;
}

static int compare_acts(const struct ps_act *a, const struct ps_act *b)
{
	int order = strcmp(ps_action_name(a->action), ps_action_name(b->action));

	order = order ?: a->target - b->target;
	return order ?: a->flags - b->flags;
}

static int compare_names(const char *a, const char *b)
{
	if (!*a || !*b) /* those without come last */
		return !*a - !*b;
	return strcmp(a, b);
}

static __u64 counter_of(const struct ps_listed *listed, enum ps_order order)
{
	switch (order) {
	case PS_BY_RX_PACKETS:
		return listed->rx_packets;
	case PS_BY_RX_BYTES:
		return listed->rx_bytes;
	case PS_BY_TX_PACKETS:
		return listed->tx_packets;
	case PS_BY_TX_BYTES:
		return listed->tx_bytes;
	default:
		return 0;
	}
}

static int compare_keys(const struct sorting *sorting, const struct ps_listed *a,
			const struct ps_listed *b)
{
	const struct ps_kinds *kinds = sorting->kinds;
	__u32 first = ps_listed_kind(a), second = ps_listed_kind(b);

	if (sorting->order == PS_BY_ENDPOINT)
		return 0;
	if (sorting->order == PS_BY_ACTION)
		return compare_acts(&kinds->item[first].act, &kinds->item[second].act);
	if (sorting->order == PS_BY_NAME)
		return compare_names(ps_kinds_name(kinds, first), ps_kinds_name(kinds, second));
	return ps_sort_greatest(counter_of(a, sorting->order), counter_of(b, sorting->order));
}

static int compare(const void *a, const void *b, const void *context)
{
	return compare_keys(context, a, b) ?: compare_endpoints(a, b);
}

void ps_listed_sort(struct ps_listed *items, size_t count, const struct ps_kinds *kinds,
		    enum ps_order order)
{
	const struct sorting sorting = { kinds, order };

	ps_sort(items, count, sizeof(*items), compare, &sorting);
}
