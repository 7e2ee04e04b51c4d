// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * On the hook of the guard, and lets everything be: what the kernel itself takes
 * to run a program there.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("cgroup/post_bind4")
int bench_nothing(struct bpf_sock *ctx)
{
	(void)ctx;
	return 1;
}

char _license[] SEC("license") = "Dual BSD/GPL";
