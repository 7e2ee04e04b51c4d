/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The order in which the kernel's hash keeps bindings: who inserts many, or
 * takes many out, in this order meets each bucket and its neighbours while they
 * are in the cache. No more than a hint: a kernel that hashes otherwise, or from
 * another seed, costs time and nothing else (doc/adr/0039). Pure.
 */
#ifndef PORTSTEER_TABLE_BUCKET_H
#define PORTSTEER_TABLE_BUCKET_H

#include <stddef.h>
#include <portsteer/abi.h>

/* What a hash map that was made with BPF_F_ZERO_SEED makes of a key. */
__u32 ps_bucket_hash(const struct ps_endpoint *endpoint);

/*
 * Numbers the @count endpoints that follow one another at @first in steps of @step bytes by the
 * buckets of a hash for @max_entries elements; those of one bucket stay in their order. The caller
 * frees the array.
 */
__u32 *ps_bucket_order(const struct ps_endpoint *first, size_t step, size_t count,
		       __u32 max_entries);

#endif
