/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The map of reasons, and what every BPF file begins with.
 */
#ifndef PORTSTEER_REASONS_H
#define PORTSTEER_REASONS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <portsteer/abi.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	/* A row of one CPU, until the loader knows how many there are. */
	__uint(max_entries, (PS_REASONS_CPU + 1) * PS_HOOKS_MAX);
	__type(key, __u32);
	__type(value, struct ps_reasons);
} reasons SEC(".maps");

#endif
