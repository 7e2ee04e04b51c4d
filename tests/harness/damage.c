// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An instance that is not as a command expects it. See damage.h.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <cmocka.h>
#include "before_after.h"
#include "damage.h"
#include "instance/open.h"
#include "pins/instance.h"
#include "tracee.h"

static void open_instance(struct ps_instance *instance)
{
	const struct ps_instance_options options = { .name = TOOL_INSTANCE, .access = PS_CHANGE };
	struct ps_error error;

	if (ps_instance_open(&options, instance, &error))
		fail_msg("%s", error.text);
}

void damage_forget_build(void)
{
	struct ps_instance instance;

	open_instance(&instance);
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		instance.hooks[slot].build++;
	ps_instance_close(&instance);
}

void damage_fill_flows(void)
{
	struct ps_instance instance;

	open_instance(&instance);
	instance.flow_state->made += instance.meta->flow_room;
	ps_instance_close(&instance);
}

void damage_attach_clsact(void)
{
	const struct tracee_fault faults[2] = { { "link create", EINVAL, 0 }, {} };
	static struct tool_run run;

	tracee_run("attach eth0 hook tc", faults, &run);
	if (run.status)
		fail_msg("%s", run.output);
}

void damage_attach_old_clsact(void)
{
	damage_attach_clsact();
	damage_forget_build();
}

static int store_fd = -1;

/* In the place of portsteer_store: does nothing, and reports @error. */
static void fake_store(int error)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = error },
		{ .code = BPF_STX | BPF_MEM | BPF_W,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_REG_2,
		  .off = offsetof(struct ps_store_args, error) },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = BPF_F_SLEEPABLE);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "fake", "GPL", program, 4, &options);

	assert_true(fd >= 0);
	store_fd = bpf_obj_get(DAMAGE_INSTANCE "/store");
	assert_true(store_fd >= 0);
	assert_int_equal(unlink(DAMAGE_INSTANCE "/store"), 0);
	assert_int_equal(bpf_obj_pin(fd, DAMAGE_INSTANCE "/store"), 0);
	close(fd);
}

void damage_refuse_changes(void)
{
	fake_store(-EINVAL);
}

void damage_lack_memory(void)
{
	fake_store(-ENOMEM);
}

void damage_restore_store(void)
{
	assert_int_equal(unlink(DAMAGE_INSTANCE "/store"), 0);
	assert_int_equal(bpf_obj_pin(store_fd, DAMAGE_INSTANCE "/store"), 0);
	close(store_fd);
}

void damage_fill_slots(void)
{
	struct ps_instance instance;

	open_instance(&instance);
	memset(instance.slots, 0xff, 8);
	ps_instance_close(&instance);
}

void damage_recover(void)
{
	before_run("refresh --recover", 0);
}

static struct ps_meta meta;

static void write_meta(const struct ps_meta *wanted)
{
	int fd = bpf_obj_get(DAMAGE_INSTANCE "/meta");
	__u32 zero = 0;

	assert_true(fd >= 0);
	assert_int_equal(bpf_map_lookup_elem(fd, &zero, &meta), 0);
	assert_int_equal(bpf_map_update_elem(fd, &zero, wanted, BPF_ANY), 0);
	close(fd);
}

static void read_meta(struct ps_meta *ret)
{
	struct ps_instance instance;

	open_instance(&instance);
	*ret = *instance.meta;
	ps_instance_close(&instance);
}

void damage_change_abi(void)
{
	struct ps_meta other;

	read_meta(&other);
	other.abi_version++;
	write_meta(&other);
}

void damage_change_namespace(void)
{
	struct ps_meta other;

	read_meta(&other);
	other.netns_cookie++;
	write_meta(&other);
}

void damage_restore_meta(void)
{
	struct ps_meta before = meta;

	write_meta(&before);
}

static pid_t changer;

void damage_start_changing(void)
{
	struct ps_instance instance;

	open_instance(&instance);
	close(instance.lock_fd);
	instance.lock_fd = -1;
	changer = fork();
	while (!changer) {
		__atomic_add_fetch(&instance.state->generation, 2, __ATOMIC_SEQ_CST);
		usleep(50);
	}
	ps_instance_close(&instance);
}

void damage_stop_changing(void)
{
	kill(changer, SIGKILL);
	assert_int_equal(waitpid(changer, NULL, 0), changer);
}
