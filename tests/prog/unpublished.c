// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What was inserted and is not published: elements for a shape that packets do
 * not look for have both words, and are no bindings yet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>
#include "audit.h"
#include "publish.h"
#include "steer.h"
#include "store.h"
#include "table.h"

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
	instance->state->pending = (__u32)getpid();
	assert_int_equal(ps_store_bindings(instance, &plan.added, ps_instance_half(instance) ^ 1,
					   PS_STORE_NEW, &error),
			 0);
	steer_run(&steer, PS_HOOK_XDP, &frame, &answer);
	assert_int_equal(answer.reason, PS_REASON_UNBOUND);
	assert_false(ps_table_find(instance, &plan.added.item[0].endpoint, &binding));
	assert_int_equal(ps_settle(instance, &error), 0);
	audit(instance, "after settling");
	assert_int_equal(instance->state->bindings, 1);
	ps_draft_done(&draft);
	ps_plan_done(&plan);
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
	};

	return _cmocka_run_group_tests("unpublished", tests, 1, open_all, close_all);
}
