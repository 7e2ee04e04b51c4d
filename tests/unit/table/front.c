// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Seats: what is inserted is found, also in lines that are full; what leaves
 * makes room; nobody disturbs a neighbour.
 */
#include "base/memory.h"
#include "binding/endpoint.h"
#include "table/front.h"
#include "unit.h"

#define LINES 64
#define SEATS (LINES * PS_BUCKET_ENTRIES)

static struct ps_bucket lines[LINES];
static struct ps_front front = { lines, LINES, true };

/* Family, prefix, port and protocol change with @number. */
static struct ps_endpoint numbered(__u32 number)
{
	__u16 port = number % 3 ? (__u16)(1 + number % 7) : 0;
	struct ps_endpoint endpoint = {
		.addr = { 0x20, 0x01, (__u8)(number >> 8), (__u8)number },
		.port_first = port,
		.port_last = port ?: 65535,
		.prefix_len = 32,
		.family = number % 4 ? PS_IPV4 : PS_IPV6,
		.proto = number % 5 ? PS_TCP : PS_UDP,
	};

	if (endpoint.family == PS_IPV6) {
		endpoint.prefix_len = number % 8 ? 128 : 64;
		endpoint.addr[number % 8 ? 15 : 7] = 1;
	}
	return endpoint;
}

static struct ps_act act_of(__u32 number)
{
	return (struct ps_act){ PS_PASS + number % 4, (__u8)(number % 2), (__u16)(number % 4096) };
}

static void insert(__u32 number)
{
	struct ps_endpoint endpoint = numbered(number);

	assert_true(ps_front_insert(front, &endpoint, number, 1, act_of(number)));
}

static __u64 expected(__u32 number)
{
	return ps_entry_word((__u64)number << PS_SLOT_SHIFT, 1, act_of(number));
}

/* Whether @number has a seat, with its own word. */
static bool is_seated(__u32 number)
{
	struct ps_endpoint endpoint = numbered(number);
	const __u64 *word = ps_front_find(front, &endpoint);

	if (word)
		assert_int_equal(*word & ~PS_BUCKET_FLAGS, expected(number));
	return word;
}

static int empty(void **state)
{
	(void)state;
	memset(lines, 0, sizeof(lines));
	return 0;
}

#define LAST_SLOT ((1U << PS_SLOT_BITS) - 1)

/* What reads a seat's word reads an entry of the directory, whatever else is in it. */
static void test_entry(void **state)
{
	const struct ps_act act = { PS_REDIRECT, PS_ON_MISSING_PASS, PS_TARGETS_MAX - 1 };
	const struct ps_port entry = {
		.action = act.action,
		.flags = act.flags,
		.target = act.target,
		.probes = PS_LISTS_MAX - 1,
		.exact = 1,
		.walk = 1,
		.slot = LAST_SLOT - 1,
	};
	struct ps_act seen;
	__u64 word;

	(void)state;
	memcpy(&word, &entry, sizeof(word));
	seen = ps_entry_act(word, 0);
	assert_memory_equal(&seen, &act, sizeof(act));
	assert_int_equal(ps_entry_slot(word), LAST_SLOT - 1);
}

static void test_word(void **state)
{
	const struct ps_act one = { PS_REDIRECT, PS_ON_MISSING_PASS, PS_TARGETS_MAX - 1 };
	const struct ps_act other = { PS_DROP, 0, 0 };
	__u64 word = PS_BUCKET_HASH | (__u64)LAST_SLOT << PS_SLOT_SHIFT;
	struct ps_act seen;

	(void)state;
	word = ps_entry_word(ps_entry_word(word, 0, one), 1, other);
	seen = ps_entry_act(word, 0);
	assert_memory_equal(&seen, &one, sizeof(one));
	seen = ps_entry_act(word, 1);
	assert_memory_equal(&seen, &other, sizeof(other));
	assert_int_equal(ps_entry_slot(word), LAST_SLOT);
	assert_true(word & PS_BUCKET_HASH);
	word = ps_entry_word(word, 0, (struct ps_act){});
	assert_int_equal(ps_entry_act(word, 0).action, PS_NONE);
	assert_int_equal(ps_entry_act(word, 1).action, PS_DROP);
}

