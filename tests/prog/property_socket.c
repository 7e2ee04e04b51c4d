// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Random tables, and sockets that come and go: the sk_lookup program must hand
 * each packet to the socket that the model in tests/harness/model.c says, or to none,
 * and count the reason and the socket. When a socket is closed no flow of
 * another moves. SEED=N repeats a run; $TIME makes it short.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/reason.h"
#include "model.h"
#include "random_table.h"
#include "sk_lookup.h"

#define TABLES 15
#define TABLES_SHORT 3
#define STEPS 20 /* changes, of bindings or of sockets */
#define PACKETS 40 /* after each */
#define FLOWS 60 /* that are looked at before and after a socket is closed */
#define BINDINGS_MAX 24
#define NAMES 4 /* that sockets are registered by; bindings also mean one more */
#define SOCKETS_MAX 10 /* of a name, about */

static const char *const names[NAMES + 1] = { "web", "dns", "other", "more", "nobody" };

static struct steer steer;
static struct random_table drawn;
static int program_fd = -1;
static struct model_socket registered[NAMES * (SOCKETS_MAX + 6)];
static struct model_sockets sockets = { .item = registered };
static int fds[NAMES * (SOCKETS_MAX + 6)]; /* of each, -1: closed */
static unsigned int checks, handed, missed, closed, moved;

struct flow {
	struct model_packet packet;
	struct model_source source;
	__s64 cookie; /* what was answered */
};

/* Half of them for sockets. */
static void draw_words(struct ps_binding *binding)
{
	static const char *const others[] = { "pass", "count", "drop", "redirect lo",
					      "redirect lo on-missing pass" };
	struct ps_bindings parsed = {};
	char text[PS_ENDPOINT_TEXT], words[256];

	ps_endpoint_format(&binding->endpoint, text);
	if (dice(2))
		snprintf(words, sizeof(words), "%s socket %s%s", text,
			 names[dice(8) ? dice(NAMES) : NAMES], dice(3) ? "" : " on-missing pass");
	else
		snprintf(words, sizeof(words), "%s %s", text, PICK(others));
	steer_parse(words, &parsed);
	assert_int_equal(parsed.count, 1);
	*binding = parsed.item[0];
	ps_bindings_done(&parsed);
}

static void forget_registered(size_t i)
{
	if (fds[i] >= 0)
		close(fds[i]);
	sockets.count--;
	registered[i] = registered[sockets.count];
	fds[i] = fds[sockets.count];
}

/* A socket of a kind drawn, in the model and for real. */
static void open_socket(unsigned int name)
{
	static const struct {
		const char *address;
		enum ps_family family;
	} places[] = { { "127.0.0.1", PS_IPV4 }, { "::1", PS_IPV6 }, { "::", PS_ANY } };
	int place = (int)dice(3), is_tcp = (int)dice(2);
	int fd = sk_lookup_open(is_tcp ? SOCK_STREAM : SOCK_DGRAM, places[place].address);

	fds[sockets.count] = fd;
	registered[sockets.count++] = (struct model_socket){
		.cookie = (__u64)sk_lookup_cookie(fd),
		.name = name,
		.family = places[place].family,
		.proto = is_tcp ? PS_TCP : PS_UDP,
		.is_open = true,
	};
}

/* Of the model: registering retires those that were closed, and others in place of all. */
static void retire(unsigned int name, bool is_all)
{
	for (size_t i = 0; i < sockets.count;)
		if (registered[i].name == name && (is_all || !registered[i].is_open))
			forget_registered(i);
		else
			i++;
}

static size_t count_of(unsigned int name)
{
	size_t count = 0;

	for (size_t i = 0; i < sockets.count; i++)
		count += registered[i].name == name;
	return count;
}

static void register_some(unsigned int name)
{
	bool is_instead = count_of(name) > SOCKETS_MAX || !dice(4);
	struct ps_registering registering = {
		.name = names[name],
		.count = 1 + dice(6),
		.how = is_instead ? PS_REGISTER_INSTEAD : PS_REGISTER_BESIDE,
	};
	size_t first;

	retire(name, is_instead);
	first = sockets.count;
	for (size_t i = 0; i < registering.count; i++)
		open_socket(name);
	sk_lookup_add(&steer, &registering, &fds[first]);
}

static void forget_name(void)
{
	unsigned int name = dice(NAMES);

	if (!count_of(name))
		return;
	sk_lookup_forget(&steer, names[name]);
	retire(name, true);
}

