// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * XDP, TCX and sk_lookup by pinned bpf_link, which outlives this process and which nobody
 * replaces by netlink. Where the kernel has no TCX (before 6.6) it is clsact.c.
 */
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "base/advice.h"
#include "base/scope.h"
#include "hook/clsact.h"
#include "hook/link.h"
#include "hook/program.h"
#include "hook/program_read.h"
#include "hook/tcx.h"
#include "host/ask.h"
#include "host/netns.h"
#include "pins/pin.h"

static int pin(int link_fd, const char *path, struct ps_hook_info *info, struct ps_error *error)
{
	struct bpf_link_info link = {};
	__u32 size = sizeof(link);

	if (bpf_obj_get_info_by_fd(link_fd, &link, &size))
		return ps_error_errno(error, errno, "cannot inspect the link");
	info->link_id = link.id;
	if (bpf_obj_pin(link_fd, path))
		return ps_error_errno(error, errno, "cannot pin %s", path);
	return 0;
}

/* The kernel refuses an interface that is on its way out by the same number as an MTU. */
static bool is_going(const struct ps_hook_info *info)
{
	unsigned int index = 0;
	struct ps_answer there = ps_ask_index(info->device, &index);

	return ps_is_no(there) || (ps_is_yes(there) && index != info->ifindex);
}

static const char *advise_offloads(const char *device)
{
	char path[PS_NETNS_TEXT] = "";

	if (!ps_is_yes(ps_netns_is_first()))
		ps_netns_lasting_path(path);
	return ps_advice_inside(ps_netns_word(path), "ethtool -K", device, "lro", "off", "gro-hw",
				"off", NULL);
}

static int refuse_xdp(const struct ps_hook_info *info, int err, struct ps_error *error)
{
	switch (err) {
	case EBUSY: /* somebody was faster */
	case EEXIST:
		return ps_error_set(error, PS_EXIT_CONFLICT,
				    "another program came to the XDP hook of '%s'; try again",
				    info->device);
	case EOPNOTSUPP:
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "the driver of '%s' has no native XDP; 'mode generic' and "
				    "'hook tc' work on every interface",
				    info->device);
	case EINVAL:
		if (is_going(info))
			return ps_error_set(error, PS_EXIT_NOT_FOUND,
					    "'%s' is being deleted, or was deleted just now",
					    info->device);
		__attribute__((fallthrough));
	case ERANGE:
		return ps_error_set(
			error, PS_EXIT_REFUSED,
			"the driver of '%s' refuses native XDP with its present MTU or offloads: "
			"%s; 'mode generic' and 'hook tc' work, and this may help: %s",
			info->device, strerror(err), advise_offloads(info->device));
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
	return pin(link_fd, path, info, error);
}

static int attach_tc(int prog_fd, const char *path, struct ps_hook_info *info,
		     struct ps_error *error)
{
	__u32 type = ps_tcx_attach_type(info->hook);
	PS_CLOSED_FD int link_fd =
		bpf_link_create(prog_fd, (int)info->ifindex, (enum bpf_attach_type)type, NULL);

	if (link_fd < 0 && errno == EINVAL)
		return ps_clsact_attach(prog_fd, path, info, error);
	if (link_fd < 0)
		return ps_error_errno(error, errno, "cannot attach to TCX of '%s'", info->device);
	info->mode = PS_MODE_TCX;
	return pin(link_fd, path, info, error);
}

static int attach_netns(int prog_fd, const char *path, struct ps_hook_info *info,
			struct ps_error *error)
{
	PS_CLOSED_FD int netns_fd = ps_netns_open();
	PS_CLOSED_FD int link_fd = -1;

	if (netns_fd < 0)
		return ps_error_errno(error, errno, "cannot open the network namespace");
	link_fd = bpf_link_create(prog_fd, netns_fd, BPF_SK_LOOKUP, NULL);
	if (link_fd < 0)
		return ps_error_errno(error, errno,
				      "cannot attach to the sk_lookup hook of the network "
				      "namespace");
	return pin(link_fd, path, info, error);
}

