// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Addresses, read in a network namespace that this program makes for itself.
 */
#include <arpa/inet.h>
#include <string.h>
#include "host/address.h"
#include "namespace.h"

static bool has_address(const struct ps_addresses *addresses, enum ps_family family,
			const char *addr, const char *device)
{
	__u8 bytes[16] = { 0 };

	inet_pton(family == PS_IPV4 ? AF_INET : AF_INET6, addr, bytes);
	for (size_t i = 0; i < addresses->count; i++) {
		const struct ps_address *item = &addresses->item[i];

		if (item->family == family && !memcmp(item->addr, bytes, 16) &&
		    item->ifindex == if_nametoindex(device))
			return true;
	}
	return false;
}

static void test_addresses(void **state)
{
	struct ps_addresses addresses;
	struct ps_error error;

	(void)state;
	need_namespace();
	assert_int_equal(ps_addresses_read(&addresses, &error), 0);
	assert_int_equal(addresses.count, 2);
	assert_true(has_address(&addresses, PS_IPV4, "127.0.0.1", "lo"));
	assert_true(has_address(&addresses, PS_IPV6, "::1", "lo"));
	ps_addresses_done(&addresses);

	run_ip("address add 192.0.2.1 peer 192.0.2.2 dev lo\n");
	assert_int_equal(ps_addresses_read(&addresses, &error), 0);
	assert_true(has_address(&addresses, PS_IPV4, "192.0.2.1", "lo"));
	assert_false(has_address(&addresses, PS_IPV4, "192.0.2.2", "lo"));
	ps_addresses_done(&addresses);
	run_ip("address del 192.0.2.1 peer 192.0.2.2 dev lo\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
