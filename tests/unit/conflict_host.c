// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings with a host that is made up: listeners, ephemeral
 * ports, what no hook can do.
 */
#include "conflict.h"
#include "model.h"

typedef void (*finder)(struct ps_conflicts *conflicts, const struct ps_facts *facts,
		       const struct ps_bindings *bindings);

/* The rest of the table, beside what is asked about. */
static struct model model;

static void find_listeners(struct ps_conflicts *conflicts, const struct ps_facts *facts,
			   const struct ps_bindings *bindings)
{
	const struct ps_view view = { &model.image, model_find, &model };

	ps_conflicts_find_listeners(conflicts, &view, facts, bindings);
}

/* A host with 192.0.2.1, 2001:db8::1 and loopback. */
static struct ps_address addresses[] = {
	{ .family = PS_IPV4, .addr = { 127, 0, 0, 1 }, .ifindex = 1 },
	{ .family = PS_IPV4, .addr = { 192, 0, 2, 1 }, .ifindex = 2 },
	{ .family = PS_IPV6, .addr = { [15] = 1 }, .ifindex = 1 },
	{ .family = PS_IPV6, .addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, .ifindex = 2 },
};

static struct ps_facts make_facts(void)
{
	struct ps_facts facts = {
		.addresses = { addresses, COUNT_OF(addresses) },
		.ephemeral = { .first = 32768, .last = 60999 },
		.has_xdp = true,
	};

	ps_portset_add(&facts.ephemeral.ports, 32768, 60999);
	return facts;
}

/* Binds @texts (with ';' between); the last one is what is asked about. */
static void ask(struct ps_bindings *asked, const char *texts)
{
	char copy[256], *rest = copy, *text;

	snprintf(copy, sizeof(copy), "%s", texts);
	model_init(&model);
	while ((text = strsep(&rest, ";"))) {
		model_add_text(&model, text);
		asked->count = 0;
		bind_text(asked, text);
	}
}

static void answered(struct ps_bindings *asked, struct ps_conflicts *conflicts)
{
	ps_conflicts_done(conflicts);
	ps_bindings_done(asked);
	model_done(&model);
}

/* Runs @find; what it says is expected to be @message, or nothing. */
static void assert_conflict(finder find, const struct ps_facts *facts, const char *texts,
			    const char *message)
{
	struct ps_conflicts conflicts = {};
	struct ps_bindings asked = {};

	ask(&asked, texts);
	find(&conflicts, facts, &asked);
	if (conflicts.count != !!message)
		fail_msg("%s: %zu conflicts", texts, conflicts.count);
	if (message && strcmp(conflicts.item[0].text, message))
		fail_msg("%s: '%s'", texts, conflicts.item[0].text);
	answered(&asked, &conflicts);
}

/* The socket waits at @place, an endpoint without protocol; "dual" for both families. */
static struct ps_listener listener_at(const char *place)
{
	struct ps_listener listener = { .uid = 33, .pid = 71, .command = "nginx" };
	struct ps_endpoint endpoint;
	char text[64];

	snprintf(text, sizeof(text), "tcp %s", place);
	endpoint = endpoint_of(text);
	memcpy(listener.addr, endpoint.addr, sizeof(listener.addr));
	listener.family = endpoint.family;
	listener.proto = PS_TCP;
	listener.port = endpoint.port_first;
	return listener;
}