int ps_link_attach(int prog_fd, const char *path, struct ps_hook_info *info, struct ps_error *error)
{
	if (info->hook == PS_HOOK_SK_LOOKUP)
		return attach_netns(prog_fd, path, info, error);
	if (info->hook == PS_HOOK_XDP)
		return attach_xdp(prog_fd, path, info, error);
	return attach_tc(prog_fd, path, info, error);
}

int ps_link_update(int prog_fd, const char *path, const struct ps_hook_info *info,
		   struct ps_error *error)
{
	PS_CLOSED_FD int link_fd = -1;

	if (info->mode == PS_MODE_CLSACT)
		return ps_clsact_replace(prog_fd, path, info, error);
	link_fd = bpf_obj_get(path);
	if (link_fd < 0)
		return ps_error_errno(error, errno, "cannot open %s", path);
	if (bpf_link_update(link_fd, prog_fd, NULL))
		return ps_error_errno(error, errno, "cannot exchange the program of %s", path);
	return 0;
}

/* What is pinned is what we pinned there. */
static bool is_own_pin(const struct ps_pin *pin, const struct ps_hook_info *info)
{
	if (info->mode == PS_MODE_CLSACT)
		return pin->kind == PS_PIN_PROGRAM && pin->prog_id == info->prog_id;
	return pin->kind == PS_PIN_LINK &&
	       (info->link_id ? pin->link_id == info->link_id : pin->prog_id == info->prog_id);
}

/* Closing the last reference would detach it, too, but some time later. */
static int detach_link(const char *path, struct ps_error *error)
{
	PS_CLOSED_FD int link_fd = bpf_obj_get(path);

	if (link_fd < 0 || bpf_link_detach(link_fd))
		return ps_error_errno(error, errno, "cannot detach %s", path);
	return 0;
}

struct ps_answer ps_link_open(__u32 link_id, int *ret_fd)
{
	int fd = link_id ? bpf_link_get_fd_by_id(link_id) : -1;

	if (fd < 0) /* the number of a link that was never pinned: it died with its process */
		return link_id ? ps_answer_of(errno) : ps_answer_no();
	*ret_fd = fd;
	return ps_answer_yes();
}

/* Who may not look for links looks at the hook. */
static struct ps_answer is_on_hook(const struct ps_hook_info *info)
{
	struct ps_programs way;
	struct ps_answer found;

	if (info->hook == PS_HOOK_SK_LOOKUP)
		ps_programs_read_netns(&way);
	else
		ps_programs_read(NULL, info->ifindex,
				 info->hook == PS_HOOK_TC_EGRESS ? PS_TX : PS_RX, &way);
	found = ps_programs_have(&way, info);
	ps_programs_done(&way);
	return found;
}

/* Our link is not pinned where it was: it is dead, or somebody else holds it. */
static int detach_unpinned(const char *path, const struct ps_hook_info *info,
			   struct ps_error *error)
{
	PS_CLOSED_FD int link_fd = -1;
	struct ps_answer alive = ps_link_open(info->link_id, &link_fd);

	if (ps_is_unknown(alive) && alive.err == EPERM && ps_is_no(is_on_hook(info)))
		alive = ps_answer_no();
	if (ps_is_no(alive))
		return 0;
	if (ps_is_unknown(alive))
		return ps_error_errno(
			error, alive.err,
			"cannot tell whether what was pinned at %s is still attached, "
			"so it is left as it is",
			path);
	if (bpf_link_detach(link_fd))
		return ps_error_errno(error, errno, "cannot detach what was pinned at %s", path);
	return 0;
}

int ps_link_detach(const char *path, const struct ps_hook_info *info, struct ps_error *error)
{
	struct ps_pin pin;

	if (ps_pin_look(path, &pin, error))
		return -1;
	if (info->mode == PS_MODE_CLSACT && ps_clsact_detach(info, error))
		return -1;
	if (!is_own_pin(&pin, info))
		return info->mode == PS_MODE_CLSACT ? 0 : detach_unpinned(path, info, error);
	if (pin.kind == PS_PIN_LINK && detach_link(path, error))
		return -1;
	if (unlink(path) && errno != ENOENT)
		return ps_error_errno(error, errno, "cannot remove %s", path);
	return 0;
}
