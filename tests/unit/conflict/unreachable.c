// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What no hook can do, and what could not be looked at.
 */
#include "host.h"

static void find_unreachable(struct ps_conflicts *conflicts, const struct ps_view *view,
			     struct ps_facts *facts, const struct ps_bindings *bindings)
{
	(void)view;
	ps_conflicts_find_unreachable(conflicts, facts, bindings);
}

static void find_unchecked(struct ps_conflicts *conflicts, const struct ps_view *view,
			   struct ps_facts *facts, const struct ps_bindings *bindings)
{
	(void)view;
	ps_conflicts_find_unchecked(conflicts, facts, bindings);
}

#define NO_WIRE "packets to this address do not leave this host, and are never steered"
#define MULTICAST "multicast packets are never steered"
#define NOTHING_ATTACHED "no program is attached; 'portsteer attach DEV' attaches one"
#define NEEDS_TC "'peer' needs the TC hook; 'portsteer attach DEV hook tc' attaches it"

static const struct {
	const char *binding, *message;
} unreachable[] = {
	{ "tcp any:80 drop", NULL },
	{ "tcp 127.0.0.1:80 drop owner user:root", NO_WIRE },
	{ "tcp 127.1.0.0/16:80 pass owner user:root", NULL }, /* which the guard looks after */
	{ "tcp 126.0.0.0/7:80 drop", NULL }, /* half of it is reachable */
	{ "tcp 0.0.0.0/8:80 drop", NULL }, /* unicast for Linux */
	{ "udp 224.0.0.251:5353 drop", MULTICAST },
	{ "udp 239.1.0.0/16:5000 drop", MULTICAST },
	{ "udp 224.0.0.0/4:5000 drop", MULTICAST },
	{ "udp 223.255.255.255:5000 drop", NULL },
	{ "udp 240.0.0.1:5000 drop", NULL },
	{ "udp 255.255.255.255:67 drop", "broadcast packets are never steered" },
	{ "udp [ff02::fb]:5353 drop", MULTICAST },
	{ "udp [ff00::/8]:5353 drop", MULTICAST },
	{ "udp [fe00::/7]:5353 drop", NULL },
	{ "tcp [::1]:80 drop owner user:root", NO_WIRE },
	{ "tcp [::2]:80 drop", NULL },
	{ "tcp any:80 redirect e", NULL },
	{ "tcp any:80 redirect e peer", NEEDS_TC },
};

static void test_unreachable(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(unreachable); i++)
		assert_conflict(find_unreachable, &facts, unreachable[i].binding,
				unreachable[i].message);
}

static void test_hooks(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	facts.has_xdp = false;
	assert_conflict(find_unreachable, &facts, "tcp any:80 drop", NOTHING_ATTACHED);
	assert_conflict(find_unreachable, &facts, "tcp any:80 redirect e peer", NOTHING_ATTACHED);
	facts.has_tc_ingress = true;
	assert_conflict(find_unreachable, &facts, "tcp any:80 drop", NULL);
	assert_conflict(find_unreachable, &facts, "tcp any:80 redirect e peer", NULL);
}

static void test_targets(void **state)
{
	static const char *const expected[] = {
		[PS_TARGET_FREE] = NULL,
		[PS_TARGET_OK] = NULL,
		[PS_TARGET_NO_DEVICE] = "interface 'e' does not exist; when it does: "
					"portsteer refresh",
		[PS_TARGET_NO_NEIGHBOUR] = "no answer from neighbour 2001:db8::2 on 'e'; "
					   "when it is up: portsteer refresh",
	};
	struct ps_binding binding = binding_of("tcp any:80 redirect e via 2001:db8::2");
	const struct ps_bindings bindings = { .item = &binding, .count = 1 };
	char text[256];
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
	binding.target.state = PS_TARGET_NO_DEVICE;
	binding.target.ifindex = 7;
	assert_string_equal(ps_target_problem(&binding.target, text, sizeof(text)),
			    "interface 'e' is gone or cannot be sent to; when it can: "
			    "portsteer refresh");
}

static const struct {
	bool is_up;
	const char *message;
} links[] = {
	{ false, "'e' is down, and what is redirected there is lost; ip link set e up" },
	{ true, "no answer from neighbour 192.0.2.9 on 'e'; when it is up: portsteer refresh" },
};

/* The neighbour is not to blame for a link that is down. */
static void test_link_down(void **state)
{
	struct ps_device device = { .ifindex = 7, .name = "e", .features = ~0ULL };
	struct ps_binding binding = binding_of("tcp any:80 redirect e via 192.0.2.9");
	const struct ps_bindings bindings = { .item = &binding, .count = 1 };
	struct ps_facts facts = make_facts();

	(void)state;
	facts.devices = (struct ps_devices){ .item = &device, .count = 1 };
	binding.target.ifindex = 7;
	binding.target.state = PS_TARGET_NO_NEIGHBOUR;
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		struct ps_conflicts conflicts = {};

		device.is_up = links[i].is_up;
		ps_conflicts_find_unreachable(&conflicts, &facts, &bindings);
		assert_int_equal(conflicts.count, 1);
		assert_string_equal(conflicts.item[0].text, links[i].message);
		ps_conflicts_done(&conflicts);
	}
}

