// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Precedence is a strict total order, the one that is documented; probe lists
 * are sorted by it.
 */
#include "table/probe.h"
#include "unit.h"

static struct ps_endpoint draw_endpoint(void)
{
	struct ps_endpoint endpoint = {
		.prefix_len = (__u8)(draw(3) * 8),
		.family = (enum ps_family)draw(3),
		.proto = PS_TCP,
		.port_first = (__u16)(1 + draw(4)),
	};

	if (endpoint.family == PS_ANY)
		endpoint.prefix_len = 0;
	endpoint.port_last = (__u16)(endpoint.port_first + draw(3));
	if (!draw(4)) {
		endpoint.port_first = 0;
		endpoint.port_last = 65535;
	}
	return endpoint;
}

static struct ps_probe draw_shape(void)
{
	struct ps_endpoint endpoint = draw_endpoint();

	return ps_probe_of(&endpoint);
}

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static void test_total_order(void **state)
{
	(void)state;
	for (int i = 0; i < 300000; i++) {
		struct ps_probe a = draw_shape(), b = draw_shape(), c = draw_shape();
		int ab = ps_probe_compare(&a, &b), bc = ps_probe_compare(&b, &c);
		int ac = ps_probe_compare(&a, &c);

		assert_int_equal(sign(ab), -sign(ps_probe_compare(&b, &a)));
		assert_int_equal(ab == 0, !memcmp(&a, &b, sizeof(a)));
		if (ab <= 0 && bc <= 0 && (ac > 0 || ((ab || bc) && !ac)))
			fail_msg("a chain of three runs in a circle");
	}
}

/* Most preferred first, as the manual has it. */
static void test_documented_order(void **state)
{
	static const char *const ordered[] = {
		"tcp 10.0.0.1:80",    "tcp 10.0.0.1:80-81", "tcp 10.0.0.1:any",
		"tcp 10.0.0.0/31:80", "tcp 10.0.0.0/8:80",  "tcp 10.0.0.0/8:79-80",
		"tcp 10.0.0.0/8:any", "tcp any4:80",	    "tcp any:80",
		"tcp any4:80-90",     "tcp any:80-90",	    "tcp any4:1-65535",
		"tcp any:1-65535",    "tcp any4:any",	    "tcp any:any",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ordered); i++)
		for (size_t j = 0; j < COUNT_OF(ordered); j++) {
			struct ps_endpoint a = endpoint_of(ordered[i]), b = endpoint_of(ordered[j]);

			if (sign(ps_precedence_compare(&a, &b)) != (i > j) - (i < j))
				fail_msg("%s against %s", ordered[i], ordered[j]);
		}
}

static bool has_shape(const struct ps_probes *list, const struct ps_probe *probe)
{
	for (int i = 0; i < ps_probes_count(list); i++)
		if (!memcmp(&list->probe[i], probe, sizeof(*probe)))
			return true;
	return false;
}

static void assert_sorted(const struct ps_probes *list, int count)
{
	assert_int_equal(ps_probes_count(list), count);
	for (int i = 1; i < count; i++)
		assert_true(ps_probe_compare(&list->probe[i - 1], &list->probe[i]) < 0);
	for (int i = count; i < PS_PROBES_MAX; i++)
		assert_int_equal(list->probe[i].kind, PS_PROBE_END);
}

static void test_insert_and_remove(void **state)
{
	struct ps_probes list = {}, changed;
	int count = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct ps_probe probe = draw_shape();
		bool is_there = has_shape(&list, &probe);

		memset(&changed, 0xa5, sizeof(changed));
		if (is_there) {
			ps_probes_remove(&list, probe, &changed);
			count--;
		} else if (ps_probes_insert(&list, probe, &changed)) {
			assert_int_equal(count, PS_PROBES_MAX);
			ps_probes_remove(&list, list.probe[draw(PS_PROBES_MAX)], &changed);
			count--;
		} else {
			count++;
			assert_true(has_shape(&changed, &probe));
		}
		list = changed;
		assert_sorted(&list, count);
	}
}

static void test_remove_what_is_not_there(void **state)
{
	struct ps_probe here = { .kind = PS_PROBE_EXACT, .prefix_len = 8, .family = PS_IPV4 };
	struct ps_probe other = { .kind = PS_PROBE_EXACT, .prefix_len = 9, .family = PS_IPV4 };
	struct ps_probes list = { .probe = { here } }, changed;

	(void)state;
	ps_probes_remove(&list, other, &changed);
	assert_memory_equal(&changed, &list, sizeof(list));
	ps_probes_remove(&list, here, &changed);
	assert_sorted(&changed, 0);
}

static void test_full_list(void **state)
{
	struct ps_probes list = {}, changed, before;
	struct ps_probe probe = { .kind = PS_PROBE_EXACT, .family = PS_IPV4 };

	(void)state;
	for (int i = 0; i < PS_PROBES_MAX; i++) {
		probe.prefix_len = (__u8)(1 + i * 5 % 53);
		assert_int_equal(ps_probes_insert(&list, probe, &list), 0);
	}
	assert_sorted(&list, PS_PROBES_MAX);
	memset(&changed, 0xa5, sizeof(changed));
	before = changed;
	probe.prefix_len = 128;
	assert_int_equal(ps_probes_insert(&list, probe, &changed), -1);
	assert_memory_equal(&changed, &before, sizeof(before));
	ps_probes_remove(&list, list.probe[0], &changed);
	assert_sorted(&changed, PS_PROBES_MAX - 1);
	assert_int_equal(ps_probes_insert(&changed, probe, &changed), 0);
	assert_int_equal(changed.probe[0].prefix_len, 128);
}

static void test_any_address(void **state)
{
	struct ps_probe narrow = { .kind = PS_PROBE_EXACT, .prefix_len = 32, .family = PS_IPV4 };
	struct ps_probe any = { .kind = PS_PROBE_EXACT, .family = PS_ANY };
	struct ps_probe wide = { .kind = PS_PROBE_RANGE, .port_last = 65535, .family = PS_ANY };
	struct ps_probes list = {};

	(void)state;
	assert_null(ps_probes_any_address(&list));
	list.probe[0] = narrow;
	assert_null(ps_probes_any_address(&list));
	list.probe[1] = any;
	list.probe[2] = wide;
	assert_ptr_equal(ps_probes_any_address(&list), &list.probe[1]);
}

/* A packet inside an endpoint finds it by the endpoint's own shape. */
static void test_key_finds_endpoint(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct ps_endpoint endpoint = draw_endpoint(), key;
		struct ps_probe probe = ps_probe_of(&endpoint);
		enum ps_family family = endpoint.family ?: PS_IPV4 + draw(2);
		__u32 span = endpoint.port_last - endpoint.port_first + 1u;
		__u8 addr[16] = { (__u8)draw(256), (__u8)draw(256), (__u8)draw(256), 7 };

		memcpy(endpoint.addr, addr, sizeof(addr));
		ps_address_mask(endpoint.addr, endpoint.prefix_len);
		key = ps_probe_key(&probe, family, PS_TCP, addr,
				   (__u16)(endpoint.port_first + draw(span)));
		assert_memory_equal(&key, &endpoint, sizeof(key));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_total_order),
		cmocka_unit_test(test_documented_order),
		cmocka_unit_test(test_insert_and_remove),
		cmocka_unit_test(test_remove_what_is_not_there),
		cmocka_unit_test(test_full_list),
		cmocka_unit_test(test_any_address),
		cmocka_unit_test(test_key_finds_endpoint),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}