static const struct {
	const char *listener, *bindings;
	bool is_taken;
} listeners[] = {
	/* at one address */
	{ "192.0.2.1:80", "tcp 192.0.2.1:80 drop", true },
	{ "192.0.2.1:80", "tcp 192.0.2.0/24:80 drop", true },
	{ "192.0.2.1:80", "tcp any:80 drop", true },
	{ "192.0.2.1:80", "tcp any4:any drop", true },
	{ "192.0.2.1:80", "tcp any:1-100 redirect veth0", true },
	{ "192.0.2.1:80", "tcp any:81-100 drop", false },
	{ "192.0.2.1:80", "tcp any:1-79 drop", false },
	{ "192.0.2.1:80", "tcp any6:80 drop", false },
	{ "192.0.2.1:80", "tcp 192.0.2.2:80 drop", false },
	{ "192.0.2.1:80", "udp 192.0.2.1:80 drop", false },
	{ "192.0.2.1:80", "tcp 192.0.2.1:80 pass", false },
	{ "192.0.2.1:80", "tcp 192.0.2.1:80 count", false },
	{ "[2001:db8::1]:80", "tcp [2001:db8::/32]:80 drop", true },
	{ "[2001:db8::1]:80", "tcp any4:80 drop", false },
	/* at every IPv4 address */
	{ "any4:80", "tcp any4:80 drop", true },
	{ "any4:80", "tcp any:80 drop", true },
	{ "any4:80", "tcp 192.0.2.1:80 drop", true },
	{ "any4:80", "tcp 192.0.0.0/16:80 drop", true },
	{ "any4:80", "tcp 198.51.100.1:80 drop", false }, /* not of this host */
	{ "any4:80", "tcp any6:80 drop", false },
	{ "any4:80", "tcp [2001:db8::1]:80 drop", false },
	{ "any4:80", "tcp 0.0.0.0/1:80 drop", false }, /* loopback only */
	/* at every IPv6 address, IPV6_V6ONLY */
	{ "any6:80", "tcp any:80 drop", true },
	{ "any6:80", "tcp [2001:db8::1]:80 drop", true },
	{ "any6:80", "tcp any4:80 drop", false },
	{ "any6:80", "tcp 192.0.2.1:80 drop", false },
	{ "any6:80", "tcp [2001:db8::2]:80 drop", false },
	/* at every address of both */
	{ "any:80", "tcp any4:80 drop", true },
	{ "any:80", "tcp any6:80 drop", true },
	{ "any:80", "tcp 192.0.2.1:80 drop", true },
	{ "any:80", "tcp [2001:db8::1]:80 drop", true },
	{ "any:80", "tcp 198.51.100.1:80 drop", false },
	/* another binding gets its packets */
	{ "192.0.2.1:80", "tcp 192.0.2.1:80 pass;tcp any:80 drop", false },
	{ "192.0.2.1:80", "tcp any:80 pass;tcp any:any drop", false },
	{ "192.0.2.1:80", "tcp any6:80 pass;tcp any:80 drop", true },
	{ "any4:80", "tcp 192.0.2.1:80 pass;tcp any:80 drop", false },
	{ "any4:80", "tcp 192.0.2.2:80 pass;tcp any:80 drop", true },
	{ "any:80", "tcp 192.0.2.1:80 pass;tcp any:80 drop", true },
	{ "any:80", "tcp 192.0.2.1:80 pass;tcp any6:80 pass;tcp any:80 drop", false },
	/* loopback never is on a wire */
	{ "127.0.0.1:80", "tcp any:80 drop", false },
	{ "127.0.0.53:80", "tcp 127.0.0.0/8:80 drop", false },
	{ "[::1]:80", "tcp any:80 drop", false },
};

static void test_listeners(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(listeners); i++) {
		struct ps_listener listener = listener_at(listeners[i].listener);
		struct ps_facts facts = make_facts();
		struct ps_conflicts conflicts = {};
		struct ps_bindings asked = {};

		facts.listeners = (struct ps_listeners){ &listener, 1 };
		ask(&asked, listeners[i].bindings);
		find_listeners(&conflicts, &facts, &asked);
		if (conflicts.count != listeners[i].is_taken)
			fail_msg("%s beside %s: %zu conflicts", listeners[i].bindings,
				 listeners[i].listener, conflicts.count);
		answered(&asked, &conflicts);
	}
}

/* A host without addresses may get one. */
static void test_no_address(void **state)
{
	struct ps_listener listener = listener_at("any:80");
	struct ps_facts facts = make_facts();

	(void)state;
	facts.addresses.count = 1; /* loopback */
	facts.listeners = (struct ps_listeners){ &listener, 1 };
	assert_conflict(find_listeners, &facts, "tcp any4:80 drop",
			"a local socket waits at tcp any:80 (nginx, pid 71, uid 33), "
			"and 'drop' takes its packets away");
	assert_conflict(find_listeners, &facts, "tcp 192.0.2.1:80 drop", NULL);
	assert_conflict(find_listeners, &facts, "tcp 0.0.0.0/1:80 drop", NULL);
}

