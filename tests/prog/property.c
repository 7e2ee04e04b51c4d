// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Random tables and packets: the programs must choose what the model in
 * tests/lib/model.c chooses. Tables come about by adding, changing and
 * removing a few bindings at a time; after each step everything must agree,
 * and who stayed must have kept its counters. SEED=N repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include "audit.h"
#include "model.h"
#include "reason.h"
#include "steer.h"
#include "table.h"

#define TABLES 40
#define STEPS 16 /* publishes to a table */
#define PACKETS 50 /* after each */
#define BINDINGS_MAX 40
#define ROOM (BINDINGS_MAX + 2) /* so little that `front` cannot seat all IPv6 */

static struct steer steer;
static struct ps_bindings table; /* the model's */
static bool is_narrow; /* all in one protocol and family, until ports are full */
static unsigned int checks, hits, publishes, refused, unseated;
static struct frame frame;
static struct steer_answer answer;

static unsigned int dice(unsigned int sides)
{
	return (unsigned int)random() % sides;
}

#define PICK(array) ((array)[dice(sizeof(array) / sizeof((array)[0]))])

static __u16 random_port(void)
{
	static const __u16 ports[] = { 1, 2, 79, 80, 81, 82, 90, 100, 1000, 65534, 65535 };

	return is_narrow ? (__u16)(79 + dice(3)) : PICK(ports);
}

static void random_ports(struct ps_endpoint *endpoint)
{
	__u16 a = random_port(), b = random_port();

	switch (dice(4)) {
	case 0:
		endpoint->port_first = 0;
		endpoint->port_last = 65535;
		break;
	case 1:
		endpoint->port_first = a < b ? a : b;
		endpoint->port_last = a < b ? b : a;
		break;
	default:
		endpoint->port_first = endpoint->port_last = a;
	}
}

/* Few addresses, that share few prefixes. */
static void random_address(enum ps_family family, __u8 addr[16])
{
	static const __u8 high[] = { 0x20, 0x21, 0x28 };
	static const __u8 low[] = { 0x00, 0x01, 0x80 };

	memset(addr, 0, 16);
	addr[0] = PICK(high);
	addr[1] = PICK(low);
	addr[family == PS_IPV4 ? 2 : 7] = PICK(low);
	addr[family == PS_IPV4 ? 3 : 8] = PICK(low);
	if (family == PS_IPV6)
		addr[15] = PICK(low);
}

static void random_endpoint(struct ps_endpoint *endpoint)
{
	static const __u8 lengths4[] = { 0, 0, 1, 8, 9, 16, 24, 25, 31, 32, 32, 32 };
	static const __u8 lengths6[] = { 0, 0, 1, 8, 63, 64, 65, 72, 127, 128, 128, 128 };

	*endpoint = (struct ps_endpoint){ .proto = is_narrow ? PS_TCP : PS_TCP + dice(2) };
	random_ports(endpoint);
	endpoint->family = is_narrow ? PS_IPV6 : dice(4) ? PS_IPV4 + dice(2) : PS_ANY;
	if (endpoint->family == PS_ANY)
		return;
	random_address(endpoint->family, endpoint->addr);
	endpoint->prefix_len = endpoint->family == PS_IPV4 ? PICK(lengths4) : PICK(lengths6);
	ps_address_mask(endpoint->addr, endpoint->prefix_len);
}

static enum ps_action random_action(void)
{
	static const enum ps_action actions[] = { PS_PASS, PS_DROP, PS_COUNT };

	return PICK(actions);
}

static struct ps_binding *find(const struct ps_bindings *in, const struct ps_endpoint *endpoint)
{
	for (size_t i = 0; i < in->count; i++)
		if (ps_endpoint_is_equal(&in->item[i].endpoint, endpoint))
			return &in->item[i];
	return NULL;
}

static bool overlaps_any(const struct ps_bindings *in, const struct ps_endpoint *endpoint)
{
	for (size_t i = 0; i < in->count; i++)
		if (model_overlaps(&in->item[i].endpoint, endpoint))
			return true;
	return false;
}

