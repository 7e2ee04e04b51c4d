// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is an instance whole (I6, I7, I10 of table/publish.h)? See audit.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <cmocka.h>
#include "audit.h"
#include "base/memory.h"
#include "binding/keymap.h"
#include "instance/snapshot.h"
#include "instance/takers.h"
#include "table/compile.h"
#include "table/draft.h"
#include "table/front.h"

struct auditing {
	const struct ps_instance *instance;
	const char *when;
	struct ps_bindings bindings;
	struct ps_keymap by_endpoint;
	__u32 target_uses[PS_TARGETS_MAX];
	struct ps_takers takers;
};

static int take_record(void *context, const struct ps_endpoint *endpoint,
		       const struct ps_record *record)
{
	struct auditing *auditing = context;
	struct ps_binding *binding = ps_bindings_add(&auditing->bindings);
	struct ps_act act = record->act[ps_instance_half(auditing->instance)];

	if (act.action == PS_NONE)
		fail_msg("%s: an element that no packet sees is left", auditing->when);
	if (memcmp(&record->act[0], &record->act[1], sizeof(act)))
		fail_msg("%s: the two words of a binding differ", auditing->when);
	binding->endpoint = *endpoint;
	binding->action = act.action;
	binding->flags = act.flags;
	binding->target_index = act.target;
	binding->slot = record->slot;
	auditing->target_uses[act.target]++;
	ps_takers_count(&auditing->takers, endpoint, act.action, 1);
	return 0;
}

static void check_slots(const struct auditing *auditing)
{
	size_t words = (auditing->instance->meta->capacity + 63) / 64;
	PS_FREED __u64 *slots = ps_memory_new(words, sizeof(*slots));

	for (size_t i = 0; i < auditing->bindings.count; i++) {
		__u32 slot = auditing->bindings.item[i].slot;

		if (slots[slot / 64] >> slot % 64 & 1)
			fail_msg("%s: slot %u has two bindings", auditing->when, slot);
		slots[slot / 64] |= 1ULL << slot % 64;
	}
	if (memcmp(slots, auditing->instance->slots, words * sizeof(*slots)))
		fail_msg("%s: the slots taken are not those of the bindings", auditing->when);
}

static size_t count_seats(const struct ps_front front)
{
	size_t count = 0;

	for (__u32 i = 0; i < front.count; i++)
		for (int seat = 0; seat < PS_BUCKET_ENTRIES; seat++)
			count +=
				front.lines[i].key[seat] >> 56 != 0; /* the rest of IPv6 has none */
	return count;
}

/* Whether packets that ask for @endpoint end in the hash. */
static bool is_left_to_hash(const struct ps_front front, const struct ps_endpoint *endpoint)
{
	struct ps_entry_key key;
	__u64 addr[2];

	if (!endpoint->prefix_len ||
	    (endpoint->port_first && endpoint->port_first != endpoint->port_last))
		return true; /* the directory, or a range */
	memcpy(addr, endpoint->addr, sizeof(addr));
	key = ps_entry_key(endpoint->family, endpoint->proto, endpoint->prefix_len,
			   endpoint->port_first, addr[0], addr[1]);
	return front.lines[ps_bucket_first(ps_entry_hash(&key), front.count)].word[0] &
	       PS_BUCKET_HASH;
}

static void check_front(const struct auditing *auditing)
{
	struct ps_front front = ps_instance_front(auditing->instance);
	size_t seated = 0;

	for (size_t i = 0; i < auditing->bindings.count; i++) {
		const struct ps_binding *binding = &auditing->bindings.item[i];
		struct ps_act act = { binding->action, binding->flags, binding->target_index };
		const __u64 *seat = ps_front_find(front, &binding->endpoint);
		__u64 word = (__u64)binding->slot << PS_SLOT_SHIFT;

		seated += !!seat;
		word = ps_entry_word(ps_entry_word(word, 0, act), 1, act);
		if (seat && (*seat & ~PS_BUCKET_FLAGS) != word)
			fail_msg("%s: the seat of a binding is %#llx, not %#llx", auditing->when,
				 *seat, word);
		if (!seat && !is_left_to_hash(front, &binding->endpoint))
			fail_msg("%s: packets would not find a binding", auditing->when);
	}
	if (count_seats(front) != seated)
		fail_msg("%s: %zu seats are taken, by %zu bindings", auditing->when,
			 count_seats(front), seated);
}

static __u32 count_shape(const struct auditing *auditing, const struct ps_shape_key *spec)
{
	__u32 count = 0;

	for (size_t i = 0; i < auditing->bindings.count; i++) {
		struct ps_shape_key own = ps_shape_key_of(&auditing->bindings.item[i].endpoint);

		count += !memcmp(&own, spec, sizeof(own));
	}
	return count;
}

static void check_specs(const struct auditing *auditing)
{
	int fd = auditing->instance->map_fd[PS_MAP_SHAPES];
	struct ps_shape_key key;
	__u32 sum = 0, count;

	for (void *from = NULL; !bpf_map_get_next_key(fd, from, &key); from = &key) {
		assert_int_equal(bpf_map_lookup_elem(fd, &key, &count), 0);
		if (count != count_shape(auditing, &key))
			fail_msg("%s: %u bindings of a /%u shape are noted, there are %u",
				 auditing->when, count, key.prefix_len,
				 count_shape(auditing, &key));
		sum += count;
	}
	if (sum != auditing->bindings.count || sum != auditing->instance->state->bindings)
		fail_msg("%s: %zu bindings, %u by shapes, %u in state", auditing->when,
			 auditing->bindings.count, sum, auditing->instance->state->bindings);
}

