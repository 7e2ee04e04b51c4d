/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Is the calling process the one that a binding belongs to? A user, whoever is
 * in a cgroup, or the processes whose sockets are registered by a name.
 */
#ifndef PORTSTEER_OWNER_H
#define PORTSTEER_OWNER_H

#include <bpf/bpf_core_read.h>
#include <portsteer/guard.h>
#include "sockets.h"

#define PS_CGROUP_LEVELS 32 /* between a process and the cgroup that owns */

/* Of the kernel's types, what is read here; the loader finds where it is. */
struct kernfs_node {
	struct kernfs_node *parent;
	const char *name;
} __attribute__((preserve_access_index));

struct kernfs_node___rcu { /* since 6.15 */
	struct kernfs_node *__parent;
} __attribute__((preserve_access_index));

struct cgroup {
	int level;
	struct kernfs_node *kn;
} __attribute__((preserve_access_index));

struct css_set {
	struct cgroup *dfl_cgrp;
} __attribute__((preserve_access_index));

struct ns_common {
	unsigned int inum;
} __attribute__((preserve_access_index));

struct pid_namespace {
	struct ns_common ns;
} __attribute__((preserve_access_index));

struct upid {
	int nr;
	struct pid_namespace *ns;
} __attribute__((preserve_access_index));

struct pid {
	unsigned int level;
	struct upid numbers[1]; /* one for each level */
} __attribute__((preserve_access_index));

struct task_struct {
	struct css_set *cgroups;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_boottime;
} __attribute__((preserve_access_index));

static __always_inline const struct kernfs_node *ps_node_parent(const struct kernfs_node *node)
{
	const struct kernfs_node___rcu *fresh = (const void *)node;

	if (bpf_core_field_exists(fresh->__parent))
		return BPF_CORE_READ(fresh, __parent);
	return BPF_CORE_READ(node, parent);
}

static __always_inline int ps_node_has_name(const struct kernfs_node *node,
					    const char name[PS_OWNER_NAME])
{
	char found[PS_OWNER_NAME] = {};
	const __u64 *a = (const void *)found, *b = (const void *)name;

	bpf_probe_read_kernel_str(found, sizeof(found), BPF_CORE_READ(node, name));
	for (int i = 0; i < PS_OWNER_NAME / 8; i++)
		if (a[i] != b[i])
			return 0;
	return 1;
}

/* The calling process is in the cgroup or below it. Compares from there up to the root. */
static __always_inline int ps_is_in_cgroup(const struct ps_owner_entry *owner)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct cgroup *cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp);
	const struct kernfs_node *node = BPF_CORE_READ(cgroup, kn);
	__u32 level = (__u32)BPF_CORE_READ(cgroup, level);

	if (level < owner->depth)
		return 0;
	for (int i = 0; i < PS_CGROUP_LEVELS && level > owner->depth; i++, level--)
		node = ps_node_parent(node);
	if (level > owner->depth)
		return 0;
	for (__u32 i = 0; i < PS_OWNER_DEPTH; i++) {
		__u32 at = PS_OWNER_DEPTH - 1 - i;

		if (at >= owner->depth)
			continue;
		if (!ps_node_has_name(node, owner->name[at]))
			return 0;
		node = ps_node_parent(node);
	}
	return 1;
}

/* The numbers of a process, and of which namespace one is wanted. */
struct ps_numbers {
	const struct upid *first;
	__u32 namespace;
	__u32 pid;
};

/* A callback of bpf_loop(): the verifier of 6.1 does not see the end of a loop here. */
static long ps_number_find(__u32 level, struct ps_numbers *numbers)
{
	const struct upid *number = numbers->first + level;

	if (BPF_CORE_READ(number, ns, ns.inum) != numbers->namespace)
		return 0;
	numbers->pid = (__u32)BPF_CORE_READ(number, nr);
	return 1;
}

/* The number of a process in a pid namespace; 0: it is not seen there. */
static __always_inline __u32 ps_pid_within(const struct task_struct *leader, __u32 namespace)
{
	const struct pid *pid = BPF_CORE_READ(leader, thread_pid);
	struct ps_numbers numbers = {
		.first = (const void *)pid + bpf_core_field_offset(struct pid, numbers),
		.namespace = namespace,
	};

	bpf_loop((__u32)BPF_CORE_READ(pid, level) + 1, ps_number_find, &numbers, 0);
	return numbers.pid;
}

/* The calling process, and the name that a socket of it may be registered by. */
struct ps_caller {
	__u32 name; /* index in `socket_names` */
	__u32 epoch; /* of the name: what counts now */
	__u32 pid;
	__u32 start; /* as in struct ps_socket_info */
	int is_registered;
};

/* A callback of bpf_loop(): not 0 ends the loop. */
static long ps_caller_compare(__u32 i, struct ps_caller *caller)
{
	__u32 index = ps_socket_index(caller->name, i) + ps_after(caller->epoch);
	const struct ps_socket_info *info = bpf_map_lookup_elem(&socket_infos, &index);

	if (!info || !info->cookie) /* behind the last */
		return 1;
	if (ps_epoch_of(&info) != caller->epoch || !info->start || info->start != caller->start ||
	    info->pid != caller->pid)
		return 0;
	caller->is_registered = 1;
	return 1;
}

/* The calling process is one whose sockets are registered by @name, also when it closed them. */
__attribute__((noinline)) int ps_is_registered(__u32 name)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	const struct ps_socket_name *entry = bpf_map_lookup_elem(&socket_names, &name);
	struct ps_caller caller = { .name = name };

	if (!entry)
		return 0;
	caller.epoch = *(const volatile __u32 *)&entry->epoch;
	caller.pid = ps_pid_within(leader, entry->pid_namespace);
	caller.start = ps_process_start(BPF_CORE_READ(leader, start_boottime) / PS_TICK_NS);
	bpf_loop(PS_SOCKETS_PER_NAME, ps_caller_compare, &caller, 0);
	return caller.is_registered;
}

static __always_inline int ps_is_owner(const struct ps_owner_entry *owner)
{
	if (owner->depth == PS_OWNER_PROCESS)
		return ps_is_registered(owner->socket_name);
	if (owner->depth)
		return ps_is_in_cgroup(owner);
	return (__u32)bpf_get_current_uid_gid() == owner->uid;
}

#endif
