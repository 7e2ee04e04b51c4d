// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reads the sockets of the current network namespace with two sock_diag dumps
 * for each protocol, IPv4 and IPv6. MPTCP listeners are among those of TCP, with
 * the inode that their process has open. Who has them open is found in listener_process.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include "host/listener_record.h"

/* What to ask for; a datagram socket is in TCP_CLOSE until it is connected. */
static const struct dump {
	enum ps_proto proto;
	int protocol;
	__u32 states;
	const char *name;
	const char *module; /* of the kernel, that lists them */
} dumps[] = {
	{ PS_TCP, IPPROTO_TCP, 1 << TCP_LISTEN, "TCP", "tcp_diag" },
	{ PS_UDP, IPPROTO_UDP, 1 << TCP_CLOSE | 1 << TCP_ESTABLISHED, "UDP", "udp_diag" },
	{ PS_SCTP, IPPROTO_SCTP, 1 << TCP_LISTEN, "SCTP", "sctp_diag" },
};

struct reading {
	struct ps_netlink_items records;
	enum ps_proto proto; /* of the present dump: it is not in the answer */
};

static const struct nlattr *find_attr(const struct nlmsghdr *message, int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct inet_diag_msg))
	{
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

/* Without the attribute the socket counts as taking both families, the wider claim. */
static bool is_v6only(const struct nlmsghdr *message)
{
	const struct nlattr *attr = find_attr(message, INET_DIAG_SKV6ONLY);
	__u8 is_only = 0;

	if (attr)
		ps_netlink_copy(attr, &is_only, sizeof(is_only));
	return is_only;
}

static void set_address(struct ps_listener *listener, int domain, const void *bytes,
			const struct nlmsghdr *message)
{
	const struct in6_addr *addr = bytes;

	memset(listener->addr, 0, sizeof(listener->addr));
	if (domain == AF_INET) {
		listener->family = PS_IPV4;
		memcpy(listener->addr, addr, 4);
	} else if (IN6_IS_ADDR_V4MAPPED(addr)) {
		listener->family = PS_IPV4;
		memcpy(listener->addr, addr->s6_addr + 12, 4);
	} else if (IN6_IS_ADDR_UNSPECIFIED(addr)) {
		listener->family = is_v6only(message) ? PS_IPV6 : PS_ANY;
	} else {
		listener->family = PS_IPV6;
		memcpy(listener->addr, addr, 16);
	}
}

static void set_peer(struct ps_listener_record *record, const struct inet_diag_msg *socket)
{
	const struct in6_addr *peer = (const struct in6_addr *)socket->id.idiag_dst;

	record->socket.peer_port = ntohs(socket->id.idiag_dport);
	record->listener.is_connected = record->socket.peer_port;
	if (socket->idiag_family == AF_INET)
		memcpy(record->socket.peer_addr, peer, 4);
	else if (IN6_IS_ADDR_V4MAPPED(peer))
		memcpy(record->socket.peer_addr, peer->s6_addr + 12, 4);
	else
		memcpy(record->socket.peer_addr, peer, 16);
}

static struct ps_listener_record make_record(const struct reading *reading,
					     const struct nlmsghdr *message)
{
	const struct inet_diag_msg *socket = mnl_nlmsg_get_payload(message);
	const struct nlattr *cgroup = find_attr(message, INET_DIAG_CGROUP_ID);
	struct ps_listener_record record = {
		.listener = {
			.proto = reading->proto,
			.port = ntohs(socket->id.idiag_sport),
			.ifindex = socket->id.idiag_if,
			.uid = socket->idiag_uid,
		},
		.socket = {
			.inode = socket->idiag_inode,
		},
	};

	if (cgroup)
		ps_netlink_copy(cgroup, &record.socket.cgroup_id, sizeof(record.socket.cgroup_id));
	set_address(&record.listener, socket->idiag_family, socket->id.idiag_src, message);
	set_peer(&record, socket);
	return record;
}

/* An SCTP socket may wait at several addresses; the kernel sends a sockaddr_storage of each. */
static void add_at_each(struct ps_netlink_items *records, struct ps_listener_record *record,
			const struct nlmsghdr *message, const struct nlattr *addresses)
{
	const char *payload = mnl_attr_get_payload(addresses);
	size_t count = mnl_attr_get_payload_len(addresses) / sizeof(struct sockaddr_storage);

	for (size_t i = 0; i < count; i++) {
		struct sockaddr_storage at; /* attributes are aligned to less */
		const void *bytes;

		memcpy(&at, payload + i * sizeof(at), sizeof(at));
		bytes = at.ss_family == AF_INET
				? (const void *)&((const struct sockaddr_in *)&at)->sin_addr
				: &((const struct sockaddr_in6 *)&at)->sin6_addr;
		set_address(&record->listener, at.ss_family, bytes, message);
		*(struct ps_listener_record *)ps_netlink_items_add(records) = *record;
	}
}

static int on_socket(const struct nlmsghdr *message, void *items)
{
	struct reading *reading = (struct reading *)items; /* its first member */
	const struct nlattr *addresses = find_attr(message, INET_DIAG_LOCALS);
	struct ps_listener_record record;

	if (!ps_netlink_head(message, sizeof(struct inet_diag_msg)))
		return MNL_CB_OK;
	record = make_record(reading, message);
	if (!record.listener.port)
		return MNL_CB_OK;
	if (addresses)
		add_at_each(items, &record, message, addresses);
	else
		*(struct ps_listener_record *)ps_netlink_items_add(items) = record;
	return MNL_CB_OK;
}

/* At every port, or, unless it is 0, at @port. */
static int read_sockets(struct reading *reading, const struct dump *dump, int domain, __u16 port)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct inet_diag_req_v2 *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

	request->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	head->sdiag_family = domain;
	head->sdiag_protocol = dump->protocol;
	head->idiag_states = dump->states;
	head->id.idiag_sport = htons(port);
	reading->proto = dump->proto;
	return ps_netlink_dump(NETLINK_SOCK_DIAG, request, on_socket, &reading->records);
}

