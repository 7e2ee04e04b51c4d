// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Addresses, ephemeral ports and neighbours, read in a network namespace that
 * this program makes for itself.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include "address.h"
#include "ephemeral.h"
#include "namespace.h"
#include "neighbour.h"

#define WAIT_MS 200
#define LONG_WAIT_MS 5000 /* a fresh link may lose the first question; the next is 1 s later */
#define POLL_SLACK_MS 1

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

static const __u8 mac_a[6] = { 2, 0, 0, 0, 0, 0x0a }, mac_b[6] = { 2, 0, 0, 0, 0, 0x0b };

static void make_veth(void)
{
	run_ip("link add va address 02:00:00:00:00:0a type veth"
	       " peer name vb address 02:00:00:00:00:0b\n"
	       "address add 192.0.2.1/24 dev va\n"
	       "address add 2001:db8::1/64 dev va nodad\n"
	       "link set va up\n"
	       "link set vb up\n");
}

static int resolve(enum ps_family family, const char *addr, int wait_ms, __u8 ret_mac[6])
{
	__u8 bytes[16] = { 0 };

	assert_int_equal(inet_pton(family == PS_IPV4 ? AF_INET : AF_INET6, addr, bytes), 1);
	return ps_neighbour_resolve(if_nametoindex("va"), family, bytes, wait_ms, ret_mac);
}

static void test_device_mac(void **state)
{
	__u8 mac[6] = { 1, 1, 1, 1, 1, 1 };

	(void)state;
	need_namespace();
	make_veth();
	assert_int_equal(ps_device_mac(999999, mac), -ENODEV);
	assert_int_equal(mac[0], 1);
	assert_int_equal(ps_device_mac(if_nametoindex("va"), mac), 0);
	assert_memory_equal(mac, mac_a, sizeof(mac));
	assert_int_equal(ps_device_mac(if_nametoindex("vb"), mac), 0);
	assert_memory_equal(mac, mac_b, sizeof(mac));
	run_ip("link del va\n");
}

static void test_permanent_neighbour(void **state)
{
	static const __u8 expected[6] = { 2, 0, 0, 0, 0, 0x63 };
	__u8 mac[6] = { 0 };

	(void)state;
	need_namespace();
	make_veth();
	run_ip("neighbour add 192.0.2.99 lladdr 02:00:00:00:00:63 dev va\n"
	       "neighbour add 2001:db8::99 lladdr 02:00:00:00:00:63 dev va\n");
	assert_int_equal(resolve(PS_IPV4, "192.0.2.99", WAIT_MS, mac), 0);
	assert_memory_equal(mac, expected, sizeof(mac));
	memset(mac, 0, sizeof(mac));
	assert_int_equal(resolve(PS_IPV6, "2001:db8::99", WAIT_MS, mac), 0);
	assert_memory_equal(mac, expected, sizeof(mac));
	run_ip("link del va\n");
}

static void test_unknown_neighbour(void **state)
{
	__u8 mac[6] = { 1, 1, 1, 1, 1, 1 };
	struct timespec begin, end;
	long elapsed_ms;

	(void)state;
	need_namespace();
	make_veth();
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(resolve(PS_IPV4, "192.0.2.98", WAIT_MS, mac), -ENOENT);
	clock_gettime(CLOCK_MONOTONIC, &end);
	elapsed_ms = (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000;
	assert_in_range(elapsed_ms, WAIT_MS - POLL_SLACK_MS, WAIT_MS + 1000);
	assert_int_equal(resolve(PS_IPV6, "2001:db8::98", WAIT_MS, mac), -ENOENT);
	assert_int_equal(mac[0], 1);
	run_ip("link del va\n");
}

/* A child in a namespace of its own, until the returned descriptor is closed. */
static int start_other_namespace(pid_t *ret_pid)
{
	int ready[2], stop[2];
	char byte;

	assert_int_equal(pipe(ready) | pipe(stop), 0);
	*ret_pid = fork();
	if (*ret_pid == 0) {
		close(stop[1]);
		if (unshare(CLONE_NEWNET) || write(ready[1], "", 1) != 1)
			_exit(1);
		_exit(read(stop[0], &byte, 1) != 0);
	}
	assert_true(*ret_pid > 0);
	close(ready[1]);
	close(stop[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return stop[1];
}

/* The far end answers ARP and neighbour solicitations from another namespace. */
static void test_resolved_neighbour(void **state)
{
	__u8 mac[6] = { 0 };
	char text[256];
	pid_t pid;
	int stop_fd, status;

	(void)state;
	need_namespace();
	make_veth();
	stop_fd = start_other_namespace(&pid);
	snprintf(text, sizeof(text), "link set vb netns %d\n", pid);
	run_ip(text);
	snprintf(text, sizeof(text),
		 "nsenter --net=/proc/%d/ns/net sh -c 'ip address add 192.0.2.2/24 dev vb && "
		 "ip address add 2001:db8::2/64 dev vb nodad && ip link set vb up'",
		 pid);
	assert_int_equal(system(text), 0);
	assert_int_equal(resolve(PS_IPV4, "192.0.2.2", LONG_WAIT_MS, mac), 0);
	assert_memory_equal(mac, mac_b, sizeof(mac));
	memset(mac, 0, sizeof(mac));
	assert_int_equal(resolve(PS_IPV6, "2001:db8::2", LONG_WAIT_MS, mac), 0);
	assert_memory_equal(mac, mac_b, sizeof(mac));
	run_ip("link del va\n");
	close(stop_fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_ephemeral),
		cmocka_unit_test(test_long_reserved_list),
		cmocka_unit_test(test_reserve_long_list),
		cmocka_unit_test(test_device_mac),
		cmocka_unit_test(test_permanent_neighbour),
		cmocka_unit_test(test_unknown_neighbour),
		cmocka_unit_test(test_resolved_neighbour),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
