// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings that take packets from local sockets: from which, and what is said.
 */
#include "host.h"

static void find_listeners(struct ps_conflicts *conflicts, const struct ps_view *view,
			   struct ps_facts *facts, const struct ps_bindings *bindings)
{
	ps_conflicts_find_listeners(conflicts, view, facts, bindings);
	ps_conflicts_say_listeners(conflicts);
}

static const struct ps_socket sockets[] = {
	{ .inode = 9, .peer_port = 53, .peer_addr = { 198, 51, 100, 9 } },
	{ .inode = 10, .peer_port = 54, .peer_addr = { 198, 51, 100, 9 } },
};

/* One socket of nginx waits at @place, an endpoint without protocol. */
static struct ps_listener listener_at(const char *place)
{
	static struct ps_listener_process nginx = { .pid = 71,
						    .command = "nginx",
						    .user = "www-data" };
	struct ps_listener listener = {
		.uid = 0,
		.user = "root",
		.socket = sockets,
		.socket_count = 1,
		.process = &nginx,
		.process_count = 1,
	};
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
	/* no hook steers multicast and broadcast */
	{ "224.0.0.251:5353", "tcp any:5353 drop", false },
	{ "255.255.255.255:67", "tcp any:67 drop", false },
	{ "[ff02::fb]:5353", "tcp any:5353 drop", false },
	/* loopback never is on a wire */
	{ "127.0.0.1:80", "tcp any:80 drop", false },
	{ "127.0.0.53:80", "tcp 127.0.0.0/8:80 drop owner user:root", false },
	{ "[::1]:80", "tcp any:80 drop", false },
};

static void test_listeners(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(listeners); i++) {
		struct ps_listener listener = listener_at(listeners[i].listener);
		const struct ps_view view = { &model.image, model_find, &model };
		struct ps_facts facts = make_facts();
		struct ps_conflicts conflicts = {};
		struct ps_bindings asked = {};

		facts.listeners = (struct ps_listeners){ .item = &listener, .count = 1 };
		ask(&asked, listeners[i].bindings);
		find_listeners(&conflicts, &view, &facts, &asked);
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
	facts.listeners = (struct ps_listeners){ .item = &listener, .count = 1 };
	assert_conflict(find_listeners, &facts, "tcp any4:80 drop",
			"a local socket listens on tcp any:80 (nginx, pid 71, user root); "
			"this binding drops its traffic");
	assert_conflict(find_listeners, &facts, "tcp 192.0.2.1:80 drop", NULL);
	assert_conflict(find_listeners, &facts, "tcp 0.0.0.0/1:80 drop", NULL);
}

#define WAITS(what, owner) what " (" owner ", user root); this binding drops "

/* Asserts what is said of @listener when TCP and UDP are dropped everywhere. */
static void assert_said(struct ps_facts *facts, struct ps_listener *listener, const char *text)
{
	facts->listeners.item = listener;
	facts->listeners.count = 1;
	assert_conflict(find_listeners, facts, "tcp,udp any:any drop", text);
}

static void test_one_socket(void **state)
{
	struct ps_listener listener = listener_at("any:80");
	struct ps_facts facts = make_facts();

	(void)state;
	assert_said(&facts, &listener,
		    WAITS("a local socket listens on tcp any:80", "nginx, pid 71") "its traffic");
	listener = listener_at("[2001:db8::1]:80");
	listener.unit = "nginx.service";
	listener.cgroup = "/system.slice/nginx.service";
	assert_said(&facts, &listener,
		    "a local socket listens on tcp [2001:db8::1]:80 (nginx, pid 71, user root, "
		    "unit "
		    "nginx.service); this binding drops its traffic");
	listener.unit = NULL;
	listener.cgroup = "/docker/71";
	assert_said(
		&facts, &listener,
		"a local socket listens on tcp [2001:db8::1]:80 (nginx, pid 71, user root, cgroup "
		"/docker/71); this binding drops its traffic");
}

static void test_unknown_owner(void **state)
{
	struct ps_listener listener = listener_at("192.0.2.1:80");
	struct ps_facts facts = make_facts();

	(void)state;
	listener.process_count = 0;
	assert_said(&facts, &listener,
		    WAITS("a local socket listens on tcp 192.0.2.1:80",
			  "owner unknown: no process here has it open") "its traffic");
	facts.listeners.has_unseen = true;
	assert_said(
		&facts, &listener,
		WAITS("a local socket listens on tcp 192.0.2.1:80", "owner unknown") "its traffic");
	listener.unit = "ssh.service";
	assert_said(&facts, &listener,
		    "a local socket listens on tcp 192.0.2.1:80 (owner unknown, user root, unit "
		    "ssh.service); this binding drops its traffic");
}

