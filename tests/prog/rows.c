// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The programs, row by row: bindings, a frame, the answer. A row runs on XDP
 * and on TC ingress (or where it says), and exactly one counter moves. What
 * wins a binding is tried again beside it: other port, address, protocol and
 * family, none of which may be bound.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/reason.h"
#include "model.h"
#include "rows_ipv4.h"
#include "rows_ipv6.h"
#include "rows_match.h"
#include "table/read.h"

static struct steer steer;
static const char *bound = ""; /* what the table has now */
static unsigned int frames_run, neighbours_run;

static struct frame frame, neighbour;
static struct steer_answer answer;

/* The frame's end that @hook matches. */
static const struct frame_end *end_of(const struct frame *of, enum ps_hook hook)
{
	return hook == PS_HOOK_TC_EGRESS ? &of->src : &of->dst;
}

static void check_counters(const struct row *row, enum ps_hook hook, const struct ps_bindings *all,
			   const struct ps_counter *before)
{
	bool is_egress = hook == PS_HOOK_TC_EGRESS;

	for (int i = 0; i < (int)all->count; i++) {
		struct ps_binding binding = {};
		struct ps_counter now, want = before[i];

		assert_true(ps_table_find(&steer.instance, &all->item[i].endpoint, &binding));
		now = ps_table_counter(&steer.instance, binding.slot);
		if (i + 1 == row->winner && is_egress)
			want.tx_packets++, want.tx_bytes += frame.size;
		else if (i + 1 == row->winner)
			want.rx_packets++, want.rx_bytes += frame.size;
		if (memcmp(&now, &want, sizeof(now)))
			fail_msg("%s: binding %d counted %llu packets, %llu bytes (out: %llu, "
				 "%llu)",
				 steer_hook_name(hook), i + 1, now.rx_packets, now.rx_bytes,
				 now.tx_packets, now.tx_bytes);
	}
}

static void read_counters(const struct ps_bindings *all, struct ps_counter *counters)
{
	for (size_t i = 0; i < all->count; i++) {
		struct ps_binding binding = {};

		assert_true(ps_table_find(&steer.instance, &all->item[i].endpoint, &binding));
		counters[i] = ps_table_counter(&steer.instance, binding.slot);
	}
}

static void check_link(const struct row *row, enum ps_hook hook)
{
	char text[40];
	const __u8 *data = answer.data;

	if (!row->link) {
		assert_memory_equal(data, frame.data, frame.size);
		return;
	}
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x %02x:%02x:%02x:%02x:%02x:%02x",
		 data[0], data[1], data[2], data[3], data[4], data[5], data[6], data[7], data[8],
		 data[9], data[10], data[11]);
	if (strcmp(text, row->link))
		fail_msg("%s: link addresses are %s", steer_hook_name(hook), text);
	assert_memory_equal(data + 12, frame.data + 12, frame.size - 12);
}

static void run_row(const struct row *row, enum ps_hook hook, const struct ps_bindings *all)
{
	struct ps_counter before[64];

	assert_true(all->count <= 64);
	steer_forget_flows(&steer);
	read_counters(all, before);
	steer_run(&steer, hook, &frame, &answer);
	frames_run++;
	assert_true(ps_reason_is_possible(answer.reason, hook));
	if (answer.reason != row->reason || answer.outcome != row->outcome)
		fail_msg("%s: verdict %d, reason %s; wanted is reason %s", steer_hook_name(hook),
			 answer.verdict, ps_reason_name(answer.reason),
			 ps_reason_name(row->reason));
	assert_int_equal(answer.size, frame.size);
	check_counters(row, hook, all, before);
	check_link(row, hook);
	if (steer_flows(&steer) != row->flows)
		fail_msg("%s: %d flows, not %d", steer_hook_name(hook), steer_flows(&steer),
			 row->flows);
}

static void expect_unbound(enum ps_hook hook, const char *which)
{
	steer_run(&steer, hook, &neighbour, &answer);
	neighbours_run++;
	if (answer.reason != PS_REASON_UNBOUND || answer.outcome != STEER_PASS)
		fail_msg("%s: other %s: verdict %d, reason %s", steer_hook_name(hook), which,
			 answer.verdict, ps_reason_name(answer.reason));
}

static struct model_packet packet_of(const struct frame *of, const struct frame_end *end)
{
	struct model_packet packet = { .family = of->family, .proto = of->proto };

	frame_get(of, end, packet.addr, &packet.port);
	return packet;
}

static void try_other_port(enum ps_hook hook, const struct ps_bindings *all)
{
	struct model_packet packet;

	neighbour = frame;
	packet = packet_of(&frame, end_of(&frame, hook));
	for (int step = 1; step < 65536; step++) {
		packet.port++;
		if (model_winner(all, &packet))
			continue;
		frame_set_port(&neighbour, end_of(&neighbour, hook), packet.port);
		expect_unbound(hook, "port");
		return;
	}
}

