// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Packets in words, and what is no packet: at which word, and why.
 */
#include "frame/words.h"
#include "unit.h"

static int parse(const char *text, struct ps_frame_words *ret, struct ps_error *error)
{
	static char copy[256];
	char *words[16], *rest = copy, *word;
	int count = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strsep(&rest, " ")))
		words[count++] = word;
	words[count] = NULL;
	return ps_frame_parse(count, words, ret, error);
}

static void test_taken(void **state)
{
	struct ps_frame_words words;
	struct ps_error error;

	(void)state;
	assert_int_equal(parse("tcp 198.51.100.7:40000 192.0.2.10:https", &words, &error), 0);
	assert_int_equal(words.plan.family, PS_IPV4);
	assert_int_equal(words.plan.proto, PS_TCP);
	assert_int_equal(words.plan.source_port, 40000);
	assert_int_equal(words.plan.destination_port, 443);
	assert_int_equal(words.plan.tcp_flags, 2);
	assert_null(words.device);
	assert_int_equal(parse("tcp [2001:db8::7]:40000 [2001:db8::1]:443 vlan 5 length 1514 dev "
			       "eth0 flags RA vlan 6",
			       &words, &error),
			 0);
	assert_int_equal(words.plan.family, PS_IPV6);
	assert_int_equal(words.plan.tcp_flags, 0x14);
	assert_int_equal(words.plan.length, 1514);
	assert_int_equal(words.plan.vlans, 2);
	assert_int_equal(words.plan.vlan[1], 6);
	assert_string_equal(words.device, "eth0");
	assert_int_equal(words.device_word, 8);
}

#define PACKET "tcp 198.51.100.7:40000 192.0.2.10:443"

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		int word;
		const char *why;
	} rows[] = {
		{ "tcp 198.51.100.7:40000", -1,
		  "explain needs a packet: PROTO SOURCE:PORT DESTINATION:PORT, or a capture: -r "
		  "FILE" },
		{ "tcp,udp 198.51.100.7:40000 192.0.2.10:443", 0,
		  "a packet has one protocol, not 'tcp,udp'" },
		{ "icmp 198.51.100.7:40000 192.0.2.10:443", 0, "unknown protocol 'icmp'" },
		{ "tcp 198.51.100.7 192.0.2.10:443", 1, "'198.51.100.7' has no port" },
		{ "tcp 198.51.100.7:40000 any:443", 2,
		  "a packet is from one address and port to another, not 'any:443'" },
		{ "tcp 198.51.100.0/24:40000 192.0.2.10:443", 1,
		  "a packet is from one address and port to another, not '198.51.100.0/24:40000'" },
		{ "tcp 198.51.100.7:40000 192.0.2.10:443-444", 2,
		  "a packet is from one address and port to another, not '192.0.2.10:443-444'" },
		{ "tcp 198.51.100.7:40000 [2001:db8::1]:443", 2,
		  "'[2001:db8::1]:443' is not of the same IP version as the source, "
		  "'198.51.100.7:40000'" },
		{ PACKET " vlan 4095", 4, "'4095' is not a valid VLAN; valid: 0 to 4094" },
		{ PACKET " vlan 1 vlan 2 vlan 3 vlan 4 vlan 5", 11,
		  "a frame has at most 4 VLAN tags here" },
		{ PACKET " flags SX", 4, "'X' is not a TCP flag; flags are letters of FSRPAUEC" },
		{ "udp 198.51.100.7:40000 192.0.2.10:443 flags S", 3,
		  "flags are of tcp; a udp packet has none" },
		{ PACKET " length 53", 4,
		  "'53' is not a valid length of this frame; valid: 54 to 9216" },
		{ PACKET " length 9217", 4,
		  "'9217' is not a valid length of this frame; valid: 54 to 9216" },
		{ PACKET " length 57 vlan 3", 4,
		  "'57' is not a valid length of this frame; valid: 58 to 9216" },
		{ PACKET " dev", 3, "'dev' needs a value" },
		{ PACKET " dve eth0", 3,
		  "unknown word 'dve'; valid: dev, vlan, flags, length; did you mean 'dev'?" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ps_frame_words words;
		struct ps_error error;

		assert_int_equal(parse(rows[i].text, &words, &error), -1);
		if (strncmp(error.text, rows[i].why, strlen(rows[i].why)))
			fail_msg("%s: %s", rows[i].text, error.text);
		assert_int_equal(error.status, PS_EXIT_USAGE);
		assert_int_equal(error.word, rows[i].word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
