// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The packet cases. Targets are those of the data path with a hash behind the
 * directory. See cases.h.
 */
#include "cases.h"

#define SHAPE(bound, sent) BENCH_TABLE, BENCH_##bound, BENCH_##sent
#define OTHER(subject, sent) BENCH_##subject, BENCH_##sent, BENCH_##sent
#define AT_MOST(against, target) (against), BENCH_AT_MOST, (target)
#define AT_LEAST(against, target) (against), BENCH_AT_LEAST, (target)
#define BESIDE(against) (against), BENCH_NO_TARGET, 0
#define XDP_DROPS PS_DROP, PS_HOOK_XDP
#define XDP_COUNTS PS_COUNT, PS_HOOK_XDP
#define TC_DROPS PS_DROP, PS_HOOK_TC_INGRESS

const struct bench_case bench_cases[] = {
	{ "drop only", 0, OTHER(NOTHING, UNBOUND), BESIDE("floor"), XDP_DROPS },
	{ "floor", 0, OTHER(FLOOR, UNBOUND), BESIDE("floor"), XDP_DROPS },
	{ "floor, IPv6", 0, OTHER(FLOOR, EXACT6), BESIDE("floor"), XDP_DROPS },

	{ "unbound port", 1, SHAPE(EXACT, UNBOUND), AT_MOST("floor", 1.10), XDP_DROPS },
	{ "unbound port", 1000, SHAPE(EXACT, UNBOUND), AT_MOST("floor", 1.10), XDP_DROPS },
	{ "unbound port", 100000, SHAPE(EXACT, UNBOUND), AT_MOST("floor", 1.10), XDP_DROPS },
	{ "unbound port", 1000000, SHAPE(EXACT, UNBOUND), AT_MOST("floor", 1.10), XDP_DROPS },

	{ "any address", 1, SHAPE(ANY, ANY), AT_MOST("floor", 1.10), XDP_DROPS },
	{ "any address", 1000, SHAPE(ANY, ANY), AT_MOST("floor", 1.10), XDP_DROPS },
	{ "any address", 60000, SHAPE(ANY, ANY), AT_MOST("floor", 3.0), XDP_DROPS },

	{ "exact", 1, SHAPE(EXACT, EXACT), AT_MOST("floor", 2.2), XDP_DROPS },
	{ "exact", 1000, SHAPE(EXACT, EXACT), AT_MOST("floor", 2.2), XDP_DROPS },
	{ "exact", 100000, SHAPE(EXACT, EXACT), BESIDE("one hash"), XDP_DROPS },
	{ "exact", 1000000, SHAPE(EXACT, EXACT), AT_MOST("one hash", 1.3), XDP_DROPS },
	{ "exact, action count", 1000, SHAPE(EXACT, EXACT), BESIDE("floor"), XDP_COUNTS },

	{ "exact, IPv6", 1000, SHAPE(EXACT6, EXACT6), BESIDE("floor, IPv6"), XDP_DROPS },
	{ "exact, IPv6", 100000, SHAPE(EXACT6, EXACT6), BESIDE("floor, IPv6"), XDP_DROPS },
	{ "/32 miss, /24 hit", 1000, SHAPE(PREFIX, PREFIX), BESIDE("floor"), XDP_DROPS },
	{ "/32 miss, /24 hit", 100000, SHAPE(PREFIX, PREFIX), BESIDE("floor"), XDP_DROPS },
	{ "range", 1000, SHAPE(RANGE, RANGE), BESIDE("floor"), XDP_DROPS },
	{ "range", 100000, SHAPE(RANGE, RANGE), BESIDE("floor"), XDP_DROPS },

	{ "one hash", 1, OTHER(HASH, EXACT), BESIDE("floor"), XDP_DROPS },
	{ "one hash", 1000, OTHER(HASH, EXACT), BESIDE("floor"), XDP_DROPS },
	{ "one hash", 100000, OTHER(HASH, EXACT), BESIDE("floor"), XDP_DROPS },
	{ "one hash", 1000000, OTHER(HASH, EXACT), BESIDE("floor"), XDP_DROPS },
	{ "xdp-filter, all", 1, OTHER(FILTER_ALL, ANY), AT_LEAST("any address", 1.5), XDP_DROPS },
	{ "xdp-filter, all", 1000, OTHER(FILTER_ALL, ANY), AT_LEAST("any address", 1.5),
	  XDP_DROPS },
	{ "xdp-filter, all", 60000, OTHER(FILTER_ALL, ANY), AT_LEAST("any address", 1.5),
	  XDP_DROPS },
	{ "xdp-filter, tcp", 1, OTHER(FILTER_TCP, ANY), BESIDE("any address"), XDP_DROPS },
	{ "xdp-filter, tcp", 1000, OTHER(FILTER_TCP, ANY), BESIDE("any address"), XDP_DROPS },
	{ "xdp-filter, tcp", 60000, OTHER(FILTER_TCP, ANY), BESIDE("any address"), XDP_DROPS },

	{ "TC floor", 0, OTHER(FLOOR, UNBOUND), BESIDE("TC floor"), TC_DROPS },
	{ "TC unbound port", 1000, SHAPE(EXACT, UNBOUND), BESIDE("TC floor"), TC_DROPS },
	{ "TC any address", 1000, SHAPE(ANY, ANY), BESIDE("TC floor"), TC_DROPS },
	{ "TC exact", 1000, SHAPE(EXACT, EXACT), BESIDE("TC floor"), TC_DROPS },
};

const int bench_case_count = sizeof(bench_cases) / sizeof(*bench_cases);
