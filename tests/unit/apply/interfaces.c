// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is attached, as a file would say it: what a change on trial goes back to.
 */
#include "apply/internal.h"
#include "unit.h"

/* What is attached, when @hook is all. */
static void list_one(struct ps_hook_info hook, struct ps_interfaces *ret)
{
	struct ps_hook_info hooks[PS_HOOKS_MAX] = { hook };
	const struct ps_instance instance = { .hooks = hooks, .presence = PS_NOWHERE };

	ps_apply_list_interfaces(&instance, ret);
}

static void test_back(void **state)
{
	static const struct {
		bool was_shared, is_shared;
		size_t same, changed;
	} rows[] = {
		{ false, false, 1, 0 },
		{ true, true, 1, 0 },
		{ false, true, 0, 1 },
		{ true, false, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ps_hook_info hook = { .hook = PS_HOOK_XDP, .mode = PS_MODE_NATIVE };
		struct ps_interfaces former = {}, present = {};
		struct ps_interface_plan plan;

		strcpy(hook.device, "eth0");
		hook.is_shared = rows[i].was_shared;
		list_one(hook, &former);
		hook.is_shared = rows[i].is_shared;
		list_one(hook, &present);
		ps_interfaces_compare(&former, &present, &plan);
		assert_int_equal(plan.same.count, rows[i].same);
		assert_int_equal(plan.changed.count, rows[i].changed);
		ps_interface_plan_done(&plan);
		ps_interfaces_done(&former);
		ps_interfaces_done(&present);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
