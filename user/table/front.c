// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Seats in `front`. See front.h, and portsteer/front.h for the layout.
 */
#include <stddef.h>
#include <string.h>
#include "binding/endpoint.h"
#include "pins/instance.h"
#include "table/front.h"
#include "table/shapes.h"

/* Both lines of an endpoint. */
struct place {
	struct ps_entry_key key;
	struct ps_bucket *first, *second;
	bool is_ipv6;
};

struct ps_front ps_instance_front(const struct ps_instance *instance)
{
	return (struct ps_front){
		.lines = instance->front,
		.count = ps_front_buckets(instance->meta->capacity),
	};
}

/* Ranges have no seat, and bindings of any address are in the directory. */
bool ps_front_takes(const struct ps_shape_key *shape)
{
	return shape->prefix_len && (shape->port_first == shape->port_last || !shape->port_first);
}

static bool takes_seat(const struct ps_endpoint *endpoint)
{
	const struct ps_shape_key shape = ps_shape_key_of(endpoint);

	return ps_front_takes(&shape);
}

static struct place find_place(struct ps_front front, const struct ps_endpoint *endpoint)
{
	struct place place = { .is_ipv6 = endpoint->family == PS_IPV6 };
	__u64 addr[2], hash;

	memcpy(addr, endpoint->addr, sizeof(addr));
	place.key = ps_entry_key(endpoint->family, endpoint->proto, endpoint->prefix_len,
				 endpoint->port_first, addr[0], addr[1]);
	hash = ps_entry_hash(&place.key);
	place.first = &front.lines[ps_bucket_first(hash, front.count)];
	place.second = &front.lines[ps_bucket_second(hash, front.count)];
	return place;
}

static void store(__u64 *word, __u64 value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static bool is_rest_of_ipv6(const struct ps_bucket *line, int seat)
{
	return seat % 2 && line->key[seat - 1] >> 60 == PS_IPV6;
}

static bool is_free(const struct ps_bucket *line, int seat)
{
	return !line->key[seat] && !is_rest_of_ipv6(line, seat);
}

/* IPv4 fills lines from the front, IPv6 from the end: pairs stay whole for longer. */
static int find_free(const struct ps_bucket *line, const struct place *place)
{
	if (place->is_ipv6) {
		for (int i = PS_BUCKET_ENTRIES - 2; i >= 0; i -= 2)
			if (is_free(line, i) && is_free(line, i + 1))
				return i;
		return -1;
	}
	for (int i = 0; i < PS_BUCKET_ENTRIES; i++)
		if (is_free(line, i))
			return i;
	return -1;
}

/*
 * What the second seat of a pair is for follows from the family: a word, or a part of an
 * address. Who left it says which it was, by the slot of a word without actions: packets of
 * this very generation may still be at it, on their way from its key to its word.
 */
static __u64 left_by(bool is_ipv6)
{
	return (is_ipv6 ? 2ULL : 1ULL) << PS_SLOT_SHIFT;
}

static bool is_read_otherwise(const struct ps_bucket *line, int seat, const struct place *place)
{
	if (place->is_ipv6)
		seat++;
	return seat % 2 && line->word[seat] == left_by(!place->is_ipv6);
}

/* The head of the key comes last: with it packets begin to see the seat. */
static void take_seat(struct ps_bucket *line, int seat, const struct place *place, __u64 word)
{
	if (place->is_ipv6) {
		store(&line->key[seat + 1], place->key.rest);
		store(&line->word[seat + 1], place->key.low);
	}
	store(&line->word[seat], (line->word[seat] & PS_BUCKET_FLAGS) | word);
	store(&line->key[seat], place->key.head);
}

/* Whoever does not sit in the first line is announced there. */
static void seat_or_flag(struct ps_bucket *line, int seat, const struct place *place, __u64 word)
{
	__u64 *flags = &place->first->word[0];

	if (line != place->first || seat < 0)
		store(flags, *flags | PS_BUCKET_SECOND);
	if (seat >= 0)
		take_seat(line, seat, place, word);
	else
		store(flags, *flags | PS_BUCKET_HASH);
}

bool ps_front_insert(struct ps_front front, const struct ps_endpoint *endpoint, __u32 slot,
		     __u32 half, struct ps_act act)
{
	__u64 word = (__u64)slot << PS_SLOT_SHIFT;
	struct ps_bucket *line;
	struct place place;
	int seat;

	if (!takes_seat(endpoint))
		return true;
	if (half != 1)
		word = ps_entry_word(word, 0, act);
	if (half != 0)
		word = ps_entry_word(word, 1, act);
	place = find_place(front, endpoint);
	line = place.first;
	seat = find_free(line, &place);
	if (seat < 0) {
		line = place.second;
		seat = find_free(line, &place);
	}
	if (seat >= 0 && !front.is_settled && is_read_otherwise(line, seat, &place))
		return false;
	seat_or_flag(line, seat, &place, word);
	return true;
}

static __u64 *find_seat(struct ps_front front, const struct ps_endpoint *endpoint,
			struct ps_bucket **ret_line)
{
	struct place place;
	__u64 *word;

	if (!takes_seat(endpoint))
		return NULL;
	place = find_place(front, endpoint);
	*ret_line = place.first;
	word = ps_bucket_find(place.first, &place.key, place.is_ipv6);
	if (word)
		return word;
	*ret_line = place.second;
	return ps_bucket_find(place.second, &place.key, place.is_ipv6);
}

const __u64 *ps_front_find(struct ps_front front, const struct ps_endpoint *endpoint)
{
	struct ps_bucket *line;

	return find_seat(front, endpoint, &line);
}

void ps_front_store(struct ps_front front, const struct ps_endpoint *endpoint, __u32 half,
		    struct ps_act act)
{
	struct ps_bucket *line;
	__u64 *word = find_seat(front, endpoint, &line);

	if (word)
		store(word, ps_entry_word(*word, half, act));
}

void ps_front_remove(struct ps_front front, const struct ps_endpoint *endpoint)
{
	struct ps_bucket *line;
	__u64 *word = find_seat(front, endpoint, &line);
	ptrdiff_t seat;

	if (!word)
		return;
	seat = word - line->word;
	store(&line->key[seat], 0);
	store(word, *word & PS_BUCKET_FLAGS);
	if (endpoint->family != PS_IPV6) {
		if (seat % 2)
			store(word, left_by(false));
		return;
	}
	store(&line->key[seat + 1], 0);
	store(&line->word[seat + 1], left_by(true));
}
