// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The object that puts two maps of flows together. See object.h.
 */
#include <errno.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <portsteer/abi.h> /* types of variables in skeletons */
#include "carry.skel.h"
#include "instance/internal.h"
#include "instance/object.h"

#define TURNS_MAX 64 /* of a step: one, and some more where packets are in the way */

/* What programs of the object are given, and hand out. */
struct result {
	__s32 error;
	__u32 count;
};

static void close_carry(struct ps_carry **carry)
{
	ps_carry__destroy(*carry);
}

static int load(struct ps_carry *carry, const struct ps_instance *instance, int former_fd,
		enum ps_flows_step step)
{
	bpf_program__set_autoload(carry->progs.portsteer_carry, step == PS_FLOWS_CARRY);
	bpf_program__set_autoload(carry->progs.portsteer_sweep, step == PS_FLOWS_SWEEP);
	return ps_object_reuse_maps(carry->obj, instance)
		       ?: bpf_map__reuse_fd(carry->maps.former_flows, former_fd)
		       ?: bpf_object__load(carry->obj); /* ps_carry__load() would map variables */
}

/* 0 or -errno. */
static int run_once(const struct bpf_program *program, struct result *ret)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = ret, .ctx_size_in = sizeof(*ret));

	*ret = (struct result){};
	return bpf_prog_test_run_opts(bpf_program__fd(program), &run);
}

/* Until it finds nothing more to do. */
static int run(const struct bpf_program *program)
{
	struct result result = { .count = 1 };
	int err = 0;

	for (int turn = 0; turn < TURNS_MAX && !err && result.count; turn++)
		err = run_once(program, &result);
	return err ?: result.error;
}

int ps_object_join_flows(const struct ps_instance *instance, int former_fd, enum ps_flows_step step,
			 struct ps_error *error)
{
	__attribute__((cleanup(close_carry))) struct ps_carry *carry = NULL;
	int err;

	ps_object_log_start();
	carry = ps_carry__open();
	err = carry ? load(carry, instance, former_fd, step) : -errno;
	if (err)
		return ps_object_load_error(error, err, "the program that carries flows on");
	err = run(step == PS_FLOWS_CARRY ? carry->progs.portsteer_carry
					 : carry->progs.portsteer_sweep);
	return err ? ps_error_errno(error, -err, "cannot carry flows on") : 0;
}
