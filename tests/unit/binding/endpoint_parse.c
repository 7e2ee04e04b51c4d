// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Endpoint text: what is taken and what it becomes, what is refused and in
 * which words, and that what is printed can be typed back.
 */
#include "unit.h"

static const struct accepted {
	const char *protocols, *place, *canonical; /* "; " between several */
	bool masked;
} accepted[] = {
	{ "tcp", "192.0.2.1:443", "tcp 192.0.2.1:443", false },
	{ "udp", "[2001:db8::1]:53", "udp [2001:db8::1]:53", false },
	{ "tcp", "10.0.0.0/8:8000-8999", "tcp 10.0.0.0/8:8000-8999", false },
	{ "udp", "any:53", "udp any:53", false },
	{ "tcp", "any4:80", "tcp any4:80", false },
	{ "sctp", "any6:2905", "sctp any6:2905", false },
	{ "tcp", "192.0.2.1:any", "tcp 192.0.2.1:any", false },
	{ "tcp", "any:any", "tcp any:any", false },
	{ "tcp,udp", "192.0.2.1:53", "tcp 192.0.2.1:53; udp 192.0.2.1:53", false },
	{ "sctp,tcp", "any:9", "tcp any:9; sctp any:9", false },
	{ "udp,sctp,tcp", "any:1", "tcp any:1; udp any:1; sctp any:1", false },
	{ "tcp", "any:https", "tcp any:443", false },
	{ "tcp,udp", "any:domain", "tcp any:53; udp any:53", false },
	{ "tcp", "any:1", "tcp any:1", false },
	{ "tcp", "any:65535", "tcp any:65535", false },
	{ "tcp", "any:1-65535", "tcp any:1-65535", false },
	{ "tcp", "any:80-80", "tcp any:80", false },
	{ "tcp", "192.0.2.77/24:80", "tcp 192.0.2.0/24:80", true },
	{ "tcp", "192.0.2.1/32:80", "tcp 192.0.2.1:80", false },
	{ "tcp", "255.255.255.255/1:80", "tcp 128.0.0.0/1:80", true },
	{ "tcp", "0.0.0.0/0:80", "tcp any4:80", false },
	{ "tcp", "1.2.3.4/0:80", "tcp any4:80", true },
	{ "tcp", "0.0.0.0:80", "tcp 0.0.0.0:80", false },
	{ "tcp", "[::/0]:80", "tcp any6:80", false },
	{ "tcp", "[::]:80", "tcp [::]:80", false },
	{ "tcp", "[::1]:80", "tcp [::1]:80", false },
	{ "tcp", "[2001:DB8:0:0::1]:80", "tcp [2001:db8::1]:80", false },
	{ "tcp", "[2001:db8::/32]:80-90", "tcp [2001:db8::/32]:80-90", false },
	{ "tcp", "[2001:db8:ffff::1/33]:80", "tcp [2001:db8:8000::/33]:80", true },
	{ "tcp", "[fe80::1/128]:any", "tcp [fe80::1]:any", false },
	{ "tcp", "[64:ff9b::192.0.2.1]:80", "tcp [64:ff9b::c000:201]:80", false },
};

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(accepted); i++) {
		char text[PS_ENDPOINT_TEXT], all[512] = "";
		struct ps_endpoints endpoints;
		struct ps_error error;

		if (ps_endpoints_parse(accepted[i].protocols, accepted[i].place, &endpoints,
				       &error))
			fail_msg("'%s %s': %s", accepted[i].protocols, accepted[i].place,
				 error.text);
		for (int j = 0; j < endpoints.count; j++) {
			strcat(all, j ? "; " : "");
			strcat(all, ps_endpoint_format(&endpoints.item[j], text));
		}
		assert_string_equal(all, accepted[i].canonical);
		if (endpoints.masked != accepted[i].masked)
			fail_msg("'%s': masked is %d", accepted[i].place, endpoints.masked);
	}
}

#define NO_IPV4                                                                        \
	" is not a valid IPv4 address; use any, any4, any6, 192.0.2.1, 192.0.2.0/24, " \
	"[2001:db8::1] or [2001:db8::/32]"
#define NO_IPV6                                                                        \
	" is not a valid IPv6 address; use any, any4, any6, 192.0.2.1, 192.0.2.0/24, " \
	"[2001:db8::1] or [2001:db8::/32]"
#define NO_PORT \
	" is not a valid port; use 1 to 65535, FIRST-LAST, any, or a service of /etc/services"
#define NONE_GIVEN " has no port; write ADDRESS:PORT, or ADDRESS:any"
#define IN_BRACKETS ": an IPv6 address needs brackets: [2001:db8::1]:53"
#define MAPPED " is an IPv4-mapped address; write the IPv4 address itself"
#define SCOPED " has a scope id; bindings are for every interface"
#define PROTOCOLS "'; valid: tcp, udp, sctp"
#define ZERO "port 0 is not a valid port; for every port write 'any'"

