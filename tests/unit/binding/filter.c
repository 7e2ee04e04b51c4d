// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Filters: which bindings and flows words mean, and which words mean nothing.
 */
#include <arpa/inet.h>
#include "unit.h"
#include "binding/filter.h"

static struct ps_error error;

static int parse(enum ps_filter_of of, const char *text, struct ps_filter *ret)
{
	static char copy[256];
	char *words[16], *rest = copy, *word;
	int count = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	while (*text && (word = strsep(&rest, " ")))
		words[count++] = word;
	return ps_filter_parse(of, count, words, ret, &error);
}

/* Numbers of the bindings that are meant. */
static const char *const bindings[] = {
	"tcp any:443 drop name web", /* 0 */
	"tcp any4:443 drop", /* 1 */
	"tcp 192.0.0.0/16:any drop", /* 2 */
	"tcp 192.0.2.0/24:443 drop name web", /* 3 */
	"tcp 192.0.2.10:443 drop", /* 4 */
	"tcp 192.0.2.10:400-500 drop", /* 5 */
	"tcp 192.0.2.11:80 drop", /* 6 */
	"udp 192.0.2.10:443 drop", /* 7 */
	"tcp [2001:db8::/32]:443 drop", /* 8 */
	"tcp [2001:db8::1]:22 drop", /* 9 */
};

static const struct {
	const char *words, *meant;
} rows[] = {
	{ "", "0123456789" },
	{ "tcp", "012345689" },
	{ "udp", "7" },
	{ "sctp,udp", "7" },
	{ "sctp", "" },
	{ "tcp 192.0.2.0/24", "3456" },
	{ "192.0.2.0/24", "34567" },
	{ "192.0.2.0/24:443", "3457" },
	{ "192.0.2.0/24:400-500", "3457" },
	{ "tcp 192.0.2.10", "012345" },
	{ "tcp 192.0.2.10:443", "012345" },
	{ "tcp 192.0.2.10:22", "2" },
	{ "tcp 192.0.2.10/32", "45" },
	{ "tcp 192.0.2.10:any", "012345" },
	{ "tcp 192.0.2.11", "01236" },
	{ "tcp any", "012345689" },
	{ "tcp any4", "123456" },
	{ "tcp any6", "89" },
	{ "any:443", "01234578" },
	{ "443", "01234578" },
	{ ":443", "01234578" },
	{ "tcp https", "-" },
	{ "tcp any:https", "0123458" },
	{ "440-450", "01347 8" },
	{ "any4:443", "1234 57" },
	{ "2001:db8::/32", "89" },
	{ "[2001:db8::/32]", "89" },
	{ "2001:db8::1", "089" },
	{ "[2001:db8::1]:443", "08" },
	{ "[2001:db8::1]:22", "9" },
	{ "[2001:db8::1]", "089" },
	{ "exact tcp any:443", "0" },
	{ "exact tcp 192.0.2.10:443", "4" },
	{ "exact 192.0.2.10:443", "47" },
	{ "tcp exact 192.0.2.10:400-500", "5" },
	{ "exact tcp 192.0.2.10:444", "" },
	{ "name web", "03" },
	{ "name we", "" },
	{ "name web tcp 192.0.2.0/24", "3" },
	{ "name tcp", "" },
};

static void check_row(const char *words, const char *meant)
{
	struct ps_filter filter;

	if (*meant == '-') {
		assert_int_equal(parse(PS_FILTER_BINDINGS, words, &filter), -1);
		return;
	}
	if (parse(PS_FILTER_BINDINGS, words, &filter))
		fail_msg("'%s': %s", words, error.text);
	for (size_t i = 0; i < COUNT_OF(bindings); i++) {
		struct ps_binding binding = binding_of(bindings[i]);
		bool is_wanted = strchr(meant, (int)('0' + i));

		if (ps_filter_has_binding(&filter, &binding.endpoint, binding.name) != is_wanted)
			fail_msg("'%s': %s", words, bindings[i]);
	}
}

