// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Filters on clsact. See clsact.h.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "hook/clsact.h"
#include "host/capability.h"
#include "host/netlink.h"
#include "pins/bpffs.h"

#define FILTER_HANDLE 0x7073
#define FILTER_PRIORITY 50

static enum bpf_tc_attach_point attach_point(const struct ps_hook_info *info)
{
	return info->hook == PS_HOOK_TC_INGRESS ? BPF_TC_INGRESS : BPF_TC_EGRESS;
}

/* Unlike a link, which is its owner's, a filter takes CAP_NET_ADMIN. */
static int refuse(struct ps_error *error, int err, const char *what,
		  const struct ps_hook_info *info)
{
	char text[80];

	snprintf(text, sizeof(text), "%s of '%.15s'", what, info->device);
	return ps_capability_error(error, err, PS_NEED_NET_ADMIN, text);
}

static int keep_clsact(const struct nlmsghdr *message, void *items)
{
	const struct tcmsg *qdisc = mnl_nlmsg_get_payload(message);

	if (qdisc->tcm_parent == TC_H_CLSACT)
		*(int *)ps_netlink_items_add(items) = qdisc->tcm_ifindex;
	return MNL_CB_OK;
}

/* @ifindex has a clsact or ingress qdisc; also when that cannot be seen. */
static bool has_clsact(__u32 ifindex)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct ps_netlink_items items = { .size = sizeof(int) };
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	bool found;

	request->nlmsg_type = RTM_GETQDISC;
	mnl_nlmsg_put_extra_header(request, sizeof(struct tcmsg));
	found = ps_netlink_dump(NETLINK_ROUTE, request, keep_clsact, &items);
	for (size_t i = 0; i < items.count; i++)
		found |= ((int *)items.item)[i] == (int)ifindex;
	ps_netlink_items_done(&items);
	return found;
}

/* Notes that we make it before we do, so that nobody forgets it after a kill. */
static int make_clsact(const struct bpf_tc_hook *hook, struct ps_hook_info *info,
		       struct ps_error *error)
{
	bool was_made = info->made_clsact; /* by the program of the other direction */
	struct bpf_tc_hook wanted = *hook;
	int err;

	if (has_clsact(info->ifindex))
		return 0;
	info->made_clsact = true;
	err = bpf_tc_hook_create(&wanted);
	if (!err)
		return 0;
	info->made_clsact = was_made;
	if (err == -EEXIST) /* somebody was faster */
		return 0;
	return ps_error_errno(error, -err,
			      "cannot add the clsact qdisc to '%s' (module sch_ingress)",
			      info->device);
}

static int pin_and_attach(int prog_fd, const char *path, const struct ps_hook_info *info,
			  const struct bpf_tc_hook *hook, struct ps_error *error)
{
	LIBBPF_OPTS(bpf_tc_opts, filter, .prog_fd = prog_fd, .handle = FILTER_HANDLE,
		    .priority = FILTER_PRIORITY);
	int err;

	if (bpf_obj_pin(prog_fd, path))
		return ps_error_errno(error, errno, "cannot pin %s", path);
	err = bpf_tc_attach(hook, &filter);
	if (!err)
		return 0;
	unlink(path);
	return ps_error_errno(error, -err, "cannot attach to clsact of '%s'", info->device);
}

int ps_clsact_attach(int prog_fd, const char *path, struct ps_hook_info *info,
		     struct ps_error *error)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)info->ifindex,
		    .attach_point = attach_point(info));
	struct ps_error ignored;

	info->mode = PS_MODE_CLSACT;
	if (make_clsact(&hook, info, error))
		return -1;
	if (!pin_and_attach(prog_fd, path, info, &hook, error))
		return 0;
	ps_clsact_detach(info, &ignored);
	return -1;
}

/* @fresh is for whom @path is, if that is there. -1 with errno. */
static int share_like(const char *path, const char *fresh)
{
	struct stat status;

	if (stat(path, &status))
		return errno == ENOENT ? 0 : -1;
	if (chown(fresh, status.st_uid, status.st_gid) && errno != EPERM)
		return -1;
	return chmod(fresh, status.st_mode & 07777);
}

