// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Frames that XDP redirected and that never got out: the kernel drops them
 * behind our program and tells only its tracepoints. One program for each of
 * the two, for all interfaces of the instance; nothing to do while all is well.
 */
#include "hooks.h"
#include "rows.h"

/* Set by the loader before a program is loaded: the instance's namespace. */
const volatile __u64 netns_cookie;

/* Of the kernel's types, what is read here; the loader finds where it is. */
struct net {
	__u64 net_cookie;
} __attribute__((preserve_access_index));

typedef struct {
	struct net *net;
} __attribute__((preserve_access_index)) possible_net_t;

struct net_device {
	int ifindex;
	possible_net_t nd_net;
} __attribute__((preserve_access_index));

/* The XDP program's index in `hooks`, or PS_HOOKS_MAX when @device has none of ours. */
static __always_inline __u32 find_hook(const struct net_device *device)
{
	__u32 ifindex = (__u32)device->ifindex, hook;

	if (device->nd_net.net->net_cookie != netns_cookie)
		return PS_HOOKS_MAX;
	for (hook = 0; hook < PS_HOOKS_MAX; hook++) {
		__u32 key = hook; /* whose address may be known, that of the counter not */
		const struct ps_hook_info *info = bpf_map_lookup_elem(&hooks, &key);

		if (info && info->hook == PS_HOOK_XDP && info->ifindex == ifindex)
			break;
	}
	return hook;
}

static __always_inline void count(const struct net_device *device, __u64 frames)
{
	__u32 hook = find_hook(device);

	if (hook != PS_HOOKS_MAX)
		ps_reasons_add(bpf_get_smp_processor_id(), hook, PS_REASON_REDIRECT_LOST, frames);
}

/*
 * xdp_redirect_err(device, ...): refused at once. The target is down, too
 * short, or takes no frames from XDP.
 */
SEC("tp_btf/xdp_redirect_err")
int portsteer_err(const __u64 *args)
{
	count((const struct net_device *)args[0], 1);
	return 0;
}

/*
 * xdp_devmap_xmit(from, to, sent, drops, err): a bulk, of which the driver of
 * the target did not take all. Its queue is full, or nobody reads it.
 */
SEC("tp_btf/xdp_devmap_xmit")
int portsteer_xmit(const __u64 *args)
{
	int drops = (int)args[3];

	if (drops > 0)
		count((const struct net_device *)args[0], (__u64)drops);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
