/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading who sits on hooks: asks the kernel, and changes nothing. Each reader
 * of a single hook appends what it finds, in the order in which packets meet it.
 */
#ifndef PORTSTEER_HOOK_PROGRAM_READ_H
#define PORTSTEER_HOOK_PROGRAM_READ_H

#include "hook/program.h"
#include "host/hooked.h"

/*
 * What packets of interface @ifindex meet in that direction. Who asks of many of them has read
 * @seen before; NULL: only this one is asked for. Release with ps_programs_done().
 */
void ps_programs_read(const struct ps_hooked_all *seen, __u32 ifindex, enum ps_direction direction,
		      struct ps_programs *ret);

/* The same of the current network namespace: its sk_lookup programs. */
void ps_programs_read_netns(struct ps_programs *ret);

/* Of single hooks; for program_read.c. */
void ps_programs_read_xdp(const struct ps_hooked *hooked, struct ps_programs *programs);
void ps_programs_read_tcx(__u32 ifindex, enum ps_hook hook, struct ps_programs *programs);
void ps_programs_read_clsact(__u32 ifindex, enum ps_hook hook, struct ps_programs *programs);

#endif
