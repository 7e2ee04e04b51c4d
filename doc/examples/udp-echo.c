// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * udp-echo ADDRESS PORT: serves one UDP socket, to which portsteer steers
 * datagrams for any address and port, and answers each from the address that it
 * was sent to. An example for portsteer(7), "Sockets": what a UDP server has to do.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union place {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
};

static int fail(const char *what)
{
	perror(what);
	exit(1);
}

static socklen_t size_of(const union place *place)
{
	return place->any.sa_family == AF_INET ? sizeof(place->ipv4) : sizeof(place->ipv6);
}

static union place read_place(const char *address, const char *port)
{
	union place place = { .ipv6 = { .sin6_port = htons((in_port_t)atoi(port)) } };

	if (inet_pton(AF_INET, address, &place.ipv4.sin_addr) == 1) {
		place.any.sa_family = AF_INET;
		return place;
	}
	place.any.sa_family = AF_INET6;
	if (inet_pton(AF_INET6, address, &place.ipv6.sin6_addr) != 1)
		fail(address);
	return place;
}

/* A socket at @place that learns where each datagram was sent to: ip(7), ipv6(7). */
static int wait_at(const union place *place)
{
	int fd = socket(place->any.sa_family, SOCK_DGRAM, 0), on = 1;

	if (fd < 0 || bind(fd, &place->any, size_of(place)))
		fail("bind");
	if (setsockopt(fd, IPPROTO_IP, IP_RECVORIGDSTADDR, &on, sizeof(on)))
		fail("IP_RECVORIGDSTADDR");
	if (place->any.sa_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVORIGDSTADDR, &on, sizeof(on)))
		fail("IPV6_RECVORIGDSTADDR");
	return fd;
}

/* Where the datagram of @message was sent to; 0 when the kernel did not say. */
static int find_destination(struct msghdr *message, union place *ret)
{
	for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item; item = CMSG_NXTHDR(message, item))
		if ((item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_ORIGDSTADDR) ||
		    (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_ORIGDSTADDR)) {
			memcpy(ret, CMSG_DATA(item), item->cmsg_len - CMSG_LEN(0));
			return 1;
		}
	return 0;
}

/*
 * The answer has to come from that address and port, which the waiting socket
 * does not have: a socket of its own is bound there. The address may be on no
 * interface but only routed to this host, hence IP_FREEBIND; a port below 1024
 * needs CAP_NET_BIND_SERVICE.
 */
static void answer(const union place *from, const union place *to, const char *text, size_t length)
{
	int fd = socket(from->any.sa_family, SOCK_DGRAM, 0), on = 1;
	int level = from->any.sa_family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	int name = from->any.sa_family == AF_INET ? IP_FREEBIND : IPV6_FREEBIND;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, level, name, &on, sizeof(on)) || bind(fd, &from->any, size_of(from)) ||
	    sendto(fd, text, length, 0, &to->any, size_of(to)) < 0)
		perror("answer");
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	union place own, client, destination;
	char text[65536], control[256];
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: udp-echo ADDRESS PORT\n");
		return 2;
	}
	own = read_place(argv[1], argv[2]);
	fd = wait_at(&own);
	for (;;) {
		struct iovec data = { text, sizeof(text) };
		struct msghdr message = { .msg_name = &client,
					  .msg_namelen = sizeof(client),
					  .msg_iov = &data,
					  .msg_iovlen = 1,
					  .msg_control = control,
					  .msg_controllen = sizeof(control) };
		ssize_t length = recvmsg(fd, &message, 0);

		if (length < 0)
			fail("recvmsg");
		if (find_destination(&message, &destination))
			answer(&destination, &client, text, (size_t)length);
	}
}
