// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An instance for a test. See steer.h.
 */
#include <linux/pkt_cls.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <cmocka.h>
#include "binding/parse.h"
#include "instance/enlarge.h"
#include "instance/make.h"
#include "instance/object.h"
#include "instance/open.h"
#include "pins/counts.h"
#include "steer.h"
#include "table/publish.h"
#include "table/read.h"

#define WORDS_MAX 16

static struct steer *opened; /* to remove when the process exits */
static pid_t opened_by;

void steer_enter_netns(void)
{
	if (unshare(CLONE_NEWNET)) {
		perror("needs root, to make a network namespace");
		exit(1);
	}
	steer_ip("link set lo up\n");
}

void steer_ip(const char *batch)
{
	FILE *ip = popen("ip -batch -", "we");

	assert_non_null(ip);
	fputs(batch, ip);
	assert_int_equal(pclose(ip), 0);
}

static void close_opened(void)
{
	if (opened && opened_by == getpid())
		steer_close(opened);
}

static void load(struct steer *steer, enum ps_hook hook)
{
	struct ps_error error;

	if (ps_object_load_hook(&steer->instance, hook, hook, &steer->program_fd[hook], &error))
		fail_msg("%s: %s", error.text, ps_object_log());
}

void steer_open(struct steer *steer, const char *what, __u32 max_bindings)
{
	char name[64];
	struct ps_error error;
	const struct ps_instance_options options = {
		.name = name,
		.access = PS_CREATE,
		.wait_seconds = 10,
		.max_bindings = max_bindings,
		.room = max_bindings,
	};

	snprintf(name, sizeof(name), "test-prog-%s-%d", what, (int)getpid());
	*steer = (struct steer){ .program_fd = { -1, -1, -1, -1 } };
	if (ps_instance_open(&options, &steer->instance, &error))
		fail_msg("%s", error.text);
	steer->is_open = true;
	if (!opened)
		atexit(close_opened);
	opened = steer;
	opened_by = getpid();
	if (ps_instance_enlarge(&steer->instance, PS_MAP_SENT, &error))
		fail_msg("%s", error.text);
	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_TC_EGRESS; hook++)
		load(steer, hook);
}

void steer_close(struct steer *steer)
{
	struct ps_error error;

	if (!steer->is_open)
		return;
	steer->is_open = false;
	for (int hook = PS_HOOK_XDP; hook <= PS_HOOK_TC_EGRESS; hook++)
		if (steer->program_fd[hook] >= 0)
			close(steer->program_fd[hook]);
	if (ps_instance_remove(&steer->instance, &error))
		fprintf(stderr, "left behind: %s\n", error.text);
	ps_instance_close(&steer->instance);
}

void steer_reopen(struct steer *steer)
{
	char name[256];
	struct ps_error error;
	const struct ps_instance_options options = {
		.name = name,
		.access = PS_CHANGE,
		.wait_seconds = 10,
	};
	struct ps_instance again;

	snprintf(name, sizeof(name), "%s", steer->instance.name);
	ps_instance_close(&steer->instance);
	steer->is_open = false;
	if (ps_instance_open(&options, &again, &error))
		fail_msg("%s", error.text);
	steer->instance = again;
	steer->is_open = true;
}

static void parse_one(char *text, struct ps_bindings *bindings)
{
	char *word[WORDS_MAX], *rest = NULL;
	struct ps_error error;
	int count = 0;

	for (char *at = strtok_r(text, " \n", &rest); at && count < WORDS_MAX;
	     at = strtok_r(NULL, " \n", &rest))
		word[count++] = at;
	if (count && ps_binding_parse(count, word, bindings, &error))
		fail_msg("%s", error.text);
}

void steer_parse(const char *text, struct ps_bindings *bindings)
{
	char *copy = strdup(text), *rest = NULL;

	for (char *at = strtok_r(copy, ";", &rest); at; at = strtok_r(NULL, ";", &rest))
		parse_one(at, bindings);
	free(copy);
}

static bool find_in_table(void *instance, const struct ps_endpoint *endpoint,
			  struct ps_binding *ret)
{
	return ps_table_find(instance, endpoint, ret);
}

static int publish(struct steer *steer, struct ps_plan *plan, struct ps_error *error)
{
	struct ps_draft draft;
	int failed = ps_draft_make(&steer->instance, plan, &draft, error) ||
		     ps_publish(&steer->instance, &draft, error);

	ps_draft_done(&draft);
	return failed;
}

int steer_add(struct steer *steer, const struct ps_bindings *wanted, enum ps_if_taken if_taken,
	      struct ps_error *error)
{
	struct ps_bindings copy = {};
	struct ps_duplicates duplicates;
	struct ps_plan plan;
	int failed;

	for (size_t i = 0; i < wanted->count; i++)
		*ps_bindings_add(&copy) = wanted->item[i];
	ps_plan_bind(&copy, find_in_table, &steer->instance, if_taken, &plan, &duplicates);
	failed = duplicates.count ? ps_error_set(error, PS_EXIT_CONFLICT, "duplicates")
				  : publish(steer, &plan, error);
	ps_plan_done(&plan);
	ps_duplicates_done(&duplicates);
	return failed;
}

