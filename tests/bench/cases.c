// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The packet cases. See cases.h.
 */
#include "cases.h"

#define SIZES(...)          \
	{                   \
		__VA_ARGS__ \
	}
#define EACH_SIZE SIZES(1, 1000, 100000, 1000000)
#define EXACT_SIZES SIZES(1, 1000, 100000, 1000000, 4000000) /* 4 000 000: of one table only */
#define PORT_SIZES SIZES(1, 1000, 60000)
#define NO_SIZE SIZES(0)

#define TABLE(bound, sent) BENCH_TABLE, BENCH_##bound, BENCH_##sent
#define DEFAULT(bound, sent) BENCH_DEFAULT, BENCH_##bound, BENCH_##sent
#define PEER(subject, sent) BENCH_##subject, BENCH_##sent, BENCH_##sent

/* The first aim is for a table of one hash, the second for one with seats in front of it. */
#define AT_MOST(against, hash, front)          \
	(against),                             \
	{                                      \
		BENCH_AT_MOST, (hash), (front) \
	}
#define AT_LEAST(against, hash, front)          \
	(against),                              \
	{                                       \
		BENCH_AT_LEAST, (hash), (front) \
	}
#define BESIDE(against)               \
	(against),                    \
	{                             \
		BENCH_NO_TARGET, 0, 0 \
	}

#define XDP4(action) PS_IPV4, PS_##action, PS_HOOK_XDP, false, 0
#define XDP6(action) PS_IPV6, PS_##action, PS_HOOK_XDP, false, 0
#define TC4(action) PS_IPV4, PS_##action, PS_HOOK_TC_INGRESS, false, 0
#define TC6(action) PS_IPV6, PS_##action, PS_HOOK_TC_INGRESS, false, 0
#define IN_COMPANY(action, hook) PS_IPV4, PS_##action, PS_HOOK_##hook, true, 0

/* With what it is to cost at most, as a multiple of a program that only drops. */
#define XDP4_AT_MOST(drops) PS_IPV4, PS_DROP, PS_HOOK_XDP, false, (drops)
#define XDP6_AT_MOST(drops) PS_IPV6, PS_DROP, PS_HOOK_XDP, false, (drops)

