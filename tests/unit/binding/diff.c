// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What makes a table equal to a list: every binding ends in one place, and a
 * table that the plan is applied to equals the list.
 */
#include "binding/diff.h"
#include "unit.h"

static void bind_lines(struct ps_bindings *bindings, const char *lines)
{
	char copy[512], *rest = copy, *line;

	snprintf(copy, sizeof(copy), "%s", lines);
	while (*lines && (line = strsep(&rest, ";")))
		bind_text(bindings, line);
}

/* Table items have the slots 100, 101, ... */
static void compare(const struct ps_bindings *table, struct ps_bindings *wanted,
		    struct ps_diff *ret)
{
	ps_diff_begin(ret, wanted);
	assert_int_equal(wanted->count, 0);
	for (size_t i = 0; i < table->count; i++) {
		struct ps_binding present = table->item[i];

		present.slot = 100 + (__u32)i;
		ps_diff_meet(ret, &present);
	}
	ps_diff_end(ret);
}

static void tell(char *text, const char *label, const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++)
		sprintf(text + strlen(text), "%s%d=%s/%s ", label,
			bindings->item[i].endpoint.port_first,
			ps_action_name(bindings->item[i].action), bindings->item[i].name);
}

static const struct {
	const char *table, *wanted, *plan;
	size_t same;
} rows[] = {
	{ "", "", "", 0 },
	{ "", "tcp any:1 drop name a;tcp any:2 pass", "+1=drop/a +2=pass/ ", 0 },
	{ "tcp any:1 drop;tcp any:2 pass", "", "-1=drop/ -2=pass/ ", 0 },
	{ "tcp any:1 drop;tcp any:2 pass", "tcp any:2 pass;tcp any:1 drop", "", 2 },
	{ "tcp any:1 drop", "tcp any:1 pass", "~1=pass/ <1=drop/ ", 0 },
	{ "tcp any:1 drop name a", "tcp any:1 drop", "~1=drop/ <1=drop/a ", 0 },
	{ "tcp any:1 drop", "tcp any:1 drop name a", "~1=drop/a <1=drop/ ", 0 },
	{ "tcp any:1 drop name a", "tcp any:1 drop name a", "", 1 },
	{ "tcp any:1 redirect x", "tcp any:1 redirect x on-missing pass",
	  "~1=redirect/ <1=redirect/ ", 0 },
	{ "tcp any:1 redirect x via 10.0.0.1", "tcp any:1 redirect x via 10.0.0.2",
	  "~1=redirect/ <1=redirect/ ", 0 },
	{ "tcp any:1 drop", "udp any:1 drop", "+1=drop/ -1=drop/ ", 0 },
	{ "tcp any:1 drop", "tcp any4:1 drop", "+1=drop/ -1=drop/ ", 0 },
	{ "tcp any:1 drop;tcp any:2 drop;tcp any:3 drop;tcp any:4 drop name d",
	  "tcp any:5 pass;tcp any:3 count;tcp any:2 drop;tcp any:6 pass;tcp any:4 drop name d",
	  "+5=pass/ +6=pass/ ~3=count/ <3=drop/ -1=drop/ ", 2 },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ps_bindings table = {}, wanted = {};
		struct ps_diff difference;
		const struct ps_plan *plan = &difference.plan;
		char text[512] = "";

		bind_lines(&table, rows[i].table);
		bind_lines(&wanted, rows[i].wanted);
		compare(&table, &wanted, &difference);
		tell(text, "+", &plan->added);
		tell(text, "~", &plan->changed);
		tell(text, "<", &plan->before);
		tell(text, "-", &plan->removed);
		assert_string_equal(text, rows[i].plan);
		assert_int_equal(difference.same, rows[i].same);
		ps_diff_done(&difference);
		ps_bindings_done(&table);
	}
}

static void draw_bindings(struct ps_bindings *bindings)
{
	for (int port = 1; port <= 60; port++) {
		char text[64];

		if (draw(2))
			continue;
		sprintf(text, "%s any:%d %s%s", draw(2) ? "tcp" : "udp", port,
			draw(2) ? "drop" : "redirect x", draw(2) ? " name n" : "");
		bind_text(bindings, text);
	}
}

static struct ps_binding *find(const struct ps_bindings *bindings,
			       const struct ps_endpoint *endpoint)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (ps_endpoint_is_equal(&bindings->item[i].endpoint, endpoint))
			return &bindings->item[i];
	return NULL;
}

/* Does to @table what the plan says, and checks that each step is possible. */
static void carry_out(struct ps_bindings *table, const struct ps_plan *plan)
{
	for (size_t i = 0; i < plan->removed.count; i++) {
		struct ps_binding *gone = find(table, &plan->removed.item[i].endpoint);

		assert_non_null(gone);
		*gone = table->item[--table->count];
	}
	assert_int_equal(plan->changed.count, plan->before.count);
	for (size_t i = 0; i < plan->changed.count; i++) {
		const struct ps_binding *changed = &plan->changed.item[i];

		assert_true(
			ps_endpoint_is_equal(&changed->endpoint, &plan->before.item[i].endpoint));
		assert_int_equal(changed->slot, plan->before.item[i].slot);
		*find(table, &changed->endpoint) = *changed;
	}
	for (size_t i = 0; i < plan->added.count; i++) {
		assert_null(find(table, &plan->added.item[i].endpoint));
		*ps_bindings_add(table) = plan->added.item[i];
	}
}

static void test_random_tables(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		struct ps_bindings table = {}, wanted = {}, list = {};
		struct ps_diff difference;

		draw_bindings(&table);
		draw_bindings(&wanted);
		for (size_t i = 0; i < wanted.count; i++)
			*ps_bindings_add(&list) = wanted.item[i];
		compare(&table, &wanted, &difference);
		carry_out(&table, &difference.plan);
		assert_int_equal(table.count, list.count);
		for (size_t i = 0; i < list.count; i++) {
			const struct ps_binding *is = find(&table, &list.item[i].endpoint);

			assert_non_null(is);
			assert_true(ps_action_is_equal(is, &list.item[i]));
			assert_string_equal(is->name, list.item[i].name);
		}
		ps_diff_done(&difference);
		ps_bindings_done(&table);
		ps_bindings_done(&list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_random_tables),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}
