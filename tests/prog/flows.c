// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Flows whose map is made anew (doc/adr/0050): what packets make of them while programs of
 * the old map and the new one run side by side, and how both are put together. Under real
 * packets, and killed: growths.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <cmocka.h>
#include "instance/object.h"
#include "steer.h"
#include "table/flows.h"

#define SYN "ip4 src=192.0.2.9 dst=192.0.2.1 tcp dport=80 flags=S"
#define SEGMENT "ip4 src=192.0.2.9 dst=192.0.2.1 tcp dport=80 flags=A"

static struct steer steer;
static int former_fd = -1; /* the map that `flows` of the instance replaces */

/* A packet from @port. */
static void send(const char *text, int port)
{
	static struct steer_answer answer;
	static struct frame frame;

	frame_build(text, 0, &frame);
	frame_set_port(&frame, &frame.src, (__u16)port);
	steer_run(&steer, PS_HOOK_XDP, &frame, &answer);
	assert_int_equal(answer.reason, PS_REASON_COUNT);
}

static struct ps_flow_key key_of(int port)
{
	struct ps_flow_key key = { .saddr = { 192, 0, 2, 9 },
				   .daddr = { 192, 0, 2, 1 },
				   .sport = (__u16)port,
				   .dport = 80,
				   .family = PS_IPV4,
				   .proto = PS_TCP };
	struct ps_bindings bindings = {};

	steer_read(&steer, &bindings);
	assert_int_equal(bindings.count, 1);
	key.slot = bindings.item[0].slot;
	ps_bindings_done(&bindings);
	return key;
}

static bool find(int fd, int port, struct ps_flow *ret)
{
	struct ps_flow_key key = key_of(port);

	return !bpf_map_lookup_elem(fd, &key, ret);
}

static bool find_now(int port, struct ps_flow *ret)
{
	return find(steer.instance.map_fd[PS_MAP_FLOWS], port, ret);
}

/* What programs of the old map made there, and counted as made. */
static void put_former(int port, __u64 packets, __u64 first_ns)
{
	struct ps_flow flow = { packets, 100 * packets, first_ns, 1000 };
	struct ps_flow_key key = key_of(port);

	assert_int_equal(bpf_map_update_elem(former_fd, &key, &flow, BPF_NOEXIST), 0);
	steer.instance.flow_state->made++;
}

static void join(enum ps_flows_step step)
{
	struct ps_error error;

	if (ps_object_join_flows(&steer.instance, former_fd, step, &error))
		fail_msg("%s: %s", error.text, ps_object_log());
}

static void set_moving(__u32 is_moving)
{
	steer.instance.flow_state->is_moving = is_moving;
}

static void check_fill(__u64 present, __u64 evicted)
{
	struct ps_flows_fill fill;
	struct ps_error error;

	assert_int_equal(ps_flows_read_fill(&steer.instance, &fill, &error), 0);
	assert_int_equal(fill.present, present);
	assert_int_equal(fill.evicted, evicted);
}

static void check_listed(size_t count)
{
	struct ps_error error;
	struct ps_flows flows;

	assert_int_equal(ps_flows_read(&steer.instance, &flows, &error), 0);
	assert_int_equal(flows.count, count);
	ps_flows_done(&flows);
}

static void check(int port, __u64 packets, __u64 first_ns)
{
	struct ps_flow flow;

	assert_true(find_now(port, &flow));
	assert_int_equal(flow.packets, packets);
	if (first_ns)
		assert_int_equal(flow.first_ns, first_ns);
	assert_true(flow.first_ns);
}

static int begin(void **state)
{
	LIBBPF_OPTS(bpf_map_create_opts, options);

	(void)state;
	steer_set(&steer, "tcp any:80 count");
	memset(steer.instance.flow_state, 0, sizeof(*steer.instance.flow_state));
	former_fd = bpf_map_create(BPF_MAP_TYPE_LRU_HASH, "flows", sizeof(struct ps_flow_key),
				   sizeof(struct ps_flow), 1024, &options);
	return former_fd < 0 ? -1 : 0;
}

