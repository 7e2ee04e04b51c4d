// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Shadowed bindings: known cases, and small random tables against asking
 * every packet who wins it.
 */
#include "conflict/conflict.h"
#include "table/probe.h"
#include "unit.h"

/* ';' between bindings; those that are shadowed are marked with '*'. */
static const char *const tables[] = {
	"",
	"tcp any:80",
	"tcp any4:80;tcp 10.0.0.0/8:80",
	/* two halves of a prefix */
	"*tcp 10.0.0.0/8:80;tcp 10.0.0.0/9:80;tcp 10.128.0.0/9:80",
	"tcp 10.0.0.0/8:80;tcp 10.0.0.0/9:80",
	"tcp 10.0.0.0/8:80;tcp 10.0.0.0/9:80;tcp 10.128.0.0/10:80",
	"*tcp 10.0.0.0/8:80;tcp 10.0.0.0/9:80;tcp 10.128.0.0/10:80;tcp 10.192.0.0/10:80",
	"tcp 10.0.0.0/8:80;tcp 10.0.0.0/9:80;tcp 10.128.0.0/9:81",
	"tcp 10.0.0.0/8:80;tcp 10.0.0.0/9:80;udp 10.128.0.0/9:80",
	"*tcp 10.0.0.0/8:80;tcp 10.0.0.0/9:any;tcp 10.128.0.0/9:1-100",
	"*tcp 192.0.2.0/31:80;tcp 192.0.2.0:80;tcp 192.0.2.1:80",
	"*tcp [2001:db8::2/127]:80;tcp [2001:db8::2]:80;tcp [2001:db8::3]:80",
	"tcp [2001:db8::2/127]:80;tcp [2001:db8::2]:80;tcp [2001:db8::4]:80",
	/* ports of one prefix */
	"*tcp any:80-82;tcp any:80;tcp any:81;tcp any:82",
	"tcp any:80-82;tcp any:80;tcp any:82",
	"*tcp any:80-85;tcp any:80-82;tcp any:83-85",
	"*tcp any:80-85;*tcp any:80-82;tcp any:80;tcp any:81;tcp any:82;tcp any:83-85",
	"tcp any:any;tcp any:1-65535",
	/* the two families */
	"*tcp any:80;tcp any4:80;tcp any6:80",
	"tcp any:80;tcp any4:80",
	"*tcp any:80;tcp any4:80;tcp [::/1]:80;tcp [8000::/1]:80",
	"*tcp any:80-82;tcp any:80;tcp any4:81-82;tcp any6:81-82",
	"tcp any:80;tcp any4:1-100;tcp any6:1-100",
	"*tcp any:80;*tcp any4:1-100;tcp any6:any;tcp 0.0.0.0/1:any;tcp 128.0.0.0/1:any;"
	"tcp [::/1]:80;tcp [8000::/1]:80",
	"*tcp any4:80-81;tcp any:80;tcp any:81",
	"tcp any6:80-82;tcp any:80;tcp any:81",
};

static int compare_endpoints(const void *a, const void *b)
{
	return ps_endpoint_compare(a, b);
}

/* Adds what is shadowed in @bindings to @text, sorted. */
static void tell_shadowed(struct ps_bindings *bindings, char *text)
{
	struct ps_conflicts conflicts = {};
	struct ps_endpoint found[64];
	char endpoint[PS_ENDPOINT_TEXT];

	ps_bindings_sort(bindings);
	ps_conflicts_find_shadowed(&conflicts, bindings);
	for (size_t i = 0; i < conflicts.count; i++) {
		found[i] = conflicts.item[i].endpoint;
		assert_int_equal(conflicts.item[i].kind, PS_SHADOWED);
		assert_int_equal(conflicts.item[i].severity, PS_WARNING);
		assert_string_equal(conflicts.item[i].text,
				    "more specific bindings cover all of it; it can never match");
	}
	qsort(found, conflicts.count, sizeof(*found), compare_endpoints);
	for (size_t i = 0; i < conflicts.count; i++)
		sprintf(text + strlen(text), "%s;", ps_endpoint_format(&found[i], endpoint));
	ps_conflicts_done(&conflicts);
}

static void test_known_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		struct ps_bindings bindings = {}, marked = {};
		char copy[512], *rest = copy, *line, shadowed[1024] = "", expected[1024] = "";
		char text[PS_ENDPOINT_TEXT];

		snprintf(copy, sizeof(copy), "%s", tables[i]);
		while (*copy && (line = strsep(&rest, ";"))) {
			struct ps_endpoint endpoint = endpoint_of(line + (*line == '*'));

			ps_bindings_add(&bindings)->endpoint = endpoint;
			if (*line == '*')
				ps_bindings_add(&marked)->endpoint = endpoint;
		}
		ps_bindings_sort(&marked);
		for (size_t j = 0; j < marked.count; j++)
			sprintf(expected + strlen(expected), "%s;",
				ps_endpoint_format(&marked.item[j].endpoint, text));
		tell_shadowed(&bindings, shadowed);
		if (strcmp(shadowed, expected))
			fail_msg("%s: '%s' is shadowed", tables[i], shadowed);
		ps_bindings_done(&bindings);
		ps_bindings_done(&marked);
	}
}

