// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings as words: actions, options, names; what is printed can be typed
 * back; what is refused, where and in which words.
 */
#include "binding/parse.h"
#include "unit.h"

/* Words are split at single blanks here, so that "" and odd bytes can be words. */
static int split(char *text, char *words[32])
{
	int count = 0;

	if (!*text)
		return 0;
	while (text && count < 32)
		words[count++] = strsep(&text, " ");
	return count;
}

static int parse(const char *text, struct ps_bindings *bindings, struct ps_error *error)
{
	char copy[512], *words[32];

	snprintf(copy, sizeof(copy), "%s", text);
	return ps_binding_parse(split(copy, words), words, bindings, error);
}

static const struct accepted {
	const char *text, *action; /* "": the same words */
	const char *name;
} accepted[] = {
	{ "tcp any:80 pass", "pass", "" },
	{ "tcp any:80 count", "count", "" },
	{ "tcp any:80 drop", "drop", "" },
	{ "tcp any:80 redirect veth0", "redirect veth0", "" },
	{ "tcp any:80 redirect veth0 peer", "redirect veth0 peer", "" },
	{ "tcp any:80 redirect veth0 via 10.0.0.2", "redirect veth0 via 10.0.0.2", "" },
	{ "tcp any:80 redirect e via 2001:DB8:0::2", "redirect e via 2001:db8::2", "" },
	{ "tcp any:80 redirect e mac 02:0A:ff:00:00:01", "redirect e mac 02:0a:ff:00:00:01", "" },
	{ "tcp any:80 redirect veth0 on-missing pass", "redirect veth0 on-missing pass", "" },
	{ "tcp any:80 redirect veth0 on-missing drop", "redirect veth0", "" },
	{ "tcp any:80 redirect e name n on-missing pass", "redirect e on-missing pass", "n" },
	{ "tcp any:80 redirect e peer on-missing pass name n", "redirect e peer on-missing pass",
	  "n" },
	{ "tcp any:80 drop name web", "drop", "web" },
	{ "tcp any:80 drop name name", "drop", "name" },
	{ "tcp any:80 drop name 0123456789012345678901234567890", "drop",
	  "0123456789012345678901234567890" },
	{ "tcp any:80 drop name \xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7", "drop",
	  "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7" },
	{ "tcp any:80 drop name \xf4\x8f\xbf\xbf\xee\x80\x80", "drop",
	  "\xf4\x8f\xbf\xbf\xee\x80\x80" },
	{ "tcp any:80 redirect name", "redirect name", "" },
	{ "tcp any:80 socket web", "socket web", "" },
	{ "tcp any:80 socket a_B.9@x-y on-missing pass name n", "socket a_B.9@x-y on-missing pass",
	  "n" },
	{ "tcp any:80 socket name on-missing drop", "socket name", "" },
	{ "tcp any:80 socket 1234567890123456789012345678901",
	  "socket 1234567890123456789012345678901", "" },
	{ "tcp any:80 redirect 123456789012345", "redirect 123456789012345", "" },
	{ "tcp any:80 redirect enp0s31f6-another-name", "redirect enp0s31f6-another-name", "" },
	{ "tcp any:80 redirect e via fe80::1%e", "redirect e via fe80::1", "" },
	{ "tcp any:80 redirect eth0.100@x", "redirect eth0.100@x", "" },
};

#define NO_HOP                                                                          \
	"is not the address of a neighbour: it is unspecified, loopback, multicast or " \
	"broadcast"

