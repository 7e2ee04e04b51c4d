// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * XDP and TCX by pinned bpf_link, which outlives this process and which nobody
 * replaces by netlink. Where the kernel has no TCX (before 6.6) it is clsact.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "clsact.h"
#include "link.h"
#include "scope.h"

/* include/uapi/linux/bpf.h of 6.6 and later */
#define BPF_TCX_INGRESS_6_6 46
#define BPF_TCX_EGRESS_6_6 47

static int pin(int fd, const char *path, struct ps_error *error)
{
	if (bpf_obj_pin(fd, path))
		return ps_error_errno(error, errno, "cannot pin %s", path);
	return 0;
}

/* "program 'x' (id 7)" on the XDP hook of the device, as far as can be seen. */
static void describe_xdp_owner(__u32 ifindex, char *text, size_t size)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	struct bpf_prog_info info = {};
	__u32 info_size = sizeof(info);
	PS_CLOSED_FD int fd = -1;

	snprintf(text, size, "another program");
	if (bpf_xdp_query((int)ifindex, 0, &query) || !query.prog_id)
		return;
	snprintf(text, size, "another program (id %u)", query.prog_id);
	fd = bpf_prog_get_fd_by_id(query.prog_id);
	if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &info_size))
		snprintf(text, size, "program '%s' (id %u)", info.name, query.prog_id);
}

static int refuse_xdp(const struct ps_hook_info *info, int err, struct ps_error *error)
{
	char owner[64];

	switch (err) {
	case EBUSY:
	case EEXIST:
		describe_xdp_owner(info->ifindex, owner, sizeof(owner));
		return ps_error_set(
			error, PS_EXIT_REFUSED,
			"%s is on the XDP hook of '%s' already; 'hook tc' works beside it", owner,
			info->device);
	case EOPNOTSUPP:
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "the driver of '%s' has no native XDP; 'mode generic' and "
				    "'hook tc' work on every interface",
				    info->device);
	case ERANGE:
	case EINVAL:
		return ps_error_errno(error, err,
				      "the driver of '%s' refuses native XDP with its present MTU "
				      "or offloads ('ethtool -K %s lro off gro-hw off' may help); "
				      "'mode generic' and 'hook tc' work",
				      info->device, info->device);
	default:
		return ps_error_errno(error, err, "cannot attach to the XDP hook of '%s'",
				      info->device);
	}
}

static int attach_xdp(int prog_fd, const char *path, struct ps_hook_info *info,
		      struct ps_error *error)
{
	LIBBPF_OPTS(bpf_link_create_opts, options,
		    .flags = info->mode == PS_MODE_GENERIC ? XDP_FLAGS_SKB_MODE
							   : XDP_FLAGS_DRV_MODE);
	PS_CLOSED_FD int link_fd = bpf_link_create(prog_fd, (int)info->ifindex, BPF_XDP, &options);

	if (link_fd < 0)
		return refuse_xdp(info, errno, error);
	return pin(link_fd, path, error);
}

static int attach_tc(int prog_fd, const char *path, struct ps_hook_info *info,
		     struct ps_error *error)
{
	int type = info->hook == PS_HOOK_TC_INGRESS ? BPF_TCX_INGRESS_6_6 : BPF_TCX_EGRESS_6_6;
	PS_CLOSED_FD int link_fd =
		bpf_link_create(prog_fd, (int)info->ifindex, (enum bpf_attach_type)type, NULL);

	if (link_fd < 0 && errno == EINVAL)
		return ps_clsact_attach(prog_fd, path, info, error);
	if (link_fd < 0)
		return ps_error_errno(error, errno, "cannot attach to TCX of '%s'", info->device);
	info->mode = PS_MODE_TCX;
	return pin(link_fd, path, error);
}

int ps_link_attach(int prog_fd, const char *path, struct ps_hook_info *info, struct ps_error *error)
{
	if (info->hook == PS_HOOK_XDP)
		return attach_xdp(prog_fd, path, info, error);
	return attach_tc(prog_fd, path, info, error);
}

int ps_link_detach(const char *path, const struct ps_hook_info *info, struct ps_error *error)
{
	if (info->mode == PS_MODE_CLSACT)
		ps_clsact_detach(info);
	if (unlink(path) && errno != ENOENT)
		return ps_error_errno(error, errno, "cannot remove %s", path);
	return 0;
}