int steer_remove(struct steer *steer, const struct ps_bindings *endpoints, struct ps_error *error)
{
	struct ps_plan plan = {};
	int failed = 0;

	for (size_t i = 0; i < endpoints->count && !failed; i++) {
		struct ps_binding *binding = ps_bindings_add(&plan.removed);

		if (!ps_table_find(&steer->instance, &endpoints->item[i].endpoint, binding))
			failed = ps_error_set(error, PS_EXIT_NOT_FOUND, "not bound");
	}
	failed = failed || publish(steer, &plan, error);
	ps_plan_done(&plan);
	return failed;
}

void steer_read(const struct steer *steer, struct ps_bindings *ret)
{
	struct ps_error error;

	if (ps_table_read(&steer->instance, ret, &error))
		fail_msg("%s", error.text);
}

static bool is_in(const struct ps_bindings *in, const struct ps_endpoint *endpoint)
{
	for (size_t i = 0; i < in->count; i++)
		if (ps_endpoint_is_equal(&in->item[i].endpoint, endpoint))
			return true;
	return false;
}

void steer_plan(const struct steer *steer, const char *text, struct ps_plan *ret)
{
	struct ps_bindings wanted = {}, present, removed = {};
	struct ps_duplicates duplicates;

	steer_parse(text, &wanted);
	steer_read(steer, &present);
	for (size_t i = 0; i < present.count; i++)
		if (!is_in(&wanted, &present.item[i].endpoint))
			*ps_bindings_add(&removed) = present.item[i];
	ps_plan_bind(&wanted, find_in_table, (void *)&steer->instance, PS_REPLACE, ret,
		     &duplicates);
	ret->removed = removed;
	ps_duplicates_done(&duplicates);
	ps_bindings_done(&present);
}

void steer_set(struct steer *steer, const char *text)
{
	struct ps_error error;
	struct ps_plan plan;

	steer_plan(steer, text, &plan);
	if (!ps_plan_is_empty(&plan) && publish(steer, &plan, &error))
		fail_msg("%s: %s", text, error.text);
	ps_plan_done(&plan);
}

int steer_run_raw(const struct steer *steer, enum ps_hook hook, const struct frame *frame,
		  int repeat, struct steer_answer *answer)
{
	struct __sk_buff skb = { .wire_len = (__u32)frame->size };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame->data,
		    .data_size_in = (__u32)frame->size, .data_out = answer->data,
		    .data_size_out = sizeof(answer->data), .repeat = repeat);
	int err;

	if (hook != PS_HOOK_XDP) {
		run.ctx_in = &skb;
		run.ctx_size_in = sizeof(skb);
	}
	err = bpf_prog_test_run_opts(steer->program_fd[hook], &run);
	if (err)
		return err;
	answer->verdict = (int)run.retval;
	answer->size = run.data_size_out;
	answer->outcome = steer_outcome_of(hook, answer->verdict);
	return 0;
}

void steer_reasons(const struct steer *steer, enum ps_hook hook, __u64 ret[PS_REASONS_MAX])
{
	for (enum ps_reason reason = 0; reason < PS_REASONS_MAX; reason++)
		ret[reason] = ps_reasons_sum(&steer->instance, hook, reason);
}

void steer_run(const struct steer *steer, enum ps_hook hook, const struct frame *frame,
	       struct steer_answer *answer)
{
	__u64 before[PS_REASONS_MAX], after[PS_REASONS_MAX], counted = 0;
	int err;

	steer_reasons(steer, hook, before);
	err = steer_run_raw(steer, hook, frame, 1, answer);
	if (err)
		fail_msg("%s: cannot run a frame of %zu bytes: %s", steer_hook_name(hook),
			 frame->size, strerror(-err));
	steer_reasons(steer, hook, after);
	for (int reason = 0; reason < PS_REASONS_MAX; reason++) {
		if (after[reason] == before[reason])
			continue;
		counted += after[reason] - before[reason];
		answer->reason = (enum ps_reason)reason;
	}
	if (counted != 1)
		fail_msg("%s: %llu reasons were counted for one frame", steer_hook_name(hook),
			 counted);
}

enum steer_outcome steer_outcome_of(enum ps_hook hook, int verdict)
{
	if (hook == PS_HOOK_XDP)
		return verdict == 2   ? STEER_PASS
		       : verdict == 1 ? STEER_DROP
		       : verdict == 4 ? STEER_REDIRECT
				      : STEER_STRANGE;
	return verdict == -1 /* TCX_NEXT */ ? STEER_PASS
	       : verdict == TC_ACT_SHOT	    ? STEER_DROP
	       : verdict == TC_ACT_REDIRECT ? STEER_REDIRECT
					    : STEER_STRANGE;
}

const char *steer_hook_name(enum ps_hook hook)
{
	static const char *const names[] = { "none", "xdp", "tc ingress", "tc egress" };

	return names[hook];
}

int steer_flows(const struct steer *steer)
{
	struct ps_flow_key key;
	int count = 0;

	for (void *from = NULL;
	     !bpf_map_get_next_key(steer->instance.map_fd[PS_MAP_FLOWS], from, &key); from = &key)
		count++;
	return count;
}

void steer_forget_flows(const struct steer *steer)
{
	int fd = steer->instance.map_fd[PS_MAP_FLOWS];
	struct ps_flow_key key;

	while (!bpf_map_get_next_key(fd, NULL, &key))
		bpf_map_delete_elem(fd, &key);
}
