// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Random tables and packets: the programs must choose what the model in
 * tests/harness/model.c chooses. Tables come about by adding, changing and
 * removing a few bindings at a time; after each step everything must agree (I10 of
 * table/publish.h), and who stayed must have kept its counters (I5). SEED=N repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "audit.h"
#include "base/reason.h"
#include "model.h"
#include "random_table.h"
#include "table/front.h"
#include "table/read.h"

#define TABLES 40
#define STEPS 16 /* publishes to a table */
#define PACKETS 50 /* after each */
#define BINDINGS_MAX 40
#define ROOM (BINDINGS_MAX + 2)

static struct steer steer;
static struct random_table drawn;
static unsigned int checks, hits, unseated;
static struct frame frame;
static struct steer_answer answer;

static void draw_action(struct ps_binding *binding)
{
	static const enum ps_action actions[] = { PS_PASS, PS_DROP, PS_COUNT };

	binding->action = PICK(actions);
}

/* What the model says was counted, in `line`, which only random_table.c keeps. */
static void check_counters(const char *when)
{
	for (size_t i = 0; i < drawn.table.count; i++) {
		struct ps_binding binding = {};
		char text[PS_ENDPOINT_TEXT];
		__u64 packets;

		ps_endpoint_format(&drawn.table.item[i].endpoint, text);
		if (!ps_table_find(&steer.instance, &drawn.table.item[i].endpoint, &binding))
			fail_msg("%s: %s is not in the table", when, text);
		drawn.table.item[i].slot = binding.slot;
		assert_int_equal(binding.action, drawn.table.item[i].action);
		packets = ps_table_counter(&steer.instance, binding.slot).rx_packets;
		if (packets != drawn.table.item[i].line)
			fail_msg("%s: %s counted %llu, not %u", when, text, packets,
				 drawn.table.item[i].line);
	}
}

static void random_packet(struct model_packet *packet)
{
	static const char *const texts[][3] = {
		{ "", "ip4 tcp flags=A", "ip4 udp" },
		{ "", "ip6 tcp flags=A", "ip6 udp" },
	};
	int spread = (int)dice(3) - 1;

	*packet = (struct model_packet){ .family = PS_IPV4 + dice(2), .proto = PS_TCP + dice(2) };
	if (drawn.is_narrow && dice(8))
		packet->family = PS_IPV6, packet->proto = PS_TCP;
	random_address(packet->family, packet->addr);
	packet->port = (__u16)(random_port(&drawn) + spread);
	if (!dice(20))
		packet->addr[dice(packet->family == PS_IPV4 ? 4 : 16)] ^= (__u8)(1 << dice(5));
	frame_build(texts[packet->family - PS_IPV4][packet->proto], 0, &frame);
	frame_set_addr(&frame, &frame.dst, packet->addr);
	frame_set_port(&frame, &frame.dst, packet->port);
}

static void check_packet(enum ps_hook hook)
{
	static const enum ps_reason reasons[] = { PS_REASON_UNBOUND, PS_REASON_PASS,
						  PS_REASON_COUNT, PS_REASON_DROP };
	struct model_packet packet;
	struct ps_binding *winner;
	enum ps_action action;
	char text[PS_ENDPOINT_TEXT] = "none", address[PS_ADDRESS_TEXT];

	random_packet(&packet);
	winner = (struct ps_binding *)model_winner(&drawn.table, &packet);
	action = winner ? winner->action : PS_NONE;
	if (winner)
		ps_endpoint_format(&winner->endpoint, text);
	steer_run(&steer, hook, &frame, &answer);
	checks++;
	hits += !!winner;
	if (answer.reason != reasons[action] ||
	    answer.outcome != (action == PS_DROP ? STEER_DROP : STEER_PASS))
		fail_msg("packet to %s %s port %u: %s; the model's winner: %s",
			 ps_proto_name(packet.proto),
			 ps_address_format(packet.family, packet.addr, address), packet.port,
			 ps_reason_name(answer.reason), text);
	if (winner && ps_table_counter(&steer.instance, winner->slot).rx_packets != ++winner->line)
		fail_msg("packet to %s %s port %u: the counter of %s did not move",
			 ps_proto_name(packet.proto),
			 ps_address_format(packet.family, packet.addr, address), packet.port, text);
}

/* How many bindings of one port are in the hash alone. */
static void count_unseated(void)
{
	struct ps_front front = ps_instance_front(&steer.instance);

	for (size_t i = 0; i < drawn.table.count; i++) {
		const struct ps_endpoint *endpoint = &drawn.table.item[i].endpoint;

		unseated += endpoint->prefix_len && endpoint->port_first == endpoint->port_last &&
			    !ps_front_find(front, endpoint);
	}
}

static void test_table(void **state)
{
	(void)state;
	random_clear(&drawn);
	drawn.is_narrow = !dice(3);
	for (int step = 0; step < STEPS; step++) {
		random_change(&drawn);
		audit(&steer.instance, "after a publish");
		count_unseated();
		check_counters("after a publish");
		for (int packet = 0; packet < PACKETS; packet++)
			check_packet(packet % 4 ? PS_HOOK_XDP : PS_HOOK_TC_INGRESS);
		check_counters("after packets");
	}
}

/* Three lines of four have no free seat, so that many bindings find none. */
static void crowd_front(void)
{
	struct ps_front front = ps_instance_front(&steer.instance);

	for (__u32 i = 0; i < front.count; i++)
		for (int seat = 0; i % 4 && seat < PS_BUCKET_ENTRIES; seat++)
			front.lines[i].key[seat] = 1; /* which is no binding's */
}

static int open_all(void **state)
{
	(void)state;
	random_seed();
	steer_enter_netns();
	steer_open(&steer, "property", ROOM);
	crowd_front();
	drawn = (struct random_table){ .steer = &steer,
				       .max = BINDINGS_MAX,
				       .draw_words = draw_action };
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	steer_close(&steer);
	random_done(&drawn);
	print_message("# %u packets (%u bound) against the model, %u publishes, %u refused, "
		      "bindings that found no seat: %u\n",
		      checks, hits, drawn.publishes, drawn.refused, unseated);
	return unseated ? 0 : -1; /* else the hash was never asked */
}

int main(void)
{
	static struct CMUnitTest tests[TABLES];
	static char names[TABLES][32];

	for (int i = 0; i < TABLES; i++) {
		snprintf(names[i], sizeof(names[i]), "table %d", i + 1);
		tests[i] = (struct CMUnitTest){ .name = names[i], .test_func = test_table };
	}
	return _cmocka_run_group_tests("property", tests, TABLES, open_all, close_all);
}
