// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The table itself: all maps, those that only user space needs, and the
 * program that changes `bindings`: words in place, which the system call cannot,
 * and thousands of elements in one. Loaded once, when an instance is made. See
 * "The change" in doc/architecture.md.
 */
#include <linux/errno.h>
#include <portsteer/change.h>
#include "hooks.h"
#include "maps.h"
#include "sockets.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PS_CAPACITY_FIRST);
	__type(key, struct ps_shape_key);
	__type(value, __u32);
} shapes SEC(".maps");

/* One bit for each slot, set while it is taken. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PS_CAPACITY_FIRST / 64);
	__type(key, __u32);
	__type(value, __u64);
} slots SEC(".maps");

/* What was counted before `counters` and `sent` were replaced: see struct ps_counts. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ps_counts);
} carried SEC(".maps");

/* Conditions of bindings that have any, by slot. No program of this build reads it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ps_arguments);
} arguments SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ps_meta);
} meta SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PS_CHANGES_MAX);
	__type(key, __u32);
	__type(value, struct ps_change);
} changes SEC(".maps");

/*
 * Updating a map of maps returns after every packet that was in a program has
 * left it (kernel/bpf/syscall.c, maybe_wait_bpf_programs). That is all it is for.
 */
struct grace_inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} grace_inner SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct grace_inner);
} grace SEC(".maps") = {
	.values = { &grace_inner },
};

/* A new binding counts from zero. The element is shared, so this is done in place. */
static void clear_late(__u32 slot)
{
	for (__u32 direction = 0; direction < PS_DIRECTIONS; direction++) {
		struct ps_late_key key = { .block = slot / PS_BLOCK, .direction = direction };
		struct ps_counts *counts = bpf_map_lookup_elem(&late, &key);

		if (counts)
			counts->count[slot % PS_BLOCK] = (struct ps_count){};
	}
}

static long insert(const struct ps_endpoint *key, const struct ps_change *change)
{
	struct ps_record record = { .slot = change->slot, .born = change->born };

	if (key->proto == PS_NO_PROTO) /* a line that was forgotten, or never written */
		return -EINVAL;
	if (change->half != 1) /* the stack takes no variable index */
		record.act[0] = change->act;
	if (change->half != 0)
		record.act[1] = change->act;
	__builtin_memcpy(record.name, change->name, PS_NAME_SIZE);
	return bpf_map_update_elem(&bindings, key, &record, BPF_NOEXIST);
}

static long store(const struct ps_endpoint *key, const struct ps_change *change)
{
	struct ps_record *binding = bpf_map_lookup_elem(&bindings, key);

	if (!binding)
		return -ENOENT;
	*(volatile __u32 *)&binding->act[change->half & 1] = *(__u32 *)&change->act;
	if (change->kind == PS_CHANGE_ACT_AND_NAME)
		__builtin_memcpy(binding->name, change->name, PS_NAME_SIZE);
	return 0;
}

/* A callback of bpf_loop(): not 0 ends the loop. */
static long work(__u32 index, struct ps_store_args *args)
{
	struct ps_change *change;
	struct ps_endpoint key;
	long err;

	index += args->first;
	change = bpf_map_lookup_elem(&changes, &index);
	if (!change)
		return 1;
	key = change->endpoint;
	if (change->kind == PS_CHANGE_INSERT)
		err = insert(&key, change);
	else if (change->kind == PS_CHANGE_DELETE)
		err = bpf_map_delete_elem(&bindings, &key);
	else
		err = store(&key, change);
	if (!err && change->kind == PS_CHANGE_INSERT && args->clears_late)
		clear_late(change->slot);
	args->error = (__s32)err;
	if (err)
		return 1;
	args->done++;
	return 0;
}

/*
 * Whoever has a descriptor of it may run it, without any right to write a map:
 * outside of a change it does nothing.
 */
SEC("syscall")
int portsteer_store(struct ps_store_args *ctx)
{
	struct ps_store_args args = {
		.first = ctx->first,
		.count = ctx->count,
		.clears_late = ctx->clears_late,
	};

	if (!*(const volatile __u32 *)&state.pending) {
		ctx->done = 0;
		ctx->error = -EPERM;
		return 0;
	}
	bpf_loop(args.count, work, &args, 0);
	ctx->done = args.done;
	ctx->error = args.error;
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
