// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Rules that change destinations, as nft, iptables-nft and iptables-legacy put
 * them into a network namespace of this program's own, and the chains they are in.
 */
#include <stdlib.h>
#include <arpa/inet.h>
#include <string.h>
#include "host/nat_field.h"
#include "namespace.h"

/* "tcp 4 8080-8080 192.0.2.0-192.0.2.255 @!eth0 local partial -> 172.17.0.2:80" */
static void format(const struct ps_nat_rule *rule, char *text, size_t size)
{
	static const char *const protos[] = { "any", "tcp", "udp", "sctp" };
	const struct ps_nat_match *match = &rule->match;
	int domain = match->family == PS_IPV6 ? AF_INET6 : AF_INET;
	char first[INET6_ADDRSTRLEN], last[INET6_ADDRSTRLEN];

	inet_ntop(domain, match->first, first, sizeof(first));
	inet_ntop(domain, match->last, last, sizeof(last));
	snprintf(text, size, "%s %d %u-%u %s-%s%s%s%s%s -> %s", protos[match->proto], match->family,
		 match->port_first, match->port_last, first, last, *match->device ? " @" : "",
		 match->is_elsewhere ? "!" : "", match->device,
		 match->is_local ? (match->is_partial ? " local partial" : " local")
				 : (match->is_partial ? " partial" : ""),
		 rule->to);
}

static struct ps_nat_rules read_rules(void)
{
	struct ps_unchecked unchecked = {};
	struct ps_nat_rules rules;

	ps_nat_rules_read(&rules, &unchecked);
	if (unchecked.count)
		fail_msg("%s", unchecked.item[0].text);
	return rules;
}

/* Asserts that what is read are these lines. */
static void assert_rules(const char *const *lines)
{
	struct ps_nat_rules rules = read_rules();
	char text[256];
	size_t count = 0;

	for (; lines[count]; count++) {
		if (count == rules.count)
			fail_msg("no rule '%s'", lines[count]);
		format(&rules.item[count], text, sizeof(text));
		assert_string_equal(text, lines[count]);
	}
	if (count < rules.count) {
		format(&rules.item[count], text, sizeof(text));
		fail_msg("there is also '%s'", text);
	}
	ps_nat_rules_done(&rules);
}

static void run(const char *program, const char *text)
{
	FILE *pipe = popen(program, "we");

	assert_non_null(pipe);
	fputs(text, pipe);
	if (pclose(pipe))
		skip(); /* it is not installed, or this kernel has no such rules */
}

#define ANY4 "0.0.0.0-255.255.255.255"
#define ANY6 "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

static void test_nothing(void **state)
{
	static const char *const lines[] = { NULL };

	(void)state;
	need_namespace();
	assert_rules(lines);
}

static const char nft_rules[] =
	"table ip a {\n"
	"set ports { type inet_service; flags interval; elements = { 9000-9009, "
	"65000-65535 } }\n"
	"map to { type inet_service : ipv4_addr; elements = { 7000 : 10.0.0.1 } }\n"
	"map kube { type ipv4_addr . inet_proto . inet_service : verdict\n"
	"elements = { 192.0.2.2 . tcp . 6443 : goto svc } }\n"
	"chain svc {\n meta l4proto tcp dnat to 10.9.9.9:6443\n}\n"
	"chain local {\n ip daddr 192.0.2.0/25 dnat to 172.17.0.9\n}\n"
	"chain unused {\n dnat to 172.17.0.10\n}\n"
	"chain other {\n type nat hook output priority 0\n tcp dport 1 redirect to :2\n}\n"
	"chain pre {\n type nat hook prerouting priority dstnat\n"
	"ip daddr . meta l4proto . th dport vmap @kube\n"
	"tcp dport 8080 counter dnat to 172.17.0.2:80\n"
	"tcp dport @ports redirect to :1234\n"
	"tcp dport { 81, 83 } dnat to 172.17.0.3\n"
	"dnat to tcp dport map @to\n"
	"iifname \"eth0\" udp dport 5353 dnat to 172.17.0.4:53\n"
	"iifname != \"eth0\" udp dport 5354 redirect\n"
	"iifname \"eth*\" udp dport 5355 redirect\n"
	"ip saddr 10.0.0.0/8 tcp dport 8443 dnat to 172.17.0.5\n"
	"fib daddr type local tcp dport 8500 jump local\n"
	"ip daddr 10.0.0.0/8 tcp dport 8600 redirect\n"
	"ip daddr & 255.255.240.0 == 10.1.16.0 tcp dport 8700 redirect\n"
	"sctp dport 10000-10010 dnat to 172.17.0.6\n"
	"icmp type echo-request dnat to 172.17.0.7\n"
	"tcp dport 20000 accept\n"
	"tcp dport 20001 redirect\n"
	"return\n"
	"tcp dport 20002 redirect\n"
	"}\n}\n"
	"table inet b {\n chain rest {\n tcp dport 447 redirect\n}\n"
	"chain pre {\n type nat hook prerouting priority dstnat - 5\n"
	"ip6 daddr 2001:db8::/32 tcp dport 444 dnat ip6 to [2001:db8::9]:4444\n"
	"meta nfproto ipv4 tcp dport 445 redirect to :4455\n"
	"goto rest\n"
	"tcp dport 448 redirect\n"
	"}\n}\n";

