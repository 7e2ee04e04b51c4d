// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Neighbours, read in a network namespace that this program makes for itself.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include "host/neighbour.h"
#include "namespace.h"

#define WAIT_MS 200
#define LONG_WAIT_MS 5000 /* a fresh link may lose the first question; the next is 1 s later */
#define POLL_SLACK_MS 1

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
	assert_true(elapsed_ms >= WAIT_MS - POLL_SLACK_MS && elapsed_ms <= WAIT_MS + 1000);
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
		cmocka_unit_test(test_device_mac),
		cmocka_unit_test(test_permanent_neighbour),
		cmocka_unit_test(test_unknown_neighbour),
		cmocka_unit_test(test_resolved_neighbour),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
