// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The order of flows, for each key of --sort.
 */
#include "unit.h"
#include "binding/flow.h"

static const struct {
	__u8 source, destination;
	__u32 slot;
	__u64 packets, bytes, first, last;
} rows[] = {
	{ 1, 9, 1, 10, 1000, 5, 6 },
	{ 2, 8, 0, 20, 900, 4, 9 },
	{ 3, 9, 0, 20, 3000, 3, 7 },
	{ 3, 10, 1, 1, 3000, 9, 9 },
};

static void make_flows(struct ps_seen_flow items[])
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t from = COUNT_OF(rows) - 1 - i; /* backwards */

		items[i] = (struct ps_seen_flow){
			.key = { .family = PS_IPV4, .proto = PS_TCP, .slot = rows[from].slot },
			.flow = { rows[from].packets, rows[from].bytes, rows[from].first,
				  rows[from].last },
		};
		items[i].key.saddr[0] = rows[from].source;
		items[i].key.daddr[0] = rows[from].destination;
	}
}

static void test_order(void **state)
{
	static const char *const wanted[] = {
		[PS_FLOWS_BY_SOURCE] = "0123",	  [PS_FLOWS_BY_DESTINATION] = "1023",
		[PS_FLOWS_BY_ENDPOINT] = "1203",  [PS_FLOWS_BY_PACKETS] = "1203",
		[PS_FLOWS_BY_BYTES] = "2301",	  [PS_FLOWS_BY_FIRST_SEEN] = "3012",
		[PS_FLOWS_BY_LAST_SEEN] = "1320",
	};
	const struct ps_endpoint first = endpoint_of("tcp any:1"),
				 second = endpoint_of("tcp any:2");
	const struct ps_listed bindings[] = { ps_listed_make(&first, 0),
					      ps_listed_make(&second, 0) };

	(void)state;
	for (enum ps_flow_order order = PS_FLOWS_BY_SOURCE; order <= PS_FLOWS_BY_LAST_SEEN;
	     order++) {
		struct ps_seen_flow items[COUNT_OF(rows)];

		make_flows(items);
		ps_seen_flows_sort(items, COUNT_OF(rows), bindings, order);
		for (size_t i = 0; i < COUNT_OF(rows); i++) {
			size_t row = (size_t)(wanted[order][i] - '0');

			assert_int_equal(items[i].key.saddr[0], rows[row].source);
			assert_int_equal(items[i].key.daddr[0], rows[row].destination);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
