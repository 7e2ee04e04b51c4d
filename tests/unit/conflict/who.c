// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who gets a packet, and who else has its port.
 */
#include "conflict/who.h"
#include "host.h"

static struct ps_attachment eth0 = { .info.hook = PS_HOOK_XDP, .now = "eth0", .index = 2 };
static struct ps_device devices[] = {
	{ .ifindex = 1, .name = "lo", .is_up = true },
	{ .ifindex = 2, .name = "eth0", .is_up = true },
	{ .ifindex = 3, .name = "eth1" },
};

/* A host, what is bound there, and what is said of it. */
struct place {
	struct ps_facts facts;
	struct ps_who_known known;
	struct ps_listener listener[8];
	struct ps_nat_rule rule;
};

static const struct ps_socket sockets[] = { { .inode = 9 } };

static void init(struct place *place)
{
	*place = (struct place){ .facts = make_facts() };
	place->facts.has_xdp = false;
	place->facts.devices = (struct ps_devices){ .item = devices, .count = COUNT_OF(devices) };
	place->facts.ephemeral.unprivileged = 1024;
	place->facts.listeners.item = place->listener;
	place->facts.listeners.sees_machine = true;
}

static void attach(struct place *place)
{
	place->facts.attachments = (struct ps_attachments){ .item = &eth0, .count = 1 };
	place->facts.has_xdp = true;
}

/* In the order of precedence, as they are read. */
static void bind_all(struct place *place, const char *texts)
{
	char copy[256], *rest = copy, *text;

	snprintf(copy, sizeof(copy), "%s", texts);
	while ((text = strsep(&rest, ";"))) {
		struct ps_bindings one = {};

		bind_text(&one, text);
		*ps_bindings_add(&place->known.bindings) = one.item[0];
		ps_bindings_done(&one);
	}
}

static struct ps_listener *listen_at(struct place *place, const char *text)
{
	struct ps_endpoint endpoint = endpoint_of(text);
	struct ps_listener *listener = &place->listener[place->facts.listeners.count++];

	*listener = (struct ps_listener){
		.family = endpoint.family,
		.proto = endpoint.proto,
		.port = endpoint.port_first,
		.user = "root",
		.socket = sockets,
		.socket_count = 1,
	};
	memcpy(listener->addr, endpoint.addr, sizeof(listener->addr));
	return listener;
}

static void send_on(struct place *place, const char *device)
{
	place->rule = (struct ps_nat_rule){ .where = "table ip nat", .to = "10.0.0.9:80" };
	place->rule.match = (struct ps_nat_match){ .family = PS_IPV4, .port_last = 65535 };
	memset(place->rule.match.last, 0xff, sizeof(place->rule.match.last));
	snprintf(place->rule.match.device, sizeof(place->rule.match.device), "%s", device);
	place->facts.nat = (struct ps_nat_rules){ .item = &place->rule, .count = 1 };
}

/* "all binding tcp any:80;none listener tcp any4:80", up to the kind of port. */
static void ask_who(struct place *place, const char *text, char *ret, size_t size)
{
	struct ps_who_question question = { .endpoint = endpoint_of(text) };
	struct ps_who_rows rows = {};
	size_t length = 0;

	*ret = '\0';
	ps_who_find(&rows, &question, &place->facts, &place->known);
	for (size_t i = 0; i < rows.count && rows.item[i].what != PS_WHO_RANGE; i++) {
		char endpoint[PS_ENDPOINT_TEXT];

		length += (size_t)snprintf(ret + length, size - length, "%s%s%s%s %s", i ? ";" : "",
					   ps_who_gets_name(rows.item[i].gets),
					   *ps_who_gets_name(rows.item[i].gets) ? " " : "",
					   ps_who_what_name(&rows.item[i]),
					   ps_who_place(&rows.item[i], &question, endpoint));
	}
	ps_who_rows_done(&rows);
}

static void assert_who(struct place *place, const char *question, const char *answer)
{
	char text[1024];

	ask_who(place, question, text, sizeof(text));
	assert_string_equal(text, answer);
}

static void done(struct place *place)
{
	ps_bindings_done(&place->known.bindings);
}

static void test_nobody(void **state)
{
	struct place place;

	(void)state;
	init(&place);
	assert_who(&place, "tcp any:80", "all refused tcp any:80");
	assert_who(&place, "tcp 192.0.2.1:80", "all refused tcp 192.0.2.1:80");
	assert_who(&place, "tcp 198.51.100.1:80", "all route tcp 198.51.100.1:80");
	assert_who(&place, "tcp 127.0.0.1:80", "all refused tcp 127.0.0.1:80");
}

