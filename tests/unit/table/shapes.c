// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counting bindings by shape: addresses do not matter, all else does.
 */
#include "table/shapes.h"
#include "unit.h"

static struct ps_shape *shape_of(struct ps_shapes *shapes, const char *text)
{
	struct ps_endpoint endpoint = endpoint_of(text);

	return ps_shapes_get(shapes, &endpoint);
}

static void test_address_does_not_matter(void **state)
{
	struct ps_shapes shapes = {};

	(void)state;
	shape_of(&shapes, "tcp 192.0.2.1:80")->after++;
	shape_of(&shapes, "tcp 192.0.2.2:80")->after++;
	assert_int_equal(shapes.count, 1);
	assert_int_equal(shapes.item[0].after, 2);
	assert_int_equal(shapes.item[0].before, 0);
	ps_shapes_done(&shapes);
}

static void test_every_other_field_counts(void **state)
{
	static const char *const texts[] = {
		"tcp 192.0.2.1:80",    "udp 192.0.2.1:80",    "tcp 192.0.2.1:81",
		"tcp 192.0.2.1:80-81", "tcp 192.0.2.0/24:80", "tcp [2001:db8::/32]:80",
		"tcp any:80",	       "tcp any4:80",
	};
	struct ps_shapes shapes = {};

	(void)state;
	for (size_t round = 0; round < 2; round++)
		for (size_t i = 0; i < COUNT_OF(texts); i++)
			shape_of(&shapes, texts[i])->after += 1 + (__u32)i;
	assert_int_equal(shapes.count, COUNT_OF(texts));
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct ps_endpoint endpoint = endpoint_of(texts[i]);
		struct ps_shape_key spec = ps_shape_key_of(&endpoint);

		assert_int_equal(shapes.item[i].after, 2 * (1 + i));
		assert_memory_equal(&shapes.item[i].key, &spec, sizeof(spec));
	}
	ps_shapes_done(&shapes);
}

static void test_growing(void **state)
{
	struct ps_endpoint endpoint = endpoint_of("tcp 192.0.2.1:80");
	struct ps_shapes shapes = {};

	(void)state;
	for (int round = 0; round < 3; round++)
		for (__u32 port = 1; port <= 65535; port++) {
			endpoint.port_first = endpoint.port_last = (__u16)port;
			ps_shapes_get(&shapes, &endpoint)->after += port;
		}
	assert_int_equal(shapes.count, 65535);
	for (__u32 port = 1; port <= 65535; port++)
		assert_int_equal(shapes.item[port - 1].after, 3 * port);
	ps_shapes_done(&shapes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_does_not_matter),
		cmocka_unit_test(test_every_other_field_counts),
		cmocka_unit_test(test_growing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
