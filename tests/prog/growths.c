// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Tables and flows that grow under packets from two CPUs, at two interfaces: each packet is
 * judged once, counted once for its binding, and once for its flow, wherever it is seen
 * (doc/adr/0041, 0050). Then the same with the growing command killed at its system calls.
 *
 * LONG: more than 1000 growths of 50 instances, and 120 kills; GROWTHS=N, INSTANCES=N, KILLS=N.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "before_after.h"
#include "instance/open.h"
#include "part.h"
#include "pins/counts.h"
#include "stream.h"
#include "table/flows.h"
#include "table/read.h"
#include "tool.h"
#include "tracee.h"

#define STEP 64 /* bindings */
#define FLOWS 2048 /* room at first */
#define FULL 1800 /* makes it grow, and none has given way */
#define ATTACH "attach eth0;attach eth2"
#define BIND "-q bind tcp any:80 count;-q bind udp any:1001-1002 count"

static char directory[] = "/tmp/portsteer-growths-XXXXXX";
static unsigned int growths, instances, kills;
static __u64 packets;

static unsigned int count_of(const char *name, unsigned int usual, unsigned int full)
{
	const char *text = getenv(name);

	return text ? (unsigned int)atoi(text) : getenv("LONG") ? full : usual;
}

/* What is more than there is room for. */
static void write_batch(unsigned int number)
{
	FILE *file = fopen("batch", "we");

	assert_non_null(file);
	for (unsigned int i = 0; i < STEP; i++)
		fprintf(file, "tcp 10.%u.%u.1:80 drop\n", number, i);
	assert_int_equal(fclose(file), 0);
}

static void open_instance(struct ps_instance *ret)
{
	const struct ps_instance_options options = {
		.name = TOOL_INSTANCE,
		.access = PS_READ,
		.wait_seconds = 10,
		.reads = 1U << PS_MAP_BINDINGS | 1U << PS_MAP_TARGETS | 1U << PS_MAP_REASONS |
			 1U << PS_MAP_HOOKS | PS_COUNTS_READS | PS_FLOWS_READS,
	};
	struct ps_error error;

	if (ps_instance_open(&options, ret, &error))
		fail_msg("%s", error.text);
}

static __u64 find_flow(const struct ps_flows *flows, __u16 port)
{
	for (size_t i = 0; i < flows->count; i++)
		if (flows->item[i].key.proto == PS_TCP && flows->item[i].key.sport == port)
			return flows->item[i].flow.packets;
	return 0;
}

static void check_flows(const struct ps_instance *instance, const char *when)
{
	struct ps_error error;
	struct ps_flows flows;

	assert_int_equal(ps_flows_read(instance, &flows, &error), 0);
	for (unsigned int i = 0; i < stream_flows(); i++) {
		__u16 port;
		__u64 sent = stream_sent(i, &port), seen = find_flow(&flows, port);

		if (seen != sent)
			fail_msg("%s: %llu packets of flow %u, not %llu", when,
				 (unsigned long long)seen, i, (unsigned long long)sent);
	}
	assert_int_equal(flows.count, stream_flows() + STREAMS);
	assert_int_equal(flows.fill.present, flows.count);
	assert_int_equal(flows.fill.evicted, 0);
	ps_flows_done(&flows);
}

static void check_counts(const struct ps_instance *instance, const char *when)
{
	__u64 segments = stream_segments(), datagrams = stream_datagrams(0) + stream_datagrams(1);
	__u64 reasons = 0;
	struct ps_bindings bindings = {};
	struct ps_error error;

	assert_int_equal(ps_table_read(instance, &bindings, &error), 0);
	for (size_t i = 0; i < bindings.count; i++) {
		__u64 counted = ps_counts_sum(instance, PS_RX, bindings.item[i].slot).packets;
		__u64 sent = bindings.item[i].action != PS_COUNT	 ? 0
			     : bindings.item[i].endpoint.proto == PS_TCP ? segments
									 : datagrams;

		if (counted != sent)
			fail_msg("%s: %llu packets of a binding (%d), not %llu", when,
				 (unsigned long long)counted, bindings.item[i].endpoint.proto,
				 (unsigned long long)sent);
	}
	for (__u32 hook = 0; hook < PS_HOOKS_MAX; hook++)
		if (instance->hooks[hook].hook == PS_HOOK_XDP)
			reasons += ps_reasons_sum(instance, hook, PS_REASON_COUNT);
	assert_int_equal(reasons, segments + datagrams);
	ps_bindings_done(&bindings);
}

