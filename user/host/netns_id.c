// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * See netns_id.h. The kernel tells the id of a namespace that is open.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include "base/scope.h"
#include "host/netlink.h"
#include "host/netns_id.h"

#define NETNS_DIR "/run/netns"

static int on_id(const struct nlmsghdr *message, void *id)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct rtgenmsg))
	{
		if (mnl_attr_get_type(attr) == NETNSA_NSID)
			*(int *)id = (int)mnl_attr_get_u32(attr);
	}
	return MNL_CB_OK;
}

/* -1 when the current namespace has none for it. */
static int id_of(int netns_fd)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct rtgenmsg *head;
	int id = -1;

	request->nlmsg_type = RTM_GETNSID;
	request->nlmsg_flags = NLM_F_ACK;
	head = mnl_nlmsg_put_extra_header(request, sizeof(*head));
	head->rtgen_family = AF_UNSPEC;
	mnl_attr_put_u32(request, NETNSA_FD, (__u32)netns_fd);
	return ps_netlink_request(NETLINK_ROUTE, request, on_id, &id) ? -1 : id;
}

/* Opens the first namespace of that id. */
static int open_by_id(int id, char *ret_name, size_t size)
{
	PS_CLOSED_DIR DIR *dir = opendir(NETNS_DIR);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		int fd = entry->d_name[0] == '.'
				 ? -1
				 : openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			continue;
		if (id_of(fd) == id) {
			snprintf(ret_name, size, "%s", entry->d_name);
			return fd;
		}
		close(fd);
	}
	return -1;
}

void ps_netns_name_of_id(int id, char *ret_name, size_t size)
{
	int fd = open_by_id(id, ret_name, size);

	if (fd < 0)
		ret_name[0] = '\0';
	else
		close(fd);
}

int ps_netns_visit(int id)
{
	char name[256];
	PS_CLOSED_FD int there = open_by_id(id, name, sizeof(name));
	int here = there < 0 ? -1 : open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (here < 0 || !setns(there, CLONE_NEWNET))
		return here;
	close(here);
	return -1;
}

void ps_netns_return(int fd)
{
	if (setns(fd, CLONE_NEWNET))
		abort();
}
