// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * BPF_PROG_TEST_RUN, and what was counted by it. See rehearsal.h. The instance that
 * the program is loaded for is the live one, but for the maps that packets write, and
 * is said to have no CPUs: what others count goes where it takes little room.
 */
#include <errno.h>
#include <linux/pkt_cls.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "host/capability.h"
#include "instance/object.h"
#include "observe/rehearsal.h"

#define HOOK_INDEX 1 /* of the program, among hooks of its own */
#define OWN_FLOWS 128
#define ROW_SIZE (PS_HOOKS_MAX * sizeof(struct ps_reasons))

/* What packets write, and how much room for it is enough. */
static __u32 own_entries(const struct ps_rehearsal *rehearsal, enum ps_map map)
{
	switch (map) {
	case PS_MAP_COUNTERS: /* a row for each CPU, of which there are said to be none */
	case PS_MAP_SENT:
	case PS_MAP_FLOW_STATE:
		return 1;
	case PS_MAP_LATE:
		return PS_DIRECTIONS * ps_blocks_of(rehearsal->meta.capacity);
	case PS_MAP_REASONS:
		return PS_HOOKS_MAX;
	case PS_MAP_FLOWS:
		return OWN_FLOWS;
	case PS_MAP_SOCKET_INFOS:
		return PS_SOCKET_NAMES_MAX * PS_SOCKETS_PER_NAME;
	default:
		return 0; /* it is read alone, and shared */
	}
}

static int make_own(struct ps_rehearsal *rehearsal, enum ps_map map, __u32 entries,
		    struct ps_error *error)
{
	struct ps_map_kind kind = ps_map_kind(map);
	LIBBPF_OPTS(bpf_map_create_opts, options,
		    .map_flags = kind.is_array			  ? BPF_F_MMAPABLE
				 : kind.type == BPF_MAP_TYPE_HASH ? BPF_F_NO_PREALLOC
								  : 0);
	int fd = bpf_map_create(kind.type, "rehearsal", kind.key_size, kind.value_size, entries,
				&options);

	if (fd < 0)
		return ps_capability_error(error, errno, PS_NEED_LOADING, "cannot make a map");
	rehearsal->own_fd[map] = fd;
	rehearsal->instance.map_fd[map] = fd;
	return 0;
}

static int make_all_own(struct ps_rehearsal *rehearsal, struct ps_error *error)
{
	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++) {
		__u32 entries = own_entries(rehearsal, map);

		if (entries && make_own(rehearsal, map, entries, error))
			return -1;
	}
	return 0;
}

/* Programs add to it where CPUs have no row, which is the first one. */
static int map_reasons(struct ps_rehearsal *rehearsal, struct ps_error *error)
{
	void *memory = mmap(NULL, ROW_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			    rehearsal->own_fd[PS_MAP_REASONS], 0);

	_Static_assert(PS_REASONS_OTHERS == 0, "the first row");
	if (memory == MAP_FAILED)
		return ps_error_errno(error, errno, "cannot map '%s' into memory",
				      ps_map_name(PS_MAP_REASONS));
	rehearsal->reasons = memory;
	return 0;
}

int ps_rehearsal_open(struct ps_rehearsal *rehearsal, const struct ps_instance *instance,
		      const struct ps_arrival *arrival, struct ps_error *error)
{
	*rehearsal = (struct ps_rehearsal){ .arrival = *arrival,
					    .instance = *instance,
					    .meta = *instance->meta,
					    .program_fd = -1 };
	memset(rehearsal->own_fd, -1, sizeof(rehearsal->own_fd));
	rehearsal->meta.cpu_rows = 0;
	rehearsal->instance.meta = &rehearsal->meta;
	rehearsal->hooks[HOOK_INDEX].has_no_link = arrival->has_no_link;
	rehearsal->instance.hooks = rehearsal->hooks;
	if (make_all_own(rehearsal, error) || map_reasons(rehearsal, error))
		return -1;
	return ps_object_load_hook(&rehearsal->instance, arrival->hook, HOOK_INDEX,
				   &rehearsal->program_fd, error);
}

void ps_rehearsal_close(struct ps_rehearsal *rehearsal)
{
	if (rehearsal->reasons)
		munmap(rehearsal->reasons, ROW_SIZE);
	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++)
		if (rehearsal->own_fd[map] >= 0)
			close(rehearsal->own_fd[map]);
	if (rehearsal->program_fd >= 0)
		close(rehearsal->program_fd);
}

