/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An endpoint to the binding that wins it. One read of the generation, then
 * only that half of everything: double buffering, with a grace period before a
 * half is written again. See "The change" in doc/architecture.md.
 */
#ifndef PORTSTEER_LOOKUP_H
#define PORTSTEER_LOOKUP_H

#include "side.h"
#include "walk.h"

struct ps_hit {
	__u32 act; /* as the word that it was found in has it, and what is above it there */
	__u32 slot;
	__u32 half; /* of the generation that answered */
	__u32 cpu; /* that counted it: asking is a call on kernels before 6.10 */
};

#define PS_HIT_UNKNOWN ((__u32)(PS_FLAGS_ALL & ~PS_FLAGS_KNOWN) << PS_ACT_FLAGS_SHIFT)

/* Or a number that no action has, when there are flags that this build does not know. */
static __always_inline enum ps_action ps_hit_action(const struct ps_hit *hit)
{
	return (enum ps_action)(hit->act & (15 | PS_HIT_UNKNOWN));
}

static __always_inline __u32 ps_hit_target(const struct ps_hit *hit)
{
	return hit->act >> PS_ACT_TARGET_SHIFT & (PS_TARGETS_MAX - 1);
}

static __always_inline int ps_hit_passes_missing(const struct ps_hit *hit)
{
	return hit->act >> PS_ACT_FLAGS_SHIFT & PS_ON_MISSING_PASS;
}

/* Asks `front` for the whole address of @side and its port. */
static __always_inline enum ps_front_answer ps_exact_hit(const struct ps_packet *packet,
							 const struct ps_side *side,
							 __u64 generation, struct ps_hit *hit)
{
	enum ps_front_answer answer;
	__u64 word = 0;

	answer = ps_front_ask(packet->family, packet->proto, packet->family == PS_IPV4 ? 32 : 128,
			      side->port, side->addr_be, generation, &word);
	if (answer != PS_FRONT_HIT)
		return answer;
	hit->act = (__u32)(word >> hit->half * PS_ACT_BITS);
	hit->slot = ps_entry_slot(word);
	return ps_hit_action(hit) == PS_NONE ? PS_FRONT_NO : PS_FRONT_HIT;
}

static __always_inline int ps_walk_hit(const struct ps_packet *packet, const struct ps_side *side,
				       __u64 generation, __u32 list, __u32 from, struct ps_hit *hit)
{
	struct ps_walk_args args = {
		.addr_be = { side->addr_be[0], side->addr_be[1] },
		.generation = generation,
		.list = list,
		.from = from,
		.port = side->port,
		.family = packet->family,
		.proto = packet->proto,
	};

	if (!ps_walk(&args))
		return 0;
	hit->act = args.act;
	hit->slot = args.slot;
	return 1;
}

/* The binding of an address or prefix that wins @side; 1 when there is one. */
static __always_inline int ps_address_hit(struct ps_port entry, const struct ps_packet *packet,
					  const struct ps_side *side, __u64 generation,
					  struct ps_hit *hit)
{
	enum ps_front_answer answer = PS_FRONT_NO;

	if (entry.exact)
		answer = ps_exact_hit(packet, side, generation, hit);
	if (answer == PS_FRONT_HIT)
		return 1;
	if (answer == PS_FRONT_ELSEWHERE)
		return ps_walk_hit(packet, side, generation, entry.probes, 0, hit);
	if (entry.walk)
		return ps_walk_hit(packet, side, generation, entry.probes, entry.exact, hit);
	return 0;
}

/* Keeps the compiler from taking a bound's check apart, or the verifier would not see it. */
#define ps_opaque(number) __asm__("" : "+r"(number))

/*
 * Lets go of the registers that hold parts of @packet. Few packets go on to need
 * more than its ports; without this all pay for the spilling.
 */
static __always_inline void ps_spill(const struct ps_packet *packet)
{
	__asm__ volatile("" : : "r"(packet) : "memory");
}

/* Where @side's port is in the first half of the directory: below PS_HALF_PORTS. */
static __always_inline __u64 ps_port_index(const struct ps_packet *packet,
					   const struct ps_side *side)
{
	__u64 index = ps_directory_index(0, packet->family, packet->proto, side->port);

	ps_opaque(index);
	return index;
}

/* 0: nothing is bound to the port of @index, which was checked, in either half. */
static __always_inline int ps_is_marked(__u64 index)
{
	__u64 word = index / 64;

	ps_opaque(word);
	if (word >= PS_HALF_PORTS / 64) /* as the verifier does not know */
		return 1;
	return directory.bound[word] >> index % 64 & 1;
}

static __always_inline int ps_is_bound(const struct ps_packet *packet, const struct ps_side *side)
{
	return ps_is_marked(ps_port_index(packet, side));
}

static __always_inline struct ps_port ps_port_of(__u64 index, __u32 half)
{
	return directory.entry[(__u64)half * PS_HALF_PORTS + index];
}

static __always_inline enum ps_reason ps_any_hit(struct ps_port entry, struct ps_hit *hit)
{
	union {
		struct ps_port entry;
		__u64 word;
	} found = { .entry = entry };

	hit->act = (__u32)found.word;
	hit->slot = ps_entry_slot(found.word);
	return ps_hit_action(hit) == PS_NONE ? PS_REASON_UNBOUND : PS_REASON_NONE;
}

/*
 * The binding that wins @side of @packet. Returns PS_REASON_NONE and fills
 * @hit, or the reason why there is none.
 */
static __always_inline enum ps_reason ps_lookup(const struct ps_packet *packet,
						const struct ps_side *side, struct ps_hit *hit)
{
	__u64 generation, index;
	struct ps_port entry;

	ps_spill(packet);
	index = ps_port_index(packet, side);
	if (index >= PS_HALF_PORTS)
		return PS_REASON_BROKEN;
	if (!ps_is_marked(index))
		return PS_REASON_UNBOUND;
	generation = *(const volatile __u64 *)&state.generation;
	hit->half = generation & 1;
	entry = ps_port_of(index, hit->half);
	if ((entry.exact | entry.walk) && ps_address_hit(entry, packet, side, generation, hit))
		return PS_REASON_NONE;
	return ps_any_hit(entry, hit);
}

/* The same among the bindings of any address alone; that of @side does not matter. */
static __always_inline enum ps_reason ps_lookup_any(const struct ps_packet *packet,
						    const struct ps_side *side, struct ps_hit *hit)
{
	__u64 index = ps_port_index(packet, side);

	hit->half = *(const volatile __u64 *)&state.generation & 1;
	if (index >= PS_HALF_PORTS)
		return PS_REASON_BROKEN;
	return ps_any_hit(ps_port_of(index, hit->half), hit);
}

/* 1 when some binding of an address or prefix is for @side's port. */
static __always_inline int ps_is_bound_somewhere(const struct ps_packet *packet,
						 const struct ps_side *side)
{
	__u32 half = *(const volatile __u64 *)&state.generation & 1;
	__u64 index = ps_port_index(packet, side);
	struct ps_port entry;

	if (index >= PS_HALF_PORTS)
		return 0;
	entry = ps_port_of(index, half);
	return entry.exact | entry.walk;
}

#endif
