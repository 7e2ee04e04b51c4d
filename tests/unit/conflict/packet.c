// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings that take what packet sockets would read.
 */
#include <errno.h>
#include "host.h"
#include "host/packet.h"

static struct ps_attachment at[] = {
	{ .info.hook = PS_HOOK_XDP, .now = "eth0", .index = 2 },
	{ .info.hook = PS_HOOK_TC_INGRESS, .now = "eth1", .index = 3 },
};

static struct ps_listener_process tcpdump = { .pid = 71, .command = "tcpdump" };

static struct ps_listener reader_at(__u32 ifindex, __u16 protocol)
{
	return (struct ps_listener){
		.port = protocol,
		.ifindex = ifindex,
		.socket_count = 1,
		.process = &tcpdump,
		.process_count = 1,
		.user = "root",
	};
}

static struct ps_facts facts_with(struct ps_listener *reader)
{
	struct ps_facts facts = make_facts();

	facts.attachments = (struct ps_attachments){ .item = at, .count = COUNT_OF(at) };
	facts.packet_sockets = (struct ps_listeners){ .item = reader, .count = 1 };
	return facts;
}

static void find_dhcp(struct ps_conflicts *conflicts, const struct ps_view *view,
		      struct ps_facts *facts, const struct ps_bindings *bindings)
{
	(void)view;
	ps_conflicts_find_dhcp(conflicts, facts, bindings);
	ps_conflicts_say_listeners(conflicts);
}

static void find_any(struct ps_conflicts *conflicts, const struct ps_view *view,
		     struct ps_facts *facts, const struct ps_bindings *bindings)
{
	(void)view;
	ps_conflicts_find_packet_sockets(conflicts, facts, bindings);
	ps_conflicts_say_listeners(conflicts);
}

#define SEES(where, what) \
	"a packet socket on " where " (tcpdump, pid 71, user root) does not see what " what

static void test_dhcp(void **state)
{
	struct ps_listener reader = reader_at(2, PS_PACKET_IPV4);
	struct ps_facts facts = facts_with(&reader);

	(void)state;
	assert_conflict(find_dhcp, &facts, "udp any:68 drop", SEES("'eth0'", "'drop' takes away"));
	assert_conflict(find_dhcp, &facts, "udp 192.0.2.1:67 redirect e",
			SEES("'eth0'", "'redirect' takes away"));
	assert_conflict(find_dhcp, &facts, "udp any6:500-600 drop",
			SEES("'eth0'", "'drop' takes away"));
	assert_conflict(find_dhcp, &facts, "udp any:69 drop", NULL);
	assert_conflict(find_dhcp, &facts, "udp any4:546 drop", NULL);
	assert_conflict(find_dhcp, &facts, "udp any6:68 drop", NULL);
	assert_conflict(find_dhcp, &facts, "tcp any:68 drop", NULL);
	assert_conflict(find_dhcp, &facts, "udp any:68 pass", NULL);
	assert_conflict(find_dhcp, &facts, "udp any:68 socket dhcp", NULL); /* seen before */
	facts.attachments.count = 0;
	assert_conflict(find_dhcp, &facts, "udp any:68 drop", NULL);
}

/* Who cannot list them does not say that there are none. */
static void test_unread(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	facts.packet_error = -ENOENT;
	assert_conflict(find_dhcp, &facts, "udp any:68 drop",
			"packet sockets could not be listed, so it is not known whether a DHCP "
			"client or server misses what 'drop' takes away: No such file or "
			"directory");
	assert_conflict(find_dhcp, &facts, "udp any:69 drop", NULL);
}

/* TC comes behind sockets for every frame, and before those for IP. */
static void test_hooks(void **state)
{
	struct ps_listener reader = reader_at(0, PS_PACKET_ALL);
	struct ps_facts facts = facts_with(&reader);

	(void)state;
	assert_conflict(find_any, &facts, "tcp any:80 drop",
			SEES("'eth0'", "bindings take away there"));
	reader = reader_at(3, PS_PACKET_ALL);
	assert_conflict(find_any, &facts, "tcp any:80 drop", NULL);
	reader = reader_at(3, PS_PACKET_IPV4);
	assert_conflict(find_any, &facts, "tcp any:80 drop",
			SEES("'eth1'", "bindings take away there"));
	reader = reader_at(0, PS_PACKET_IPV6);
	reader.socket_count = 2;
	assert_conflict(find_any, &facts, "tcp any:80 drop",
			"packet sockets on 'eth0' and 1 more (tcpdump, pid 71, user root) do "
			"not see what bindings take away there");
	reader = reader_at(4, PS_PACKET_IPV4);
	assert_conflict(find_any, &facts, "tcp any:80 drop", NULL);
	reader = reader_at(2, PS_PACKET_IPV4);
	assert_conflict(find_any, &facts, "tcp any:80 pass", NULL);
	at[0].state = PS_STALE_GONE;
	assert_conflict(find_any, &facts, "tcp any:80 drop", NULL);
	at[0].state = PS_ATTACHED;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dhcp),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_hooks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
