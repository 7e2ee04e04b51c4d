// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Why bindings lose: the sentence for each kind of pair.
 */
#include "table/contender.h"
#include "table/probe.h"
#include "unit.h"

static void test_sentences(void **state)
{
	static const struct {
		const char *winner, *loser, *why;
	} rows[] = {
		{ "tcp 192.0.2.10:443", "tcp 192.0.2.0/24:443", "/24 is shorter than /32" },
		{ "tcp [2001:db8::1]:443", "tcp [2001:db8::/32]:any", "/32 is shorter than /128" },
		{ "tcp 192.0.2.10:443", "tcp any4:443", "any address" },
		{ "tcp 192.0.0.0/16:any", "tcp any:443", "any address" },
		{ "tcp 192.0.2.10:443", "tcp 192.0.2.10:400-500",
		  "a range; 1 is for exactly this port" },
		{ "tcp 192.0.2.10:440-450", "tcp 192.0.2.10:400-500",
		  "a wider range than that of 1" },
		{ "tcp 192.0.2.10:443", "tcp 192.0.2.10:any",
		  "any port; 1 is for exactly this port" },
		{ "tcp any:440-450", "tcp any4:any", "any port; 1 is for fewer ports" },
		{ "tcp 192.0.2.10:440-450", "tcp 192.0.2.10:441-451",
		  "as many ports, but they begin higher than those of 1" },
		{ "tcp any4:443", "tcp any:443", "both families; 1 is for IPv4 alone" },
		{ "tcp any6:any", "tcp any:any", "both families; 1 is for IPv6 alone" },
		{ "tcp any4:443", "tcp any:400-500", "a range; 1 is for exactly this port" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ps_endpoint winner = endpoint_of(rows[i].winner);
		struct ps_endpoint loser = endpoint_of(rows[i].loser);
		char text[PS_WHY_TEXT];

		assert_true(ps_precedence_compare(&winner, &loser) < 0);
		assert_string_equal(ps_contender_why(&winner, &loser, 1, text), rows[i].why);
	}
}

static void test_number(void **state)
{
	struct ps_endpoint winner = endpoint_of("tcp any:443"), loser = endpoint_of("tcp any:any");
	char text[PS_WHY_TEXT];

	(void)state;
	assert_string_equal(ps_contender_why(&winner, &loser, 7, text),
			    "any port; 7 is for exactly this port");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