static const struct refused {
	const char *protocols, *place;
	int word, offset;
	const char *text;
} refused[] = {
	{ "", "any:1", 0, 0, "unknown protocol '" PROTOCOLS },
	{ "TCP", "any:1", 0, 0, "unknown protocol 'TCP" PROTOCOLS "; did you mean 'tcp'?" },
	{ "tpc", "any:1", 0, 0, "unknown protocol 'tpc" PROTOCOLS "; did you mean 'tcp'?" },
	{ "tcp,", "any:1", 0, 4, "unknown protocol '" PROTOCOLS },
	{ ",tcp", "any:1", 0, 0, "unknown protocol '" PROTOCOLS },
	{ "tcp,icmp", "any:1", 0, 4, "unknown protocol 'icmp" PROTOCOLS },
	{ "tcp,udp,tcp", "any:1", 0, 8, "protocol 'tcp' is named twice" },
	{ "tcp udp", "any:1", 0, 0,
	  "'tcp udp' is one word; an endpoint has two words, such as tcp 192.0.2.1:443" },
	{ "aaaaaaaaaaaaaaaaaaaa", "any:1", 0, 0, "unknown protocol 'aaaaaaaaaaaaaaa" PROTOCOLS },
	{ "tcp", "", 1, 0, "''" NONE_GIVEN },
	{ "tcp", "any", 1, 0, "'any'" NONE_GIVEN },
	{ "tcp", "any:", 1, 0, "'any:'" NONE_GIVEN },
	{ "tcp", "[::1]", 1, 0, "'[::1]'" NONE_GIVEN },
	{ "tcp", "[::1]80", 1, 0, "'[::1]80'" NONE_GIVEN },
	{ "tcp", "[::1:80", 1, 0, "'[::1:80' has no closing bracket" },
	{ "tcp", "[::1]/64:80", 1, 5,
	  "'[::1]/64:80': the prefix length goes inside the brackets: [2001:db8::/32]:53" },
	{ "tcp", "::1:80", 1, 0, "'::1:80'" IN_BRACKETS },
	{ "tcp", "2001:db8::1", 1, 0, "'2001:db8::1'" IN_BRACKETS },
	{ "tcp", ":80", 1, 0, "''" NO_IPV4 },
	{ "tcp", "host:80", 1, 0, "'host'" NO_IPV4 },
	{ "tcp", "Any:80", 1, 0, "'Any'" NO_IPV4 },
	{ "tcp", "192.0.2:80", 1, 0, "'192.0.2'" NO_IPV4 },
	{ "tcp", "192.0.2.256:80", 1, 0, "'192.0.2.256'" NO_IPV4 },
	{ "tcp", "192.0.02.1:80", 1, 0, "'192.0.02.1'" NO_IPV4 },
	{ "tcp", "0x7f.0.0.1:80", 1, 0, "'0x7f.0.0.1'" NO_IPV4 },
	{ "tcp", " 192.0.2.1:80", 1, 0, "' 192.0.2.1'" NO_IPV4 },
	{ "tcp", "any4/8:80", 1, 0, "'any4'" NO_IPV4 },
	{ "tcp", "[any]:80", 1, 1, "'any'" NO_IPV6 },
	{ "tcp", "[192.0.2.1]:80", 1, 1, "'192.0.2.1'" NO_IPV6 },
	{ "tcp", "[]:80", 1, 1, "''" NO_IPV6 },
	{ "tcp", "[1::2::3]:80", 1, 1, "'1::2::3'" NO_IPV6 },
	{ "tcp", "[::ffff:192.0.2.1]:80", 1, 0, "'::ffff:192.0.2.1'" MAPPED },
	{ "tcp", "[::ffff:0:0/96]:80", 1, 0, "'::ffff:0:0'" MAPPED },
	{ "tcp", "[fe80::1%eth0]:80", 1, 0, "'fe80::1%eth0'" SCOPED },
	{ "tcp", "192.0.2.0/33:80", 1, 10, "'33' is not a valid prefix length; use 0 to 32" },
	{ "tcp", "192.0.2.0/:80", 1, 10, "'' is not a valid prefix length; use 0 to 32" },
	{ "tcp", "192.0.2.0/08:80", 1, 10, "'08' is not a valid prefix length; use 0 to 32" },
	{ "tcp", "192.0.2.0/-1:80", 1, 10, "'-1' is not a valid prefix length; use 0 to 32" },
	{ "tcp", "192.0.2.0/8/8:80", 1, 10, "'8/8' is not a valid prefix length; use 0 to 32" },
	{ "tcp", "[2001::/129]:80", 1, 8, "'129' is not a valid prefix length; use 0 to 128" },
	{ "tcp", "any:0", 1, 4, ZERO },
	{ "tcp", "any:0-10", 1, 4, ZERO },
	{ "tcp", "any:65536", 1, 4, "'65536'" NO_PORT },
	{ "tcp", "any:1-65536", 1, 4, "'1-65536'" NO_PORT },
	{ "tcp", "any:99999999999999999999", 1, 4, "'99999999999999999999'" NO_PORT },
	{ "tcp", "any:010", 1, 4, "'010'" NO_PORT },
	{ "tcp", "any:+1", 1, 4, "'+1'" NO_PORT },
	{ "tcp", "any:-1", 1, 4, "'-1'" NO_PORT },
	{ "tcp", "any:1-", 1, 4, "'1-'" NO_PORT },
	{ "tcp", "any:1-2-3", 1, 4, "'1-2-3'" NO_PORT },
	{ "tcp", "any:80x", 1, 4, "'80x'" NO_PORT },
	{ "tcp", "any: 80", 1, 4, "' 80'" NO_PORT },
	{ "tcp", "any:80 ", 1, 4, "'80 '" NO_PORT },
	{ "tcp", "80", 1, 0, "'80' has no address; for every address write any:80" },
	{ "tcp", "any:1,2", 1, 4,
	  "'1,2' is several ports, and a binding has one port or range; write two bindings: any:1 "
	  "and any:2" },
	{ "tcp", "any:*", 1, 4, "'*'" NO_PORT },
	{ "tcp", "[::1]:80]", 1, 6, "'80]'" NO_PORT },
	{ "tcp", "any:80-70", 1, 4, "range '80-70' runs backwards; write 70-80" },
	{ "tcp", "any:nosuch", 1, 4, "/etc/services has no tcp service 'nosuch'" },
	{ "tcp,sctp", "any:https", 1, 4, "/etc/services has no sctp service 'https'" },
	{ "tcp", "any:http-https", 1, 4, "/etc/services has no tcp service 'http-https'" },
};

