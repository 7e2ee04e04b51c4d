// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Finding bindings by their endpoint, while the array grows.
 */
#include "binding/keymap.h"
#include "unit.h"

static struct ps_endpoint numbered(__u32 number)
{
	struct ps_endpoint endpoint = {
		.addr = { (__u8)(number >> 16), (__u8)(number >> 8), (__u8)number },
		.prefix_len = 32,
		.family = PS_IPV4,
		.proto = PS_UDP,
		.port_first = 53,
		.port_last = 53,
	};

	return endpoint;
}

static void test_empty(void **state)
{
	struct ps_bindings bindings = {};
	struct ps_endpoint endpoint = numbered(1);
	struct ps_keymap map;

	(void)state;
	ps_keymap_init(&map, &bindings);
	assert_null(ps_keymap_find(&map, &endpoint));
	ps_keymap_done(&map);
}

static void test_growing(void **state)
{
	enum { COUNT = 20000 };
	struct ps_bindings bindings = {};
	struct ps_keymap map;

	(void)state;
	ps_keymap_init(&map, &bindings);
	for (__u32 i = 0; i < COUNT; i++) {
		ps_bindings_add(&bindings)->endpoint = numbered(2 * i);
		assert_null(ps_keymap_next(&map));
	}
	for (__u32 i = 0; i < COUNT; i++) {
		struct ps_endpoint here = numbered(2 * i), missing = numbered(2 * i + 1);

		assert_ptr_equal(ps_keymap_find(&map, &here), &bindings.item[i]);
		assert_null(ps_keymap_find(&map, &missing));
	}
	assert_int_equal(map.count, COUNT);
	ps_keymap_done(&map);
	ps_bindings_done(&bindings);
}

static void test_first_one_stays(void **state)
{
	struct ps_bindings bindings = {};
	struct ps_endpoint endpoint = endpoint_of("tcp any:80");
	struct ps_keymap map;

	(void)state;
	bind_text(&bindings, "tcp any:80 drop name a");
	bind_text(&bindings, "tcp any4:80 drop name b");
	bind_text(&bindings, "tcp any:80 pass name c");
	ps_keymap_init(&map, &bindings);
	assert_ptr_equal(ps_keymap_find(&map, &endpoint), &bindings.item[0]);
	assert_int_equal(map.count, 2);
	ps_keymap_done(&map);
	ps_bindings_done(&bindings);
}

/* Endpoints that differ in one field only are different. */
static void test_every_field_counts(void **state)
{
	static const char *const texts[] = {
		"tcp 10.0.0.0/8:80", "udp 10.0.0.0/8:80", "tcp 10.0.0.0/9:80",
		"tcp 11.0.0.0/8:80", "tcp 10.0.0.0/8:81", "tcp 10.0.0.0/8:80-81",
		"tcp [a00::/8]:80",  "tcp any:80",	  "tcp any4:80",
		"tcp [a00::1]:80",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct ps_bindings bindings = {};
		struct ps_keymap map;

		ps_bindings_add(&bindings)->endpoint = endpoint_of(texts[i]);
		ps_keymap_init(&map, &bindings);
		for (size_t j = 0; j < COUNT_OF(texts); j++) {
			struct ps_endpoint endpoint = endpoint_of(texts[j]);

			assert_int_equal(!!ps_keymap_find(&map, &endpoint), i == j);
		}
		ps_keymap_done(&map);
		ps_bindings_done(&bindings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_first_one_stays),
		cmocka_unit_test(test_every_field_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
