// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a request changes: each binding that is wanted ends in one list.
 */
#include "binding/plan.h"
#include "unit.h"

/* The table of these tests is an array; its items have slots 100, 101, ... */
static bool find(void *context, const struct ps_endpoint *endpoint, struct ps_binding *ret)
{
	const struct ps_bindings *table = context;

	for (size_t i = 0; i < table->count; i++) {
		if (!ps_endpoint_is_equal(&table->item[i].endpoint, endpoint))
			continue;
		*ret = table->item[i];
		ret->slot = 100 + (__u32)i;
		return true;
	}
	return false;
}

static void bind_lines(struct ps_bindings *bindings, const char *lines)
{
	char copy[512], *rest = copy, *line;

	snprintf(copy, sizeof(copy), "%s", lines);
	while (*lines && (line = strsep(&rest, ";")))
		bind_text(bindings, line);
}

/* Appends "LABEL:PORT=ACTION@OWNER/NAME " for each of @bindings. */
static void tell(char *text, const char *label, const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *item = &bindings->item[i];

		sprintf(text + strlen(text), "%s:%d=%s%s%s/%s ", label, item->endpoint.port_first,
			ps_action_name(item->action), item->owner ? "@" : "", item->owner ?: "",
			item->name);
	}
}

static void tell_duplicates(char *text, const struct ps_duplicates *duplicates)
{
	for (size_t i = 0; i < duplicates->count; i++)
		sprintf(text + strlen(text), "duplicate:%d=%s<>%s%s ",
			duplicates->item[i].wanted.endpoint.port_first,
			ps_action_name(duplicates->item[i].wanted.action),
			ps_action_name(duplicates->item[i].holder.action),
			duplicates->item[i].is_in_table ? "/table" : "");
}

static const struct {
	const char *table, *wanted, *plan, *with_replace;
} rows[] = {
	{ "", "", "", "" },
	{ "", "tcp any:1 drop", "added:1=drop/ ", "added:1=drop/ " },
	{ "", "tcp any:1 drop name a;udp any:1 pass", "added:1=drop/a added:1=pass/ ",
	  "added:1=drop/a added:1=pass/ " },
	{ "tcp any:1 drop", "tcp any:1 drop", "same:1=drop/ ", "same:1=drop/ " },
	{ "tcp any:1 drop name a", "tcp any:1 drop", "same:1=drop/ ", "same:1=drop/ " },
	{ "tcp any:1 drop name a", "tcp any:1 drop name a", "same:1=drop/a ", "same:1=drop/a " },
	{ "tcp any:1 drop name a", "tcp any:1 drop name b", "duplicate:1=drop<>drop/table ",
	  "changed:1=drop/b before:1=drop/a " },
	{ "tcp any:1 drop", "tcp any:1 drop name b", "duplicate:1=drop<>drop/table ",
	  "changed:1=drop/b before:1=drop/ " },
	{ "tcp any:1 drop name a", "tcp any:1 pass", "duplicate:1=pass<>drop/table ",
	  "changed:1=pass/a before:1=drop/a " },
	{ "tcp any:1 redirect x", "tcp any:1 redirect y", "duplicate:1=redirect<>redirect/table ",
	  "changed:1=redirect/ before:1=redirect/ " },
	{ "tcp any:1 redirect x", "tcp any:1 redirect x on-missing pass",
	  "duplicate:1=redirect<>redirect/table ", "changed:1=redirect/ before:1=redirect/ " },
	{ "tcp any:1 drop", "tcp any4:1 pass", "added:1=pass/ ", "added:1=pass/ " },
	/* an owner is kept where it can be */
	{ "tcp any:1 socket x owner pid", "tcp any:1 socket y", "duplicate:1=socket<>socket/table ",
	  "changed:1=socket@pid/ before:1=socket@pid/ " },
	{ "tcp any:1 socket x owner pid", "tcp any:1 drop", "duplicate:1=drop<>socket/table ",
	  "changed:1=drop/ before:1=socket@pid/ " },
	{ "tcp any:1 drop owner user:a", "tcp any:1 pass", "duplicate:1=pass<>drop/table ",
	  "changed:1=pass@user:a/ before:1=drop@user:a/ " },
	/* twice in one request */
	{ "", "tcp any:1 drop;tcp any:1 drop", "added:1=drop/ same:1=drop/ ",
	  "added:1=drop/ same:1=drop/ " },
	{ "", "tcp any:1 drop;tcp any:1 pass", "added:1=drop/ duplicate:1=pass<>drop ",
	  "added:1=drop/ duplicate:1=pass<>drop " },
	{ "", "tcp any:1 drop;tcp any:1 drop name x", "added:1=drop/ duplicate:1=drop<>drop ",
	  "added:1=drop/ duplicate:1=drop<>drop " },
	{ "tcp any:1 count", "tcp any:1 drop;tcp any:1 pass",
	  "duplicate:1=drop<>count/table duplicate:1=pass<>drop ",
	  "changed:1=drop/ before:1=count/ duplicate:1=pass<>drop " },
	{ "tcp any:2 drop;tcp any:3 drop", "tcp any:1 drop;tcp any:2 drop;tcp any:3 pass",
	  "added:1=drop/ same:2=drop/ duplicate:3=pass<>drop/table ",
	  "added:1=drop/ changed:3=pass/ before:3=drop/ same:2=drop/ " },
};

static void assert_plan(size_t row, enum ps_if_taken if_taken, const char *expected)
{
	struct ps_bindings table = {}, wanted = {};
	struct ps_duplicates duplicates;
	struct ps_plan plan;
	char text[512] = "";

	bind_lines(&table, rows[row].table);
	bind_lines(&wanted, rows[row].wanted);
	ps_plan_bind(&wanted, find, &table, if_taken, &plan, &duplicates);
	tell(text, "added", &plan.added);
	tell(text, "changed", &plan.changed);
	tell(text, "before", &plan.before);
	tell(text, "removed", &plan.removed);
	tell(text, "same", &plan.same);
	tell_duplicates(text, &duplicates);
	assert_string_equal(text, expected);
	assert_int_equal(ps_plan_is_empty(&plan),
			 !strstr(text, "added") && !strstr(text, "changed"));
	for (size_t i = 0; i < plan.changed.count; i++) {
		assert_true(plan.changed.item[i].slot >= 100); /* counters stay */
		assert_int_equal(plan.changed.item[i].slot, plan.before.item[i].slot);
	}
	ps_plan_done(&plan);
	ps_duplicates_done(&duplicates);
	ps_bindings_done(&wanted);
	ps_bindings_done(&table);
}

static void test_without_replace(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_plan(i, PS_REFUSE, rows[i].plan);
}

static void test_with_replace(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_plan(i, PS_REPLACE, rows[i].with_replace);
}

static void test_removal_is_a_change(void **state)
{
	struct ps_plan plan = {};

	(void)state;
	assert_true(ps_plan_is_empty(&plan));
	bind_text(&plan.removed, "tcp any:1 drop");
	assert_false(ps_plan_is_empty(&plan));
	ps_plan_done(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_replace),
		cmocka_unit_test(test_with_replace),
		cmocka_unit_test(test_removal_is_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
