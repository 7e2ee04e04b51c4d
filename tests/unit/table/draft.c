// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What cannot be drafted.
 */
#include <stdlib.h>
#include "binding/parse.h"
#include "instance/blank.h"
#include "instance/open.h"
#include "table/draft.h"
#include "unit.h"

/* A table that has all the bindings that one can have, and one more. No larger one is advised. */
static void test_no_room_in_any_table(void **state)
{
	char *words[] = { "tcp", "any:80", "drop" };
	struct ps_plan plan = {};
	struct ps_instance instance;
	struct ps_draft draft;
	struct ps_error error;

	(void)state;
	ps_instance_blank("none", PS_BINDINGS_MAX, &instance);
	instance.state->bindings = PS_BINDINGS_MAX;
	assert_int_equal(ps_binding_parse(3, words, &plan.added, &error), 0);
	assert_int_equal(ps_draft_make(&instance, &plan, &draft, &error), -1);
	assert_string_equal(error.text, "16000001 bindings are too many: a table has room for at "
					"most 16000000");
	ps_draft_done(&draft);
	ps_plan_done(&plan);
	ps_instance_close(&instance);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_room_in_any_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
