// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * CPUs that came after the maps were made: what they count is in other places,
 * and nothing of it is lost. Here no CPU has a row.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "instance/object.h"
#include "pins/counts.h"
#include "steer.h"
#include "table/read.h"

#define PACKETS 10

static struct steer steer;

/* Loads the programs anew, for machines without CPUs. */
static int setup(void **state)
{
	struct ps_error error;

	(void)state;
	steer_enter_netns();
	steer_open(&steer, "late", 1000);
	steer.instance.meta->cpu_rows = 0;
	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_TC_EGRESS; hook++) {
		close(steer.program_fd[hook]);
		if (ps_object_load_hook(&steer.instance, hook, hook, &steer.program_fd[hook],
					&error))
			fail_msg("%s", error.text);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	steer_close(&steer);
	return 0;
}

static struct ps_counter counter_of(const char *endpoint)
{
	struct ps_instance *instance = &steer.instance;
	char text[128];
	struct ps_bindings wanted = {};
	struct ps_binding binding;
	struct ps_error error;

	snprintf(text, sizeof(text), "%s drop", endpoint);
	steer_parse(text, &wanted);
	assert_true(ps_table_find(instance, &wanted.item[0].endpoint, &binding));
	ps_bindings_done(&wanted);
	free(instance->late_counts);
	instance->late_counts = NULL;
	assert_int_equal(ps_counts_read_late(instance, &instance->late_counts, &error), 0);
	return ps_table_counter(instance, binding.slot);
}

static void send(enum ps_hook hook, const char *text, enum ps_reason reason)
{
	__u64 before[PS_REASONS_MAX], after[PS_REASONS_MAX];
	struct steer_answer answer;
	struct frame frame;

	frame_build(text, PS_NO_PROTO, &frame);
	steer_reasons(&steer, hook, before);
	assert_int_equal(steer_run_raw(&steer, hook, &frame, PACKETS, &answer), 0);
	steer_reasons(&steer, hook, after);
	assert_int_equal(after[reason] - before[reason], PACKETS);
}

/* Both are in one element of `late`. Who takes over a slot begins with zero, its neighbour goes on.
 */
static void test_counted(void **state)
{
	(void)state;
	steer_set(&steer, "tcp any4:80 drop; tcp any4:81 drop");
	assert_false(ps_counts_has_late(&steer.instance));
	send(PS_HOOK_XDP, "ip4 tcp dport=80", PS_REASON_DROP);
	send(PS_HOOK_TC_INGRESS, "ip4 tcp dport=80", PS_REASON_DROP);
	send(PS_HOOK_XDP, "ip4 tcp dport=81", PS_REASON_DROP);
	send(PS_HOOK_TC_EGRESS, "ip4 tcp sport=81 dport=9", PS_REASON_SENT);
	assert_int_equal(counter_of("tcp any4:80").rx_packets, 2 * PACKETS);
	assert_int_equal(counter_of("tcp any4:81").rx_packets, PACKETS);
	assert_int_equal(counter_of("tcp any4:81").tx_packets, PACKETS);
	assert_true(counter_of("tcp any4:81").tx_bytes >= PACKETS * 54);

	steer_set(&steer, "tcp any4:80 drop");
	steer_set(&steer, "tcp any4:80 drop; tcp any4:82 drop");
	assert_int_equal(counter_of("tcp any4:80").rx_packets, 2 * PACKETS);
	assert_int_equal(counter_of("tcp any4:82").rx_packets, 0);
	assert_int_equal(counter_of("tcp any4:82").tx_packets, 0);
}

/* In the row that these CPUs share. */
static void test_reasons(void **state)
{
	struct ps_instance *mine = &steer.instance;
	__u64 row = mine->reasons[ps_reasons_index(PS_REASONS_OTHERS, PS_HOOK_XDP)]
			    .count[PS_REASON_DROP];

	(void)state;
	assert_int_equal(row, 2 * PACKETS);
	ps_reasons_clear(mine, PS_HOOK_XDP);
	assert_int_equal(ps_reasons_sum(mine, PS_HOOK_XDP, PS_REASON_DROP), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