/* Address, device, family: who comes first gets what the others do not. */
static void test_sockets(void **state)
{
	struct place place;

	(void)state;
	init(&place);
	listen_at(&place, "tcp any:80");
	assert_who(&place, "tcp any:80", "all listener tcp any:80");
	assert_who(&place, "tcp any4:80", "all listener tcp any:80");
	listen_at(&place, "tcp any4:80");
	assert_who(&place, "tcp any:80", "some listener tcp any4:80;some listener tcp any:80");
	assert_who(&place, "tcp 192.0.2.1:80", "all listener tcp any4:80;none listener tcp any:80");
	listen_at(&place, "tcp 192.0.2.1:80");
	assert_who(&place, "tcp 192.0.2.1:80",
		   "all listener tcp 192.0.2.1:80;none listener tcp any4:80;none listener tcp "
		   "any:80");
	listen_at(&place, "tcp any4:80")->ifindex = 2;
	assert_who(&place, "tcp 192.0.2.9:80",
		   "all route tcp 192.0.2.9:80;none listener tcp any4:80;none listener tcp "
		   "any4:80;none listener tcp any:80");
	place.facts.listeners.count = 2;
	listen_at(&place, "tcp any4:80")->ifindex = 2;
	assert_who(&place, "tcp 192.0.2.1:80",
		   "some listener tcp any4:80;some listener tcp any4:80;none listener tcp any:80");
	listen_at(&place, "tcp any4:81");
	listen_at(&place, "udp any4:80");
	assert_who(&place, "udp any:80", "some listener udp any4:80;some refused udp any:80");
}

static void test_loopback(void **state)
{
	struct place place;

	(void)state;
	init(&place);
	attach(&place);
	listen_at(&place, "tcp 127.0.0.1:80");
	bind_all(&place, "tcp any:80 drop");
	assert_who(&place, "tcp any:80", "all binding tcp any:80;none listener tcp 127.0.0.1:80");
	assert_who(&place, "tcp 127.0.0.1:80",
		   "all listener tcp 127.0.0.1:80;none binding tcp any:80");
	done(&place);
}

/* A binding gets nothing before something is attached, and some of it where not all is. */
static void test_bindings(void **state)
{
	struct place place;

	(void)state;
	init(&place);
	listen_at(&place, "tcp any4:80");
	bind_all(&place, "tcp 192.0.2.1:80 drop;tcp any:80 pass");
	assert_who(
		&place, "tcp 192.0.2.1:80",
		"all listener tcp any4:80;none binding tcp 192.0.2.1:80;none binding tcp any:80");
	attach(&place);
	assert_who(&place, "tcp 192.0.2.1:80",
		   "all binding tcp 192.0.2.1:80;none listener tcp any4:80;passes binding tcp "
		   "any:80");
	assert_who(&place, "tcp any:80",
		   "some binding tcp 192.0.2.1:80;some refused tcp any:80;none listener tcp "
		   "any4:80;passes binding tcp any:80");
	devices[2].is_up = true;
	assert_who(&place, "tcp 192.0.2.1:80",
		   "some binding tcp 192.0.2.1:80;some listener tcp any4:80;passes binding tcp "
		   "any:80");
	devices[2].is_up = false;
	done(&place);
}

/* What is handed to sockets is asked behind rules of NAT, and needs its own hook. */
static void test_ways(void **state)
{
	struct place place;

	(void)state;
	init(&place);
	attach(&place);
	listen_at(&place, "tcp any4:80");
	bind_all(&place, "tcp any:80 socket web");
	assert_who(&place, "tcp 192.0.2.1:80", "all listener tcp any4:80;none binding tcp any:80");
	place.facts.has_netns = true;
	assert_who(&place, "tcp 192.0.2.1:80", "all binding tcp any:80;none listener tcp any4:80");
	send_on(&place, "");
	assert_who(&place, "tcp 192.0.2.1:80",
		   "all dnat tcp any4:any;none listener tcp any4:80;none binding tcp any:80");
	send_on(&place, "eth1");
	assert_who(&place, "tcp 192.0.2.1:80", "all binding tcp any:80;none listener tcp any4:80");
	send_on(&place, "eth0");
	assert_who(&place, "tcp 192.0.2.1:80",
		   "some binding tcp any:80;some dnat tcp any4:any;none listener tcp any4:80");
	place.rule.match.is_partial = true;
	assert_who(&place, "tcp 192.0.2.1:80",
		   "all binding tcp any:80;perhaps dnat tcp any4:any;none listener tcp any4:80");
	place.known.bindings.item[0].action = PS_DROP;
	assert_who(&place, "tcp 192.0.2.1:80", "all binding tcp any:80;none listener tcp any4:80");
	done(&place);
}

static void test_rest(void **state)
{
	struct place place;

	(void)state;
	init(&place);
	place.facts.guard = PS_GUARD_ON;
	bind_all(&place, "tcp any:40000 pass owner user:a");
	assert_who(&place, "tcp any:40000",
		   "all refused tcp any:40000;none binding tcp any:40000;guard tcp any:40000;"
		   "ephemeral tcp any:40000");
	ps_portset_remove(&place.facts.ephemeral.ports, 40000, 40000);
	ps_portset_add(&place.facts.ephemeral.reserved, 40000, 40000);
	assert_who(&place, "tcp any:40000",
		   "all refused tcp any:40000;none binding tcp any:40000;guard tcp any:40000;"
		   "reserved tcp any:40000");
	done(&place);
}

static void test_ranges(void **state)
{
	(void)state;
	assert_string_equal(ps_who_range(1023), "well-known (0-1023)");
	assert_string_equal(ps_who_range(1024), "registered (1024-49151)");
	assert_string_equal(ps_who_range(49151), "registered (1024-49151)");
	assert_string_equal(ps_who_range(49152), "dynamic (49152-65535)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody),	 cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_loopback), cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_ways),	 cmocka_unit_test(test_rest),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