/* New bindings, and some that are there with another action. */
static void choose_added(struct ps_bindings *wanted)
{
	unsigned int room = BINDINGS_MAX - (unsigned int)table.count;

	for (unsigned int i = room ? dice(room) / 2 + 1 : 0; i; i--) {
		struct ps_binding binding = { .action = random_action() };

		random_endpoint(&binding.endpoint);
		if (table.count && !dice(4))
			binding.endpoint = table.item[dice((unsigned int)table.count)].endpoint;
		if (find(wanted, &binding.endpoint) || overlaps_any(wanted, &binding.endpoint) ||
		    overlaps_any(&table, &binding.endpoint))
			continue;
		*ps_bindings_add(wanted) = binding;
	}
}

static void add_some(void)
{
	struct ps_bindings wanted = {};
	struct ps_error error;

	choose_added(&wanted);
	publishes++;
	if (steer_add(&steer, &wanted, 1, &error)) {
		if (!strstr(error.text, "may look up"))
			fail_msg("%s", error.text);
		refused++;
		publishes--;
		wanted.count = 0;
	}
	for (size_t i = 0; i < wanted.count; i++) {
		struct ps_binding *present = find(&table, &wanted.item[i].endpoint);

		if (!present)
			present = ps_bindings_add(&table);
		present->endpoint = wanted.item[i].endpoint;
		present->action = wanted.item[i].action;
	}
	ps_bindings_done(&wanted);
}

static void remove_some(void)
{
	struct ps_bindings gone = {};
	struct ps_error error;

	for (size_t i = 0; i < table.count;) {
		if (dice(3)) {
			i++;
			continue;
		}
		*ps_bindings_add(&gone) = table.item[i];
		table.item[i] = table.item[--table.count];
	}
	publishes++;
	if (steer_remove(&steer, &gone, &error))
		fail_msg("%s", error.text);
	ps_bindings_done(&gone);
}

/* What the model says was counted, in `line`, which nothing else uses. */
static void check_counters(const char *when)
{
	for (size_t i = 0; i < table.count; i++) {
		struct ps_binding binding = {};
		char text[PS_ENDPOINT_TEXT];
		__u64 packets;

		ps_endpoint_format(&table.item[i].endpoint, text);
		if (!ps_table_find(&steer.instance, &table.item[i].endpoint, &binding))
			fail_msg("%s: %s is not in the table", when, text);
		table.item[i].slot = binding.slot;
		assert_int_equal(binding.action, table.item[i].action);
		packets = ps_table_counter(&steer.instance, binding.slot).rx_packets;
		if (packets != table.item[i].line)
			fail_msg("%s: %s counted %llu, not %u", when, text, packets,
				 table.item[i].line);
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
	if (is_narrow && dice(8))
		packet->family = PS_IPV6, packet->proto = PS_TCP;
	random_address(packet->family, packet->addr);
	packet->port = (__u16)(random_port() + spread);
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
	winner = (struct ps_binding *)model_winner(&table, &packet);
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

	for (size_t i = 0; i < table.count; i++) {
		const struct ps_endpoint *endpoint = &table.item[i].endpoint;

		unseated += endpoint->prefix_len && endpoint->port_first == endpoint->port_last &&
			    !ps_front_find(front, endpoint);
	}
}

static void test_table(void **state)
{
	(void)state;
	steer_set(&steer, "");
	table.count = 0;
	is_narrow = !dice(3);
	for (int step = 0; step < STEPS; step++) {
		if (table.count > 5 && !dice(3))
			remove_some();
		else
			add_some();
		audit(&steer.instance, "after a publish");
		count_unseated();
		check_counters("after a publish");
		for (int packet = 0; packet < PACKETS; packet++)
			check_packet(packet % 4 ? PS_HOOK_XDP : PS_HOOK_TC_INGRESS);
		check_counters("after packets");
	}
}

static int open_all(void **state)
{
	const char *seed = getenv("SEED");
	unsigned int start = seed ? (unsigned int)strtoul(seed, NULL, 0) : (unsigned int)time(NULL);

	(void)state;
	print_message("# SEED=%u\n", start);
	srandom(start);
	steer_enter_netns();
	steer_open(&steer, "property", ROOM);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	steer_close(&steer);
	ps_bindings_done(&table);
	print_message("# %u packets (%u bound) against the model, %u publishes, %u refused, "
		      "bindings that found no seat: %u\n",
		      checks, hits, publishes, refused, unseated);
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
