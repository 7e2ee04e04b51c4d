// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Random tables with owners, the guard on a cgroup, and bind(2): what it answers
 * must be what the model in tests/harness/model.c says, for sockets at one address
 * and at every address, V6ONLY or not, of two users in cgroups beside and below
 * each other, in a process that has sockets of its own registered; and each refusal is recorded.
 * SEED=N repeats a run; $TIME makes it short.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmocka.h>
#include "group.h"
#include "guard/attach.h"
#include "guard/attempts.h"
#include "model.h"
#include "random_table.h"
#include "sk_lookup.h"
#include "socket/candidate.h"

#define TABLES 12
#define TABLES_SHORT 3
#define STEPS 8 /* publishes to a table */
#define CALLS 150 /* of bind(2) after each */
#define BINDINGS_MAX 16
#define NOBODY 65534
#define OWN "own" /* what a socket of this process is registered by */

static struct steer steer;
static struct random_table drawn;
static const char *const inner[] = { "/", "/a", "/a/b", "/a/b/c", "/ab" };
static char cgroups[5][128]; /* what the kernel calls those */
static unsigned int calls, refused, forbidden; /* the last: since the guard was switched on */

/* What is asked for. */
struct call {
	struct model_packet place; /* all zero: every address */
	struct model_caller caller;
	bool is_ipv6; /* the socket, which also takes addresses of IPv4 */
	bool is_v6only;
	bool is_picked; /* the kernel picks a port */
};

static void draw_words(struct ps_binding *binding)
{
	static const char *const actions[] = { "pass",	      "count",	     "drop",
					       "redirect lo", "socket " OWN, "socket web" };
	struct ps_bindings parsed = {};
	char text[PS_ENDPOINT_TEXT], words[512], owner[192] = "";

	if (dice(5) < 2)
		snprintf(owner, sizeof(owner), " owner user:%u", dice(2) ? NOBODY : 0);
	else if (dice(3) == 0)
		snprintf(owner, sizeof(owner), " owner cgroup:%s", cgroups[1 + dice(4)]);
	ps_endpoint_format(&binding->endpoint, text);
	snprintf(words, sizeof(words), "%s %s%s", text, PICK(actions), owner);
	steer_parse(words, &parsed);
	assert_int_equal(parsed.count, 1);
	*binding = parsed.item[0];
	ps_bindings_done(&parsed);
}

/* Of those that bindings are drawn with, every address, and some that are never steered. */
static void draw_place(struct model_packet *place)
{
	static const __u8 loopback[16] = { [15] = 1 };

	place->family = PS_IPV4 + dice(2);
	place->proto = PS_TCP + dice(2);
	place->port = (__u16)(random_port(&drawn) + dice(3) - 1);
	switch (dice(8)) {
	case 0:
	case 1:
	case 2:
		return; /* every address */
	case 3:
		if (place->family == PS_IPV6)
			memcpy(place->addr, loopback, sizeof(loopback));
		else
			place->addr[0] = 127, place->addr[3] = (__u8)(1 + dice(2));
		return;
	default:
		random_address(place->family, place->addr);
	}
}

static void draw_call(struct call *call)
{
	*call = (struct call){ .is_v6only = dice(2), .is_picked = !dice(20) };
	draw_place(&call->place);
	call->is_ipv6 = call->place.family == PS_IPV6 || !dice(3);
	if (call->place.family == PS_IPV4 && call->is_ipv6)
		call->is_v6only = false;
	if (call->is_picked || !call->place.port)
		call->is_picked = true, call->place.port = 0;
	call->caller.uid = dice(2) ? NOBODY : 0;
	call->caller.sockets = OWN;
}

static socklen_t fill_address(const struct call *call, struct sockaddr_storage *ret)
{
	struct sockaddr_in *ipv4 = (void *)ret;
	struct sockaddr_in6 *ipv6 = (void *)ret;

	*ret = (struct sockaddr_storage){ .ss_family = call->is_ipv6 ? AF_INET6 : AF_INET };
	if (!call->is_ipv6) {
		ipv4->sin_port = htons(call->place.port);
		memcpy(&ipv4->sin_addr, call->place.addr, sizeof(ipv4->sin_addr));
		return sizeof(*ipv4);
	}
	ipv6->sin6_port = htons(call->place.port);
	if (call->place.family == PS_IPV6) {
		memcpy(&ipv6->sin6_addr, call->place.addr, sizeof(ipv6->sin6_addr));
	} else { /* ::ffff:192.0.2.1 */
		memset(ipv6->sin6_addr.s6_addr + 10, 0xff, 2);
		memcpy(ipv6->sin6_addr.s6_addr + 12, call->place.addr, 4);
	}
	return sizeof(*ipv6);
}

/* Of this thread alone, and only the one that counts for the guard: others stay root's. */
static void become(unsigned int uid)
{
	assert_int_equal(syscall(SYS_setresuid, uid, -1, -1), 0);
}

/* 0 or errno of bind(2); *ret_port: what it got. */
static int bind_it(const struct call *call, __u16 *ret_port)
{
	int one = 1, v6only = call->is_v6only, err = 0;
	int fd = socket(call->is_ipv6 ? AF_INET6 : AF_INET,
			call->place.proto == PS_TCP ? SOCK_STREAM : SOCK_DGRAM, 0);
	struct sockaddr_storage address;
	socklen_t size = fill_address(call, &address);

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &one, sizeof(one)), 0);
	if (call->is_ipv6)
		assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only)),
				 0);
	become(call->caller.uid);
	if (bind(fd, (struct sockaddr *)&address, size))
		err = errno;
	become(0);
	size = sizeof(address);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*ret_port = ntohs(call->is_ipv6 ? ((struct sockaddr_in6 *)&address)->sin6_port
					: ((struct sockaddr_in *)&address)->sin_port);
	close(fd);
	return err;
}