static void check_targets(const struct auditing *auditing)
{
	const struct ps_target *half[2] = { ps_instance_targets(auditing->instance, 0),
					    ps_instance_targets(auditing->instance, 1) };

	if (memcmp(half[0], half[1], PS_TARGETS_MAX * sizeof(*half[0])))
		fail_msg("%s: the halves of the targets differ", auditing->when);
	for (int i = 1; i < PS_TARGETS_MAX; i++)
		if (half[0][i].bindings != auditing->target_uses[i])
			fail_msg("%s: target %d has %u uses, not %u", auditing->when, i,
				 auditing->target_uses[i], half[0][i].bindings);
}

/* What packets drop by whose transport cannot be found. */
static void check_takers(const struct auditing *auditing)
{
	const struct ps_takers *takers = &ps_instance_targets(auditing->instance, 0)->takers;

	if (takers->generation != auditing->instance->state->generation)
		fail_msg("%s: bindings that take traffic away were counted for generation %llu, "
			 "not %llu",
			 auditing->when, takers->generation, auditing->instance->state->generation);
	if (memcmp(takers->bindings, auditing->takers.bindings, sizeof(takers->bindings)))
		fail_msg("%s: %u of IPv4 and %u of IPv6 take traffic away, not %u and %u",
			 auditing->when, takers->bindings[0], takers->bindings[1],
			 auditing->takers.bindings[0], auditing->takers.bindings[1]);
}

static struct ps_winner find_winner(void *context, const struct ps_endpoint *endpoint)
{
	struct auditing *auditing = context;
	const struct ps_binding *binding = ps_keymap_find(&auditing->by_endpoint, endpoint);

	return binding ? ps_winner_of(binding) : (struct ps_winner){};
}

static bool is_first_of_shape(const struct auditing *auditing, size_t at)
{
	struct ps_shape_key spec = ps_shape_key_of(&auditing->bindings.item[at].endpoint);

	for (size_t i = 0; i < at; i++) {
		struct ps_shape_key other = ps_shape_key_of(&auditing->bindings.item[i].endpoint);

		if (!memcmp(&other, &spec, sizeof(spec)))
			return false;
	}
	return true;
}

static void compile(struct auditing *auditing, struct ps_image *image)
{
	const struct ps_bindings *bindings = &auditing->bindings;
	__u16 port;

	for (size_t i = 0; i < bindings->count; i++)
		if (is_first_of_shape(auditing, i))
			assert_int_equal(
				ps_image_add_shape(image, &bindings->item[i].endpoint, &port), 0);
	for (size_t i = 0; i < bindings->count; i++)
		if (ps_endpoint_is_any_address(&bindings->item[i].endpoint))
			ps_image_update_winner(image, &bindings->item[i].endpoint);
}

/* Equal but for the numbers of the lists. */
static bool is_same_entry(const struct ps_port *a, const struct ps_probes *lists_a,
			  const struct ps_port *b, const struct ps_probes *lists_b)
{
	struct ps_port x = *a, y = *b;

	x.probes = y.probes = 0;
	return !memcmp(&x, &y, sizeof(x)) &&
	       !memcmp(&lists_a[a->probes], &lists_b[b->probes], sizeof(*lists_a));
}

static void check_directory(struct auditing *auditing)
{
	const struct ps_port *half[2] = { ps_instance_ports(auditing->instance, 0),
					  ps_instance_ports(auditing->instance, 1) };
	PS_FREED struct ps_port *entries = ps_memory_new(PS_HALF_PORTS, sizeof(*entries));
	PS_FREED struct ps_probes *lists = ps_memory_new(PS_LISTS_MAX, sizeof(*lists));
	const __u64 *taken = auditing->instance->directory->bound;
	struct ps_image image;

	if (memcmp(half[0], half[1], PS_HALF_PORTS * sizeof(*entries)))
		fail_msg("%s: the halves of the directory differ", auditing->when);
	ps_keymap_init(&auditing->by_endpoint, &auditing->bindings);
	ps_image_init(&image, entries, lists, find_winner, auditing);
	compile(auditing, &image);
	ps_image_done(&image);
	ps_keymap_done(&auditing->by_endpoint);
	for (__u32 at = 0; at < PS_HALF_PORTS; at++) {
		bool is_empty = !memcmp(&half[0][at], &(struct ps_port){}, sizeof(*entries));

		if (!is_same_entry(&half[0][at], auditing->instance->probe_lists, &entries[at],
				   lists))
			fail_msg("%s: port %u of row %u is not what the bindings say",
				 auditing->when, at % PS_PORTS, at / PS_PORTS);
		if ((taken[at / 64] >> at % 64 & 1) == is_empty)
			fail_msg("%s: the bit of port %u of row %u is wrong", auditing->when,
				 at % PS_PORTS, at / PS_PORTS);
	}
}

void audit(const struct ps_instance *instance, const char *when)
{
	PS_FREED struct auditing *auditing = ps_memory_new(1, sizeof(*auditing));
	struct ps_error error;

	auditing->instance = instance;
	auditing->when = when;
	if (instance->state->pending)
		fail_msg("%s: a change is pending", when);
	if (ps_snapshot_walk(instance, take_record, auditing, &error))
		fail_msg("%s: %s", when, error.text);
	check_slots(auditing);
	check_front(auditing);
	check_specs(auditing);
	check_targets(auditing);
	check_takers(auditing);
	check_directory(auditing);
	ps_bindings_done(&auditing->bindings);
}