static int end(void **state)
{
	(void)state;
	close(former_fd);
	steer_forget_flows(&steer);
	return 0;
}

static void test_unmoved(void **state)
{
	struct ps_flow flow;

	(void)state;
	send(SEGMENT, 1);
	assert_false(find_now(1, &flow));
	send(SYN, 1);
	send(SEGMENT, 1);
	check(1, 2, 0);
	check_fill(1, 0);
}

/* Nobody knows whether the other map has it: it is counted, and not listed yet. */
static void test_unopened(void **state)
{
	struct ps_flow flow;

	(void)state;
	set_moving(1);
	send(SEGMENT, 2);
	send(SEGMENT, 2);
	assert_true(find_now(2, &flow));
	assert_int_equal(flow.packets, 2);
	assert_int_equal(flow.first_ns, 0);
	check_listed(0);
	send(SEGMENT, 3);
	send(SYN, 3); /* the same ports, opened after all */
	check(3, 2, 0);
	check_listed(1);
	set_moving(0);
	join(PS_FLOWS_SWEEP);
	assert_false(find_now(2, &flow));
	check_fill(1, 0);
	send(SEGMENT, 2);
	assert_false(find_now(2, &flow));
}

/* Where the first packet was seen, and where the others. */
static void test_joined(void **state)
{
	struct ps_flow flow;

	(void)state;
	set_moving(1);
	put_former(4, 5, 77); /* there alone */
	put_former(5, 7, 78);
	send(SEGMENT, 5); /* first there, then here */
	send(SEGMENT, 5);
	put_former(6, 3, 0);
	send(SYN, 6); /* first here, then there */
	put_former(7, 3, 0);
	send(SEGMENT, 7); /* on its way since before it was bound */
	put_former(8, 1, 0); /* the same, there alone */
	for (int times = 0; times < 2; times++) { /* the second one finds nothing to do */
		join(PS_FLOWS_CARRY);
		check(4, 5, 77);
		check(5, 9, 78);
		check(6, 4, 0);
		check_listed(3);
	}
	assert_false(find(former_fd, 4, &flow));
	assert_false(find_now(8, &flow));
	send(SEGMENT, 4);
	check(4, 6, 77);
	set_moving(0);
	join(PS_FLOWS_SWEEP);
	assert_false(find_now(7, &flow));
	check_fill(3, 0);
}

/* Some were evicted from the old map, and one is forgotten with its binding. */
static void test_evicted(void **state)
{
	struct ps_instance *instance = &steer.instance;
	struct ps_error error;

	(void)state;
	send(SYN, 9);
	send(SYN, 10);
	instance->flow_state->made += 40;
	check_fill(2, 40);
	assert_int_equal(ps_flows_take_stock(instance, &error), 0);
	assert_int_equal(instance->flow_state->evicted, 40);
	assert_int_equal(ps_flows_room_wanted(instance), PS_FLOWS_FIRST);
	instance->flow_state->made += PS_FLOWS_FIRST - PS_FLOWS_FIRST / 8;
	assert_int_equal(ps_flows_room_wanted(instance), 4 * PS_FLOWS_FIRST);
	memset(instance->flow_state, 0, sizeof(*instance->flow_state));
	assert_int_equal(ps_flows_take_stock(instance, &error), 0); /* made by whom did not count */
	check_fill(2, 0);
	steer_set(&steer, "");
	check_fill(0, 0);
}

static int open_all(void **state)
{
	(void)state;
	steer_enter_netns();
	steer_open(&steer, "flows", STEER_BINDINGS);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	steer_close(&steer);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_unmoved, begin, end),
		cmocka_unit_test_setup_teardown(test_unopened, begin, end),
		cmocka_unit_test_setup_teardown(test_joined, begin, end),
		cmocka_unit_test_setup_teardown(test_evicted, begin, end),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
