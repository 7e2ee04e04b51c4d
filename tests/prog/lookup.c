// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The sk_lookup program by BPF_PROG_TEST_RUN, with real sockets: which of them
 * a packet is handed to, and the reason that is counted.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <cmocka.h>
#include "lookup_rows.h"
#include "sk_lookup.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static struct steer steer;
static int program_fd = -1;

static struct bpf_sk_lookup context_of(const struct packet *packet)
{
	int family = strchr(packet->to, ':') ? AF_INET6 : AF_INET;
	struct bpf_sk_lookup ctx = {
		.family = (__u32)family,
		.protocol = (__u32)packet->protocol,
		.remote_port = htons(packet->from_port),
		.local_port = packet->to_port,
	};

	if (family == AF_INET) {
		assert_int_equal(inet_pton(family, packet->from, &ctx.remote_ip4), 1);
		assert_int_equal(inet_pton(family, packet->to, &ctx.local_ip4), 1);
	} else {
		assert_int_equal(inet_pton(family, packet->from, ctx.remote_ip6), 1);
		assert_int_equal(inet_pton(family, packet->to, ctx.local_ip6), 1);
	}
	return ctx;
}

/* As sk_lookup_run() says it. */
static __s64 look_up(const struct packet *packet)
{
	struct bpf_sk_lookup ctx = context_of(packet);

	return sk_lookup_run(program_fd, &ctx);
}

static struct ps_registry_change add(const char *name, const int *fd, size_t count,
				     enum ps_register_how how)
{
	const struct ps_registering registering = { .name = name, .count = count, .how = how };

	return sk_lookup_add(&steer, &registering, fd);
}

/* One more, which is refused with @text. */
static void must_refuse(const char *name, int fd, const char *text)
{
	const struct ps_registering registering = { .name = name, .count = 1 };
	struct ps_registry_change change;
	struct ps_error error;

	assert_int_equal(sk_lookup_try(&steer, &registering, &fd, &change, &error), 1);
	assert_string_equal(error.text, text);
}

static void forget(const char *name)
{
	sk_lookup_forget(&steer, name);
}

static void test_rows(void **state)
{
	const int fd[] = {
		[TCP4] = sk_lookup_open(SOCK_STREAM, "127.0.0.1"),
		[TCP6] = sk_lookup_open(SOCK_STREAM, "::1"),
		[TCP_BOTH] = sk_lookup_open(SOCK_STREAM, "::"),
		[UDP4] = sk_lookup_open(SOCK_DGRAM, "0.0.0.0"),
	};
	static const char *const names[] = { "four", "six", "both", "dns" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		add(names[i], &fd[i], 1, PS_REGISTER_BESIDE);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];
		__s64 cookie, wanted = row->socket == DROPPED ? -1 : 0;
		struct bpf_sk_lookup ctx = context_of(&row->packet);
		enum ps_reason reason;

		if (row->socket < NOBODY)
			wanted = sk_lookup_cookie(fd[row->socket]);
		steer_set(&steer, row->bindings);
		reason = sk_lookup_reason(&steer, program_fd, &ctx, &cookie);
		if (reason != row->reason || cookie != wanted)
			fail_msg("%s: reason %d instead of %d, socket %lld instead of %lld",
				 row->what, reason, row->reason, cookie, wanted);
	}
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		forget(names[i]);
		close(fd[i]);
	}
}

#define ALL_NAMES "all 128 names of sockets are in use; 'portsteer sockets' lists them"
#define FLOWS 512
#define MANY 8

static void send_flows(__s64 ret[FLOWS])
{
	for (int i = 0; i < FLOWS; i++) {
		struct packet packet = UDP("192.0.2.9", "192.0.2.1", 53);

		packet.from_port = (__u16)(10000 + i);
		ret[i] = look_up(&packet);
	}
}

/* Flows of @before whose socket was not @gone have the same one in @after. */
static void must_stay(const __s64 before[FLOWS], const __s64 after[FLOWS], __s64 gone)
{
	for (int i = 0; i < FLOWS; i++) {
		assert_true(after[i] > 0 && after[i] != gone);
		if (before[i] != gone)
			assert_int_equal(after[i], before[i]);
	}
}

