// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What was inserted and is not published: elements for a shape that packets do
 * not look for have both words, and are no bindings yet (I6 of table/publish.h).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <portsteer/change.h>
#include <cmocka.h>
#include "audit.h"
#include "steer.h"
#include "table/publish.h"
#include "table/read.h"
#include "table/store.h"

static struct steer steer;

static void test_hidden(void **state)
{
	static struct steer_answer answer;
	static struct frame frame;
	struct ps_instance *instance = &steer.instance;
	struct ps_binding binding;
	struct ps_error error;
	struct ps_draft draft;
	struct ps_plan plan;

	(void)state;
	frame_build("ip4 dst=192.0.2.1 tcp", 0, &frame);
	steer_set(&steer, "udp [2001:db8::1]:53 drop");
	steer_plan(&steer, "udp [2001:db8::1]:53 drop; tcp 192.0.2.1:80 drop", &plan);
	assert_int_equal(ps_draft_make(instance, &plan, &draft, &error), 0);
	plan.added.item[0].is_hidden = true; /* as where many are added at once */
	instance->state->pending = (__u32)getpid();
	assert_int_equal(ps_store_bindings(instance, &plan.added, ps_instance_half(instance) ^ 1,
					   PS_STORE_NEW, &error),
			 0);
	steer_run(&steer, PS_HOOK_XDP, &frame, &answer);
	assert_int_equal(answer.reason, PS_REASON_UNBOUND);
	assert_false(ps_table_find(instance, &plan.added.item[0].endpoint, &binding));
	assert_int_equal(ps_recover(instance, &error), 0);
	audit(instance, "after settling");
	assert_int_equal(instance->state->bindings, 1);
	ps_draft_done(&draft);
	ps_plan_done(&plan);
}

/* Who runs the program without a change under way (I9), root included, changes nothing. */
static void test_refused(void **state)
{
	struct ps_store_args args = { .count = PS_CHANGES_MAX };
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &args, .ctx_size_in = sizeof(args));
	struct ps_instance *instance = &steer.instance;
	const struct ps_change nothing = {};
	struct ps_endpoints endpoints;
	struct ps_binding binding;
	struct ps_error error;

	(void)state;
	steer_set(&steer, "udp 192.0.2.0/24:53 drop; tcp any:80 drop");
	for (int i = 0; i < PS_CHANGES_MAX; i++)
		assert_memory_equal(&instance->changes[i], &nothing, sizeof(nothing));
	instance->changes[0] = (struct ps_change){ .kind = PS_CHANGE_DELETE };
	assert_int_equal(ps_endpoints_parse("udp", "192.0.2.0/24:53", &endpoints, &error), 0);
	instance->changes[0].endpoint = endpoints.item[0];
	assert_int_equal(bpf_prog_test_run_opts(instance->store_fd, &run), 0);
	assert_int_equal(args.error, -EPERM);
	assert_int_equal(args.done, 0);
	assert_true(ps_table_find(instance, &instance->changes[0].endpoint, &binding));
	instance->changes[0] = nothing;
	instance->state->pending = 1;
	assert_int_equal(bpf_prog_test_run_opts(instance->store_fd, &run), 0);
	instance->state->pending = 0;
	assert_int_equal(args.error, -EINVAL); /* an empty line is no binding */
	assert_int_equal(args.done, 0);
	audit(instance, "run by somebody");
}

static int open_all(void **state)
{
	(void)state;
	steer_enter_netns();
	steer_open(&steer, "unpublished", STEER_BINDINGS);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	steer_close(&steer);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "what is inserted waits to be published", test_hidden, NULL, NULL, NULL },
		{ "the program runs within a change only", test_refused, NULL, NULL, NULL },
	};

	return _cmocka_run_group_tests("unpublished", tests, 2, open_all, close_all);
}
