// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the guard saw, as conflicts of the bindings that are there now.
 */
#include <arpa/inet.h>
#include "host.h"

#define SLOT 7

static struct ps_attempt make_attempt(enum ps_family family, const char *address, __u16 port)
{
	struct ps_attempt attempt = {
		.key = { .slot = SLOT, .port = port, .family = family, .proto = PS_TCP },
		.value = { .count = 1, .pid = 71, .command = "nginx" },
		.user = "www-data",
	};

	if (address)
		assert_int_equal(inet_pton(family == PS_IPV4 ? AF_INET : AF_INET6, address,
					   attempt.key.addr),
				 1);
	return attempt;
}

/* Of a table of one binding, which has @slot. */
static void check(const char *words, __u32 slot, struct ps_attempt attempt, const char *text)
{
	struct ps_attempts attempts = { .item = &attempt, .count = 1 };
	struct ps_conflicts conflicts = {};
	struct ps_bindings bindings = {};

	bind_text(&bindings, words);
	bindings.item[0].slot = slot;
	ps_conflicts_find_attempts(&conflicts, &attempts, &bindings);
	assert_int_equal(conflicts.count, text ? 1 : 0);
	if (text) {
		assert_string_equal(conflicts.item[0].text, text);
		assert_int_equal(conflicts.item[0].severity, PS_WARNING);
		assert_ptr_equal(conflicts.item[0].attempt, &attempt);
	}
	ps_conflicts_done(&conflicts);
	ps_bindings_done(&bindings);
}

static void test_words(void **state)
{
	struct ps_attempt attempt = make_attempt(PS_IPV4, "192.0.2.1", 8080);
	char cgroup[] = "/a/b";

	(void)state;
	check("tcp any:8080 drop", SLOT, attempt,
	      "a local process was refused tcp 192.0.2.1:8080 (nginx, pid 71, user www-data), "
	      "1 time");
	attempt.value.count = 2;
	attempt.value.is_allowed = 1;
	attempt.cgroup = cgroup;
	check("tcp any:8080 drop", SLOT, attempt,
	      "a local process bound tcp 192.0.2.1:8080, which the guard would refuse (nginx, pid "
	      "71, user www-data, cgroup /a/b), 2 times");
	check("tcp any4:any drop", SLOT, make_attempt(PS_IPV4, NULL, 80),
	      "a local process was refused tcp any4:80 (nginx, pid 71, user www-data), 1 time");
	check("tcp [2001:db8::/32]:80 drop", SLOT, make_attempt(PS_IPV6, "2001:db8::1", 80),
	      "a local process was refused tcp [2001:db8::1]:80 (nginx, pid 71, user www-data), "
	      "1 time");
}

/* Another binding has the slot now, or none. */
static void test_gone(void **state)
{
	struct ps_attempt attempt = make_attempt(PS_IPV4, "192.0.2.1", 8080);

	(void)state;
	check("tcp any:8080 drop", SLOT + 1, attempt, NULL);
	check("tcp any:8081 drop", SLOT, attempt, NULL);
	check("tcp any:8000-8079 drop", SLOT, attempt, NULL);
	check("udp any:8080 drop", SLOT, attempt, NULL);
	check("tcp any6:8080 drop", SLOT, attempt, NULL);
	check("tcp 192.0.2.2:8080 drop", SLOT, attempt, NULL);
	check("tcp 192.0.2.0/24:8080 drop", SLOT, make_attempt(PS_IPV6, "2001:db8::1", 8080), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