/* Sources, of which there are many. */
static void draw_flow(struct flow *flow)
{
	static const int specials = 40;

	*flow = (struct flow){ .packet.family = PS_IPV4 + dice(2),
			       .packet.proto = PS_TCP + dice(2),
			       .source.port = (__u16)(1 + dice(65535)) };
	if (drawn.is_narrow && dice(8))
		flow->packet.family = PS_IPV6, flow->packet.proto = PS_TCP;
	random_address(flow->packet.family, flow->packet.addr);
	random_address(flow->packet.family, flow->source.addr);
	flow->packet.port = (__u16)(random_port(&drawn) + dice(3) - 1);
	if (!dice(20))
		flow->packet.addr[dice(flow->packet.family == PS_IPV4 ? 4 : 16)] ^=
			(__u8)(1 << dice(5));
	if (dice(specials))
		return;
	flow->packet.addr[0] = flow->packet.family == PS_IPV4 ? (dice(2) ? 127 : 224) : 0xff;
}

static enum ps_reason run(const struct flow *flow, __s64 *ret_cookie)
{
	bool is_ipv4 = flow->packet.family == PS_IPV4;
	struct bpf_sk_lookup ctx = {
		.family = is_ipv4 ? AF_INET : AF_INET6,
		.protocol = flow->packet.proto == PS_TCP ? IPPROTO_TCP : IPPROTO_UDP,
		.remote_port = htons(flow->source.port),
		.local_port = flow->packet.port,
	};

	memcpy(is_ipv4 ? &ctx.remote_ip4 : ctx.remote_ip6, flow->source.addr, is_ipv4 ? 4 : 16);
	memcpy(is_ipv4 ? &ctx.local_ip4 : ctx.local_ip6, flow->packet.addr, is_ipv4 ? 4 : 16);
	return sk_lookup_reason(&steer, program_fd, &ctx, ret_cookie);
}

static unsigned int name_of(const char *text)
{
	unsigned int name = 0;

	while (strcmp(names[name], text))
		name++;
	return name;
}

/* What the model says: the reason, and the cookie as sk_lookup_run() says it. */
static enum ps_reason foresee_socket(const struct flow *flow, const struct ps_binding *winner,
				     __s64 *ret_cookie)
{
	struct model_socket *socket = model_socket_of(&sockets, name_of(winner->target.socket),
						      &flow->packet, &flow->source);

	if (socket) {
		socket->taken++;
		handed++;
		*ret_cookie = (__s64)socket->cookie;
		return PS_REASON_SOCKET;
	}
	missed++;
	*ret_cookie = winner->flags & PS_ON_MISSING_PASS ? 0 : -1;
	return *ret_cookie ? PS_REASON_NO_SOCKET : PS_REASON_NO_SOCKET_PASS;
}

static enum ps_reason foresee(const struct flow *flow, const struct ps_binding *winner,
			      __s64 *ret_cookie)
{
	__u8 first = flow->packet.addr[0];

	*ret_cookie = 0;
	if (first == (flow->packet.family == PS_IPV4 ? 224 : 255))
		return PS_REASON_MULTICAST;
	if (first == 127 && flow->packet.family == PS_IPV4)
		return PS_REASON_MARTIAN;
	if (!winner)
		return PS_REASON_UNBOUND;
	switch (winner->action) {
	case PS_SOCKET:
		return foresee_socket(flow, winner, ret_cookie);
	case PS_PASS:
		return PS_REASON_PASS;
	case PS_COUNT:
		return PS_REASON_COUNT;
	default:
		return PS_REASON_UNSUPPORTED_PASS;
	}
}

static void check_flow(struct flow *flow, const char *when)
{
	const struct ps_binding *winner = model_winner(&drawn.table, &flow->packet);
	char text[PS_ENDPOINT_TEXT] = "none", address[PS_ADDRESS_TEXT];
	enum ps_reason wanted, reason;
	__s64 cookie;

	if (winner)
		ps_endpoint_format(&winner->endpoint, text);
	wanted = foresee(flow, winner, &cookie);
	reason = run(flow, &flow->cookie);
	checks++;
	if (reason == wanted && flow->cookie == cookie)
		return;
	fail_msg("%s: a packet to %s %s port %u: %s, socket %lld; the model: %s, %lld, by %s", when,
		 ps_proto_name(flow->packet.proto),
		 ps_address_format(flow->packet.family, flow->packet.addr, address),
		 flow->packet.port, ps_reason_name(reason), flow->cookie, ps_reason_name(wanted),
		 cookie, text);
}

