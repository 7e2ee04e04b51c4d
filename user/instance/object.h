/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The BPF objects built into this tool. The only module that sees skeletons;
 * others get file descriptors.
 */
#ifndef PORTSTEER_INSTANCE_OBJECT_H
#define PORTSTEER_INSTANCE_OBJECT_H

#include <stdarg.h>
#include <portsteer/guard.h>
#include "instance/object_maps.h"
#include "pins/instance.h"

struct bpf_object;

/*
 * Makes all maps and portsteer_store, and pins them below @path. Of @former, unless that is NULL,
 * all maps that have the same size are taken as they are; but not what it says of itself.
 */
int ps_object_make_table(const char *path, const struct ps_table_size *size,
			 const struct ps_instance *former, struct ps_error *error);

/* Makes one of the maps, as @size says, and does not pin it. The caller closes *@ret_fd. */
int ps_object_make_map(enum ps_map map, const struct ps_table_size *size, int *ret_fd,
		       struct ps_error *error);

/* Loads the program of @hook for hook slot @hook_index. The caller closes *@ret_fd. */
int ps_object_load_hook(const struct ps_instance *instance, enum ps_hook hook, __u32 hook_index,
			int *ret_fd, struct ps_error *error);

/*
 * Counts from now on what XDP redirects and the target does not take, until the
 * two links are unpinned, @pins[0] and @pins[1].
 */
int ps_object_watch_losses(const struct ps_instance *instance, const char *const pins[2],
			   struct ps_error *error);

/* The XDP program for slot @hook_index, not loaded. The caller closes *@ret, also after failure. */
int ps_object_open_xdp(const struct ps_instance *instance, __u32 hook_index,
		       struct bpf_object **ret, struct ps_error *error);

/* An error that says what works instead, where the kernel takes no extensions (freplace). */
int ps_object_check_extend(struct ps_error *error);

/*
 * Loads the programs that guard bind(2), of IPv4 and of IPv6; the caller closes those that are
 * not -1, also after failure. What they see goes to the map pinned at @pin, which is made when
 * it is not there.
 */
int ps_object_load_guard(const struct ps_instance *instance, enum ps_guard_mode mode,
			 const char *pin, int ret_fd[PS_GUARD_PROGRAMS], struct ps_error *error);

/* Putting the old map of flows and the new one together: see bpf/carry.bpf.c. */
enum ps_flows_step {
	PS_FLOWS_CARRY, /* what is in the old one comes into the new one */
	PS_FLOWS_SWEEP, /* what nothing has opened goes */
};

/* Takes one step with the flows of @instance; @former_fd is the old map. */
int ps_object_join_flows(const struct ps_instance *instance, int former_fd, enum ps_flows_step step,
			 struct ps_error *error);

/* A hash of the object that holds the program of @hook: tells builds of portsteer apart. */
__u32 ps_object_build(enum ps_hook hook);

/* From now on libbpf keeps its messages for ps_object_log(). */
void ps_object_log_start(void);

/* Adds to it. Its end is kept: that is where the verifier says what is wrong. */
void ps_object_log_add(const char *format, va_list args);

/* What libbpf and the verifier printed during the last failure, "" when nothing. */
const char *ps_object_log(void);

/* The version of libbpf that this tool runs with: "v1.1". */
const char *ps_object_libbpf(void);

#endif