static void test_bindings(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check_row(rows[i].words, rows[i].meant);
}

static struct ps_flow_key flow_of(const char *from, __u16 sport, const char *to, __u16 dport)
{
	struct ps_flow_key key = {
		.family = PS_IPV4, .proto = PS_TCP, .sport = sport, .dport = dport
	};

	inet_pton(AF_INET, from, key.saddr);
	inet_pton(AF_INET, to, key.daddr);
	return key;
}

/* Of "198.51.100.7:40000 to 192.0.2.10:443", which `tcp any:443 name web` saw. */
static const struct {
	const char *words;
	bool is_meant;
} flow_rows[] = {
	{ "", true },
	{ "tcp", true },
	{ "udp", false },
	{ "192.0.2.10", true },
	{ "192.0.2.0/24:443", true },
	{ "192.0.2.0/24:400-500", true },
	{ "192.0.2.11", false },
	{ "192.0.2.10:80", false },
	{ "198.51.100.7", false },
	{ "from 198.51.100.7", true },
	{ "from 198.51.100.0/24:40000", true },
	{ "from 198.51.100.0/24:40001", false },
	{ "from 192.0.2.10", false },
	{ "from any6", false },
	{ "443 from any4", true },
	{ "exact any:443", true },
	{ "exact 192.0.2.10:443", false }, /* of another binding */
	{ "name web from 198.51.100.7", true },
	{ "name other", false },
};

static void test_flows(void **state)
{
	struct ps_flow_key key = flow_of("198.51.100.7", 40000, "192.0.2.10", 443);
	struct ps_endpoint endpoint = endpoint_of("tcp any:443");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(flow_rows); i++) {
		struct ps_filter filter;

		if (parse(PS_FILTER_FLOWS, flow_rows[i].words, &filter))
			fail_msg("'%s': %s", flow_rows[i].words, error.text);
		if (ps_filter_has_flow(&filter, &key, &endpoint, "web") != flow_rows[i].is_meant)
			fail_msg("'%s'", flow_rows[i].words);
	}
}

static const struct {
	const char *words, *error;
} refused[] = {
	{ "now", "unknown word 'now'; valid: tcp, udp, sctp, ADDRESS, exact, name" },
	{ "tpc", "did you mean 'tcp'?" },
	{ "tcp udp", "there can be one PROTO only" },
	{ "tcp,tpc", "unknown protocol 'tpc'" },
	{ "192.0.2.1 192.0.2.2", "there can be one address only" },
	{ "name", "'name' must be followed by a name" },
	{ "name a name b", "there can be one name only" },
	{ "exact tcp", "'exact' needs an endpoint such as 'tcp any:23'" },
	{ "from 192.0.2.1", "unknown word 'from'" },
	{ "192.0.2.300", "'192.0.2.300' is not a valid IPv4 address" },
	{ "2001:db8::g", "'2001:db8::g' is not a valid IPv6 address" },
	{ "192.0.2.0/33", "'33' is not a valid prefix length" },
	{ "99999", "'99999' is not a valid port" },
	{ "90-80", "range '90-80' runs backwards" },
};

static void test_refused(void **state)
{
	struct ps_filter filter;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		assert_int_equal(parse(PS_FILTER_BINDINGS, refused[i].words, &filter), -1);
		if (!strstr(error.text, refused[i].error))
			fail_msg("'%s': %s", refused[i].words, error.text);
		assert_int_equal(error.status, PS_EXIT_USAGE);
	}
	assert_int_equal(parse(PS_FILTER_FLOWS, "from", &filter), -1);
	assert_string_equal(error.text, "'from' must be followed by an address");
	assert_int_equal(parse(PS_FILTER_FLOWS, "from 1.2.3.4 from 1.2.3.4", &filter), -1);
	assert_string_equal(error.text, "there can be one 'from' only");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_flows),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
