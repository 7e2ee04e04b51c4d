// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * No hook: a program that is loaded twice, the second one as an extension of
 * the first, to learn whether the kernel takes extensions. libxdp's dispatcher
 * is made of them. It is never attached.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int portsteer_try(struct xdp_md *ctx)
{
	return !ctx;
}

char _license[] SEC("license") = "Dual BSD/GPL";