/* A protocol that the kernel does not have has no sockets, and needs no look at them. */
static bool has_protocol(const char *name)
{
	FILE *file = fopen("/proc/net/protocols", "re");
	char line[256], word[32];
	bool found = !file; /* not to be known: it may have it */

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%31s", word) == 1 && !strcmp(word, name);
	if (file)
		fclose(file);
	return found;
}

static void read_protocol(struct reading *reading, const struct dump *dump,
			  struct ps_unchecked *unchecked)
{
	int err =
		read_sockets(reading, dump, AF_INET, 0) ?: read_sockets(reading, dump, AF_INET6, 0);

	if (err == -ENOENT && has_protocol(dump->name))
		ps_unchecked_add(
			unchecked, dump->proto,
			"this kernel does not list %s sockets (it lacks %s), so it is not known "
			"whether one listens",
			dump->name, dump->module);
	else if (err && err != -ENOENT)
		ps_unchecked_add(unchecked, dump->proto, "the %s sockets could not be listed: %s",
				 dump->name, strerror(-err));
}

/* Zero for sockets of one listener. */
static int compare_places(const struct ps_listener *a, const struct ps_listener *b)
{
	int addr = memcmp(a->addr, b->addr, sizeof(a->addr));

	if (a->proto != b->proto)
		return a->proto < b->proto ? -1 : 1;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (addr)
		return addr;
	if (a->ifindex != b->ifindex)
		return a->ifindex < b->ifindex ? -1 : 1;
	if (a->is_connected != b->is_connected)
		return a->is_connected ? 1 : -1;
	return (a->uid > b->uid) - (a->uid < b->uid);
}

void ps_listeners_read(struct ps_listeners *ret, struct ps_unchecked *unchecked)
{
	struct reading reading = { .records = { .size = sizeof(struct ps_listener_record) } };

	for (size_t i = 0; i < MNL_ARRAY_SIZE(dumps); i++)
		read_protocol(&reading, &dumps[i], unchecked);
	ps_listener_records_group(&reading.records, compare_places, ret);
}

/* Without TCP_SYN_RECV and TCP_TIME_WAIT, which no process has. */
#define CONNECTED                                                                             \
	(1 << TCP_ESTABLISHED | 1 << TCP_SYN_SENT | 1 << TCP_FIN_WAIT1 | 1 << TCP_FIN_WAIT2 | \
	 1 << TCP_CLOSE_WAIT | 1 << TCP_LAST_ACK | 1 << TCP_CLOSING)
#define BOUND_INACTIVE (1 << 13) /* TCP_BOUND_INACTIVE, net/tcp_states.h; others ignore it */

int ps_connections_read(__u16 port, enum ps_connections which, struct ps_listeners *ret)
{
	const struct dump dump = {
		.proto = PS_TCP,
		.protocol = IPPROTO_TCP,
		.states = BOUND_INACTIVE | (which == PS_CONNECTED_TOO ? CONNECTED : 0),
	};
	struct reading reading = { .records = { .size = sizeof(struct ps_listener_record) } };
	int err = read_sockets(&reading, &dump, AF_INET, port)
			  ?: read_sockets(&reading, &dump, AF_INET6, port);

	if (err)
		ps_netlink_items_done(&reading.records);
	ps_listener_records_group(&reading.records, compare_places, ret);
	return err;
}

static void listener_done(struct ps_listener *listener)
{
	for (size_t i = 0; i < listener->process_count; i++) {
		free(listener->process[i].cgroup);
		free(listener->process[i].unit);
	}
	free(listener->process);
	free(listener->cgroup);
	free(listener->unit);
}

void ps_listeners_done(struct ps_listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		listener_done(&listeners->item[i]);
	free(listeners->item);
	free(listeners->socket);
	*listeners = (struct ps_listeners){ 0 };
}
