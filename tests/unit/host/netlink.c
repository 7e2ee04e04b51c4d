// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Dumps over netlink that are cut short or refused.
 */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include "host/netlink.h"
#include "sockets.h"

static struct nlmsghdr *dump_request(char *buffer, int protocol)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct inet_diag_req_v2 *head = mnl_nlmsg_put_extra_header(request, sizeof(*head));

	request->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	head->sdiag_family = AF_INET;
	head->sdiag_protocol = protocol;
	head->idiag_states = 1U << TCP_LISTEN;
	return request;
}

static int interruptions;

/* Fails like an answer that the kernel marks as interrupted. */
static int count_message(const struct nlmsghdr *message, void *items)
{
	(void)message;
	ps_netlink_items_add(items);
	if (interruptions-- <= 0)
		return MNL_CB_OK;
	errno = EINTR;
	return MNL_CB_ERROR;
}

static void test_interrupted_dump(void **state)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = dump_request(buffer, IPPROTO_TCP);
	struct ps_netlink_items items = { .size = 1 };
	int fd;

	(void)state;
	need_namespace();
	fd = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 80, NULL);
	interruptions = 3;
	assert_int_equal(ps_netlink_dump(NETLINK_SOCK_DIAG, request, count_message, &items), 0);
	assert_int_equal(items.count, 1); /* each time from the start */
	interruptions = 1000;
	assert_int_equal(ps_netlink_dump(NETLINK_SOCK_DIAG, request, count_message, &items),
			 -EAGAIN);
	assert_int_equal(items.count, 1);
	interruptions = 0;
	ps_netlink_items_done(&items);
	close(fd);
}

/* The kernel takes a dump of an unknown protocol and refuses it only in its last message. */
static void test_dump_failure_is_an_error(void **state)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = dump_request(buffer, 254);
	struct ps_netlink_items items = { .size = 1 };

	(void)state;
	need_namespace();
	assert_int_equal(ps_netlink_dump(NETLINK_SOCK_DIAG, request, count_message, &items),
			 -ENOENT);
	assert_int_equal(items.count, 0);
	ps_netlink_items_done(&items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interrupted_dump),
		cmocka_unit_test(test_dump_failure_is_an_error),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
