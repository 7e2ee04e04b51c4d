// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Putting two maps of flows together, when `flows` is made anew: no packet uses the
 * old one any more. Here and not in the tool, because nobody can kill a program between
 * adding to one map and deleting from the other: each packet is counted once. Loaded
 * when it is needed, and run once.
 */
#include <linux/errno.h>
#include "maps.h"

/* As large as that of the instance was. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PS_FLOWS_FIRST);
	__type(key, struct ps_flow_key);
	__type(value, struct ps_flow);
} former_flows SEC(".maps");

struct bpf_map; /* of the kernel */

/* Argument and result of both programs. */
struct result {
	__s32 error; /* negative errno */
	__u32 count; /* elements that were deleted */
};

static void forget(void)
{
	__sync_fetch_and_add(&flow_state.forgotten, 1);
}

/* @flow, which packets add to, goes on from @former. */
static void add(struct ps_flow *flow, const struct ps_flow *former)
{
	__sync_fetch_and_add(&flow->packets, former->packets);
	__sync_fetch_and_add(&flow->bytes, former->bytes);
	if (former->first_ns)
		flow->first_ns = former->first_ns;
	if (flow->last_ns < former->last_ns)
		flow->last_ns = former->last_ns;
}

/* Into `flows`, where it may be; or nowhere, when nothing has opened it. */
static long put(const struct ps_flow_key *key, const struct ps_flow *former)
{
	struct ps_flow *flow = bpf_map_lookup_elem(&flows, key);
	long err = 0;

	if (!flow && former->first_ns) {
		err = bpf_map_update_elem(&flows, key, former, BPF_NOEXIST);
		if (err != -EEXIST)
			return err;
		flow = bpf_map_lookup_elem(&flows, key); /* a packet was first */
	}
	if (flow)
		add(flow, former);
	forget();
	return 0;
}

/* A callback of bpf_for_each_map_elem(): not 0 ends it. */
static long carry(struct bpf_map *map, const struct ps_flow_key *key, struct ps_flow *former,
		  struct result *result)
{
	long err = put(key, former);

	if (!err)
		err = bpf_map_delete_elem(map, key);
	result->error = (__s32)err;
	result->count++;
	return err != 0;
}

/* The same, of what nothing has opened. */
static long sweep(struct bpf_map *map, const struct ps_flow_key *key, const struct ps_flow *flow,
		  struct result *result)
{
	if (flow->first_ns || bpf_map_delete_elem(map, key))
		return 0;
	forget();
	result->count++;
	return 0;
}

/* What is in `former_flows` comes into `flows`. */
SEC("syscall")
int portsteer_carry(struct result *ctx)
{
	struct result result = {};

	bpf_for_each_map_elem(&former_flows, carry, &result, 0);
	*ctx = result;
	return 0;
}

/* Where others insert meanwhile, some may be passed over: until it finds none. */
SEC("syscall")
int portsteer_sweep(struct result *ctx)
{
	struct result result = {};

	bpf_for_each_map_elem(&flows, sweep, &result, 0);
	*ctx = result;
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
