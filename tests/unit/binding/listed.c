// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings that are listed: what goes into 56 bytes comes out again, kinds are
 * there once, and each key of --sort has its order.
 */
#include "unit.h"
#include "base/memory.h"
#include "binding/listed.h"
#include "binding/owner.h"

static void test_pack(void **state)
{
	static const char *const texts[] = {
		"tcp any:1",
		"udp any4:any",
		"sctp any6:1-65535",
		"tcp 255.255.255.255:65535",
		"udp [2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:443",
		"tcp [2001:db8::/33]:80-90",
	};
	static const __u32 kinds[] = { 0, 1, 0xf, 0x10, 0xfffff, 0x100000, 0xffffff };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		for (size_t j = 0; j < COUNT_OF(kinds); j++) {
			struct ps_endpoint endpoint = endpoint_of(texts[i]), again;
			struct ps_listed listed = ps_listed_make(&endpoint, kinds[j]);

			listed.rx_packets += 1ULL << 59;
			again = ps_listed_endpoint(&listed);
			assert_memory_equal(&again, &endpoint, sizeof(endpoint));
			assert_int_equal(ps_listed_kind(&listed), kinds[j]);
		}
}

static void test_kinds(void **state)
{
	const struct ps_act drop = { .action = PS_DROP }, pass = { .action = PS_PASS };
	const char *owner = ps_memory_intern("pid");
	char full[PS_NAME_SIZE];
	struct ps_kinds kinds = {};

	(void)state;
	memset(full, 'x', sizeof(full)); /* as a map may have it: no NUL */
	assert_int_equal(ps_kinds_take(&kinds, drop, NULL, "web"), 0);
	assert_int_equal(ps_kinds_take(&kinds, drop, NULL, ""), 1);
	assert_int_equal(ps_kinds_take(&kinds, pass, NULL, "web"), 2);
	assert_int_equal(ps_kinds_take(&kinds, drop, owner, "web"), 3);
	assert_int_equal(ps_kinds_take(&kinds, drop, NULL, full), 4);
	assert_int_equal(ps_kinds_take(&kinds, drop, NULL, "web"), 0);
	assert_string_equal(ps_kinds_name(&kinds, 0), "web");
	assert_string_equal(ps_kinds_name(&kinds, 1), "");
	assert_int_equal(strlen(ps_kinds_name(&kinds, 4)), PS_NAME_SIZE - 1);
	for (int i = 0; i < 5000; i++) {
		char name[PS_NAME_SIZE];

		snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(ps_kinds_take(&kinds, drop, NULL, name), 5 + i);
		assert_int_equal(ps_kinds_take(&kinds, drop, NULL, name), 5 + i);
	}
	assert_int_equal(ps_kinds_take(&kinds, drop, owner, "web"), 3);
	ps_kinds_done(&kinds);
}

static const struct {
	const char *text;
	__u64 rx_packets, rx_bytes, tx_packets, tx_bytes;
} rows[] = {
	{ "tcp any:1 pass", 5, 500, 0, 9 },
	{ "tcp any:2 drop name b", 7, 70, 1, 9 },
	{ "tcp any:3 count name a", 7, 800, 2, 9 },
	{ "udp any:1 drop name a", 0, 0, 3, 9 },
};

static void sort_rows(struct ps_listed items[], struct ps_kinds *kinds, enum ps_order order)
{
	/* Backwards, so that nothing is in order by itself. */
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ps_binding binding = binding_of(rows[COUNT_OF(rows) - 1 - i].text);
		struct ps_act act = { .action = binding.action };

		items[i] = ps_listed_make(&binding.endpoint,
					  ps_kinds_take(kinds, act, NULL, binding.name));
		items[i].rx_packets = rows[COUNT_OF(rows) - 1 - i].rx_packets;
		items[i].rx_bytes = rows[COUNT_OF(rows) - 1 - i].rx_bytes;
		items[i].tx_packets = rows[COUNT_OF(rows) - 1 - i].tx_packets;
		items[i].tx_bytes = rows[COUNT_OF(rows) - 1 - i].tx_bytes;
	}
	ps_listed_sort(items, COUNT_OF(rows), kinds, order);
}

static void test_order(void **state)
{
	/* Which of the rows comes when; those without a name are the last by name. */
	static const char *const wanted[] = {
		[PS_BY_ENDPOINT] = "0123",   [PS_BY_ACTION] = "2130",	[PS_BY_NAME] = "2310",
		[PS_BY_RX_PACKETS] = "1203", [PS_BY_RX_BYTES] = "2013", [PS_BY_TX_PACKETS] = "3210",
		[PS_BY_TX_BYTES] = "0123",
	};

	(void)state;
	for (enum ps_order order = PS_BY_ENDPOINT; order <= PS_BY_TX_BYTES; order++) {
		struct ps_listed items[COUNT_OF(rows)];
		struct ps_kinds kinds = {};

		sort_rows(items, &kinds, order);
		for (size_t i = 0; i < COUNT_OF(rows); i++) {
			struct ps_binding binding = binding_of(rows[wanted[order][i] - '0'].text);
			struct ps_endpoint endpoint = ps_listed_endpoint(&items[i]);

			assert_memory_equal(&endpoint, &binding.endpoint, sizeof(endpoint));
		}
		ps_kinds_done(&kinds);
	}
}

static void test_words(void **state)
{
	struct ps_error error;
	int order = -1;

	(void)state;
	assert_int_equal(ps_order_parse("tx-bytes", ps_order_words, &order, &error), 0);
	assert_int_equal(order, PS_BY_TX_BYTES);
	assert_int_equal(ps_order_parse("rx_packets", ps_order_words, &order, &error), 0);
	assert_int_equal(order, PS_BY_RX_PACKETS);
	assert_int_equal(ps_order_parse("rx-packet", ps_order_words, &order, &error), -1);
	assert_non_null(strstr(error.text, "unknown key of --sort 'rx-packet'; valid: endpoint, "));
	assert_non_null(strstr(error.text, "did you mean 'rx-packets'?"));
	assert_int_equal(order, PS_BY_RX_PACKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pack),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