const struct bench_case bench_cases[] = {
	{ "drop only", NO_SIZE, PEER(NOTHING, UNBOUND), BESIDE("floor"), XDP4(DROP) },
	{ "floor", NO_SIZE, PEER(FLOOR, UNBOUND), BESIDE("floor"), XDP4(PASS) },
	{ "floor, IPv6", NO_SIZE, PEER(FLOOR, UNBOUND), BESIDE("floor"), XDP6(PASS) },

	{ "unbound port", EXACT_SIZES, TABLE(EXACT, UNBOUND), AT_MOST("floor", 1.10, 1.10),
	  XDP4_AT_MOST(1.45) },
	{ "any address", SIZES(1), TABLE(ANY, ANY), AT_MOST("floor", 1.10, 1.05),
	  XDP4_AT_MOST(1.55) },
	{ "any address", SIZES(1000), TABLE(ANY, ANY), AT_MOST("floor", 1.10, 1.05),
	  XDP4_AT_MOST(1.75) },
	{ "any, ports in a row", SIZES(1000), TABLE(NEAR, NEAR), BESIDE("any address"),
	  XDP4(DROP) },
	{ "any address", SIZES(60000), TABLE(ANY, ANY), AT_MOST("floor", 3.0, 1.5), XDP4(DROP) },
	{ "exact", SIZES(1), TABLE(EXACT, EXACT), AT_MOST("floor", 2.2, 1.4), XDP4_AT_MOST(1.75) },
	{ "exact", SIZES(1000), TABLE(EXACT, EXACT), AT_MOST("floor", 2.2, 1.4),
	  XDP4_AT_MOST(2.3) },
	{ "exact, again", SIZES(1, 1000), TABLE(EXACT, EXACT), BESIDE("exact"), XDP4(DROP) },
	{ "exact, default size", SIZES(1000), DEFAULT(EXACT, EXACT), BESIDE("exact"), XDP4(DROP) },
	{ "exact", SIZES(100000, 4000000), TABLE(EXACT, EXACT), BESIDE("one hash"), XDP4(DROP) },
	{ "exact", SIZES(1000000), TABLE(EXACT, EXACT), AT_MOST("one hash", 1.3, 0.5), XDP4(DROP) },
	{ "prefix", EACH_SIZE, TABLE(PREFIX, PREFIX), BESIDE("floor"), XDP4(DROP) },
	{ "/32 miss, /24 hit", SIZES(1000, 100000), TABLE(NESTED, NESTED), BESIDE("floor"),
	  XDP4(DROP) },
	{ "range", EACH_SIZE, TABLE(RANGE, RANGE), BESIDE("floor"), XDP4(DROP) },
	{ "miss", EXACT_SIZES, TABLE(EXACT, MISS), BESIDE("floor"), XDP4(DROP) },

	{ "unbound port, IPv6", SIZES(1, 1000000), TABLE(EXACT, UNBOUND),
	  AT_MOST("floor, IPv6", 1.10, 1.10), XDP6(DROP) },
	{ "any address, IPv6", SIZES(1000), TABLE(ANY, ANY), AT_MOST("floor, IPv6", 1.10, 1.05),
	  XDP6(DROP) },
	{ "any address, IPv6", SIZES(60000), TABLE(ANY, ANY), AT_MOST("floor, IPv6", 3.0, 1.5),
	  XDP6(DROP) },
	{ "exact, IPv6", SIZES(1, 1000), TABLE(EXACT, EXACT), AT_MOST("floor, IPv6", 2.2, 1.4),
	  XDP6_AT_MOST(2.6) },
	{ "exact, IPv6, default", SIZES(1000), DEFAULT(EXACT, EXACT), BESIDE("exact, IPv6"),
	  XDP6_AT_MOST(2.2) },
	{ "exact, IPv6", SIZES(100000, 1000000), TABLE(EXACT, EXACT), BESIDE("floor, IPv6"),
	  XDP6(DROP) },
	{ "prefix, IPv6", SIZES(1000, 100000), TABLE(PREFIX, PREFIX), BESIDE("floor, IPv6"),
	  XDP6(DROP) },
	{ "range, IPv6", SIZES(1000, 100000), TABLE(RANGE, RANGE), BESIDE("floor, IPv6"),
	  XDP6(DROP) },
	{ "miss, IPv6", SIZES(1000, 1000000), TABLE(EXACT, MISS), BESIDE("floor, IPv6"),
	  XDP6(DROP) },

	{ "exact, count", SIZES(1, 1000, 100000), TABLE(EXACT, EXACT), BESIDE("exact"),
	  XDP4(COUNT) },
	{ "exact, redirect", SIZES(1, 1000, 100000), TABLE(EXACT, EXACT), BESIDE("exact"),
	  XDP4(REDIRECT) },

	{ "one hash", EXACT_SIZES, PEER(HASH, EXACT), BESIDE("floor"), XDP4(DROP) },
	{ "xdp-filter, all", PORT_SIZES, PEER(FILTER_ALL, ANY), AT_LEAST("any address", 1.5, 3.0),
	  XDP4(DROP) },
	{ "xdp-filter, tcp", PORT_SIZES, PEER(FILTER_TCP, ANY), AT_LEAST("any address", 0, 1.0),
	  XDP4(DROP) },

	{ "program beside", SIZES(1), PEER(BESIDE, ANY), BESIDE("any address"), XDP4(DROP) },

	{ "TC drop only", NO_SIZE, PEER(NOTHING, UNBOUND), BESIDE("TC floor"), TC4(DROP) },
	{ "TC floor", NO_SIZE, PEER(FLOOR, UNBOUND), BESIDE("TC floor"), TC4(PASS) },
	{ "TC floor, IPv6", NO_SIZE, PEER(FLOOR, UNBOUND), BESIDE("TC floor"), TC6(PASS) },
	{ "TC unbound port", SIZES(1, 1000000), TABLE(EXACT, UNBOUND),
	  AT_MOST("TC floor", 1.10, 1.10), TC4(DROP) },
	{ "TC any address", SIZES(1, 1000), TABLE(ANY, ANY), AT_MOST("TC floor", 1.10, 1.05),
	  TC4(DROP) },
	{ "TC any address", SIZES(60000), TABLE(ANY, ANY), AT_MOST("TC floor", 3.0, 1.5),
	  TC4(DROP) },
	{ "TC exact", SIZES(1, 1000), TABLE(EXACT, EXACT), AT_MOST("TC floor", 2.2, 1.4),
	  TC4(DROP) },
	{ "TC exact", SIZES(100000, 1000000), TABLE(EXACT, EXACT), BESIDE("TC floor"), TC4(DROP) },
	{ "TC prefix", SIZES(1000, 1000000), TABLE(PREFIX, PREFIX), BESIDE("TC floor"), TC4(DROP) },
	{ "TC range", SIZES(1000, 1000000), TABLE(RANGE, RANGE), BESIDE("TC floor"), TC4(DROP) },
	{ "TC miss", SIZES(1000, 1000000), TABLE(EXACT, MISS), BESIDE("TC floor"), TC4(DROP) },
	{ "TC exact, IPv6", SIZES(1000, 1000000), TABLE(EXACT, EXACT), BESIDE("TC floor, IPv6"),
	  TC6(DROP) },
	{ "TC exact, count", SIZES(1000), TABLE(EXACT, EXACT), BESIDE("TC exact"), TC4(COUNT) },
	{ "TC exact, redirect", SIZES(1000), TABLE(EXACT, EXACT), BESIDE("TC exact"),
	  TC4(REDIRECT) },

	{ "floor, 2 CPUs", NO_SIZE, PEER(FLOOR, UNBOUND), BESIDE("floor"), IN_COMPANY(PASS, XDP) },
	{ "any address, 2 CPUs", SIZES(1), TABLE(ANY, ANY), AT_MOST("any address", 1.1, 1.1),
	  IN_COMPANY(DROP, XDP) },
	{ "exact, 2 CPUs", SIZES(1), TABLE(EXACT, EXACT), AT_MOST("exact", 1.1, 1.1),
	  IN_COMPANY(DROP, XDP) },
	{ "exact, count, 2 CPUs", SIZES(1), TABLE(EXACT, EXACT), AT_MOST("exact, count", 1.1, 1.1),
	  IN_COMPANY(COUNT, XDP) },
	{ "TC exact, 2 CPUs", SIZES(1), TABLE(EXACT, EXACT), AT_MOST("TC exact", 1.1, 1.1),
	  IN_COMPANY(DROP, TC_INGRESS) },
};

const int bench_case_count = sizeof(bench_cases) / sizeof(*bench_cases);
