// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Shadowed bindings: those that more specific ones leave nothing. In sorted
 * bindings, all that is inside a prefix follows it; a port is covered below a
 * prefix when it is covered in both halves of it.
 */
#include <stdio.h>
#include <string.h>
#include "base/memory.h"
#include "base/search.h"
#include "conflict/conflict.h"
#include "table/probe.h"

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

static bool is_in_first_half(const void *item, const void *depth)
{
	return !has_bit(&((const struct ps_binding *)item)->endpoint, *(const int *)depth);
}

/* Splits what is inside a prefix of @depth bits into its two halves. */
static void split(struct run run, int depth, struct run halves[2])
{
	size_t first =
		ps_search_first(run.item, run.count, sizeof(*run.item), is_in_first_half, &depth);

	halves[0] = (struct run){ run.item, first };
	halves[1] = (struct run){ run.item + first, run.count - first };
}

/* The prefixes of @run, laid side by side, could fill one of @depth bits. */
static bool could_fill(struct run run, int depth)
{
	double filled = 0;

	for (size_t i = 0; i < run.count; i++) {
		int longer = run.item[i].endpoint.prefix_len - depth;

		filled += longer < 63 ? 1.0 / (double)(1ULL << longer) : 0;
	}
	return filled > 0.99; /* of a sum that may be rounded */
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

static bool begins_before(const void *item, const void *port)
{
	return ((const struct ps_binding *)item)->endpoint.port_first < *(const __u16 *)port;
}

/* The first of @own, sorted by port, that begins at @port or above. */
static size_t find_port(struct run own, __u16 port)
{
	return ps_search_first(own.item, own.count, sizeof(*own.item), begins_before, &port);
}

/* Adds the ports of @mine that bindings of @own, which have the same prefix, take from it. */
static void add_preferred(struct run own, const struct ps_endpoint *mine, struct ps_portset *ret)
{
	for (size_t i = find_port(own, mine->port_first); i < own.count; i++) {
		const struct ps_endpoint *other = &own.item[i].endpoint;

		if (other->port_first > mine->port_last)
			break;
		if (ps_precedence_compare(other, mine) < 0 && ps_ports_cover(mine, other))
			ps_portset_add(ret, other->port_first, other->port_last);
	}
}

/* What may cover a binding: longer prefixes, and its own prefix in one or two families. */
struct above {
	const struct ps_portset *below;
	struct run own, both;
};

static bool is_shadowed(const struct ps_endpoint *mine, const struct above *above)
{
	PS_FREED struct ps_portset *covered = ps_memory_new(1, sizeof(*covered));

	*covered = *above->below;
	add_preferred(above->own, mine, covered);
	add_preferred(above->both, mine, covered);
	return is_covered(mine, covered);
}

static void add_shadowed(struct ps_conflicts *conflicts, const struct ps_binding *binding)
{
	struct ps_conflict *conflict =
		ps_conflicts_add(conflicts, PS_SHADOWED, PS_WARNING, binding);

	ps_conflict_say(conflict, "more specific bindings cover all of it; it can never match");
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

/* Judges every prefix in @run, bindings of one protocol and family; @both are of both. */
static void judge_run(struct ps_conflicts *conflicts, struct run run, struct run both)
{
	PS_FREED struct ps_portset *below = ps_memory_new(1, sizeof(*below));

	while (run.count) {
		int depth = run.item[0].endpoint.prefix_len;
		struct run inside = { run.item, count_inside(run) };
		size_t own = count_own(inside, depth);
		struct above above = { .below = below, .own = { run.item, own } };

		if (!depth)
			above.both = both;
		if (inside.count > 1 || above.both.count) {
			cover_below((struct run){ run.item + own, inside.count - own }, depth,
				    below);
			for (size_t i = 0; i < own; i++)
				if (is_shadowed(&run.item[i].endpoint, &above))
					add_shadowed(conflicts, &run.item[i]);
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

/* What may cover bindings of both families in that of @run. Fills @below. */
static struct above look_above(struct run both, struct run run, struct ps_portset *below)
{
	struct above above = { .below = below, .both = both };
	size_t own = count_own(run, 0);

	above.own = (struct run){ run.item, own };
	cover_below((struct run){ run.item + own, run.count - own }, 0, below);
	return above;
}

/* Bindings of both families are shadowed where they are in both. */
static void judge_both(struct ps_conflicts *conflicts, struct run both, struct run ipv4,
		       struct run ipv6)
{
	PS_FREED struct ps_portset *below4 = ps_memory_new(1, sizeof(*below4));
	PS_FREED struct ps_portset *below6 = ps_memory_new(1, sizeof(*below6));
	struct above above4 = look_above(both, ipv4, below4);
	struct above above6 = look_above(both, ipv6, below6);

	for (size_t i = 0; i < both.count; i++)
		if (is_shadowed(&both.item[i].endpoint, &above4) &&
		    is_shadowed(&both.item[i].endpoint, &above6))
			add_shadowed(conflicts, &both.item[i]);
}

void ps_conflicts_find_shadowed(struct ps_conflicts *conflicts, const struct ps_bindings *sorted)
{
	for (enum ps_proto proto = PS_TCP; proto <= PS_SCTP; proto++) {
		struct run both = find_run(sorted, proto, PS_ANY);
		struct run ipv4 = find_run(sorted, proto, PS_IPV4);
		struct run ipv6 = find_run(sorted, proto, PS_IPV6);

		judge_both(conflicts, both, ipv4, ipv6);
		judge_run(conflicts, ipv4, both);
		judge_run(conflicts, ipv6, both);
	}
}