/* Each of several sockets gets its part, and keeps it when another is closed. */
static void test_sharing(void **state)
{
	__s64 flows[FLOWS], after[FLOWS], cookies[MANY];
	int fd[MANY], late;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		fd[i] = sk_lookup_open(SOCK_DGRAM, "0.0.0.0");
		cookies[i] = sk_lookup_cookie(fd[i]);
	}
	steer_set(&steer, "udp any:53 socket dns");
	add("dns", fd, MANY, PS_REGISTER_BESIDE);
	send_flows(flows);
	for (int i = 0; i < MANY; i++) {
		int share = 0;

		for (int j = 0; j < FLOWS; j++)
			share += flows[j] == cookies[i];
		if (share < FLOWS / MANY / 2 || share > FLOWS / MANY * 2)
			fail_msg("socket %d has %d of %d flows", i, share, FLOWS);
	}
	send_flows(after);
	assert_memory_equal(flows, after, sizeof(flows));
	close(fd[3]);
	send_flows(after);
	must_stay(flows, after, cookies[3]);

	late = sk_lookup_open(SOCK_DGRAM, "0.0.0.0"); /* takes only what will be its own */
	assert_int_equal(add("dns", &late, 1, PS_REGISTER_BESIDE).removed, 1);
	send_flows(flows);
	for (int i = 0; i < FLOWS; i++)
		assert_true(flows[i] == after[i] || flows[i] == sk_lookup_cookie(late));
	forget("dns");
	close(late);
	for (int i = 0; i < MANY; i++)
		if (i != 3)
			close(fd[i]);
}

/* All die but the last: it is found, wherever in the order. */
static void test_last_of_many(void **state)
{
	static const struct packet packet = UDP("192.0.2.9", "192.0.2.1", 53);
	int fd[PS_SOCKETS_MAX], last = PS_SOCKETS_MAX - 1;
	struct ps_registry_change change;

	(void)state;
	for (int i = 0; i <= last; i++)
		fd[i] = sk_lookup_open(SOCK_DGRAM, "0.0.0.0");
	steer_set(&steer, "udp any:53 socket dns");
	add("dns", fd, PS_SOCKETS_MAX, PS_REGISTER_BESIDE);
	for (int i = 0; i < last; i++)
		close(fd[i]);
	assert_int_equal(look_up(&packet), sk_lookup_cookie(fd[last]));
	change = add("dns", &fd[last], 1, PS_REGISTER_BESIDE);
	assert_int_equal(change.removed, last);
	assert_int_equal(change.same, 1);
	assert_int_equal(look_up(&packet), sk_lookup_cookie(fd[last]));
	for (int i = 0; i < last; i++)
		fd[i] = sk_lookup_open(SOCK_DGRAM, "0.0.0.0");
	add("dns", fd, (size_t)last, PS_REGISTER_BESIDE);
	close(fd[0]);
	fd[0] = sk_lookup_open(SOCK_DGRAM, "0.0.0.0");
	add("dns", fd, 1, PS_REGISTER_BESIDE); /* in the place of the closed one */
	change = add("dns", &fd[last], 1, PS_REGISTER_INSTEAD);
	assert_int_equal(change.removed, PS_SOCKETS_MAX);
	assert_int_equal(look_up(&packet), sk_lookup_cookie(fd[last]));
	close(fd[last]);
	assert_int_equal(look_up(&packet), -1);
	fd[last] = sk_lookup_open(SOCK_DGRAM, "0.0.0.0");
	add("dns", fd, PS_SOCKETS_MAX, PS_REGISTER_INSTEAD);
	{
		int more = sk_lookup_open(SOCK_DGRAM, "0.0.0.0");

		must_refuse("dns", more, "at most 64 sockets are registered by one name");
		close(more);
	}
	assert_true(look_up(&packet) > 0);
	forget("dns");
	assert_int_equal(look_up(&packet), -1);
	for (int i = 0; i <= last; i++)
		close(fd[i]);
}