/* A socket of IPv6 at every address is two, unless it is V6ONLY. */
static bool foresee(const struct call *call, __u16 port)
{
	static const __u8 every[16];
	struct model_packet place = call->place;
	bool is_forbidden;

	place.port = port;
	is_forbidden = model_forbids(&drawn.table, &place, &call->caller);
	if (is_forbidden || place.family == PS_IPV4 || call->is_v6only ||
	    memcmp(place.addr, every, sizeof(every)))
		return is_forbidden;
	place.family = PS_IPV4;
	return model_forbids(&drawn.table, &place, &call->caller);
}

static void check_call(const struct call *call, bool is_guarded)
{
	char address[PS_ADDRESS_TEXT];
	__u16 port;
	int err = bind_it(call, &port);
	bool is_forbidden;

	calls++;
	refused += err == EADDRINUSE;
	if (err && call->is_picked) { /* which one is not told; that it is recorded must do */
		forbidden++;
		return;
	}
	if (err) /* it has none any more */
		port = call->place.port;
	is_forbidden = foresee(call, port);
	forbidden += is_forbidden;
	if (err == (is_forbidden && is_guarded ? EADDRINUSE : 0))
		return;
	fail_msg("bind(2) of %s %s port %u%s%s by user %u in %s: %s; the model: %s",
		 ps_proto_name(call->place.proto),
		 ps_address_format(call->place.family, call->place.addr, address), port,
		 call->is_ipv6 ? ", IPv6" : "", call->is_v6only ? ", V6ONLY" : "", call->caller.uid,
		 call->caller.cgroup, err ? strerror(err) : "allowed",
		 is_forbidden ? "forbidden" : "allowed");
}

static void check_attempts(void)
{
	struct ps_attempts attempts;
	struct ps_error error;
	__u64 count = 0;

	if (ps_attempts_read(&steer.instance, NULL, &attempts, &error))
		fail_msg("%s", error.text);
	for (size_t i = 0; i < attempts.count; i++)
		count += attempts.item[i].value.count;
	ps_attempts_done(&attempts);
	assert_int_equal(count, forbidden);
}

static void start_guard(enum ps_guard_mode mode)
{
	struct ps_error error;

	if (ps_guard_start(&steer.instance, mode, cgroups[0], &error))
		fail_msg("%s", error.text);
	forbidden = 0;
}

static void stop_guard(void)
{
	struct ps_error error;

	if (ps_guard_stop(&steer.instance, &error))
		fail_msg("%s", error.text);
}

static void test_table(void **state)
{
	bool is_guarded = dice(5);

	(void)state;
	random_clear(&drawn);
	start_guard(is_guarded ? PS_GUARD_ON : PS_GUARD_REPORT);
	for (int step = 0; step < STEPS; step++) {
		unsigned int at = dice(5);
		struct call call;

		random_change(&drawn);
		group_move(inner[at]);
		for (int i = 0; i < CALLS; i++) {
			draw_call(&call);
			call.caller.cgroup = cgroups[at];
			check_call(&call, is_guarded);
		}
		check_attempts();
	}
	stop_guard();
}

/* As taken from a process of this number, which the guard knows it by. */
static void register_own(void)
{
	struct ps_candidates candidates = {};
	struct ps_registering registering = { .name = OWN, .count = 1 };
	struct ps_registry_change change;
	struct ps_error error;
	int fd = sk_lookup_open(SOCK_DGRAM, "127.0.0.1");

	if (ps_candidates_take(&candidates, getpid(), fd, &error))
		fail_msg("%s", error.text);
	registering.candidate = candidates.item;
	if (ps_registry_add(&steer.instance, &registering, &change, &error))
		fail_msg("%s", error.text);
	ps_candidates_done(&candidates);
}

static int open_all(void **state)
{
	(void)state;
	random_seed();
	steer_enter_netns();
	for (int i = 0; i < 5; i++) {
		group_path(inner[i], cgroups[i]);
		group_move(inner[i]);
	}
	steer_open(&steer, "property-guard", STEER_BINDINGS);
	register_own();
	drawn = (struct random_table){ .steer = &steer,
				       .max = BINDINGS_MAX,
				       .draw_words = draw_words };
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	stop_guard();
	steer_close(&steer);
	random_done(&drawn);
	print_message("# %u calls of bind(2) against the model, %u refused\n", calls, refused);
	return refused && refused < calls ? 0 : -1;
}

int main(void)
{
	static struct CMUnitTest tests[TABLES];
	static char titles[TABLES][32];
	int count = getenv("TIME") ? TABLES_SHORT : TABLES;

	if (!group_enter()) {
		puts("1..1\nok 1 - # SKIP needs cgroup v2");
		return 0;
	}
	for (int i = 0; i < count; i++) {
		snprintf(titles[i], sizeof(titles[i]), "table %d", i + 1);
		tests[i] = (struct CMUnitTest){ .name = titles[i], .test_func = test_table };
	}
	return _cmocka_run_group_tests("property_guard", tests, (size_t)count, open_all, close_all);
}