static void test_nftables(void **state)
{
	static const char *const lines[] = {
		"tcp 2 444-444 2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff -> "
		"[2001:db8::9]:4444",
		"tcp 1 445-445 " ANY4 " -> port 4455 of this host",
		"tcp 0 447-447 " ANY4 " -> this host",
		"tcp 1 6443-6443 192.0.2.2-192.0.2.2 -> 10.9.9.9:6443",
		"tcp 1 8080-8080 " ANY4 " -> 172.17.0.2:80",
		"tcp 1 9000-9009 " ANY4 " -> port 1234 of this host",
		"tcp 1 65000-65535 " ANY4 " -> port 1234 of this host",
		"tcp 1 81-81 " ANY4 " -> 172.17.0.3",
		"tcp 1 83-83 " ANY4 " -> 172.17.0.3",
		"tcp 1 7000-7000 " ANY4 " -> ",
		"udp 1 5353-5353 " ANY4 " @eth0 -> 172.17.0.4:53",
		"udp 1 5354-5354 " ANY4 " @!eth0 -> this host",
		"udp 1 5355-5355 " ANY4 " partial -> this host",
		"tcp 1 8443-8443 " ANY4 " partial -> 172.17.0.5",
		"tcp 1 8500-8500 192.0.2.0-192.0.2.127 local -> 172.17.0.9",
		"tcp 1 8600-8600 10.0.0.0-10.255.255.255 -> this host",
		"tcp 1 8700-8700 10.1.16.0-10.1.31.255 -> this host",
		"sctp 1 10000-10010 " ANY4 " -> 172.17.0.6",
		"tcp 1 20001-20001 " ANY4 " partial -> this host",
		NULL
	};

	(void)state;
	need_namespace();
	run("nft -f - 2>/dev/null", nft_rules);
	assert_rules(lines);
	run("nft -f -", "flush ruleset\n");
}

static const char iptables[] =
	"*nat\n:DOCKER - [0:0]\n"
	"-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n"
	"-A PREROUTING -p tcp -m multiport --dports 3100,3200:3210 -j REDIRECT --to-ports 99\n"
	"-A PREROUTING -d 198.51.100.0/24 -i eth0 -p udp -m udp --dport 3300 "
	"-m comment --comment x -j DNAT --to-destination 172.17.0.8\n"
	"-A PREROUTING -s 10.0.0.0/8 -p tcp -m tcp --dport 3400 -j REDIRECT\n"
	"-A PREROUTING -p tcp -m tcp --sport 9 --dport 3500 -j REDIRECT\n"
	"-A DOCKER ! -i docker0 -p tcp -m tcp --dport 3000 -j DNAT --to-destination "
	"172.17.0.7:3001\n"
	"-A DOCKER -j RETURN\n"
	"-A DOCKER -p tcp -j REDIRECT\n"
	"-A POSTROUTING -j MASQUERADE\nCOMMIT\n";
