/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * libxdp's dispatcher: one XDP program that calls others in the order of their
 * priority. The only module that calls libxdp. A program is taken out when it
 * is found in the dispatcher and has the maps of the instance: libxdp would else
 * remove a program of somebody else and say that it was fine.
 */
#ifndef PORTSTEER_HOOK_DISPATCHER_H
#define PORTSTEER_HOOK_DISPATCHER_H

#include "base/answer.h"
#include "base/error.h"
#include "hook/program.h"
#include "host/hooked.h"
#include "pins/instance.h"

struct bpf_object;

#define PS_PRIORITY_DEFAULT 50 /* libxdp's own */

/* Whether the hook of @hooked holds a dispatcher, whose programs are then added. */
struct ps_answer ps_dispatcher_read(const struct ps_hooked *hooked, struct ps_programs *programs);

/*
 * Loads the program of @object into the dispatcher of @info's interface, which
 * is made when the hook is free. The caller closes *@ret_prog_fd.
 */
int ps_dispatcher_attach(struct bpf_object *object, const struct ps_hook_info *info, __u32 priority,
			 int *ret_prog_fd, struct ps_error *error);

/*
 * Takes the programs of @instance out of the dispatcher of @info's interface:
 * usually one, two when an exchange was killed, none when it is gone already.
 * All but the program with the id @other_than, unless that is 0.
 */
int ps_dispatcher_detach(const struct ps_instance *instance, const struct ps_hook_info *info,
			 __u32 other_than, struct ps_error *error);

/* The priority of the program in the dispatcher, PS_PRIORITY_DEFAULT when it is not there. */
int ps_dispatcher_priority(const struct ps_hook_info *info, __u32 *ret, struct ps_error *error);

#endif