static enum ps_verdict verdict_of(enum ps_hook hook, int number)
{
	if (hook == PS_HOOK_XDP)
		return number == XDP_PASS	? PS_VERDICT_PASS
		       : number == XDP_DROP	? PS_VERDICT_DROP
		       : number == XDP_REDIRECT ? PS_VERDICT_REDIRECT
						: PS_VERDICT_STRANGE;
	return number == TC_ACT_UNSPEC	   ? PS_VERDICT_PASS
	       : number == TC_ACT_SHOT	   ? PS_VERDICT_DROP
	       : number == TC_ACT_REDIRECT ? PS_VERDICT_REDIRECT
					   : PS_VERDICT_STRANGE;
}

/* The reason in @counted, which is forgotten; PS_REASON_NONE: there is none. */
static enum ps_reason take_reason_of(struct ps_reasons *counted)
{
	for (int reason = 0; reason < PS_REASONS_MAX; reason++) {
		if (!counted->count[reason])
			continue;
		counted->count[reason] = 0;
		return (enum ps_reason)reason;
	}
	return PS_REASON_NONE;
}

/*
 * Where programs run to be tested is the loopback interface. When the instance has a program
 * there, it is counted for that.
 */
static enum ps_reason take_reason(struct ps_rehearsal *rehearsal)
{
	enum ps_reason reason = take_reason_of(&rehearsal->reasons[HOOK_INDEX]);

	for (int hook = 0; !reason && hook < PS_HOOKS_MAX; hook++)
		reason = take_reason_of(&rehearsal->reasons[hook]);
	return reason;
}

/* The slot that was counted in @counts, or -1. */
static int slot_in(const struct ps_counts *counts)
{
	for (int i = 0; i < PS_BLOCK; i++)
		if (counts->count[i].packets)
			return i;
	return -1;
}

/* The slot that was counted in the block of @key, which is forgotten. 0, -1: there is none. */
static int take_slot_of(const struct ps_rehearsal *rehearsal, const struct ps_late_key *key,
			__u32 *ret)
{
	int fd = rehearsal->own_fd[PS_MAP_LATE], slot;
	struct ps_counts counts;

	if (bpf_map_lookup_and_delete_elem(fd, key, &counts))
		return -1;
	slot = slot_in(&counts);
	if (slot < 0)
		return -1;
	*ret = key->block * PS_BLOCK + (__u32)slot;
	return 0;
}

/* That of the binding which it was counted for; it is looked for first where it is expected. */
static bool take_slot(const struct ps_rehearsal *rehearsal, __u32 expected, __u32 *ret)
{
	struct ps_late_key key = { .block = expected / PS_BLOCK, .direction = PS_RX };

	if (!take_slot_of(rehearsal, &key, ret))
		return true;
	return !bpf_map_get_next_key(rehearsal->own_fd[PS_MAP_LATE], NULL, &key) &&
	       !take_slot_of(rehearsal, &key, ret);
}

/* What is longer than what is asked for of it afterwards was run all the same. */
static int run(const struct ps_rehearsal *rehearsal, struct ps_rehearsed *rehearsed)
{
	bool is_bare = rehearsal->arrival.has_no_link && rehearsal->arrival.hook == PS_HOOK_XDP;
	__u8 after[PS_REHEARSED_MAX];
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = rehearsed->bytes,
		    .data_size_in = (__u32)rehearsed->size, .data_out = after,
		    .data_size_out = sizeof(after), .repeat = 1);
	int err;

	if (is_bare) { /* what it is handed there begins with the IP header */
		options.data_in = rehearsed->bytes + PS_REHEARSED_MIN;
		options.data_size_in -= PS_REHEARSED_MIN;
	}
	err = bpf_prog_test_run_opts(rehearsal->program_fd, &options);
	if (err && err != -ENOSPC)
		return err;
	memcpy(rehearsed->link, after, sizeof(rehearsed->link));
	rehearsed->number = (int)options.retval;
	return 0;
}

int ps_rehearse(struct ps_rehearsal *rehearsal, struct ps_rehearsed *rehearsed,
		struct ps_error *error)
{
	struct ps_opinion opinion = {};
	int err = run(rehearsal, rehearsed);

	if (err)
		return ps_error_errno(error, -err, "cannot run the program on a frame of %zu bytes",
				      rehearsed->size);
	opinion.verdict = verdict_of(rehearsal->arrival.hook, rehearsed->number);
	opinion.reason = take_reason(rehearsal);
	if (ps_reason_is_of_binding(opinion.reason))
		opinion.is_bound = take_slot(rehearsal, rehearsed->slot, &opinion.slot);
	rehearsed->opinion = opinion;
	return 0;
}
