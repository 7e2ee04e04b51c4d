// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the file says of the guard, and what that changes.
 */
#include "file.h"
#include "unit.h"

/* Reads a file without bindings and with @section. */
static void read_section(const char *section, struct ps_file *file)
{
	struct ps_faults faults = {};
	struct ps_error error;
	char text[1024];
	FILE *stream;

	snprintf(text, sizeof(text), "bindings: []\n%s\n", section);
	stream = fmemopen(text, strlen(text), "r");
	assert_non_null(stream);
	if (ps_file_read(stream, file, &faults, &error))
		fail_msg("'%s': %s", section, faults.total ? faults.item[0].text : error.text);
	fclose(stream);
}

static void test_guard(void **state)
{
	static const struct {
		const char *section, *words;
	} rows[] = {
		{ "", "off" },
		{ "guard: off", "off" },
		{ "guard: false", "off" },
		{ "guard: on", "on /" },
		{ "guard: 'on'", "on /" },
		{ "guard: true", "on /" },
		{ "guard: report", "report /" },
		{ "guard: {mode: off}", "off" },
		{ "guard: {cgroup: /system.slice, mode: report}", "report /system.slice" },
		{ "guard: {\"mode\": true, \"cgroup\": \"/a b\"}", "on /a b" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[PS_GUARD_TEXT];
		struct ps_file file;

		read_section(rows[i].section, &file);
		assert_int_equal(file.has_guard, i > 0);
		assert_string_equal(ps_guard_setting_format(&file.guard, text), rows[i].words);
		ps_file_done(&file);
	}
}

static void test_guard_plan(void **state)
{
	struct ps_guard_plan plan = {};
	char text[PS_GUARD_TEXT];

	(void)state;
	assert_true(ps_guard_plan_is_empty(&plan));
	plan.after = (struct ps_guard_setting){ .mode = PS_GUARD_ON, .cgroup = "/a" };
	assert_false(ps_guard_plan_is_empty(&plan));
	plan.before = plan.after;
	assert_true(ps_guard_plan_is_empty(&plan));
	strcpy(plan.before.cgroup, "/b");
	assert_false(ps_guard_plan_is_empty(&plan));
	plan.before = (struct ps_guard_setting){ .mode = PS_GUARD_ON, .state = PS_GUARD_HIDDEN };
	assert_true(ps_guard_plan_is_empty(&plan));
	plan.before.mode = PS_GUARD_REPORT;
	assert_false(ps_guard_plan_is_empty(&plan));
	plan.before = plan.after;
	plan.before.state = PS_GUARD_PARTLY;
	assert_false(ps_guard_plan_is_empty(&plan));
	assert_string_equal(ps_guard_setting_format(&plan.before, text), "on /a, incomplete");
	plan.before = (struct ps_guard_setting){ .mode = PS_GUARD_ON, .state = PS_GUARD_GONE };
	assert_false(ps_guard_plan_is_empty(&plan));
	assert_string_equal(ps_guard_setting_format(&plan.before, text), "on, cgroup gone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_guard_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
