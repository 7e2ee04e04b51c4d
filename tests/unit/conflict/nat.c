// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings that take what a rule of netfilter sends elsewhere.
 */
#include "conflict/nat.h"
#include "host.h"

static void find_nat(struct ps_conflicts *conflicts, const struct ps_view *view,
		     struct ps_facts *facts, const struct ps_bindings *bindings)
{
	ps_conflicts_find_nat(conflicts, view, facts, bindings);
}

/* "tcp 192.0.2.0/24:80-90": what a rule is for. */
static struct ps_nat_rule rule_for(const char *text)
{
	struct ps_endpoint endpoint = endpoint_of(text);
	struct ps_nat_rule rule = { .where = "table ip nat, chain pre, handle 2",
				    .to = "172.17.0.2:80" };

	memset(rule.match.last, 0xff, sizeof(rule.match.last));
	for (int bit = 0; bit < endpoint.prefix_len; bit++) {
		__u8 mask = 0x80 >> bit % 8;

		rule.match.first[bit / 8] |= endpoint.addr[bit / 8] & mask;
		if (!(endpoint.addr[bit / 8] & mask))
			rule.match.last[bit / 8] &= (__u8)~mask;
	}
	rule.match.family = endpoint.family;
	rule.match.proto = endpoint.proto;
	rule.match.port_first = endpoint.port_first;
	rule.match.port_last = endpoint.port_last;
	return rule;
}

static size_t count_conflicts(struct ps_facts *facts, struct ps_nat_rule *rule, const char *texts)
{
	struct ps_conflicts conflicts = {};
	const struct ps_view view = { &model.image, model_find, &model };
	struct ps_bindings asked = {};
	size_t count;

	facts->nat = (struct ps_nat_rules){ .item = rule, .count = 1 };
	ask(&asked, texts);
	find_nat(&conflicts, &view, facts, &asked);
	count = conflicts.count;
	answered(&asked, &conflicts);
	return count;
}

/* Rules, bindings (the last one is asked about), and whether it takes what is the rule's. */
static const struct {
	const char *rule, *bindings;
	bool is_taken;
} rows[] = {
	{ "tcp any4:8080", "tcp any:8080 drop", true },
	{ "tcp any4:8080", "tcp any4:8080 redirect e", true },
	{ "tcp any4:8080", "tcp any:8000-9000 drop", true },
	{ "tcp any4:8080", "tcp any:any socket web", true },
	{ "tcp any4:8080", "tcp any:8081 drop", false },
	{ "tcp any4:8080", "tcp any:8079 drop", false },
	{ "tcp any4:8080", "udp any:8080 drop", false },
	{ "tcp any4:8080", "tcp any6:8080 drop", false },
	{ "tcp any4:8080", "tcp any:8080 pass", false },
	{ "tcp any4:8080", "tcp any:8080 count", false },
	{ "tcp any4:8080", "tcp 192.0.2.1:8080 drop", true },
	{ "tcp any4:8080", "tcp 203.0.113.0/24:8080 drop", true }, /* what is routed */
	{ "tcp 192.0.2.1:8080", "tcp any:8080 drop", true },
	{ "tcp 192.0.2.1:8080", "tcp 192.0.2.2:8080 drop", false },
	{ "tcp 192.0.2.0/24:80-90", "tcp 192.0.0.0/16:85 drop", true },
	{ "tcp 192.0.2.0/24:80-90", "tcp 192.0.3.0/24:85 drop", false },
	{ "tcp any6:80", "tcp [2001:db8::1]:80 drop", true },
	{ "tcp [2001:db8::/32]:80", "tcp any4:80 drop", false },
	{ "tcp any4:any", "tcp any:22 drop", true },
	/* another binding lets it through */
	{ "tcp 192.0.2.1:8080", "tcp 192.0.2.1:8080 pass;tcp any:8080 drop", false },
	{ "tcp any4:8080-8081", "tcp any:8080 pass;tcp any:8080-8081 drop", true },
	{ "tcp any4:8080", "tcp any:8080 pass;tcp any:8000-9000 drop", false },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ps_nat_rule rule = rule_for(rows[i].rule);
		struct ps_facts facts = make_facts();

		if (count_conflicts(&facts, &rule, rows[i].bindings) != rows[i].is_taken)
			fail_msg("%s beside %s", rows[i].bindings, rows[i].rule);
	}
}

