/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What unit tests are written with: cmocka, chance that can be repeated
 * (SEED=number), and bindings made from their text.
 */
#ifndef PORTSTEER_TESTS_UNIT_H
#define PORTSTEER_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include "binding/binding.h"
#include "binding/parse.h"

#ifndef assert_uint_in_range /* the name since cmocka 2.0, where the older one is deprecated */
#define assert_uint_in_range assert_in_range
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static __u64 chance;

/* Group setup: prints the seed, which SEED sets. */
static inline int seed_chance(void **state)
{
	const char *given = getenv("SEED");
	struct timespec now;

	(void)state;
	clock_gettime(CLOCK_REALTIME, &now);
	chance = given ? strtoull(given, NULL, 0) : (__u64)now.tv_nsec << 20 ^ (__u64)now.tv_sec;
	printf("# SEED=%llu\n", (unsigned long long)chance);
	fflush(stdout);
	chance = chance ?: 1; /* zero would stay zero */
	return 0;
}

/* 0 to @below - 1. */
static inline __u32 draw(__u32 below)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (__u32)(chance >> 32) % below;
}

/* Appends the bindings that @text says, in the words of `bind`. */
static inline void bind_text(struct ps_bindings *bindings, const char *text)
{
	char copy[256], *words[16], *rest = copy, *word;
	struct ps_error error;
	int count = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strsep(&rest, " ")))
		words[count++] = word;
	if (ps_binding_parse(count, words, bindings, &error))
		fail_msg("'%s': %s", text, error.text);
}

static inline struct ps_binding binding_of(const char *text)
{
	struct ps_bindings bindings = {};
	struct ps_binding binding;

	bind_text(&bindings, text);
	binding = bindings.item[0];
	ps_bindings_done(&bindings);
	return binding;
}

static inline struct ps_endpoint endpoint_of(const char *text)
{
	char copy[128], *place = copy, *proto;
	struct ps_endpoints endpoints;
	struct ps_error error;

	snprintf(copy, sizeof(copy), "%s", text);
	proto = strsep(&place, " ");
	if (ps_endpoints_parse(proto, place, &endpoints, &error))
		fail_msg("'%s': %s", text, error.text);
	return endpoints.item[0];
}

/* Some packet is in both. */
static inline bool endpoints_meet(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	return a->proto == b->proto && ps_ports_meet(a, b) &&
	       (ps_prefix_covers(a, b) || ps_prefix_covers(b, a));
}

/* Every packet of @inner is in @outer. */
static inline bool endpoint_covers(const struct ps_endpoint *outer, const struct ps_endpoint *inner)
{
	return outer->proto == inner->proto && ps_ports_cover(outer, inner) &&
	       ps_prefix_covers(outer, inner);
}

static inline void assert_endpoint(const struct ps_endpoint *endpoint, const char *expected)
{
	char text[PS_ENDPOINT_TEXT];

	assert_string_equal(ps_endpoint_format(endpoint, text), expected);
}

#endif