/* All processes of up to eight, by command. */
static void test_several_owners(void **state)
{
	static struct ps_listener_process processes[12];
	struct ps_listener listener = listener_at("any4:80");
	struct ps_facts facts = make_facts();

	(void)state;
	for (int i = 0; i < 12; i++)
		processes[i] = (struct ps_listener_process){ .pid = i + 1, .command = "nginx" };
	strcpy(processes[0].command, "systemd");
	listener.process = processes;
	listener.process_count = 3;
	listener.socket_count = 2;
	assert_said(&facts, &listener,
		    WAITS("2 local sockets together listen on tcp any4:80",
			  "systemd, pid 1; nginx, pids 2, 3") "their traffic");
	listener.process_count = 12;
	assert_said(&facts, &listener,
		    WAITS("2 local sockets together listen on tcp any4:80",
			  "systemd, pid 1; nginx, pids 2, 3, 4, 5, 6, 7, 8 and 4 more") "their "
											"traffic");
}

static void assert_severity(struct ps_facts *facts, const char *texts, enum ps_severity severity)
{
	struct ps_conflicts conflicts = {};
	struct ps_bindings asked = {};

	ask(&asked, texts);
	find_listeners(&conflicts, &(struct ps_view){ &model.image, model_find, &model }, facts,
		       &asked);
	assert_int_equal(conflicts.count, 1);
	assert_int_equal(conflicts.item[0].severity, severity);
	answered(&asked, &conflicts);
}

static void test_connected(void **state)
{
	struct ps_listener listener = listener_at("192.0.2.1:5000");
	struct ps_facts facts = make_facts();

	(void)state;
	listener.proto = PS_UDP;
	listener.is_connected = true;
	assert_said(&facts, &listener,
		    WAITS("a local socket at udp 192.0.2.1:5000 is connected to 198.51.100.9:53",
			  "nginx, pid 71") "its traffic");
	assert_severity(&facts, "udp any:5000 drop", PS_ERROR);
	listener.socket_count = 2;
	assert_said(&facts, &listener,
		    WAITS("2 local sockets at udp 192.0.2.1:5000 are connected, one of them to "
			  "198.51.100.9:53",
			  "nginx, pid 71") "their traffic");
	listener.port = 40000; /* the kernel may have picked it, and soon picks another */
	assert_severity(&facts, "udp any:40000 drop", PS_WARNING);
	listener.is_connected = false;
	assert_severity(&facts, "udp any:40000 drop", PS_ERROR);
}

/* A bound device is in the way of packets when they get to it past a hook, or may later. */
static void test_bound_device(void **state)
{
	struct ps_device devices[] = { { .ifindex = 2, .name = "eth0" } };
	struct ps_listener listener = listener_at("192.0.2.1:80");
	struct ps_facts facts = make_facts();

	(void)state;
	listener.ifindex = 2;
	facts.devices = (struct ps_devices){ devices, 1 };
	assert_said(&facts, &listener,
		    "a local socket listens on tcp 192.0.2.1:80 on 'eth0' (nginx, pid 71, user "
		    "root); no attached program sees its packets");
	assert_severity(&facts, "tcp any:80 drop", PS_INFO);
	devices->is_reached = true;
	assert_said(&facts, &listener,
		    WAITS("a local socket listens on tcp 192.0.2.1:80 on 'eth0'",
			  "nginx, pid 71") "its traffic");
	assert_severity(&facts, "tcp any:80 drop", PS_ERROR);
	devices->is_reached = false;
	facts.has_xdp = false; /* nothing is attached yet */
	assert_severity(&facts, "tcp any:80 drop", PS_ERROR);
	facts.has_tc_ingress = true;
	assert_severity(&facts, "tcp any:80 drop", PS_INFO);
	facts.devices.count = 0; /* it could not be looked at */
	assert_severity(&facts, "tcp any:80 drop", PS_ERROR);
}

