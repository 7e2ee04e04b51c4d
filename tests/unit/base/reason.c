// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Names of reasons: stable, one for each number, each one different.
 */
#include "base/reason.h"
#include "unit.h"

/* Numbers as they were published. Lines are added at the end, never changed. */
static const char *const names[] = {
	"none",
	"unbound",
	"pass",
	"count",
	"drop",
	"redirect",
	"not-ip",
	"protocol",
	"fragment",
	"truncated",
	"malformed",
	"vlan-limit",
	"ext-limit",
	"multicast",
	"martian",
	"no-device",
	"no-device-pass",
	"no-neighbour",
	"no-neighbour-pass",
	"unsupported",
	"unsupported-pass",
	"broken",
	"sent",
	"redirect-lost",
	"socket",
	"no-socket",
	"no-socket-pass",
	"vlan-limit-drop",
	"ext-limit-drop",
	"unreadable",
	"unreadable-drop",
};

static void test_names_are_stable(void **state)
{
	(void)state;
	assert_int_equal(COUNT_OF(names), PS_REASON_COUNT_OF);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_string_equal(ps_reason_name((enum ps_reason)i), names[i]);
}

static void test_no_reason(void **state)
{
	(void)state;
	assert_null(ps_reason_name(PS_REASON_COUNT_OF));
	assert_null(ps_reason_meaning(PS_REASON_COUNT_OF));
	assert_null(ps_reason_name((enum ps_reason)0xffffffff));
}

/* The meaning says what became of the packet, in the word that the name implies. */
static void test_meanings(void **state)
{
	(void)state;
	for (int i = PS_REASON_UNBOUND; i < PS_REASON_COUNT_OF; i++) {
		const char *name = ps_reason_name((enum ps_reason)i);
		const char *meaning = ps_reason_meaning((enum ps_reason)i);
		size_t length = strlen(name);

		assert_true(strspn(name, "abcdefghijklmnopqrstuvwxyz-") == length);
		assert_true(!strncmp(meaning, "passed", 6) || !strncmp(meaning, "dropped", 7) ||
			    !strncmp(meaning, "redirected", 10) || !strncmp(meaning, "sent", 4));
		if (length > 5 && !strcmp(name + length - 5, "-pass"))
			assert_true(!strncmp(meaning, "passed", 6));
		if (length > 5 && !strcmp(name + length - 5, "-drop"))
			assert_true(!strncmp(meaning, "dropped", 7));
	}
}

/* Every hook has an end for each packet that it looks up and does not find, and none has all. */
static void test_possible(void **state)
{
	(void)state;
	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_SK_LOOKUP; hook++) {
		assert_true(ps_reason_is_possible(PS_REASON_UNBOUND, hook));
		assert_true(ps_reason_is_possible(PS_REASON_BROKEN, hook));
		assert_int_equal(ps_reason_is_possible(PS_REASON_SENT, hook),
				 hook == PS_HOOK_TC_EGRESS);
		assert_int_equal(ps_reason_is_possible(PS_REASON_NO_SOCKET, hook),
				 hook == PS_HOOK_SK_LOOKUP);
		assert_int_equal(ps_reason_is_possible(PS_REASON_REDIRECT_LOST, hook),
				 hook == PS_HOOK_XDP);
		assert_int_equal(ps_reason_is_possible(PS_REASON_DROP, hook),
				 hook <= PS_HOOK_TC_INGRESS);
		assert_int_equal(ps_reason_is_possible(PS_REASON_NOT_IP, hook),
				 hook <= PS_HOOK_TC_EGRESS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_stable),
		cmocka_unit_test(test_no_reason),
		cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_possible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
