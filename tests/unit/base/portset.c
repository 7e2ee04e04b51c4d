// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sets of ports: what is in them, and their text in both directions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/portset.h"

#define TEXT_SIZE 400000 /* every second port, and more */

static void test_borders(void **state)
{
	static const __u16 ports[] = { 0, 1, 63, 64, 127, 128, 65534, 65535 };

	(void)state;
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		struct ps_portset set = { 0 };

		ps_portset_add(&set, ports[i], ports[i]);
		for (int port = 0; port <= 65535; port++)
			assert_int_equal(ps_portset_has(&set, port), port == ports[i]);
		assert_int_equal(ps_portset_find(&set, 0, 65535), ports[i]);
		ps_portset_remove(&set, ports[i], ports[i]);
		assert_int_equal(ps_portset_find(&set, 0, 65535), -1);
	}
}

static void test_ranges(void **state)
{
	struct ps_portset set = { 0 };

	(void)state;
	ps_portset_add(&set, 0, 65535);
	ps_portset_remove(&set, 100, 300);
	for (int port = 0; port <= 65535; port++)
		assert_int_equal(ps_portset_has(&set, port), port < 100 || port > 300);
	ps_portset_add(&set, 300, 100); /* empty range */
	ps_portset_remove(&set, 9, 8);
	assert_false(ps_portset_has(&set, 200));
	assert_true(ps_portset_has(&set, 8));
}

static void test_find(void **state)
{
	struct ps_portset set = { 0 };

	(void)state;
	ps_portset_add(&set, 1000, 1010);
	ps_portset_add(&set, 65535, 65535);
	assert_int_equal(ps_portset_find(&set, 0, 999), -1);
	assert_int_equal(ps_portset_find(&set, 0, 1000), 1000);
	assert_int_equal(ps_portset_find(&set, 1005, 2000), 1005);
	assert_int_equal(ps_portset_find(&set, 1010, 1010), 1010);
	assert_int_equal(ps_portset_find(&set, 1011, 65534), -1);
	assert_int_equal(ps_portset_find(&set, 1011, 65535), 65535);
	assert_int_equal(ps_portset_find(&set, 1010, 1000), -1);
}

static void test_round_trip(void **state)
{
	static const char *const texts[] = {
		"",
		"0",
		"1",
		"65535",
		"0-65535",
		"0,2,65535",
		"1-65534",
		"0-1,65535",
		"63-64,66",
		"8080,9000-9010",
		"127-128",
		"0-63,128-191",
		"65534-65535",
		"10000,10002",
		"64-127",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ps_portset set = { 0 };
		char text[64];

		assert_int_equal(ps_portset_parse(&set, texts[i]), 0);
		assert_int_equal(ps_portset_format(&set, text, sizeof(text)), 0);
		assert_string_equal(text, texts[i]);
	}
}

static void test_random_round_trip(void **state)
{
	char *text = malloc(TEXT_SIZE);

	(void)state;
	srandom(4);
	for (int round = 0; round < 50; round++) {
		struct ps_portset set = { 0 }, again = { 0 };

		for (int i = 0; i < 1024; i++)
			set.bits[i] = (__u64)random() << 33 ^ (__u64)random() << 11 ^ random();
		assert_int_equal(ps_portset_format(&set, text, TEXT_SIZE), 0);
		assert_int_equal(ps_portset_parse(&again, text), 0);
		assert_memory_equal(&again, &set, sizeof(set));
	}
	free(text);
}

static void test_canonical(void **state)
{
	struct ps_portset set = { 0 };
	char text[64];

	(void)state;
	assert_int_equal(ps_portset_parse(&set, "9,7,8,20-30,25-40,5-5"), 0);
	assert_int_equal(ps_portset_parse(&set, "41"), 0); /* adds to what is there */
	assert_int_equal(ps_portset_format(&set, text, sizeof(text)), 0);
	assert_string_equal(text, "5,7-9,20-41");
}

static void test_bad_text(void **state)
{
	static const char *const texts[] = {
		",",   "1,",	",1",	 "1,,2",    "-",     "1-",
		"-1",  "80-70", "65536", "1-65536", "1-2-3", "99999999999999999999",
		"1 ",  " 1",	"1, 2",	 "+1",	    "0x10",  "010",
		"1\n", "a",	"1;2",	 "1.2",
	};
	struct ps_portset set = { 0 }, before;

	(void)state;
	ps_portset_add(&set, 5, 6);
	before = set;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (ps_portset_parse(&set, texts[i]) != -1)
			fail_msg("'%s' was taken", texts[i]);
		assert_memory_equal(&set, &before, sizeof(set));
	}
	assert_int_equal(ps_portset_parse(&set, "1000,x"), -1);
	assert_memory_equal(&set, &before, sizeof(set));
}

static void test_format_fits(void **state)
{
	struct ps_portset set = { 0 };
	char text[16];

	(void)state;
	assert_int_equal(ps_portset_format(&set, text, 0), -1);
	assert_int_equal(ps_portset_format(&set, text, 1), 0);
	assert_int_equal(ps_portset_parse(&set, "80,8080-8081"), 0);
	for (size_t size = 0; size < sizeof("80,8080-8081"); size++)
		assert_int_equal(ps_portset_format(&set, text, size), -1);
	assert_int_equal(ps_portset_format(&set, text, sizeof("80,8080-8081")), 0);
	assert_string_equal(text, "80,8080-8081");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_random_round_trip),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_bad_text),
		cmocka_unit_test(test_format_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