static void test_elsewhere(void **state)
{
	struct ps_listener listener = listener_at("any:80");
	struct ps_facts facts = make_facts();

	(void)state;
	facts.is_elsewhere = true;
	facts.has_xdp = false;
	strcpy(facts.netns, "blue");
	assert_said(&facts, &listener,
		    "a socket listens on tcp any:80 in network namespace 'blue' (nginx, pid 71, "
		    "user "
		    "root); this binding drops its traffic if it comes through here");
	assert_severity(&facts, "tcp any:80 drop", PS_WARNING);
	assert_conflict(find_listeners, &facts, "tcp any:80 redirect veth0",
			"a socket listens on tcp any:80 in network namespace 'blue' (nginx, pid "
			"71, "
			"user root); 'redirect' must lead there if its packets come through here");
	assert_severity(&facts, "tcp any:80 redirect veth0", PS_INFO);
	facts.addresses.count = 1; /* only loopback: shut off */
	assert_conflict(find_listeners, &facts, "tcp any:80 drop", NULL);
}

/* Owners are looked for only of listeners that lose packets, and only once. */
static void test_wanted(void **state)
{
	struct ps_listener items[] = { listener_at("any:80"), listener_at("any:81") };
	struct ps_facts facts = make_facts();

	(void)state;
	facts.listeners = (struct ps_listeners){ .item = items, .count = COUNT_OF(items) };
	*items[0].user = '\0';
	*items[1].user = '\0';
	assert_severity(&facts, "tcp any:81 drop", PS_ERROR);
	assert_false(items[0].is_wanted);
	assert_true(items[1].is_wanted);
	strcpy(items[1].user, "root");
	assert_severity(&facts, "tcp any:81 drop", PS_ERROR);
	assert_false(items[1].is_wanted);
}

/* All of a port range, and none of the protocols and ports around it. */
static void test_several_listeners(void **state)
{
	struct ps_listener items[] = {
		listener_at("any:79"),	listener_at("any:80"), listener_at("192.0.2.1:80"),
		listener_at("any6:85"), listener_at("any:90"), listener_at("any:91"),
		listener_at("any:80"),
	};
	const struct ps_view view = { &model.image, model_find, &model };
	struct ps_facts facts = make_facts();
	struct ps_conflicts conflicts = {};
	struct ps_bindings asked = {};

	(void)state;
	items[6].proto = PS_UDP;
	facts.listeners = (struct ps_listeners){ .item = items, .count = COUNT_OF(items) };
	ask(&asked, "tcp any:80-90 drop");
	asked.item[0].line = 3;
	find_listeners(&conflicts, &view, &facts, &asked);
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

#define OWNED_BY(owner)                                                    \
	"a local socket listens on tcp any:80 (nginx, pid 71, user root, " \
	"cgroup /app.slice/nginx); the owner of this binding is " owner

/* A binding that takes nothing away says by its owner who may have the packets. */
static const struct {
	const char *listener, *bindings, *text;
} owned[] = {
	{ "any:80", "tcp any:80 pass owner user:nobody", OWNED_BY("user:nobody") },
	{ "any:80", "tcp any4:80 count owner user:nobody", OWNED_BY("user:nobody") },
	{ "any:80", "tcp any6:79-81 pass owner user:nobody", OWNED_BY("user:nobody") },
	{ "any:80", "tcp 192.0.2.1:any pass owner user:65534", OWNED_BY("user:65534") },
	{ "any:80", "tcp any:80 pass owner cgroup:/app", OWNED_BY("cgroup:/app") },
	{ "any:80", "tcp any:80 pass owner user:root", NULL }, /* who made the socket */
	{ "any:80", "tcp any:80 pass owner user:0", NULL },
	{ "any:80", "tcp any:80 pass owner user:www-data", NULL }, /* who has it */
	{ "any:80", "tcp any:80 pass owner cgroup:/app.slice", NULL },
	{ "any:80", "tcp any:81 pass owner user:nobody", NULL },
	{ "any:80", "tcp any:80 pass", NULL },
	{ "any4:80", "tcp any6:80 pass owner user:nobody", NULL },
};

static void test_not_owner(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(owned); i++) {
		struct ps_listener listener = listener_at(owned[i].listener);
		struct ps_facts facts = make_facts();

		listener.cgroup = "/app.slice/nginx";
		facts.listeners = (struct ps_listeners){ .item = &listener, .count = 1 };
		assert_conflict(find_listeners, &facts, owned[i].bindings, owned[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listeners),      cmocka_unit_test(test_no_address),
		cmocka_unit_test(test_one_socket),     cmocka_unit_test(test_unknown_owner),
		cmocka_unit_test(test_several_owners), cmocka_unit_test(test_connected),
		cmocka_unit_test(test_bound_device),   cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_wanted),	       cmocka_unit_test(test_several_listeners),
		cmocka_unit_test(test_not_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
