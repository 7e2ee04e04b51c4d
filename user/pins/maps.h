/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The maps of an instance: one table. A new map is a row of it, and what
 * bpf/maps.h or bpf/table.bpf.c says to the kernel, where kinds, keys and values
 * are the same. What is pinned under the name of a map is checked against its row
 * (check.h).
 */
#ifndef PORTSTEER_PINS_MAPS_H
#define PORTSTEER_PINS_MAPS_H

#include <stdbool.h>
#include <linux/bpf.h>
#include <portsteer/change.h>
#include <portsteer/front.h>
#include <portsteer/socket.h>
#include "base/answer.h"

/*
 * ARRAY(NAME, pin, type of values, entries): mapped into the memory of who changes the
 * instance, copied for who reads: instance->pin; keys are indexes.
 * OTHER(NAME, pin, kind, type of keys, type of values, entries): used by system calls alone.
 *
 * Entries may depend on @size, that of the instance. Who writes it while
 * packets pass: "tool", who holds the lock; "hooks", the programs; "store", the tool by
 * portsteer_store, which makes and changes elements that packets read.
 *
 * Those that @size can say 0 of have one element, which nobody uses, until then.
 */
/* clang-format off */
#define PS_MAPS(ARRAY, OTHER) \
	OTHER(BINDINGS, bindings, HASH, struct ps_endpoint, struct ps_record, \
	      size->capacity)							/* store */ \
	ARRAY(DIRECTORY, directory, struct ps_directory, 1)			/* tool */ \
	ARRAY(FRONT, front, struct ps_bucket, ps_front_buckets(size->capacity))	/* tool */ \
	ARRAY(PROBE_LISTS, probe_lists, struct ps_probes, PS_LISTS_MAX)		/* tool */ \
	ARRAY(TARGETS, targets, struct ps_target, 2 * PS_TARGETS_MAX)		/* tool */ \
	OTHER(DEVICES, devices, DEVMAP_HASH, __u32, __u32, PS_DEVICES_MAX)	/* tool */ \
	ARRAY(STATE, state, struct ps_state, 1)					/* tool */ \
	ARRAY(COUNTERS, counters, struct ps_counts, \
	      size->cpu_rows * ps_blocks_of(size->capacity))			/* hooks */ \
	ARRAY(SENT, sent, struct ps_counts, \
	      size->sent_rows * ps_blocks_of(size->capacity) ?: 1)		/* hooks */ \
	OTHER(LATE, late, HASH, struct ps_late_key, struct ps_counts, \
	      PS_DIRECTIONS * ps_blocks_of(size->capacity))			/* hooks, store */ \
	ARRAY(CARRIED, carried, struct ps_counts, \
	      PS_DIRECTIONS * ps_blocks_of(size->carried_slots) ?: 1)		/* tool */ \
	ARRAY(REASONS, reasons, struct ps_reasons, \
	      ps_reasons_index(PS_REASONS_CPU + size->cpu_rows, 0))		/* hooks, tool */ \
	OTHER(FLOWS, flows, LRU_HASH, struct ps_flow_key, struct ps_flow, \
	      size->flow_room)							/* hooks */ \
	ARRAY(FLOW_STATE, flow_state, struct ps_flow_state, 1)			/* hooks, tool */ \
	OTHER(SHAPES, shapes, HASH, struct ps_shape_key, __u32, \
	      size->capacity < PS_SHAPES_MAX ? size->capacity : PS_SHAPES_MAX)	/* tool */ \
	ARRAY(SLOTS, slots, __u64, (size->capacity + 63) / 64)			/* tool */ \
	ARRAY(ARGUMENTS, arguments, struct ps_arguments, \
	      size->argument_slots ?: 1)					/* tool */ \
	ARRAY(META, meta, struct ps_meta, 1)					/* who made it */ \
	ARRAY(HOOKS, hooks, struct ps_hook_info, PS_HOOKS_MAX)			/* tool */ \
	ARRAY(CHANGES, changes, struct ps_change, PS_CHANGES_MAX)		/* tool */ \
	OTHER(GRACE, grace, ARRAY_OF_MAPS, __u32, __u32, 1)			/* tool */ \
	OTHER(GRACE_INNER, grace_inner, ARRAY, __u32, __u32, 1)			/* nobody */ \
	ARRAY(SOCKET_NAMES, socket_names, struct ps_socket_name, \
	      PS_SOCKET_NAMES_MAX)						/* tool */ \
	ARRAY(SOCKET_INFOS, socket_infos, struct ps_socket_info, \
	      PS_SOCKET_NAMES_MAX * PS_SOCKETS_PER_NAME)			/* tool */ \
	OTHER(SOCKETS, sockets, SOCKMAP, __u32, __u64, \
	      PS_SOCKET_NAMES_MAX * PS_SOCKETS_PER_NAME)			/* tool, kernel */
/* clang-format on */

#define PS_MAP_NUMBER(NAME, ...) PS_MAP_##NAME,

enum ps_map { PS_MAPS(PS_MAP_NUMBER, PS_MAP_NUMBER) PS_MAP_COUNT_OF };

/* What a map has to be. */
struct ps_map_kind {
	enum bpf_map_type type;
	__u32 key_size;
	__u32 value_size;
	bool is_array; /* which is mapped into memory, or copied */
};

/* What maps are made for. */
struct ps_table_size {
	__u32 capacity; /* bindings */
	__u32 cpu_rows;
	__u32 sent_rows; /* 0, or as many */
	__u32 carried_slots, argument_slots; /* 0, or that many */
	__u32 flow_room;
};

struct ps_table_size ps_table_size_of(const struct ps_meta *meta);

/* Of its pin, and in bpf/. */
const char *ps_map_name(enum ps_map map);

struct ps_map_kind ps_map_kind(enum ps_map map);

/* The value of @key in the open map @fd. */
struct ps_answer ps_map_ask(int fd, const void *key, void *ret_value);

/* How many elements @map has, in an instance of that size. */
__u32 ps_map_entries(enum ps_map map, const struct ps_table_size *size);

#endif
