// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Ephemeral and reserved ports, in a network namespace that this program makes for
 * itself.
 */
#include <fcntl.h>
#include <string.h>
#include "host/ephemeral.h"
#include "namespace.h"

static void write_at(const char *path, const char *text, off_t offset)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, strlen(text), offset), strlen(text));
	close(fd);
}

static void test_ephemeral(void **state)
{
	struct ps_ephemeral ephemeral;
	struct ps_error error;

	(void)state;
	need_namespace();
	write_at("/proc/sys/net/ipv4/ip_local_port_range", "30000 40001\n", 0);
	write_at("/proc/sys/net/ipv4/ip_local_reserved_ports", "80,30000,35000-35010\n", 0);
	assert_int_equal(ps_ephemeral_read(&ephemeral, &error), 0);
	assert_int_equal(ephemeral.first, 30000);
	assert_int_equal(ephemeral.last, 40001);
	for (int port = 0; port <= 65535; port++) {
		bool reserved = port == 80 || port == 30000 || (port >= 35000 && port <= 35010);
		bool within = port >= 30000 && port <= 40001;

		assert_int_equal(ps_portset_has(&ephemeral.reserved, port), reserved);
		assert_int_equal(ps_portset_has(&ephemeral.ports, port), within && !reserved);
	}
}

/* Far longer than a page: every second port, added in many writes. */
static void test_long_reserved_list(void **state)
{
	static const char path[] = "/proc/sys/net/ipv4/ip_local_reserved_ports";
	struct ps_ephemeral ephemeral;
	struct ps_error error;
	char text[16];

	(void)state;
	need_namespace();
	for (int port = 1; port <= 65535; port += 2) {
		snprintf(text, sizeof(text), "%d\n", port);
		write_at(path, text, port == 1 ? 0 : 1); /* not at 0: adds */
	}
	assert_int_equal(ps_ephemeral_read(&ephemeral, &error), 0);
	for (int port = 0; port <= 65535; port++)
		assert_int_equal(ps_portset_has(&ephemeral.reserved, port), port % 2);
	write_at(path, "\n", 0);
	assert_int_equal(ps_ephemeral_read(&ephemeral, &error), 0);
	assert_int_equal(ps_portset_find(&ephemeral.reserved, 0, 65535), -1);
}

/* Every second port: many times a page, written as few pieces, beside a stranger's. */
static void test_reserve_long_list(void **state)
{
	struct ps_ephemeral ephemeral;
	struct ps_portset odd = {}, one = {};
	struct ps_error error;

	(void)state;
	need_namespace();
	for (int port = 1; port <= 65535; port += 2)
		ps_portset_add(&odd, (__u16)port, (__u16)port);
	ps_portset_add(&one, 8080, 8080);
	assert_int_equal(ps_ephemeral_replace(&one, &error), 0);
	assert_int_equal(ps_ephemeral_reserve(&odd, &error), 0);
	assert_int_equal(ps_ephemeral_read(&ephemeral, &error), 0);
	for (int port = 0; port <= 65535; port++)
		assert_int_equal(ps_portset_has(&ephemeral.reserved, port),
				 port % 2 || port == 8080);
	assert_int_equal(ps_ephemeral_replace(&odd, &error), 0);
	assert_int_equal(ps_ephemeral_read(&ephemeral, &error), 0);
	assert_memory_equal(&ephemeral.reserved, &odd, sizeof(odd));
	assert_int_equal(ps_ephemeral_replace(&(struct ps_portset){}, &error), 0);
	assert_int_equal(ps_ephemeral_read(&ephemeral, &error), 0);
	assert_true(ps_portset_is_empty(&ephemeral.reserved));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ephemeral),
		cmocka_unit_test(test_long_reserved_list),
		cmocka_unit_test(test_reserve_long_list),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
