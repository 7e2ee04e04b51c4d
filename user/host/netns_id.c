// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * See netns_id.h. The kernel tells the id of a namespace that is open.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include "base/memory.h"
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

struct ps_netns_id {
	int id;
	char name[NAME_MAX + 1];
};

/* Opens the one of that name. -1 when it is none, or the current namespace has no id for it. */
static int open_named(int dir_fd, const char *name, int *ret_id)
{
	PS_CLOSED_FD int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	int id = fd < 0 ? -1 : id_of(fd);

	if (id < 0)
		return -1;
	*ret_id = id;
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static void add(struct ps_netns_ids *ids, int id, const char *name)
{
	struct ps_netns_id *item;

	ids->item = ps_memory_grow(ids->item, ids->count, &ids->room, sizeof(*ids->item));
	item = &ids->item[ids->count++];
	item->id = id;
	snprintf(item->name, sizeof(item->name), "%s", name);
}

static void read_all(struct ps_netns_ids *ids)
{
	PS_CLOSED_DIR DIR *dir = opendir(NETNS_DIR);
	struct dirent *entry;

	ids->is_read = true;
	while (dir && (entry = readdir(dir))) {
		PS_CLOSED_FD int fd = -1;
		int id;

		if (entry->d_name[0] == '.')
			continue;
		fd = open_named(dirfd(dir), entry->d_name, &id);
		if (fd >= 0)
			add(ids, id, entry->d_name);
	}
}

static const char *find_name(struct ps_netns_ids *ids, int id)
{
	if (!ids->is_read)
		read_all(ids);
	for (size_t i = 0; i < ids->count; i++)
		if (ids->item[i].id == id)
			return ids->item[i].name;
	return "";
}

void ps_netns_ids_name(struct ps_netns_ids *ids, int id, char *ret_name, size_t size)
{
	snprintf(ret_name, size, "%s", find_name(ids, id));
}

void ps_netns_ids_done(struct ps_netns_ids *ids)
{
	free(ids->item);
	*ids = (struct ps_netns_ids){};
}

/* Opens namespace @id, which may have this name; else the first that is found. */
static int open_by_id(int id, const char *name)
{
	__attribute__((cleanup(ps_netns_ids_done))) struct ps_netns_ids ids = {};
	PS_CLOSED_FD int dir_fd = open(NETNS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	PS_CLOSED_FD int fd = -1;
	int found = -1;

	if (dir_fd < 0)
		return -1;
	if (!*name)
		name = find_name(&ids, id);
	if (*name)
		fd = open_named(dir_fd, name, &found);
	return fd >= 0 && found == id ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
}

int ps_netns_visit(int id, const char *name)
{
	PS_CLOSED_FD int there = open_by_id(id, name);
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