#define RETURNS                                                                                \
	"the address is one of this host, and packets are redirected unchanged: their target " \
	"needs it as well, and this host drops its replies from 'e'; once it has it: sysctl -w "

/* The target is told by its index, which a look-up finds when the table is made. */
static void assert_returns(struct ps_facts *facts, const char *text, const char *message)
{
	struct ps_binding binding = binding_of(text);
	const struct ps_bindings bindings = { .item = &binding, .count = 1 };
	struct ps_conflicts conflicts = {};

	binding.target.ifindex = 7;
	ps_conflicts_find_unreachable(&conflicts, facts, &bindings);
	assert_int_equal(conflicts.count, !!message);
	if (message) {
		assert_string_equal(conflicts.item[0].text, message);
		assert_int_equal(conflicts.item[0].kind, PS_UNREACHABLE);
	}
	ps_conflicts_done(&conflicts);
}

static void test_redirected_here(void **state)
{
	struct ps_device device = { .ifindex = 7, .name = "e", .features = ~0ULL, .is_up = true };
	struct ps_facts facts = make_facts();

	(void)state;
	facts.devices = (struct ps_devices){ .item = &device, .count = 1 };
	assert_returns(&facts, "tcp 192.0.2.1:80 redirect e", NULL);
	device.returns[0] = device.returns[1] = ps_answer_no();
	assert_returns(&facts, "tcp 192.0.2.1:80 redirect e",
		       RETURNS "net/ipv4/ip_forward=1 net/ipv4/conf/e/accept_local=1 "
			       "net/ipv4/conf/e/rp_filter=2");
	assert_returns(&facts, "tcp [2001:db8::1]:80 redirect e",
		       RETURNS "net/ipv6/conf/all/forwarding=1");
	assert_returns(&facts, "tcp 192.0.2.0/24:80 redirect e", NULL);
	assert_returns(&facts, "tcp 192.0.2.2:80 redirect e", NULL);
	assert_returns(&facts, "tcp any:80 redirect e", NULL);
	assert_returns(&facts, "tcp 192.0.2.1:80 drop", NULL);
	device.returns[0] = ps_answer_yes();
	assert_returns(&facts, "tcp 192.0.2.1:80 redirect e", NULL);
}

/* Once, and only when it might have concerned a binding. */
static void test_unchecked(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	ps_unchecked_add(&facts.unchecked, PS_SCTP, "the %s sockets", "SCTP");
	assert_conflict(find_unchecked, &facts, "sctp any:80 drop", "the SCTP sockets");
	assert_conflict(find_unchecked, &facts, "tcp,udp,sctp any:80 drop", "the SCTP sockets");
	assert_conflict(find_unchecked, &facts, "tcp,udp any:80 drop", NULL);
	assert_conflict(find_unchecked, &facts, "sctp any:80 pass", NULL);
	facts.unchecked.item[0].proto = PS_NO_PROTO;
	facts.is_elsewhere = true;
	strcpy(facts.netns, "blue");
	assert_conflict(find_unchecked, &facts, "tcp any:80 drop",
			"network namespace 'blue': the SCTP sockets");
}

/* Two lists of one change say it once; what is there twice is two things. */
static void test_unchecked_again(void **state)
{
	struct ps_facts facts = make_facts();
	struct ps_conflicts conflicts = {};
	struct ps_bindings tcp = {}, udp = {};
	char text[PS_ENDPOINT_TEXT];

	(void)state;
	for (int i = 0; i < PS_UNCHECKED_MAX + 1; i++)
		ps_unchecked_add(&facts.unchecked, i % 2 ? PS_TCP : PS_UDP, "thing %d", i);
	assert_int_equal(facts.unchecked.count, PS_UNCHECKED_MAX);
	bind_text(&tcp, "tcp any:80 drop");
	bind_text(&udp, "udp any:80 drop");
	ps_conflicts_find_unchecked(&conflicts, &facts, &tcp);
	assert_int_equal(conflicts.count, PS_UNCHECKED_MAX / 2);
	ps_conflicts_find_unchecked(&conflicts, &facts, &tcp);
	assert_int_equal(conflicts.count, PS_UNCHECKED_MAX / 2);
	ps_conflicts_find_unchecked(&conflicts, &facts, &udp);
	assert_int_equal(conflicts.count, PS_UNCHECKED_MAX);
	assert_int_equal(conflicts.item[0].kind, PS_UNCHECKED);
	assert_int_equal(conflicts.item[0].severity, PS_WARNING);
	assert_string_equal(ps_conflict_endpoint(&conflicts.item[0], text), "");
	ps_conflicts_done(&conflicts);
	ps_bindings_done(&tcp);
	ps_bindings_done(&udp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unreachable),	cmocka_unit_test(test_hooks),
		cmocka_unit_test(test_targets),		cmocka_unit_test(test_link_down),
		cmocka_unit_test(test_redirected_here), cmocka_unit_test(test_unchecked),
		cmocka_unit_test(test_unchecked_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
