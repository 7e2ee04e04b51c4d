// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Shadowed bindings: those that more specific ones leave nothing. In sorted
 * bindings, all that is inside a prefix follows it; a port is covered below a
 * prefix when it is covered in both halves of it.
 */
#include <stdio.h>
#include <string.h>
#include "conflict.h"
#include "memory.h"
#include "probe.h"

/* Sorted bindings of one protocol and family, all inside one prefix. */
struct run {
	const struct ps_binding *item;
	size_t count;
};

static bool has_bit(const struct ps_endpoint *endpoint, int bit)
{
	return endpoint->addr[bit / 8] >> (7 - bit % 8) & 1;
}

/* How many at the start of @run have prefixes of @depth bits: the prefix itself. */
static size_t count_own(struct run run, int depth)
{
	size_t count = 0;

	while (count < run.count && run.item[count].endpoint.prefix_len == depth)
		count++;
	return count;
}

/* Splits what is inside a prefix of @depth bits into its two halves. */
static void split(struct run run, int depth, struct run halves[2])
{
	size_t low = 0, high = run.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (has_bit(&run.item[middle].endpoint, depth))
			high = middle;
		else
			low = middle + 1;
	}
	halves[0] = (struct run){ run.item, low };
	halves[1] = (struct run){ run.item + low, run.count - low };
}

/* The prefixes of @run, laid side by side, could fill one of @depth bits. */
static bool could_fill(struct run run, int depth)
{
	double filled = 0;

	for (size_t i = 0; i < run.count; i++) {
		int longer = run.item[i].endpoint.prefix_len - depth;

		filled += longer < 63 ? 1.0 / (double)(1ULL << longer) : 0;
	}
	return filled >= 1;
}

static void cover(struct run run, int depth, struct ps_portset *ret);

/* Ports that are covered in all of a prefix of @depth bits by longer ones in @run. */
static void cover_below(struct run run, int depth, struct ps_portset *ret)
{
	PS_FREED struct ps_portset *right = NULL;
	struct run halves[2];

	memset(ret, 0, sizeof(*ret));
	if (!could_fill(run, depth))
		return;
	split(run, depth, halves);
	right = ps_memory_new(1, sizeof(*right));
	cover(halves[0], depth + 1, ret);
	cover(halves[1], depth + 1, right);
	for (size_t i = 0; i < sizeof(ret->bits) / sizeof(*ret->bits); i++)
		ret->bits[i] &= right->bits[i];
}

static void cover(struct run run, int depth, struct ps_portset *ret)
{
	size_t own = count_own(run, depth);

	cover_below((struct run){ run.item + own, run.count - own }, depth, ret);
	for (size_t i = 0; i < own; i++)
		ps_portset_add(ret, run.item[i].endpoint.port_first,
			       run.item[i].endpoint.port_last);
}

static bool is_covered(const struct ps_endpoint *endpoint, const struct ps_portset *covered)
{
	for (__u32 port = endpoint->port_first; port <= endpoint->port_last; port++)
		if (!ps_portset_has(covered, (__u16)port))
			return false;
	return true;
}

/* Judges bindings of one and the same prefix; @below is what longer prefixes cover. */
static void judge(struct ps_conflicts *conflicts, struct run own, const struct ps_portset *below)
{
	PS_FREED struct ps_portset *covered = ps_memory_new(1, sizeof(*covered));

	for (size_t i = 0; i < own.count; i++) {
		const struct ps_endpoint *mine = &own.item[i].endpoint;
		struct ps_conflict *conflict;

		*covered = *below;
		for (size_t j = 0; j < own.count && mine->port_first != mine->port_last; j++)
			if (ps_precedence_compare(&own.item[j].endpoint, mine) < 0 &&
			    ps_ports_cover(mine, &own.item[j].endpoint))
				ps_portset_add(covered, own.item[j].endpoint.port_first,
					       own.item[j].endpoint.port_last);
		if (!is_covered(mine, covered))
			continue;
		conflict = ps_conflicts_add(conflicts, PS_SHADOWED, PS_WARNING, &own.item[i]);
		snprintf(conflict->message, sizeof(conflict->message),
			 "more specific bindings cover all of it; it can never match");
	}
}

/* How many items from @run.item[0] on are inside the prefix of the first. */
static size_t count_inside(struct run run)
{
	size_t count = 1;

	while (count < run.count &&
	       ps_prefix_covers(&run.item[0].endpoint, &run.item[count].endpoint))
		count++;
	return count;
}

/* Judges every prefix in @run, bindings of one protocol and family. */
static void judge_run(struct ps_conflicts *conflicts, struct run run)
{
	PS_FREED struct ps_portset *below = ps_memory_new(1, sizeof(*below));

	while (run.count) {
		int depth = run.item[0].endpoint.prefix_len;
		struct run inside = { run.item, count_inside(run) };
		size_t own = count_own(inside, depth);

		if (own > 1 || inside.count > own) {
			cover_below((struct run){ run.item + own, inside.count - own }, depth,
				    below);
			judge(conflicts, (struct run){ run.item, own }, below);
		}
		run.item += own;
		run.count -= own;
	}
}

/* The part of @sorted with this protocol and family. */
static struct run find_run(const struct ps_bindings *sorted, enum ps_proto proto,
			   enum ps_family family)
{
	struct run run = {};

	for (size_t i = 0; i < sorted->count; i++) {
		const struct ps_endpoint *endpoint = &sorted->item[i].endpoint;

		if (endpoint->proto != proto || endpoint->family != family)
			continue;
		run.item = run.item ?: &sorted->item[i];
		run.count++;
	}
	return run;
}

/* Bindings of both families are covered where both families are. */
static void judge_any(struct ps_conflicts *conflicts, struct run any, struct run ipv4,
		      struct run ipv6)
{
	PS_FREED struct ps_portset *below = ps_memory_new(1, sizeof(*below));
	PS_FREED struct ps_portset *below6 = ps_memory_new(1, sizeof(*below6));

	if (!any.count)
		return;
	cover(ipv4, 0, below);
	cover(ipv6, 0, below6);
	for (size_t i = 0; i < sizeof(below->bits) / sizeof(*below->bits); i++)
		below->bits[i] &= below6->bits[i];
	judge(conflicts, any, below);
}

void ps_conflicts_find_shadowed(struct ps_conflicts *conflicts, const struct ps_bindings *sorted)
{
	for (enum ps_proto proto = PS_TCP; proto <= PS_SCTP; proto++) {
		struct run any = find_run(sorted, proto, PS_ANY);
		struct run ipv4 = find_run(sorted, proto, PS_IPV4);
		struct run ipv6 = find_run(sorted, proto, PS_IPV6);

		judge_any(conflicts, any, ipv4, ipv6);
		judge_run(conflicts, ipv4);
		judge_run(conflicts, ipv6);
	}
}