static void test_listener_messages(void **state)
{
	struct ps_listener listener = listener_at("any:80");
	struct ps_facts facts = make_facts();

	(void)state;
	facts.listeners = (struct ps_listeners){ &listener, 1 };
	assert_conflict(find_listeners, &facts, "tcp any:80 drop",
			"a local socket waits at tcp any:80 (nginx, pid 71, uid 33), "
			"and 'drop' takes its packets away");
	listener = listener_at("[2001:db8::1]:80");
	listener.pid = 0;
	assert_conflict(find_listeners, &facts, "tcp any:80 redirect e",
			"a local socket waits at tcp [2001:db8::1]:80 (owner unknown, uid 33), "
			"and 'redirect' takes its packets away");
	listener = listener_at("192.0.2.1:80");
	listener.ifindex = 2; /* a bound device narrows it, and hooks are at devices */
	assert_conflict(find_listeners, &facts, "tcp any:80 drop",
			"a local socket waits at tcp 192.0.2.1:80 (nginx, pid 71, uid 33), "
			"and 'drop' takes its packets away");
}

/* All of a port range, and none of the protocols and ports around it. */
static void test_several_listeners(void **state)
{
	struct ps_listener items[] = {
		listener_at("any:79"),	listener_at("any:80"), listener_at("192.0.2.1:80"),
		listener_at("any6:85"), listener_at("any:90"), listener_at("any:91"),
		listener_at("any:80"),
	};
	struct ps_facts facts = make_facts();
	struct ps_conflicts conflicts = {};
	struct ps_bindings asked = {};

	(void)state;
	items[6].proto = PS_UDP;
	facts.listeners = (struct ps_listeners){ items, COUNT_OF(items) };
	ask(&asked, "tcp any:80-90 drop");
	asked.item[0].line = 3;
	find_listeners(&conflicts, &facts, &asked);
	assert_int_equal(conflicts.count, 4);
	assert_string_equal(conflicts.item[0].with, "tcp any:80");
	assert_string_equal(conflicts.item[1].with, "tcp 192.0.2.1:80");
	assert_string_equal(conflicts.item[2].with, "tcp any6:85");
	assert_string_equal(conflicts.item[3].with, "tcp any:90");
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(conflicts.item[i].kind, PS_LISTENER);
		assert_int_equal(conflicts.item[i].severity, PS_ERROR);
		assert_int_equal(conflicts.item[i].line, 3);
	}
	answered(&asked, &conflicts);
}

#define MAY_PICK(port)                                                                      \
	"this host may pick port " port " for an outgoing connection (range 32768-60999), " \
	"whose replies would be taken; reserve it: "                                        \
	"sysctl -w net.ipv4.ip_local_reserved_ports="

static void test_ephemeral(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp any:40000 drop",
			MAY_PICK("40000") "40000");
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "udp 192.0.2.1:32000-33000 drop",
			MAY_PICK("32768") "32000-33000");
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp any6:any redirect e",
			MAY_PICK("32768") "1-65535");
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp any:32767 drop", NULL);
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp any:61000 drop", NULL);
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp any:40000 pass", NULL);
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp 198.51.100.1:40000 drop", NULL);
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp 127.0.0.0/8:40000 drop", NULL);
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp [::1]:40000 drop", NULL);
}

/* What is reserved already stays in the line, and is no conflict. */
static void test_reserved(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	ps_portset_add(&facts.ephemeral.reserved, 40000, 40009);
	ps_portset_add(&facts.ephemeral.reserved, 50000, 50000);
	ps_portset_remove(&facts.ephemeral.ports, 40000, 40009);
	ps_portset_remove(&facts.ephemeral.ports, 50000, 50000);
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp any:40000 drop", NULL);
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp any:40005-40010 drop",
			MAY_PICK("40010") "40000-40010,50000");
	for (int port = 10001; port < 20000; port += 2)
		ps_portset_add(&facts.ephemeral.reserved, (__u16)port, (__u16)port);
	assert_conflict(ps_conflicts_find_ephemeral, &facts, "tcp any:40010 drop",
			MAY_PICK("40010") "...");
}

