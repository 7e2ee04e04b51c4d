// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Endpoints as sets of packets: masks and relations against counting the
 * packets of a tiny universe. Their text is endpoint_parse.c.
 */
#include "unit.h"

/* A packet of that universe: four bits of address, a few ports. */
struct packet {
	enum ps_proto proto;
	enum ps_family family;
	__u8 addr[16];
	__u16 port;
};

static const __u16 ports[] = { 0, 1, 2, 3, 4, 5, 65535 };

#define PACKETS (2 * 2 * 16 * COUNT_OF(ports))

static struct packet packet_of(size_t number)
{
	struct packet packet = { .proto = PS_TCP, .family = PS_IPV4 };

	packet.proto = (enum ps_proto)(PS_TCP + number % 2);
	packet.family = (enum ps_family)(PS_IPV4 + number / 2 % 2);
	packet.addr[0] = (__u8)(number / 4 % 16 << 4);
	packet.port = ports[number / 64];
	return packet;
}

/* Bit for bit, as the words of abi.h have it. */
static bool is_in(const struct ps_endpoint *endpoint, const struct packet *packet)
{
	if (endpoint->proto != packet->proto || packet->port < endpoint->port_first ||
	    packet->port > endpoint->port_last)
		return false;
	if (endpoint->family != PS_ANY && endpoint->family != packet->family)
		return false;
	for (int bit = 0; bit < endpoint->prefix_len; bit++)
		if ((endpoint->addr[bit / 8] ^ packet->addr[bit / 8]) >> (7 - bit % 8) & 1)
			return false;
	return true;
}

static struct ps_endpoint draw_endpoint(void)
{
	struct ps_endpoint endpoint = {
		.addr = { (__u8)(draw(16) << 4) },
		.prefix_len = (__u8)draw(5),
		.family = (enum ps_family)draw(3),
		.proto = (enum ps_proto)(PS_TCP + draw(2)),
		.port_first = (__u16)(1 + draw(5)),
	};

	if (endpoint.family == PS_ANY)
		endpoint.prefix_len = 0;
	ps_address_mask(endpoint.addr, endpoint.prefix_len);
	endpoint.port_last = (__u16)(endpoint.port_first + draw(6u - endpoint.port_first));
	if (!draw(5)) {
		endpoint.port_first = 0;
		endpoint.port_last = 65535;
	}
	return endpoint;
}

static void assert_relations(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	bool meets = false, covers = true, is_equal = true;
	char text_a[PS_ENDPOINT_TEXT], text_b[PS_ENDPOINT_TEXT];

	for (size_t i = 0; i < PACKETS; i++) {
		struct packet packet = packet_of(i);
		bool in_a = is_in(a, &packet), in_b = is_in(b, &packet);

		meets |= in_a && in_b;
		covers &= in_a || !in_b;
		is_equal &= in_a == in_b;
	}
	ps_endpoint_format(a, text_a);
	ps_endpoint_format(b, text_b);
	if (endpoints_meet(a, b) != meets)
		fail_msg("%s and %s: meet is %d", text_a, text_b, !meets);
	if (endpoint_covers(a, b) != covers)
		fail_msg("%s and %s: covers is %d", text_a, text_b, !covers);
	if (ps_endpoint_is_equal(a, b) != is_equal)
		fail_msg("%s and %s: equal is %d", text_a, text_b, !is_equal);
	assert_int_equal(ps_endpoint_compare(a, b) == 0, is_equal);
	assert_int_equal(ps_endpoint_compare(a, b) < 0, ps_endpoint_compare(b, a) > 0);
}

static void test_relations(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct ps_endpoint a = draw_endpoint(), b = draw_endpoint();

		assert_relations(&a, &b);
		assert_relations(&a, &a);
	}
}

static void test_has_address(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct ps_endpoint endpoint = draw_endpoint();

		for (size_t j = 0; j < PACKETS; j++) {
			struct packet packet = packet_of(j);
			bool has = ps_prefix_has(&endpoint, packet.family, packet.addr);

			packet.proto = endpoint.proto;
			packet.port = endpoint.port_first;
			assert_int_equal(has, is_in(&endpoint, &packet));
		}
	}
}

static void test_last_bits_count(void **state)
{
	struct ps_endpoint a = endpoint_of("tcp [2001:db8::2/127]:1");
	struct ps_endpoint b = endpoint_of("tcp [2001:db8::3]:1");
	struct ps_endpoint c = endpoint_of("tcp [2001:db8::4]:1");
	struct ps_endpoint d = endpoint_of("tcp 192.0.2.1:1");

	(void)state;
	assert_true(ps_prefix_covers(&a, &b));
	assert_false(ps_prefix_covers(&a, &c));
	assert_false(ps_prefix_covers(&b, &a));
	assert_false(ps_prefix_covers(&b, &c));
	assert_true(ps_prefix_has(&d, PS_IPV4, (const __u8[16]){ 192, 0, 2, 1 }));
	assert_false(ps_prefix_has(&d, PS_IPV4, (const __u8[16]){ 192, 0, 2, 0 }));
	assert_false(ps_prefix_has(&d, PS_IPV6, (const __u8[16]){ 192, 0, 2, 1 }));
}

static void test_masks(void **state)
{
	(void)state;
	for (int length = 0; length <= 128; length++) {
		__u8 addr[16];

		memset(addr, 0xff, sizeof(addr));
		ps_address_mask(addr, (__u8)length);
		for (int bit = 0; bit < 128; bit++)
			assert_int_equal(addr[bit / 8] >> (7 - bit % 8) & 1, bit < length);
	}
}

static void test_sorted_order(void **state)
{
	static const char *const sorted[] = {
		"tcp any:1",	   "tcp any:1-2",      "tcp any:2",	    "tcp any4:any",
		"tcp 9.0.0.0/8:1", "tcp 10.0.0.0/8:9", "tcp 10.0.0.0/9:1",  "tcp 10.0.0.1:1",
		"tcp any6:1",	   "tcp [::2]:1",      "tcp [2001::/16]:1", "udp any:1",
		"sctp any:1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sorted); i++)
		for (size_t j = 0; j < COUNT_OF(sorted); j++) {
			struct ps_endpoint a = endpoint_of(sorted[i]), b = endpoint_of(sorted[j]);
			int order = ps_endpoint_compare(&a, &b);

			if ((order > 0) - (order < 0) != (i > j) - (i < j))
				fail_msg("%s against %s: %d", sorted[i], sorted[j], order);
		}
}

static void test_addresses(void **state)
{
	static const char *const texts[] = { "0.0.0.0", "192.0.2.1", "::", "2001:db8::1" };
	static const char *const bad[] = { "", "1.2.3", "1.2.3.4.5", "::g", "any", "1.2.3.4/8" };
	char text[PS_ADDRESS_TEXT];
	enum ps_family family;
	__u8 addr[16];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		assert_int_equal(ps_address_parse(texts[i], &family, addr), 0);
		assert_int_equal(family, i < 2 ? PS_IPV4 : PS_IPV6);
		assert_string_equal(ps_address_format(family, addr, text), texts[i]);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(ps_address_parse(bad[i], &family, addr), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_relations),	cmocka_unit_test(test_has_address),
		cmocka_unit_test(test_last_bits_count), cmocka_unit_test(test_masks),
		cmocka_unit_test(test_sorted_order),	cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}