/* The universe of random tables: three bits of address, ports 1 to 4 and others. */
static struct ps_endpoint draw_endpoint(void)
{
	struct ps_endpoint endpoint = {
		.addr = { (__u8)(draw(8) << 5) },
		.prefix_len = (__u8)draw(4),
		.family = (enum ps_family)draw(3),
		.proto = (enum ps_proto)(PS_TCP + !draw(5)),
		.port_first = (__u16)(1 + draw(4)),
	};

	if (endpoint.family == PS_ANY)
		endpoint.prefix_len = 0;
	ps_address_mask(endpoint.addr, endpoint.prefix_len);
	endpoint.port_last = (__u16)(endpoint.port_first + draw(5u - endpoint.port_first));
	if (!draw(6)) {
		endpoint.port_first = 0;
		endpoint.port_last = 65535;
	}
	return endpoint;
}

/* Can be bound beside what is there: no duplicate, no overlap. */
static bool fits(const struct ps_bindings *bindings, const struct ps_endpoint *endpoint)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_endpoint *other = &bindings->item[i].endpoint;

		if (ps_endpoint_is_equal(other, endpoint))
			return false;
		if (other->prefix_len == endpoint->prefix_len && endpoints_meet(other, endpoint) &&
		    !ps_ports_cover(other, endpoint) && !ps_ports_cover(endpoint, other))
			return false;
	}
	return true;
}

/* Packet @number of that universe, as an endpoint of one address and port. */
static struct ps_endpoint packet_of(__u32 number)
{
	static const __u16 ports[] = { 0, 1, 2, 3, 4, 5 };
	struct ps_endpoint packet = {
		.addr = { (__u8)(number % 8 << 5) },
		.family = (enum ps_family)(PS_IPV4 + number / 8 % 2),
		.proto = (enum ps_proto)(PS_TCP + number / 16 % 2),
	};

	packet.port_first = packet.port_last = ports[number / 32];
	packet.prefix_len = packet.family == PS_IPV4 ? 32 : 128;
	return packet;
}

static void mark_winner(const struct ps_bindings *bindings, const struct ps_endpoint *packet,
			bool wins[])
{
	const struct ps_binding *best = NULL;

	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];

		if (!endpoint_covers(&binding->endpoint, packet))
			continue;
		if (!best || ps_precedence_compare(&binding->endpoint, &best->endpoint) < 0)
			best = binding;
	}
	if (best)
		wins[best - bindings->item] = true;
}

static void assert_table(struct ps_bindings *bindings)
{
	char shadowed[4096] = "", expected[4096] = "", table[4096] = "", text[PS_ENDPOINT_TEXT];
	bool wins[64] = { false };

	ps_bindings_sort(bindings);
	for (__u32 number = 0; number < 32 * 6; number++) {
		struct ps_endpoint packet = packet_of(number);

		mark_winner(bindings, &packet, wins);
	}
	for (size_t i = 0; i < bindings->count; i++) {
		ps_endpoint_format(&bindings->item[i].endpoint, text);
		sprintf(table + strlen(table), "%s;", text);
		if (!wins[i])
			sprintf(expected + strlen(expected), "%s;", text);
	}
	tell_shadowed(bindings, shadowed);
	if (strcmp(shadowed, expected))
		fail_msg("%s\nshadowed: '%s', reported: '%s'", table, expected, shadowed);
}

static void test_random_tables(void **state)
{
	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct ps_bindings bindings = {};
		__u32 count = 1 + draw(40);

		for (__u32 i = 0; i < count; i++) {
			struct ps_endpoint endpoint = draw_endpoint();

			if (fits(&bindings, &endpoint))
				ps_bindings_add(&bindings)->endpoint = endpoint;
		}
		assert_table(&bindings);
		ps_bindings_done(&bindings);
	}
}

/* Half of what is left, by prefixes to either side, down to the last address. */
static void test_long_chain(void **state)
{
	struct ps_endpoint path = endpoint_of("tcp any6:80");
	struct ps_bindings bindings = {};
	char shadowed[PS_ENDPOINT_TEXT + 1] = "";

	(void)state;
	*ps_bindings_add(&bindings) = binding_of("tcp any6:80 drop");
	for (__u8 bit = 0; bit < 128; bit++) {
		struct ps_endpoint *beside = &ps_bindings_add(&bindings)->endpoint;
		__u8 mask = (__u8)(0x80 >> bit % 8);

		path.prefix_len++;
		path.addr[bit / 8] |= draw(2) ? mask : 0;
		*beside = path;
		beside->addr[bit / 8] ^= mask;
	}
	tell_shadowed(&bindings, shadowed);
	assert_string_equal(shadowed, ""); /* the last address is left */
	ps_bindings_add(&bindings)->endpoint = path;
	tell_shadowed(&bindings, shadowed);
	assert_string_equal(shadowed, "tcp any6:80;");
	ps_bindings_done(&bindings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_tables),
		cmocka_unit_test(test_random_tables),
		cmocka_unit_test(test_long_chain),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}