static void check_all(const char *when, __u32 ret_growths_and_room[2])
{
	struct ps_instance instance;

	open_instance(&instance);
	if (ps_counts_read_late(&instance, &instance.late_counts, &(struct ps_error){}))
		fail_msg("%s: no counts", when);
	check_counts(&instance, when);
	check_flows(&instance, when);
	ret_growths_and_room[0] = instance.meta->growth;
	ret_growths_and_room[1] = instance.meta->flow_room;
	ps_instance_close(&instance);
	packets += stream_segments() + stream_datagrams(0) + stream_datagrams(1);
}

static void begin(void)
{
	stream_reset();
	before_run(ATTACH ";" BIND, 0);
	instances++;
}

/* At half of the times flows have no room either, and grow by themselves before the table. */
static void grow_instance(unsigned int times)
{
	__u32 done[2];

	begin();
	stream_start();
	for (unsigned int i = 0; i < times; i++) {
		stream_await(i < times / 2 ? 100 : FULL + i);
		write_batch(i);
		tool_expect(0, "-q bind --batch batch");
	}
	stream_stop();
	check_all("grown", done);
	assert_int_equal(done[0], times + 1);
	assert_int_equal(done[1], 4 * FLOWS);
	growths += done[0];
	after_clear("grown");
}

static void test_grows(void **state)
{
	unsigned int wanted = count_of("INSTANCES", 2, 50);

	(void)state;
	for (unsigned int i = 0; i < wanted; i++)
		grow_instance(count_of("GROWTHS", 3, 20));
}

/* With packets at many of the stops. Returns how many there were. */
static int kill_at(const char *command, int stop, char *when, size_t size)
{
	struct tracee tracee;
	int stops = 0;

	tracee_start(command, &tracee);
	while (tracee_advance(&tracee)) {
		if (stops % 8 == stop % 8) /* also where it is killed */
			stream_step(stops % 16 == stop % 16);
		if (stops++ != stop)
			continue;
		snprintf(when, size, "%s killed at stop %d (%s %s)", command, stop,
			 tracee.is_inside ? "before" : "after", tracee.call);
		tracee_kill(&tracee);
		kills++;
		return stops;
	}
	return stops;
}

static void test_kill(const char *command, int stop, int *ret_stops)
{
	char when[256] = "not killed";
	__u32 done[2];

	begin();
	stream_step(FULL);
	write_batch(0);
	*ret_stops = kill_at(command, stop, when, sizeof(when));
	stream_step(1);
	before_run("refresh", 0);
	before_run(command, 0);
	stream_step(1);
	check_all(when, done);
	assert_int_equal(done[0], !strcmp(command, "refresh") ? 1 : 2);
	assert_int_equal(done[1], 4 * FLOWS);
	after_check_whole(when);
	after_clear(when);
}

static void test_killed(void **state)
{
	const char *command = *state;
	int stops, wanted, ignored;

	test_kill(command, -1, &stops);
	wanted = (int)count_of("KILLS", 1, 60);
	for (int i = 0; i < wanted; i++)
		test_kill(command,
			  (int)(((long)i * stops + random() % stops * (wanted < stops)) / wanted),
			  &ignored);
	print_message("# %s: killed at %d of %d stops\n", command, wanted, stops);
}

static int open_all(void **state)
{
	char room[16];

	(void)state;
	srandom(part_seed());
	print_message("# SEED=%u\n", part_seed());
	snprintf(room, sizeof(room), "%d", FLOWS);
	tool_enter();
	stream_open();
	if (!mkdtemp(directory) || chdir(directory) || setenv("PORTSTEER_STEP", "64", 1) ||
	    setenv("PORTSTEER_FLOWS", room, 1))
		return -1;
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	stream_close();
	unlink("batch");
	rmdir(directory);
	print_message("# %u growths under packets, and %u kills, of %u instances; "
		      "%llu packets\n",
		      growths, kills, instances, (unsigned long long)packets);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test_prestate(test_killed, (void *)"refresh"),
		cmocka_unit_test_prestate(test_killed, (void *)"-q bind --batch batch"),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