/* Twice as many as fit. Who has no seat has a line that tells packets to ask the hash. */
static void test_full(void **state)
{
	__u32 seated = 0;

	(void)state;
	for (__u32 i = 0; i < 2 * SEATS; i++) {
		insert(i);
		seated += is_seated(i);
	}
	assert_uint_in_range(seated, SEATS / 2, SEATS);
	for (__u32 i = 0; i < 2 * SEATS; i++) {
		struct ps_endpoint endpoint = numbered(i);
		struct ps_entry_key key;
		__u64 addr[2];

		seated -= is_seated(i);
		if (is_seated(i))
			continue;
		memcpy(addr, endpoint.addr, sizeof(addr));
		key = ps_entry_key(endpoint.family, endpoint.proto, endpoint.prefix_len,
				   endpoint.port_first, addr[0], addr[1]);
		assert_true(lines[ps_bucket_first(ps_entry_hash(&key), LINES)].word[0] &
			    PS_BUCKET_HASH);
	}
	assert_int_equal(seated, 0);
}

/* Random comings and goings at half load: all are found, and only those. */
static void test_coming_and_going(void **state)
{
	static bool is_in[2 * SEATS];
	__u32 count = 0;

	(void)state;
	memset(is_in, 0, sizeof(is_in));
	for (int step = 0; step < 20000; step++) {
		__u32 number = (__u32)random() % (2 * SEATS);
		struct ps_endpoint endpoint = numbered(number);

		if (is_in[number]) {
			ps_front_remove(front, &endpoint);
		} else if (count < SEATS / 3) {
			insert(number);
		} else {
			continue;
		}
		is_in[number] = !is_in[number];
		count += is_in[number] ? 1 : -1U;
		for (__u32 i = 0; i < 2 * SEATS && step % 100 == 0; i++) {
			if (!is_in[i]) {
				assert_false(is_seated(i));
			} else if (!is_seated(i)) { /* both its lines were full */
				is_in[i] = false;
				count--;
			}
		}
	}
	for (__u32 i = 0; i < 2 * SEATS; i++) {
		struct ps_endpoint endpoint = numbered(i);

		if (is_in[i])
			ps_front_remove(front, &endpoint);
	}
	for (int i = 0; i < LINES; i++)
		for (int seat = 0; seat < PS_BUCKET_ENTRIES; seat++) {
			assert_int_equal(lines[i].key[seat], 0);
			for (__u32 half = 0; half < PS_HALVES; half++)
				assert_int_equal(ps_entry_act(lines[i].word[seat], half).action,
						 PS_NONE);
		}
}

static void test_store(void **state)
{
	struct ps_endpoint endpoint = endpoint_of("tcp [2001:db8::1]:443");
	struct ps_act drop = { PS_DROP, 0, 0 }, pass = { PS_PASS, 0, 0 };
	const __u64 *word;

	(void)state;
	ps_front_insert(front, &endpoint, 9, 0, drop);
	word = ps_front_find(front, &endpoint);
	assert_non_null(word);
	assert_int_equal(ps_entry_act(*word, 1).action, PS_NONE);
	ps_front_store(front, &endpoint, 1, pass);
	assert_int_equal(ps_entry_act(*word, 0).action, PS_DROP);
	assert_int_equal(ps_entry_act(*word, 1).action, PS_PASS);
	assert_int_equal(ps_entry_slot(*word), 9);
}

/* Each part of an endpoint makes another key; ranges and any address have none. */
static void test_both_halves(void **state)
{
	struct ps_endpoint endpoint = numbered(1);
	struct ps_act act = act_of(1), seen;
	const __u64 *word;

	(void)state;
	ps_front_insert(front, &endpoint, 1, PS_HALVES, act);
	word = ps_front_find(front, &endpoint);
	assert_non_null(word);
	for (__u32 half = 0; half < PS_HALVES; half++) {
		seen = ps_entry_act(*word, half);
		assert_memory_equal(&seen, &act, sizeof(act));
	}
	assert_int_equal(ps_entry_slot(*word), 1);
}

/*
 * The second seat of a pair is an IPv4 seat of its own, or has a part of an IPv6 address in
 * place of a word. A packet may be between the key that it found there and the word.
 */
