// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Setting up the stage. What it must answer is in check.c. See stage.h.
 */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <cmocka.h>
#include "check.h"
#include "instance/make.h"
#include "instance/object.h"
#include "second.h"
#include "table/read.h"

/* Each action, each way in which it can fail, and for what is left: exact endpoints, by flows. */
static const char bindings[] = "tcp 192.0.2.1:80 pass; udp 192.0.2.0/24:80 drop; "
			       "sctp any4:80 redirect fz; "
			       "tcp [2001:db8::1]:80 redirect fz mac 02:00:00:00:00:99; "
			       "udp [2001:db8::/32]:80 redirect gone; "
			       "udp [2001:db8::/32]:81 redirect gone on-missing pass; "
			       "tcp any:81 redirect fz via 10.9.0.77; "
			       "tcp any:82 redirect fz via 10.9.0.78 on-missing pass; "
			       "udp any:82 redirect fz peer; "
			       "udp any:83 redirect fz peer on-missing pass; "
			       "udp any:84 redirect fz via 10.9.0.2; sctp any6:80-86 drop; "
			       "tcp any:any count; udp any4:any count; sctp any:any count";

static void die(const char *what, const char *why)
{
	fprintf(stderr, "cannot set the stage: %s: %s\n", what, why);
	exit(1);
}

static void stay_on(__u32 cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("cannot stay on one CPU", strerror(errno));
}

static void add_program(struct stage *stage, enum ps_hook hook, const char *compiler)
{
	struct stage_program *program = &stage->program[stage->programs];

	program->hook = hook;
	program->compiler = compiler;
	program->hook_index = (__u32)++stage->programs;
}

static void load_second(struct stage *stage)
{
	struct ps_error error;

	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_TC_EGRESS; hook++) {
		struct stage_program *program = &stage->program[stage->programs];

		add_program(stage, hook, FUZZ_SECOND);
		if (second_load_hook(&stage->steer.instance, hook, program->hook_index,
				     &program->fd, &error))
			die(error.text, ps_object_log());
	}
}

static void load(struct stage *stage)
{
	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_TC_EGRESS; hook++) {
		stage->program[stage->programs].fd = stage->steer.program_fd[hook];
		add_program(stage, hook, FUZZ_FIRST);
	}
	if (second_load_hook)
		load_second(stage);
}

static void bind_all(struct stage *stage)
{
	steer_ip("link add fz address 02:00:00:00:0a:0a type veth peer name fz-peer\n"
		 "link set fz up\n"
		 "link set fz-peer up\n"
		 "addr add 10.9.0.1/24 dev fz\n"
		 "neigh add 10.9.0.2 lladdr 02:00:00:00:0b:0b dev fz nud permanent\n");
	steer_set(&stage->steer, bindings);
	steer_parse(bindings, &stage->table);
	for (size_t i = 0; i < stage->table.count; i++) {
		struct ps_binding *binding = &stage->table.item[i], found = {};

		if (!ps_table_find(&stage->steer.instance, &binding->endpoint, &found))
			die("cannot find what was bound", "");
		binding->slot = found.slot;
	}
}

/* Whether the kernel can be told to put fewer bytes in the first buffer: from Linux 6.18. */
static void find_linear(struct stage *stage)
{
	static struct sample sample;
	static struct steer_answer answer;

	sample_build("arp pad=40", &sample);
	sample.linear = 40;
	stage->has_linear = true;
	stage->has_linear = !check_run(stage, &stage->program[0], &sample, &answer);
}

/* What was run to find this out is counted. */
static void find_limits(struct stage *stage)
{
	find_linear(stage);
	for (int i = 0; i < stage->programs; i++)
		memcpy(stage->program[i].counted, check_reasons(stage, &stage->program[i]),
		       sizeof(stage->program[i].counted));
}

void stage_open(struct stage *stage, const char *name, __u32 cpu)
{
	struct ps_error error;

	*stage = (struct stage){ .cpu = cpu };
	stay_on(cpu);
	steer_enter_netns();
	steer_open(&stage->steer, name, STEER_BINDINGS);
	bind_all(stage);
	load(stage);
	find_limits(stage);
	if (ps_instance_remove(&stage->steer.instance, &error)) /* the descriptors stay */
		die("cannot remove the pins", error.text);
	stage->steer.is_open = false;
}