static void test_every_protocol(void **state)
{
	struct ps_nat_rule rule = rule_for("tcp 192.0.2.1:any");
	struct ps_facts facts = make_facts();

	(void)state;
	rule.match.proto = PS_NO_PROTO;
	assert_int_equal(count_conflicts(&facts, &rule, "udp any:53 drop"), 1);
	assert_int_equal(count_conflicts(&facts, &rule, "sctp 192.0.2.0/24:any drop"), 1);
}

static void test_local_addresses(void **state)
{
	struct ps_nat_rule rule = rule_for("tcp any4:80");
	struct ps_facts facts = make_facts();

	(void)state;
	rule.match.is_local = true;
	assert_int_equal(count_conflicts(&facts, &rule, "tcp any:80 drop"), 1);
	assert_int_equal(count_conflicts(&facts, &rule, "tcp 203.0.113.0/24:80 drop"), 0);
}

/* Where nothing is attached, anything may be later. */
static void test_device(void **state)
{
	struct ps_attachment eth0 = { .info.hook = PS_HOOK_XDP, .now = "eth0" };
	struct ps_nat_rule rule = rule_for("tcp any4:80");
	struct ps_facts facts = make_facts();

	(void)state;
	strcpy(rule.match.device, "eth1");
	assert_int_equal(count_conflicts(&facts, &rule, "tcp any:80 drop"), 1);
	facts.attachments = (struct ps_attachments){ .item = &eth0, .count = 1 };
	assert_int_equal(count_conflicts(&facts, &rule, "tcp any:80 drop"), 0);
	rule.match.is_elsewhere = true;
	assert_int_equal(count_conflicts(&facts, &rule, "tcp any:80 drop"), 1);
	strcpy(rule.match.device, "eth0");
	assert_int_equal(count_conflicts(&facts, &rule, "tcp any:80 drop"), 0);
	rule.match.is_elsewhere = false;
	assert_int_equal(count_conflicts(&facts, &rule, "tcp any:80 drop"), 1);
	eth0.info.hook = PS_HOOK_TC_EGRESS;
	strcpy(rule.match.device, "eth1");
	assert_int_equal(count_conflicts(&facts, &rule, "tcp any:80 drop"), 1);
}

static void test_words(void **state)
{
	struct ps_nat_rule rule = rule_for("tcp 192.0.2.0/24:80-90");
	struct ps_facts facts = make_facts();

	(void)state;
	facts.nat = (struct ps_nat_rules){ .item = &rule, .count = 1 };
	assert_conflict(find_nat, &facts, "tcp any:80 drop",
			"a NAT rule (table ip nat, chain pre, handle 2) sends packets for "
			"tcp 192.0.2.0/24:80-90 to 172.17.0.2:80; 'drop' takes them first");
	assert_conflict(find_nat, &facts, "tcp any:80 socket web",
			"a NAT rule (table ip nat, chain pre, handle 2) sends packets for "
			"tcp 192.0.2.0/24:80-90 to 172.17.0.2:80; 'socket' gets none of them");
	rule.match.is_partial = true;
	*rule.to = '\0';
	assert_conflict(find_nat, &facts, "tcp any:80 drop",
			"a NAT rule (table ip nat, chain pre, handle 2) sends some packets for "
			"tcp 192.0.2.0/24:80-90 to another destination; 'drop' takes them "
			"first");
}

static void assert_format(const char *rule, __u8 last, const char *text)
{
	struct ps_nat_rule made = rule_for(rule);
	char found[PS_NAT_MATCH_TEXT];

	if (last)
		made.match.last[3] = last;
	assert_string_equal(ps_nat_match_format(&made.match, PS_UDP, found), text);
}

static void test_format(void **state)
{
	(void)state;
	assert_format("tcp any:any", 0, "tcp any:any");
	assert_format("tcp any4:80", 0, "tcp any4:80");
	assert_format("tcp [2001:db8::/32]:80", 0, "tcp [2001:db8::/32]:80");
	assert_format("tcp 192.0.2.1:80", 0, "tcp 192.0.2.1:80");
	assert_format("tcp 192.0.2.0/28:80", 9, "tcp 192.0.2.0-192.0.2.9:80");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_every_protocol),
		cmocka_unit_test(test_local_addresses),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