#define NO_WIRE "packets to this network belong on no wire and are never steered"
#define MULTICAST "multicast packets are never steered"
#define NOTHING_ATTACHED "no program is attached; 'portsteer attach DEV' attaches one"
#define NEEDS_TC "'peer' needs the TC hook; 'portsteer attach DEV hook tc' attaches it"

static const struct {
	const char *binding, *message;
} unreachable[] = {
	{ "tcp any:80 drop", NULL },
	{ "tcp 127.0.0.1:80 drop", NO_WIRE },
	{ "tcp 127.1.0.0/16:80 pass", NO_WIRE },
	{ "tcp 126.0.0.0/7:80 drop", NULL }, /* half of it is reachable */
	{ "tcp 0.0.0.0:80 drop", NO_WIRE },
	{ "tcp 0.0.0.0/8:80 drop", NO_WIRE },
	{ "tcp 0.0.0.0/7:80 drop", NULL },
	{ "udp 224.0.0.251:5353 drop", MULTICAST },
	{ "udp 239.1.0.0/16:5000 drop", MULTICAST },
	{ "udp 224.0.0.0/4:5000 drop", MULTICAST },
	{ "udp 223.255.255.255:5000 drop", NULL },
	{ "udp 240.0.0.1:5000 drop", NULL },
	{ "udp 255.255.255.255:67 drop", "broadcast packets are never steered" },
	{ "udp [ff02::fb]:5353 drop", MULTICAST },
	{ "udp [ff00::/8]:5353 drop", MULTICAST },
	{ "udp [fe00::/7]:5353 drop", NULL },
	{ "tcp [::1]:80 drop", "packets to this address belong on no wire and are never steered" },
	{ "tcp [::]:80 drop", "packets to this address belong on no wire and are never steered" },
	{ "tcp [::2]:80 drop", NULL },
	{ "tcp any:80 redirect e", NULL },
	{ "tcp any:80 redirect e peer", NEEDS_TC },
};

static void test_unreachable(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(unreachable); i++)
		assert_conflict(ps_conflicts_find_unreachable, &facts, unreachable[i].binding,
				unreachable[i].message);
}

static void test_hooks(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	facts.has_xdp = false;
	assert_conflict(ps_conflicts_find_unreachable, &facts, "tcp any:80 drop", NOTHING_ATTACHED);
	assert_conflict(ps_conflicts_find_unreachable, &facts, "tcp any:80 redirect e peer",
			NOTHING_ATTACHED);
	facts.has_tc_ingress = true;
	assert_conflict(ps_conflicts_find_unreachable, &facts, "tcp any:80 drop", NULL);
	assert_conflict(ps_conflicts_find_unreachable, &facts, "tcp any:80 redirect e peer", NULL);
}

static void test_targets(void **state)
{
	static const char *const expected[] = {
		[PS_TARGET_FREE] = NULL,
		[PS_TARGET_OK] = NULL,
		[PS_TARGET_NO_DEVICE] = "interface 'e' does not exist or cannot be sent to; "
					"when it can: portsteer refresh",
		[PS_TARGET_NO_NEIGHBOUR] = "no answer from neighbour 2001:db8::2 on 'e'; "
					   "when it is up: portsteer refresh",
	};
	struct ps_binding binding = binding_of("tcp any:80 redirect e via 2001:db8::2");
	const struct ps_bindings bindings = { .item = &binding, .count = 1 };
	struct ps_facts facts = make_facts();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(expected); i++) {
		struct ps_conflicts conflicts = {};

		binding.target.state = (enum ps_target_state)i;
		ps_conflicts_find_unreachable(&conflicts, &facts, &bindings);
		assert_int_equal(conflicts.count, !!expected[i]);
		if (expected[i]) {
			assert_string_equal(conflicts.item[0].text, expected[i]);
			assert_int_equal(conflicts.item[0].kind, PS_UNREACHABLE);
			assert_int_equal(conflicts.item[0].severity, PS_WARNING);
		}
		ps_conflicts_done(&conflicts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listeners),	  cmocka_unit_test(test_no_address),
		cmocka_unit_test(test_listener_messages), cmocka_unit_test(test_several_listeners),
		cmocka_unit_test(test_ephemeral),	  cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_unreachable),	  cmocka_unit_test(test_hooks),
		cmocka_unit_test(test_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