static void test_other_family(void **state)
{
	static const char *const texts[] = { "tcp 192.0.2.1:80", "tcp 192.0.2.2:80",
					     "tcp 192.0.2.3:80", "tcp 192.0.2.4:80" };
	struct ps_endpoint ipv6 = endpoint_of("tcp [2001:db8::1]:80"), ipv4[4];
	struct ps_act drop = { PS_DROP, 0, 0 };
	static struct ps_bucket line;
	struct ps_front fresh = { &line, 1, false }, settled = { &line, 1, true };

	(void)state;
	for (int i = 0; i < 4; i++) {
		ipv4[i] = endpoint_of(texts[i]);
		assert_true(ps_front_insert(fresh, &ipv4[i], 1, 0, drop));
	}
	for (int i = 0; i < 4; i++)
		ps_front_remove(fresh, &ipv4[i]);
	assert_false(ps_front_insert(fresh, &ipv6, 2, 0, drop));
	assert_null(ps_front_find(fresh, &ipv6));
	assert_true(ps_front_insert(fresh, &ipv4[0], 1, 0, drop));
	assert_true(ps_front_insert(settled, &ipv6, 2, 0, drop));
	ps_front_remove(fresh, &ipv6);
	assert_true(ps_front_insert(fresh, &ipv4[1], 1, 0, drop)); /* left by its family */
	assert_true(ps_front_insert(fresh, &ipv4[2], 1, 0, drop)); /* the first of its pair */
	assert_false(ps_front_insert(fresh, &ipv4[3], 1, 0, drop));
	assert_true(ps_front_insert(fresh, &ipv6, 2, 0, drop)); /* no seat, and none to wait for */
	assert_null(ps_front_find(fresh, &ipv6));
	assert_true(ps_front_insert(settled, &ipv4[3], 1, 0, drop));
}

static void test_keys(void **state)
{
	static const char *const texts[] = {
		"tcp 10.0.0.0/8:80",  "tcp 10.0.0.0/9:80",    "tcp 11.0.0.0/8:80",
		"tcp 10.0.0.0/8:81",  "tcp 10.0.0.0/8:any",   "udp 10.0.0.0/8:80",
		"tcp [a00::]:80",     "tcp [a00::/8]:80",     "tcp [a00::1]:80",
		"tcp [a00:0:1::]:80", "tcp [a00:0:0:1::]:80", "tcp [0:0:a00::]:80",
	};
	static const char *const without[] = { "tcp 10.0.0.0/8:80-81", "tcp any:80", "udp any4:9" };

	(void)state;
	for (__u32 i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct ps_endpoint endpoint = endpoint_of(texts[i]);

		assert_null(ps_front_find(front, &endpoint));
		ps_front_insert(front, &endpoint, i, 0, (struct ps_act){ PS_DROP, 0, 0 });
		assert_non_null(ps_front_find(front, &endpoint));
	}
	for (__u32 i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct ps_endpoint endpoint = endpoint_of(texts[i]);

		assert_int_equal(ps_entry_slot(*ps_front_find(front, &endpoint)), i);
	}
	for (__u32 i = 0; i < sizeof(without) / sizeof(*without); i++) {
		struct ps_endpoint endpoint = endpoint_of(without[i]);

		ps_front_insert(front, &endpoint, i, 0, (struct ps_act){ PS_DROP, 0, 0 });
		assert_null(ps_front_find(front, &endpoint));
	}
}

/* Addresses in a row, as people number hosts: 95 of 100 find a seat at the load of a full table. */
static void test_spread(void **state)
{
	const __u32 bindings = 100000;
	const struct ps_front large = { ps_memory_new(ps_front_buckets(bindings), sizeof(*lines)),
					ps_front_buckets(bindings), true };
	__u32 seated = 0;

	(void)state;
	for (__u32 i = 0; i < bindings; i++) {
		struct ps_endpoint endpoint = {
			.addr = { 10, (__u8)(i >> 16), (__u8)(i >> 8), (__u8)i },
			.port_first = 443,
			.port_last = 443,
			.prefix_len = 32,
			.family = PS_IPV4,
			.proto = PS_TCP,
		};

		ps_front_insert(large, &endpoint, i, 0, (struct ps_act){ PS_DROP, 0, 0 });
		seated += !!ps_front_find(large, &endpoint);
	}
	print_message("# %u of %u seated\n", seated, bindings);
	assert_uint_in_range(seated, bindings / 100 * 95, bindings);
	free(large.lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_entry),
		cmocka_unit_test_setup(test_full, empty),
		cmocka_unit_test_setup(test_coming_and_going, empty),
		cmocka_unit_test_setup(test_store, empty),
		cmocka_unit_test_setup(test_both_halves, empty),
		cmocka_unit_test(test_other_family),
		cmocka_unit_test_setup(test_keys, empty),
		cmocka_unit_test(test_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