static int pin_beside(int prog_fd, const char *path, const char *fresh, struct ps_error *error)
{
	unlink(fresh); /* of a command that was killed */
	if (bpf_obj_pin(prog_fd, fresh))
		return ps_error_errno(error, errno, "cannot pin %s", fresh);
	if (!share_like(path, fresh))
		return 0;
	ps_error_errno(error, errno, "cannot set the mode of %s", fresh);
	unlink(fresh);
	return -1;
}

int ps_clsact_replace(int prog_fd, const char *path, const struct ps_hook_info *info,
		      struct ps_error *error)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)info->ifindex,
		    .attach_point = attach_point(info));
	LIBBPF_OPTS(bpf_tc_opts, filter, .prog_fd = prog_fd, .handle = FILTER_HANDLE,
		    .priority = FILTER_PRIORITY, .flags = BPF_TC_F_REPLACE);
	char fresh[512];
	int err;

	snprintf(fresh, sizeof(fresh), "%s%s", path, PS_FRESH);
	if (pin_beside(prog_fd, path, fresh, error))
		return -1;
	err = bpf_tc_attach(&hook, &filter);
	if (!err && rename(fresh, path))
		return ps_error_errno(error, errno, "cannot rename %s to %s", fresh, path);
	if (!err)
		return 0;
	unlink(fresh);
	return refuse(error, -err, "cannot exchange the filter", info);
}

static int keep_filter(const struct nlmsghdr *message, void *items)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);

	if (filter->tcm_handle) /* not the chain itself */
		ps_netlink_items_add(items);
	return MNL_CB_OK;
}

/* How many filters are on clsact of @info's interface, or -errno. */
static int count_filters(const struct ps_hook_info *info, __u32 parent)
{
	char buffer[PS_NETLINK_REQUEST_SIZE] = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct tcmsg *wanted = mnl_nlmsg_put_extra_header(request, sizeof(*wanted));
	struct ps_netlink_items items = { .size = 1 };
	int err, count;

	request->nlmsg_type = RTM_GETTFILTER;
	wanted->tcm_ifindex = (int)info->ifindex;
	wanted->tcm_parent = TC_H_MAKE(TC_H_CLSACT, parent);
	err = ps_netlink_dump(NETLINK_ROUTE, request, keep_filter, &items);
	count = (int)items.count;
	ps_netlink_items_done(&items);
	return err ?: count;
}

/* What an error means when there is nothing to remove: no filter, no qdisc, no interface. */
static bool is_gone(int err)
{
	return err == -ENOENT || err == -EINVAL || err == -ENODEV;
}

/* The qdisc, unless somebody has filters there. */
static int remove_clsact(const struct ps_hook_info *info)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)info->ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	int count = count_filters(info, TC_H_MIN_INGRESS);

	if (!count)
		count = count_filters(info, TC_H_MIN_EGRESS);
	if (count)
		return count < 0 ? count : 0;
	return bpf_tc_hook_destroy(&hook);
}

int ps_clsact_detach(const struct ps_hook_info *info, struct ps_error *error)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)info->ifindex,
		    .attach_point = attach_point(info));
	LIBBPF_OPTS(bpf_tc_opts, found, .handle = FILTER_HANDLE, .priority = FILTER_PRIORITY);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = FILTER_HANDLE, .priority = FILTER_PRIORITY);
	int err = bpf_tc_query(&hook, &found);

	if (!err && found.prog_id == info->prog_id)
		err = bpf_tc_detach(&hook, &filter);
	if (err && !is_gone(err))
		return refuse(error, -err, "cannot remove the filter", info);
	err = info->made_clsact ? remove_clsact(info) : 0;
	if (err && !is_gone(err))
		return refuse(error, -err, "cannot remove the clsact qdisc", info);
	return 0;
}

bool ps_clsact_is_place(__u32 handle, __u32 priority)
{
	return handle == FILTER_HANDLE && priority == FILTER_PRIORITY;
}