static void assert_refused(const struct refused *row)
{
	struct ps_endpoints endpoints, before;
	struct ps_error error;

	memset(&endpoints, 0x5a, sizeof(endpoints));
	before = endpoints;
	if (ps_endpoints_parse(row->protocols, row->place, &endpoints, &error) != -1)
		fail_msg("'%s %s' was taken", row->protocols, row->place);
	assert_string_equal(error.text, row->text);
	if (error.word != row->word || error.offset != row->offset)
		fail_msg("'%s %s': word %d, offset %d", row->protocols, row->place, error.word,
			 error.offset);
	assert_int_equal(error.status, PS_EXIT_USAGE);
	assert_memory_equal(&endpoints, &before, sizeof(before)); /* untouched on failure */
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refused); i++)
		assert_refused(&refused[i]);
}

/* Words far longer than any that is right, of each sort of byte. */
static void test_long_words(void **state)
{
	static const char bytes[] = "a1:.[]/-,%";
	char word[5000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
		struct ps_endpoints endpoints;
		struct ps_error error;

		memset(word, bytes[i], sizeof(word));
		word[sizeof(word) - 1] = '\0';
		assert_int_equal(ps_endpoints_parse(word, "any:1", &endpoints, &error), -1);
		assert_int_equal(ps_endpoints_parse("tcp", word, &endpoints, &error), -1);
		word[2500] = ':';
		assert_int_equal(ps_endpoints_parse("tcp", word, &endpoints, &error), -1);
		assert_int_equal(ps_endpoints_parse("tcp", word + 2496, &endpoints, &error), -1);
	}
}

static void draw_address(struct ps_endpoint *endpoint)
{
	int bytes = endpoint->family == PS_IPV4 ? 4 : 16;

	for (int i = 0; i < bytes; i++)
		endpoint->addr[i] = draw(3) ? (__u8)draw(256) : 0;
	endpoint->addr[0] |= 1; /* never IPv4-mapped */
	endpoint->prefix_len = (__u8)draw((__u32)bytes * 8 + 1);
	ps_address_mask(endpoint->addr, endpoint->prefix_len);
}

static struct ps_endpoint draw_endpoint(void)
{
	struct ps_endpoint endpoint = {
		.family = (enum ps_family)draw(3),
		.proto = (enum ps_proto)(PS_TCP + draw(3)),
		.port_first = (__u16)(1 + draw(65535)),
	};

	if (endpoint.family != PS_ANY && draw(4))
		draw_address(&endpoint);
	endpoint.port_last = endpoint.port_first;
	switch (draw(4)) {
	case 0:
		endpoint.port_first = 0;
		endpoint.port_last = 65535;
		break;
	case 1:
		endpoint.port_last =
			(__u16)(endpoint.port_first + draw(65536 - endpoint.port_first));
	}
	return endpoint;
}

static void test_printed_can_be_typed(void **state)
{
	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct ps_endpoint endpoint = draw_endpoint();
		char text[PS_ENDPOINT_TEXT], *place;
		struct ps_endpoints again;
		struct ps_error error;

		ps_endpoint_format(&endpoint, text);
		place = strchr(text, ' ');
		assert_non_null(place);
		*place++ = '\0';
		if (ps_endpoints_parse(text, place, &again, &error))
			fail_msg("'%s %s': %s", text, place, error.text);
		assert_int_equal(again.count, 1);
		assert_false(again.masked);
		if (!ps_endpoint_is_equal(&again.item[0], &endpoint))
			fail_msg("'%s %s' came back as another", text, place);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_printed_can_be_typed),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}