/* The nearest address, by its last different bit, that nothing is bound to. */
static void try_other_address(enum ps_hook hook, const struct ps_bindings *all)
{
	struct model_packet packet = packet_of(&frame, end_of(&frame, hook));
	int bits = frame.family == PS_IPV4 ? 32 : 128;

	neighbour = frame;
	for (int bit = bits - 1; bit > 0; bit--) {
		struct model_packet other = packet;

		other.addr[bit / 8] ^= (__u8)(0x80 >> bit % 8);
		if (model_winner(all, &other) || other.addr[0] == 127 || other.addr[0] >= 224)
			continue;
		frame_set_addr(&neighbour, end_of(&neighbour, hook), other.addr);
		expect_unbound(hook, "address");
		return;
	}
}

static void try_other_protocol(const struct row *row, enum ps_hook hook,
			       const struct ps_bindings *all)
{
	for (enum ps_proto proto = PS_TCP; proto <= PS_SCTP; proto++) {
		struct model_packet packet;

		frame_build(row->frame, proto, &neighbour);
		packet = packet_of(&neighbour, end_of(&neighbour, hook));
		if (packet.proto != frame.proto && !model_winner(all, &packet)) {
			expect_unbound(hook, "protocol");
			return;
		}
	}
}

/* The first bytes of the address are the same, so that only the family differs. */
static void try_other_family(enum ps_hook hook, const struct ps_bindings *all)
{
	static const char *const transports[] = { "", "tcp", "udp", "sctp" };
	struct model_packet packet = packet_of(&frame, end_of(&frame, hook));
	char text[32];

	snprintf(text, sizeof(text), "ip%d %s", frame.family == PS_IPV4 ? 6 : 4,
		 transports[packet.proto]);
	frame_build(text, 0, &neighbour);
	packet.family = neighbour.family;
	frame_set_addr(&neighbour, end_of(&neighbour, hook), packet.addr);
	frame_set_port(&neighbour, end_of(&neighbour, hook), packet.port);
	if (packet.family == PS_IPV4)
		memset(packet.addr + 4, 0, 12);
	if (!model_winner(all, &packet) && packet.addr[0] && packet.addr[0] < 224)
		expect_unbound(hook, "family");
}

static void test_row(void **state)
{
	const struct row *row = *state;
	int hooks = row->hooks ? row->hooks : XDP | TC;
	struct ps_bindings all = {};

	if (strcmp(bound, row->bindings)) {
		bound = "?";
		steer_set(&steer, row->bindings);
		bound = row->bindings;
	}
	steer_parse(row->bindings, &all);
	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_TC_EGRESS; hook++) {
		if (!(hooks >> hook & 1))
			continue;
		frame_build(row->frame, 0, &frame);
		run_row(row, hook, &all);
		if (!row->winner)
			continue;
		try_other_port(hook, &all);
		try_other_address(hook, &all);
		try_other_protocol(row, hook, &all);
		try_other_family(hook, &all);
	}
	ps_bindings_done(&all);
}

static int open_all(void **state)
{
	(void)state;
	steer_enter_netns();
	steer_ip("link add ta address 02:00:00:00:0a:0a type veth peer name tb address "
		 "02:00:00:00:0b:0b\n"
		 "link set ta up\n"
		 "link set tb up\n"
		 "addr add 10.9.0.1/24 dev ta\n"
		 "addr add fd00:9::1/64 dev ta nodad\n"
		 "neigh add 10.9.0.2 lladdr 02:00:00:00:0b:0b dev ta nud permanent\n"
		 "neigh add fd00:9::2 lladdr 02:00:00:00:0b:0b dev ta nud permanent\n");
	steer_open(&steer, "rows", STEER_BINDINGS);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	steer_close(&steer);
	print_message("# %u frames and %u neighbours run\n", frames_run, neighbours_run);
	return 0;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static size_t add_rows(struct CMUnitTest *tests, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].what,
			.test_func = test_row,
			.initial_state = (void *)&rows[i],
		};
	return count;
}

int main(void)
{
	static struct CMUnitTest tests[COUNT(rows_match) + COUNT(rows_ipv4) + COUNT(rows_ipv6)];
	size_t count = 0;

	count += add_rows(tests + count, rows_match, COUNT(rows_match));
	count += add_rows(tests + count, rows_ipv4, COUNT(rows_ipv4));
	count += add_rows(tests + count, rows_ipv6, COUNT(rows_ipv6));
	return _cmocka_run_group_tests("rows", tests, count, open_all, close_all);
}