static void assert_action(const struct ps_binding *binding, const struct accepted *row)
{
	char text[PS_ACTION_TEXT];

	assert_string_equal(ps_action_format(binding, text), row->action);
	assert_string_equal(binding->name, row->name);
	assert_int_equal(binding->line, 0);
}

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(accepted); i++) {
		struct ps_bindings bindings = {}, again = {};
		char text[PS_ACTION_TEXT], typed[256];
		struct ps_error error;

		if (parse(accepted[i].text, &bindings, &error))
			fail_msg("'%s': %s", accepted[i].text, error.text);
		assert_int_equal(bindings.count, 1);
		assert_action(&bindings.item[0], &accepted[i]);
		snprintf(typed, sizeof(typed), "tcp any:80 %s%s%s",
			 ps_action_format(&bindings.item[0], text),
			 *accepted[i].name ? " name " : "", accepted[i].name);
		assert_int_equal(parse(typed, &again, &error), 0);
		assert_memory_equal(&again.item[0], &bindings.item[0], sizeof(*again.item));
		ps_bindings_done(&again);
		ps_bindings_done(&bindings);
	}
}

#define DEVICE "the interface to redirect to"
#define NO_DEVICE                                                                 \
	"' is not a valid interface name (1 to 15 bytes; an alternative name, 1 " \
	"to 127)"
#define LONG_NAME "12345678901234567890123456789012"
#define NO_MAC "' is not a link address such as 02:00:00:00:00:01"
#define NAME_RULE "a name has 1 to 31 bytes of UTF-8"
#define B "tcp any:80 "

