// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Precedence and probe lists. See probe.h.
 */
#include <string.h>
#include "binding/endpoint.h"
#include "table/probe.h"

struct ps_probe ps_probe_of(const struct ps_endpoint *endpoint)
{
	struct ps_probe probe = {
		.prefix_len = endpoint->prefix_len,
		.family = endpoint->family,
		.kind = PS_PROBE_EXACT,
	};

	if (endpoint->port_first != endpoint->port_last) {
		probe.kind = PS_PROBE_RANGE;
		probe.port_first = endpoint->port_first;
		probe.port_last = endpoint->port_last;
	}
	return probe;
}

static int width(const struct ps_probe *probe)
{
	return probe->port_last - probe->port_first;
}

int ps_probe_compare(const struct ps_probe *a, const struct ps_probe *b)
{
	int order = b->prefix_len - a->prefix_len;

	order = order ?: width(a) - width(b);
	order = order ?: (a->family == PS_ANY) - (b->family == PS_ANY);
	order = order ?: a->family - b->family;
	return order ?: a->port_first - b->port_first;
}

int ps_precedence_compare(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	struct ps_probe probe_a = ps_probe_of(a), probe_b = ps_probe_of(b);

	return ps_probe_compare(&probe_a, &probe_b);
}

int ps_probes_count(const struct ps_probes *list)
{
	int count = 0;

	while (count < PS_PROBES_MAX && list->probe[count].kind != PS_PROBE_END)
		count++;
	return count;
}

int ps_probes_insert(const struct ps_probes *list, struct ps_probe probe, struct ps_probes *ret)
{
	int count = ps_probes_count(list), at = 0;

	if (count == PS_PROBES_MAX)
		return -1;
	while (at < count && ps_probe_compare(&list->probe[at], &probe) < 0)
		at++;
	*ret = *list;
	memmove(&ret->probe[at + 1], &ret->probe[at], (size_t)(count - at) * sizeof(probe));
	ret->probe[at] = probe;
	return 0;
}

void ps_probes_remove(const struct ps_probes *list, struct ps_probe probe, struct ps_probes *ret)
{
	int count = ps_probes_count(list), kept = 0;
	struct ps_probes shorter = {};

	for (int i = 0; i < count; i++)
		if (ps_probe_compare(&list->probe[i], &probe))
			shorter.probe[kept++] = list->probe[i];
	*ret = shorter;
}

const struct ps_probe *ps_probes_any_address(const struct ps_probes *list)
{
	for (int i = 0; i < ps_probes_count(list); i++)
		if (!list->probe[i].prefix_len)
			return &list->probe[i];
	return NULL;
}

struct ps_endpoint ps_probe_key(const struct ps_probe *probe, enum ps_family family,
				enum ps_proto proto, const __u8 addr[16], __u16 port)
{
	bool is_exact = probe->kind == PS_PROBE_EXACT;
	struct ps_endpoint key = {
		.port_first = is_exact ? port : probe->port_first,
		.port_last = is_exact ? port : probe->port_last,
		.prefix_len = probe->prefix_len,
		.family = probe->family == PS_ANY ? PS_ANY : family,
		.proto = proto,
	};

	memcpy(key.addr, addr, sizeof(key.addr));
	ps_address_mask(key.addr, key.prefix_len);
	return key;
}
