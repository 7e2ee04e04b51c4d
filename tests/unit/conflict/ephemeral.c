// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings on ports that the kernel may pick for outgoing connections.
 */
#include "host.h"

static void find_ephemeral(struct ps_conflicts *conflicts, const struct ps_view *view,
			   struct ps_facts *facts, const struct ps_bindings *bindings)
{
	ps_conflicts_find_ephemeral(conflicts, view, facts, bindings);
}

#define MAY_PICK_ONLY(port)                                                                 \
	"this host may pick port " port " for an outgoing connection (range 32768-60999), " \
	"whose replies this binding would take"
#define MAY_PICK(port) \
	MAY_PICK_ONLY(port) "; reserve it: sysctl -w net.ipv4.ip_local_reserved_ports="

static void test_ephemeral(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	assert_conflict(find_ephemeral, &facts, "tcp any:40000 drop", MAY_PICK("40000") "40000");
	assert_conflict(find_ephemeral, &facts, "udp 192.0.2.1:32000-33000 drop",
			MAY_PICK("32768") "32768-33000");
	assert_conflict(find_ephemeral, &facts, "tcp any6:any redirect e",
			MAY_PICK_ONLY("32768") "; reserving all of these ports would leave none: "
					       "bind fewer");
	assert_conflict(find_ephemeral, &facts, "tcp any:32767 drop", NULL);
	assert_conflict(find_ephemeral, &facts, "tcp any:61000 drop", NULL);
	assert_conflict(find_ephemeral, &facts, "tcp any:40000 pass", NULL);
	assert_conflict(find_ephemeral, &facts, "tcp 198.51.100.1:40000 drop", NULL);
	assert_conflict(find_ephemeral, &facts, "tcp 127.0.0.0/8:40000 drop", NULL);
	assert_conflict(find_ephemeral, &facts, "tcp [::1]:40000 drop", NULL);
	assert_conflict(find_ephemeral, &facts, "tcp any:40000 socket web", NULL);
	assert_conflict(find_ephemeral, &facts, "tcp any:any socket web", NULL);
	assert_conflict(find_ephemeral, &facts, "udp any:40000 socket web",
			MAY_PICK("40000") "40000"); /* a socket may wait without a peer */
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
	assert_conflict(find_ephemeral, &facts, "tcp any:40000 drop", NULL);
	assert_conflict(find_ephemeral, &facts, "tcp any:40005-40010 drop",
			MAY_PICK("40010") "40000-40010,50000");
	for (int port = 10001; port < 20000; port += 2)
		ps_portset_add(&facts.ephemeral.reserved, (__u16)port, (__u16)port);
	assert_conflict(find_ephemeral, &facts, "tcp any:40010 drop",
			MAY_PICK_ONLY("40010") "; the list to reserve is too long for one sysctl "
					       "command: portsteer reserve set");
}

/* Ports that a more specific binding gets are not taken. */
static void test_exempt(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	assert_conflict(find_ephemeral, &facts, "tcp any:32768-60999 pass;tcp any:any drop", NULL);
	assert_conflict(find_ephemeral, &facts, "tcp any:32768-60990 pass;tcp any:any drop",
			MAY_PICK("60991") "60991-60999");
	assert_conflict(find_ephemeral, &facts,
			"tcp any:40000 pass;tcp any:40002 pass;tcp any:40000-40003 drop",
			MAY_PICK("40001") "40001,40003");
	assert_conflict(find_ephemeral, &facts, "tcp 192.0.2.1:40000 pass;tcp any4:40000 drop",
			NULL);
	assert_conflict(find_ephemeral, &facts, "tcp 192.0.2.1:40000 pass;tcp any:40000 drop",
			MAY_PICK("40000") "40000"); /* of the IPv6 address */
	assert_conflict(find_ephemeral, &facts, "udp any:40000 pass;tcp any:40000 drop",
			MAY_PICK("40000") "40000");
}

/* A second command would take back what the first one reserved: both have one line. */
static void test_one_line_for_all(void **state)
{
	struct ps_facts facts = make_facts();
	struct ps_conflicts conflicts = {};
	struct ps_bindings asked = {};
	const struct ps_view view = { &model.image, model_find, &model };

	(void)state;
	ask(&asked, "tcp any:40000 drop");
	bind_text(&asked, "udp any:50000-50001 drop");
	model_add_text(&model, "udp any:50000-50001 drop");
	find_ephemeral(&conflicts, &view, &facts, &asked);
	assert_int_equal(conflicts.count, 2);
	for (int i = 0; i < 2; i++)
		assert_string_equal(conflicts.item[i].fix,
				    "sysctl -w net.ipv4.ip_local_reserved_ports=40000,50000-50001");
	assert_ptr_equal(conflicts.item[0].facts, &facts);
	answered(&asked, &conflicts);
}

/* Bindings, the ports that they claim, and for how many nothing can be reserved. */
static const struct {
	const char *bindings, *claimed;
	int left_out;
} claims[] = {
	{ "tcp any:40000-40001 drop", "40000-40001", 0 },
	{ "tcp any:40000-40001 pass", "", 0 },
	{ "tcp any:40000-40001 pass owner user:a", "40000-40001", 0 },
	{ "tcp any:40000-40001 socket web", "40000-40001", 0 },
	{ "tcp any:any socket web", "", 1 },
	{ "tcp any:32768-60999 socket web owner pid", "", 1 },
	{ "tcp any:32768-60998 socket web", "32768-60998", 0 },
	{ "tcp any:1024-65535 count owner user:a", "", 1 },
	{ "tcp any:1024-65535 count", "", 0 },
	{ "udp any:any socket web", "32768-60999", 0 },
	{ "tcp any:any drop", "32768-60999", 0 },
	{ "tcp any:any socket web;udp any:any pass owner user:a;tcp any:50000 drop", "50000", 2 },
};

static void test_claimed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(claims); i++) {
		struct ps_facts facts = make_facts();
		struct ps_conflicts conflicts = {};
		struct ps_bindings asked = {};
		const struct ps_view view = { &model.image, model_find, &model };
		struct ps_portset claimed = {};
		char text[256];
		int left_out = 0;

		ask(&asked, claims[i].bindings);
		ps_view_list_claimed(&view, &facts, &model.bindings, &claimed);
		assert_int_equal(ps_portset_format(&claimed, text, sizeof(text)), 0);
		for (size_t j = 0; j < model.bindings.count; j++)
			left_out += ps_facts_cannot_reserve(&facts, &model.bindings.item[j]);
		if (strcmp(text, claims[i].claimed) || left_out != claims[i].left_out)
			fail_msg("%s: claims '%s', %d left out", claims[i].bindings, text,
				 left_out);
		answered(&asked, &conflicts);
	}
}

static void test_other_namespace(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	strcpy(facts.enter, "blue");
	assert_conflict(find_ephemeral, &facts, "tcp any:40000 drop",
			MAY_PICK_ONLY("40000") "; reserve it: ip netns exec blue sysctl -w "
					       "net.ipv4.ip_local_reserved_ports=40000");
	facts.is_elsewhere = true;
	strcpy(facts.netns, "blue");
	assert_conflict(find_ephemeral, &facts, "tcp any:40000 drop",
			"network namespace 'blue' may pick port 40000 for an outgoing connection "
			"(range 32768-60999), whose replies this binding would take; reserve it: "
			"ip netns "
			"exec blue sysctl -w net.ipv4.ip_local_reserved_ports=40000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ephemeral),	cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_exempt),		cmocka_unit_test(test_one_line_for_all),
		cmocka_unit_test(test_other_namespace), cmocka_unit_test(test_claimed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