static const struct refused {
	const char *text;
	int word, offset;
	const char *message;
} refused[] = {
	{ "", -1, 0, "an endpoint has two words, such as 'tcp 192.0.2.1:443'" },
	{ "tcp", 0, 0, "an endpoint has two words, such as 'tcp 192.0.2.1:443'" },
	{ "tcp any:0 drop", 1, 4, "port 0 is not a valid port; for every port write 'any'" },
	{ "tcp any:80", 1, 0,
	  "'any:80' must be followed by an action: pass, count, drop, redirect DEV or socket "
	  "NAME" },
	{ B "dorp", 2, 0, "unknown action 'dorp'; valid: pass, count, drop, redirect, socket" },
	{ B "none", 2, 0, "unknown action 'none'; valid: pass, count, drop, redirect, socket" },
	{ B "Drop", 2, 0, "unknown action 'Drop'; valid: pass, count, drop, redirect, socket" },
	{ B "drop drop", 3, 0, "unknown word 'drop'; valid: name, on-missing, owner" },
	{ B "drop peer", 3, 0, "unknown word 'peer'; valid: name, on-missing, owner" },
	{ B "redirect", 2, 0, "'redirect' must be followed by " DEVICE },
	{ B "redirect ", 3, 0, "'" NO_DEVICE },
	{ B "redirect " LONG_NAME LONG_NAME LONG_NAME LONG_NAME, 3, 0,
	  "'" LONG_NAME LONG_NAME LONG_NAME LONG_NAME NO_DEVICE },
	{ B "redirect 10.0.0.1", 3, 0,
	  "'10.0.0.1' is an IP address, where the interface must be that it is reached by; write "
	  "redirect DEV via 10.0.0.1" },
	{ B "redirect 10.0.0.1:80", 3, 0,
	  "'10.0.0.1:80' is an IP address, where the interface must be that it is reached by; "
	  "write redirect DEV via 10.0.0.1, and no port: it is never changed" },
	{ B "redirect [fe80::1]:80", 3, 0,
	  "'[fe80::1]:80' is an IP address, where the interface must be that it is reached by; "
	  "write redirect DEV via fe80::1, and no port: it is never changed" },
	{ B "redirect e via ::ffff:10.0.0.1", 5, 0,
	  "'::ffff:10.0.0.1' is an IPv4-mapped address; write the IPv4 address itself" },
	{ B "redirect e via 0.0.0.0", 5, 0, "'0.0.0.0' " NO_HOP },
	{ B "redirect e via 127.0.0.1", 5, 0, "'127.0.0.1' " NO_HOP },
	{ B "redirect e via 224.0.0.5", 5, 0, "'224.0.0.5' " NO_HOP },
	{ B "redirect e via 255.255.255.255", 5, 0, "'255.255.255.255' " NO_HOP },
	{ B "redirect e via ::", 5, 0, "'::' " NO_HOP },
	{ B "redirect e via ::1", 5, 0, "'::1' " NO_HOP },
	{ B "redirect e via ff02::1", 5, 0, "'ff02::1' " NO_HOP },
	{ B "redirect e via ff02::1%e", 5, 0, "'ff02::1' " NO_HOP },
	{ B "redirect e via 10.0.0.1%e", 5, 0, "'10.0.0.1%e' is not a valid IP address" },
	{ B "redirect e via fe80::1%", 5, 0, "'fe80::1%' is not a valid IP address" },
	{ B "redirect a/b", 3, 0, "'a/b" NO_DEVICE },
	{ B "redirect a:b", 3, 0, "'a:b" NO_DEVICE },
	{ B "redirect a\tb", 3, 0, "'a\tb" NO_DEVICE },
	{ B "redirect a\nb", 3, 0, "'a\nb" NO_DEVICE },
	{ B "redirect .", 3, 0, "'." NO_DEVICE },
	{ B "redirect ..", 3, 0, "'.." NO_DEVICE },
	{ B "redirect e vai 1.2.3.4", 4, 0,
	  "unknown word 'vai'; valid: via, mac, peer, name, on-missing, owner; did you mean "
	  "'via'?" },
	{ B "redirect e via", 4, 0, "'via' must be followed by the next hop's address" },
	{ B "redirect e via 10.0.0", 5, 0, "'10.0.0' is not a valid IP address" },
	{ B "redirect e via 10.0.0.0/8", 5, 0, "'10.0.0.0/8' is not a valid IP address" },
	{ B "redirect e via [::1]", 5, 0, "'[::1]' is not a valid IP address" },
	{ B "redirect e mac", 4, 0,
	  "'mac' must be followed by a link address such as 02:00:00:00:00:01" },
	{ B "redirect e mac 02:00:00:00:00", 5, 0, "'02:00:00:00:00" NO_MAC },
	{ B "redirect e mac 02:00:00:00:00:01:", 5, 0, "'02:00:00:00:00:01:" NO_MAC },
	{ B "redirect e mac 2:00:00:00:00:01", 5, 0, "'2:00:00:00:00:01" NO_MAC },
	{ B "redirect e mac 02-00-00-00-00-01", 5, 0, "'02-00-00-00-00-01" NO_MAC },
	{ B "redirect e mac 02:00:00:00:00:0g", 5, 0, "'02:00:00:00:00:0g" NO_MAC },
	{ B "redirect e mac +2:00:00:00:00:01", 5, 0, "'+2:00:00:00:00:01" NO_MAC },
	{ B "redirect e mac 02:-1:00:00:00:01", 5, 0, "'02:-1:00:00:00:01" NO_MAC },
	{ B "redirect e mac \t2:00:00:00:00:01", 5, 0, "'\t2:00:00:00:00:01" NO_MAC },
	{ B "redirect e mac 0x:00:00:00:00:01", 5, 0, "'0x:00:00:00:00:01" NO_MAC },
	{ B "redirect e peer via 1.2.3.4", 5, 0,
	  "unknown word 'via'; valid: name, on-missing, owner" },
	{ B "drop name", 3, 0, "'name' must be followed by the binding's name" },
	{ B "drop name ", 4, 0, NAME_RULE },
	{ B "drop name 01234567890123456789012345678901", 4, 0, NAME_RULE },
	{ B "drop name a name b", 6, 0, "a second name, 'b'" },
	{ B "drop name \x80", 4, 0, NAME_RULE },
	{ B "drop name a\xff", 4, 0, NAME_RULE },
	{ B "drop name \xc3", 4, 0, NAME_RULE },
	{ B "drop name \xe2\x82", 4, 0, NAME_RULE },
	{ B "drop name \xc1\x81", 4, 0, NAME_RULE },
	{ B "drop name \xe0\x80\x80", 4, 0, NAME_RULE }, /* longer than it need be */
	{ B "drop name \xf0\x80\x80\x80", 4, 0, NAME_RULE },
	{ B "drop name \xed\xa0\x80", 4, 0, NAME_RULE }, /* half of a UTF-16 pair */
	{ B "drop name \xf4\x90\x80\x80", 4, 0, NAME_RULE }, /* beyond U+10FFFF */
	{ B "drop on-missing pass", 3, 0,
	  "on-missing is for an action that can fail: redirect, socket" },
	{ B "redirect e on-missing", 4, 0, "'on-missing' must be followed by pass or drop" },
	{ B "redirect e on-missing pas", 5, 0,
	  "unknown value 'pas'; valid: pass, drop; did you mean 'pass'?" },
	{ B "redirect e on-missing pass on-missing drop", 6, 0, "a second on-missing" },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		struct ps_bindings bindings = {};
		struct ps_error error;

		if (parse(refused[i].text, &bindings, &error) != -1)
			fail_msg("'%s' was taken", refused[i].text);
		assert_string_equal(error.text, refused[i].message);
		if (error.word != refused[i].word || error.offset != refused[i].offset)
			fail_msg("'%s': word %d, offset %d", refused[i].text, error.word,
				 error.offset);
		assert_int_equal(error.status, PS_EXIT_USAGE);
		assert_int_equal(bindings.count, 0);
	}
}