static const char *const iptables_lines[] = {
	"tcp 1 3000-3000 " ANY4 " @!docker0 local -> 172.17.0.7:3001",
	"tcp 1 3100-3100 " ANY4 " -> port 99 of this host",
	"tcp 1 3200-3210 " ANY4 " -> port 99 of this host",
	"udp 1 3300-3300 198.51.100.0-198.51.100.255 @eth0 -> 172.17.0.8",
	"tcp 1 3400-3400 " ANY4 " partial -> this host",
	"tcp 1 3500-3500 " ANY4 " partial -> this host",
	NULL
};

static const char ip6tables[] =
	"*nat\n-A PREROUTING -d 2001:db8::1/128 -p tcp -m tcp --dport 3600 -j DNAT "
	"--to-destination [2001:db8::5]:80\n"
	"-A PREROUTING -p udp -m udp --dport 3700:3800 -j REDIRECT --to-ports 53\nCOMMIT\n";
static const char *const ip6tables_lines[] = {
	"tcp 2 3600-3600 2001:db8::1-2001:db8::1 -> [2001:db8::5]:80",
	"udp 2 3700-3800 " ANY6 " -> port 53 of this host", NULL
};

static void test_iptables_nft(void **state)
{
	(void)state;
	need_namespace();
	run("iptables-nft-restore 2>/dev/null", iptables);
	assert_rules(iptables_lines);
	run("nft -f -", "flush ruleset\n");
	run("ip6tables-nft-restore 2>/dev/null", ip6tables);
	assert_rules(ip6tables_lines);
	run("nft -f -", "flush ruleset\n");
}

static void test_iptables_legacy(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	need_namespace();
	run("iptables-legacy-restore 2>/dev/null", iptables);
	assert_rules(iptables_lines);
	run("iptables-legacy-restore", "*nat\n-F\nCOMMIT\n");
	assert_rules(none);
	run("ip6tables-legacy-restore 2>/dev/null", ip6tables);
	assert_rules(ip6tables_lines);
	run("ip6tables-legacy-restore", "*nat\n-F\nCOMMIT\n");
}

/* Whether somebody looked must not be seen: no table comes of it. */
static void test_no_table_is_made(void **state)
{
	struct ps_nat_rules rules;
	char line[64];
	FILE *names;

	(void)state;
	need_namespace();
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	rules = read_rules();
	ps_nat_rules_done(&rules);
	names = fopen("/proc/net/ip_tables_names", "re");
	while (names && fgets(line, sizeof(line), names))
		assert_string_not_equal(line, "nat\n");
	if (names)
		fclose(names);
}

/* Who may not look says so once, and not that there is nothing. */
static void test_no_right(void **state)
{
	struct ps_unchecked unchecked = {};
	struct ps_nat_rules rules;

	(void)state;
	need_namespace();
	assert_int_equal(seteuid(65534), 0);
	ps_nat_rules_read(&rules, &unchecked);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(rules.count, 0);
	assert_int_equal(unchecked.count, 1);
	assert_string_equal(unchecked.item[0].text,
			    "whether NAT rules change the destination of packets is not known "
			    "(needs CAP_NET_ADMIN)");
	ps_nat_rules_done(&rules);
}

/* A chain that leads to itself, which the kernel does not allow, ends all the same. */
static void test_loop(void **state)
{
	struct ps_nat_match all = ps_nat_match_all();
	struct ps_nat_step jump = { .match = all, .verdict = PS_NAT_JUMP };
	struct ps_nat_chains chains = {};
	struct ps_nat_rules rules = {};

	(void)state;
	jump.chain = ps_nat_chain_add(&chains);
	ps_nat_step_add(&chains, jump.chain, &jump);
	ps_nat_step_add(&chains, jump.chain, &jump);
	assert_false(ps_nat_chains_walk(&chains, jump.chain, &all, &rules));
	assert_int_equal(rules.count, 0);
	ps_nat_chains_done(&chains);
	ps_nat_rules_done(&rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_nftables),
		cmocka_unit_test(test_iptables_nft),
		cmocka_unit_test(test_iptables_legacy),
		cmocka_unit_test(test_no_table_is_made),
		cmocka_unit_test(test_no_right),
		cmocka_unit_test(test_loop),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
