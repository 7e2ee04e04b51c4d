/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every map of an instance, declared once for all objects. table.bpf.c makes
 * them; the hooks are given the pinned ones by the loader. Sizes that depend
 * on the instance (its bindings, the machine's CPUs) are set by the loader.
 */
#ifndef PORTSTEER_MAPS_H
#define PORTSTEER_MAPS_H

#include <portsteer/front.h>
#include "reasons.h"

/* The table of record, and what packets ask when `front` does not know. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PS_CAPACITY_FIRST);
	__type(key, struct ps_endpoint);
	__type(value, struct ps_record);
} bindings SEC(".maps");

/*
 * What every packet reads first: the generation, then what is known about its
 * port. Variables, whose addresses are in the program's text, because looking
 * an element up, even inlined, was half of what an unbound packet cost. Each
 * is a map of one element; the loader pins it under the variable's name, which
 * has to be the only one of its section.
 */
struct ps_state state SEC(".data.state");
struct ps_directory directory; /* .bss: no other section is without contents in the object */

/* What packets look up: see portsteer/front.h. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ps_bucket);
} front SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PS_LISTS_MAX);
	__type(key, __u32);
	__type(value, struct ps_probes);
} probe_lists SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2 * PS_TARGETS_MAX);
	__type(key, __u32);
	__type(value, struct ps_target);
} targets SEC(".maps");

/* What XDP can redirect to, by interface index. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, PS_DEVICES_MAX);
	__type(key, __u32);
	__type(value, __u32);
} devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ps_counts);
} counters SEC(".maps");

/* What bindings sent: see struct ps_counts. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ps_counts);
} sent SEC(".maps");

/* Of CPUs that have no row in either. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PS_DIRECTIONS);
	__type(key, struct ps_late_key);
	__type(value, struct ps_counts);
} late SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PS_FLOWS_FIRST);
	__type(key, struct ps_flow_key);
	__type(value, struct ps_flow);
} flows SEC(".maps");

struct ps_flow_state flow_state SEC(".data.flow_state");

#endif