static void test_one_for_each_protocol(void **state)
{
	struct ps_bindings bindings = {};
	char *words[] = { "udp,tcp", "10.1.1.1/8:53", "drop", "name", "dns" };
	struct ps_error error;

	(void)state;
	bind_text(&bindings, "sctp any:1 pass");
	assert_int_equal(ps_binding_parse(5, words, &bindings, &error), 0);
	assert_false(bindings.item[0].is_masked);
	assert_true(bindings.item[2].is_masked);
	assert_int_equal(bindings.count, 3);
	assert_endpoint(&bindings.item[0].endpoint, "sctp any:1");
	assert_endpoint(&bindings.item[1].endpoint, "tcp 10.0.0.0/8:53");
	assert_endpoint(&bindings.item[2].endpoint, "udp 10.0.0.0/8:53");
	assert_string_equal(bindings.item[2].name, "dns");
	words[2] = "dorp";
	assert_int_equal(ps_binding_parse(5, words, &bindings, &error), -1);
	assert_int_equal(bindings.count, 3);
	ps_bindings_done(&bindings);
}

static void test_equal_actions(void **state)
{
	static const char *const differing[] = {
		"pass",
		"count",
		"drop",
		"redirect a",
		"redirect b",
		"redirect a peer",
		"redirect a via 2001:db8::1",
		"redirect a via 1.1.1.1",
		"redirect a on-missing pass",
		"redirect a mac 02:00:00:00:00:01",
		"redirect a via 2001:db8::2",
		"redirect a mac 02:00:00:00:00:02",
		"socket a",
		"socket b",
		"socket a on-missing pass",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(differing); i++)
		for (size_t j = 0; j < COUNT_OF(differing); j++) {
			char a[128], b[128];
			struct ps_binding binding_a, binding_b;

			snprintf(a, sizeof(a), "tcp any:1 %s", differing[i]);
			snprintf(b, sizeof(b), "udp any:2 %s name x", differing[j]);
			binding_a = binding_of(a);
			binding_b = binding_of(b);
			binding_b.target.ifindex = 7; /* what became of it does not matter */
			binding_b.target.state = PS_TARGET_NO_DEVICE;
			assert_int_equal(ps_action_is_equal(&binding_a, &binding_b), i == j);
		}
}

static void test_action_names(void **state)
{
	static const char *const names[] = { "none",	 "pass", "count", "drop",
					     "redirect", "none", "none",  "socket" };

	(void)state;
	for (int i = 0; i <= PS_ACTION_LAST; i++) {
		struct ps_binding binding = { .action = (enum ps_action)i };

		assert_string_equal(ps_action_name((enum ps_action)i), names[i]);
		assert_int_equal(ps_action_takes_away(&binding),
				 i == PS_DROP || i == PS_REDIRECT || i == PS_SOCKET);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_one_for_each_protocol),
		cmocka_unit_test(test_equal_actions),
		cmocka_unit_test(test_action_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