/* Some socket is closed: its flows go to others, and those of others stay where they are. */
static void close_one(void)
{
	static struct flow flows[FLOWS];
	unsigned int at;
	__s64 gone;

	if (!sockets.count)
		return;
	at = dice((unsigned int)sockets.count);
	if (!registered[at].is_open)
		return;
	for (int i = 0; i < FLOWS; i++) {
		draw_flow(&flows[i]);
		check_flow(&flows[i], "before a socket is closed");
	}
	close(fds[at]);
	fds[at] = -1;
	registered[at].is_open = false;
	gone = (__s64)registered[at].cookie;
	closed++;
	for (int i = 0; i < FLOWS; i++) {
		__s64 before = flows[i].cookie;

		check_flow(&flows[i], "when a socket was closed");
		if (before == gone ? flows[i].cookie == gone : flows[i].cookie != before)
			fail_msg("a flow of socket %lld went to %lld when %lld was closed", before,
				 flows[i].cookie, gone);
		moved += before == gone;
	}
}

/* What 'sockets' lists: these, as open or closed as they are, with what they took. */
static void check_registry(const char *when)
{
	struct ps_registry registry;
	size_t rows = 0;

	ps_registry_read(&steer.instance, &registry);
	for (size_t i = 0; i < registry.count; i++) {
		const struct ps_registered *row = &registry.item[i];
		size_t at = 0;

		if (row->info.proto == PS_NO_PROTO)
			continue;
		rows++;
		while (at < sockets.count && registered[at].cookie != row->info.cookie)
			at++;
		if (at == sockets.count)
			fail_msg("%s: '%s' has a socket too many", when, row->name);
		assert_string_equal(row->name, names[registered[at].name]);
		assert_int_equal(row->is_open, registered[at].is_open);
		assert_int_equal(row->info.taken, registered[at].taken);
	}
	if (rows != sockets.count)
		fail_msg("%s: %zu sockets are listed, not %zu", when, rows, sockets.count);
	ps_registry_done(&registry);
}

static const char *change_something(void)
{
	switch (dice(8)) {
	case 0:
	case 1:
	case 2:
		random_change(&drawn);
		return "after a publish";
	case 3:
	case 4:
		register_some(dice(NAMES));
		return "after sockets were registered";
	case 5:
		forget_name();
		return "after a name was forgotten";
	default:
		close_one();
		return "after a socket was closed";
	}
}

static void test_table(void **state)
{
	(void)state;
	random_clear(&drawn);
	drawn.is_narrow = !dice(4);
	random_change(&drawn);
	for (unsigned int name = 0; name < NAMES; name++)
		register_some(name);
	for (int step = 0; step < STEPS; step++) {
		const char *when = change_something();
		struct flow flow;

		for (int packet = 0; packet < PACKETS; packet++) {
			draw_flow(&flow);
			check_flow(&flow, when);
		}
		check_registry(when);
	}
}

static int open_all(void **state)
{
	(void)state;
	random_seed();
	steer_enter_netns();
	steer_open(&steer, "property-socket", STEER_BINDINGS);
	program_fd = sk_lookup_load(&steer);
	drawn = (struct random_table){ .steer = &steer,
				       .max = BINDINGS_MAX,
				       .draw_words = draw_words };
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	while (sockets.count)
		forget_registered(0);
	close(program_fd);
	steer_close(&steer);
	random_done(&drawn);
	print_message("# %u packets against the model, %u handed to sockets, %u to none; %u "
		      "sockets closed, of which %u flows moved\n",
		      checks, handed, missed, closed, moved);
	return handed && missed && (moved || getenv("TIME")) ? 0
							     : -1; /* few close in a short one */
}

int main(void)
{
	static struct CMUnitTest tests[TABLES];
	static char titles[TABLES][32];
	int count = getenv("TIME") ? TABLES_SHORT : TABLES;

	for (int i = 0; i < count; i++) {
		snprintf(titles[i], sizeof(titles[i]), "table %d", i + 1);
		tests[i] = (struct CMUnitTest){ .name = titles[i], .test_func = test_table };
	}
	return _cmocka_run_group_tests("property_socket", tests, (size_t)count, open_all,
				       close_all);
}
