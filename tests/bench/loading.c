// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What filling a hash like `bindings` costs when nothing is parsed, checked or
 * published: raw batch updates, of keys that are made before.
 */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "base/scope.h"
#include "child.h"
#include "stage.h"

#define AT_ONCE 4096 /* elements of one call, as the tool does */

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static struct bench_cost read_clocks(void)
{
	struct timespec now;
	struct rusage used;

	clock_gettime(CLOCK_MONOTONIC, &now);
	getrusage(RUSAGE_THREAD, &used);
	return (struct bench_cost){
		.wall = (double)now.tv_sec + (double)now.tv_nsec / 1e9,
		.user = seconds(used.ru_utime),
		.system = seconds(used.ru_stime),
	};
}

static int fill(int fd, const struct ps_endpoint *keys, const struct ps_record *values, __u32 count)
{
	for (__u32 at = 0; at < count; at += AT_ONCE) {
		__u32 some = count - at < AT_ONCE ? count - at : AT_ONCE;

		if (bpf_map_update_batch(fd, keys + at, values + at, &some, NULL))
			return bench_fail("a batch update failed: %s", strerror(errno));
	}
	return 0;
}

int bench_fill_hash(__u32 bindings, struct bench_cost *ret)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	PS_FREED struct ps_endpoint *keys = ps_memory_new(bindings, sizeof(*keys));
	PS_FREED struct ps_record *values = ps_memory_new(bindings, sizeof(*values));
	PS_CLOSED_FD int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "bench_load", sizeof(*keys),
					     sizeof(*values), bindings, &options);
	struct bench_cost before, after;

	if (fd < 0)
		return bench_fail("cannot make a hash: %s", strerror(errno));
	for (__u32 i = 0; i < bindings; i++) {
		keys[i] = bench_endpoint(BENCH_EXACT, PS_IPV4, i);
		values[i].slot = i;
	}
	before = read_clocks();
	if (fill(fd, keys, values, bindings))
		return -1;
	after = read_clocks();
	*ret = (struct bench_cost){ after.wall - before.wall, after.user - before.user,
				    after.system - before.system };
	return 0;
}
