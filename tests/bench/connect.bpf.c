// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The least that a sk_lookup program can cost, for connect.sh: one that does
 * nothing, and one that hands everything to one socket.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} bench_socket SEC(".maps");

SEC("sk_lookup")
int bench_sk_pass(__attribute__((unused)) struct bpf_sk_lookup *ctx)
{
	return SK_PASS;
}

SEC("sk_lookup")
int bench_sk_assign(struct bpf_sk_lookup *ctx)
{
	__u32 index = 0;
	struct bpf_sock *sk = bpf_map_lookup_elem(&bench_socket, &index);
	long err;

	if (!sk)
		return SK_DROP;
	err = bpf_sk_assign(ctx, sk, 0);
	bpf_sk_release(sk);
	return err ? SK_DROP : SK_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
