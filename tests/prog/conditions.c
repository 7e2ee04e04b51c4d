// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings with conditions that the programs of this build do not know: they are
 * not carried out as if there were none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "steer.h"

static struct steer steer;

static int setup(void **state)
{
	(void)state;
	steer_enter_netns();
	steer_open(&steer, "conditions", 1000);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	steer_close(&steer);
	return 0;
}

/* Binds with the flag that there are conditions, at port 80 of 192.0.2.1. */
static void bind_with(const char *text, __u8 flag)
{
	struct ps_bindings wanted = {};
	struct ps_error error;
	char line[128];

	steer_set(&steer, "");
	snprintf(line, sizeof(line), "%s", text);
	steer_parse(line, &wanted);
	wanted.item[0].flags |= flag;
	if (steer_add(&steer, &wanted, PS_REFUSE, &error))
		fail_msg("%s: %s", text, error.text);
	ps_bindings_done(&wanted);
}

static void must_be(enum steer_outcome outcome, enum ps_reason reason)
{
	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_TC_INGRESS; hook++) {
		struct steer_answer answer;
		struct frame frame;

		frame_build("ip4 dst=192.0.2.1 tcp dport=80", PS_NO_PROTO, &frame);
		steer_run(&steer, hook, &frame, &answer);
		assert_int_equal(answer.reason, reason);
		assert_int_equal(answer.outcome, outcome);
	}
}

/* Found in the directory, in a seat, by a walk, and in the hash. */
static void test_not_carried_out(void **state)
{
	static const char *const bindings[] = {
		"tcp any4:80",
		"tcp 192.0.2.1:80",
		"tcp 192.0.2.0/24:80",
		"tcp 192.0.2.1:80-90",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bindings) / sizeof(*bindings); i++) {
		char text[128];

		for (__u8 flag = PS_ACT_ARGUMENT; flag < PS_FLAGS_ALL; flag <<= 1) {
			snprintf(text, sizeof(text), "%s pass", bindings[i]);
			bind_with(text, flag);
			must_be(STEER_DROP, PS_REASON_UNSUPPORTED);
			bind_with(text, flag | PS_ON_MISSING_PASS);
			must_be(STEER_PASS, PS_REASON_UNSUPPORTED_PASS);
		}
		bind_with(text, 0);
		must_be(STEER_PASS, PS_REASON_PASS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_carried_out),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