/* What a command left that was killed before the epoch was stored is never seen. */
static void test_left_over(void **state)
{
	static const struct packet packet = TCP("192.0.2.9", "192.0.2.1", 80);
	int old = sk_lookup_open(SOCK_STREAM, "127.0.0.1"),
	    left = sk_lookup_open(SOCK_STREAM, "127.0.0.1");
	struct ps_socket_info *infos = steer.instance.socket_infos;
	__u32 at = 0, index;
	__u64 fd = (__u64)left;

	(void)state;
	steer_set(&steer, "tcp any:80 socket web");
	add("web", &old, 1, PS_REGISTER_BESIDE);
	while (infos[at].cookie != (__u64)sk_lookup_cookie(old))
		at++;
	index = at + 1;
	assert_int_equal(
		bpf_map_update_elem(steer.instance.map_fd[PS_MAP_SOCKETS], &index, &fd, BPF_ANY),
		0);
	infos[at + 1] = infos[at];
	infos[at + 1].cookie = (__u64)sk_lookup_cookie(left);
	infos[at + 1].epoch = infos[at].epoch + 1;
	for (int i = 0; i < 64; i++) {
		struct packet flow = packet;

		flow.from_port = (__u16)(10000 + i);
		assert_int_equal(look_up(&flow), sk_lookup_cookie(old));
	}
	forget("web"); /* would make that epoch the next */
	assert_int_equal(look_up(&packet), -1);
	add("web", &old, 1, PS_REGISTER_BESIDE);
	assert_int_equal(look_up(&packet), sk_lookup_cookie(old));
	forget("web");
	close(old);
	close(left);
}

/* The same where nobody else is registered, which is asked for in another way. */
static void test_left_alone(void **state)
{
	static const struct packet packet = TCP("192.0.2.9", "192.0.2.1", 80);
	struct ps_socket_info *infos = steer.instance.socket_infos;
	int fd = sk_lookup_open(SOCK_STREAM, "127.0.0.1");
	__u32 at = 0;

	(void)state;
	steer_set(&steer, "tcp any:80 socket web");
	add("web", &fd, 1, PS_REGISTER_BESIDE);
	while (infos[at].cookie != (__u64)sk_lookup_cookie(fd))
		at++;
	assert_int_equal(at % PS_SOCKETS_PER_NAME, 0);
	assert_int_equal(infos[at + 1].cookie, 0);
	assert_int_equal(look_up(&packet), sk_lookup_cookie(fd));
	assert_int_equal(infos[at].taken, 1);
	infos[at].epoch++;
	assert_int_equal(look_up(&packet), -1);
	infos[at].epoch--;
	assert_int_equal(look_up(&packet), sk_lookup_cookie(fd));
	close(fd);
	assert_int_equal(look_up(&packet), -1);
	forget("web");
}

/* Names are given free when nothing means them; 128 are there at a time. */
static void test_many_names(void **state)
{
	int fd = sk_lookup_open(SOCK_STREAM, "127.0.0.1");
	char name[32];

	(void)state;
	steer_set(&steer, "");
	for (int i = 0; i < PS_SOCKET_NAMES_MAX; i++) {
		snprintf(name, sizeof(name), "name-%d", i);
		add(name, &fd, 1, PS_REGISTER_BESIDE);
	}
	must_refuse("more", fd, ALL_NAMES);
	for (int i = 0; i < PS_SOCKET_NAMES_MAX; i++) {
		snprintf(name, sizeof(name), "name-%d", i);
		forget(name);
	}
	steer_set(&steer, "tcp any:80 socket more");
	add("more", &fd, 1, PS_REGISTER_BESIDE);
	steer_set(&steer, "tcp any:81 socket other; tcp any:80 socket more");
	steer_set(&steer, "tcp any:80 socket more");
	forget("more");
	close(fd);
}

static int set_up(void **state)
{
	(void)state;
	steer_enter_netns();
	steer_open(&steer, "lookup", STEER_BINDINGS);
	program_fd = sk_lookup_load(&steer);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(program_fd);
	steer_close(&steer);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	     cmocka_unit_test(test_sharing),
		cmocka_unit_test(test_last_of_many), cmocka_unit_test(test_left_over),
		cmocka_unit_test(test_left_alone),   cmocka_unit_test(test_many_names),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
