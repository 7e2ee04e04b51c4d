// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings among themselves: duplicate, overlap, override; their
 * messages, and the last two against looking at every pair.
 */
#include "conflict/conflict.h"
#include "model.h"
#include "table/probe.h"

typedef void (*finder)(struct ps_conflicts *conflicts, const struct ps_view *view,
		       const struct ps_bindings *bindings);

static const struct row {
	const char *others, *binding; /* the others are bound first */
	const char *with, *message; /* NULL: no conflict */
} overlaps[] = {
	{ "tcp any:80-90 drop", "tcp any:85-95 pass", "tcp any:80-90",
	  "shares ports 85-90 with tcp any:80-90 drop, and neither range is within the other" },
	{ "tcp any:80-90 drop name web", "tcp any:70-80 pass", "tcp any:80-90",
	  "shares ports 80-80 with tcp any:80-90 drop (name 'web'), "
	  "and neither range is within the other" },
	{ "tcp 10.0.0.0/8:80-90 drop", "tcp 10.0.0.0/8:85-95 pass", "tcp 10.0.0.0/8:80-90",
	  "shares ports 85-90 with tcp 10.0.0.0/8:80-90 drop, "
	  "and neither range is within the other" },
	{ "tcp any6:80-90 drop", "tcp any:85-95 pass", "tcp any6:80-90",
	  "shares ports 85-90 with tcp any6:80-90 drop, and neither range is within the other" },
	{ "tcp any:80-90 drop", "tcp any:91-95 pass", NULL, NULL },
	{ "tcp any:80-90 drop", "tcp any:80-89 pass", NULL, NULL },
	{ "tcp any:80-90 drop", "tcp any:1-90 pass", NULL, NULL },
	{ "tcp any:80-90 drop", "tcp any:any pass", NULL, NULL },
	{ "tcp any:80-90 drop", "tcp any:90 pass", NULL, NULL },
	{ "tcp any:80-90 drop", "udp any:85-95 pass", NULL, NULL },
	{ "tcp any6:80-90 drop", "tcp any4:85-95 pass", NULL, NULL },
	{ "tcp 10.0.0.0/8:80-90 drop", "tcp 11.0.0.0/8:85-95 pass", NULL, NULL },
	{ "tcp 10.0.0.0/8:80-90 drop", "tcp 10.0.0.0/9:85-95 pass", NULL, NULL },
};

static const struct row overrides[] = {
	{ "tcp any:any drop", "tcp any:80 pass", "tcp any:any",
	  "is more specific and overrides part of tcp any:any drop" },
	{ "tcp any:80-90 drop name web", "tcp 10.0.0.1:80 pass", "tcp any:80-90",
	  "is more specific and overrides part of tcp any:80-90 drop (name 'web')" },
	{ "tcp any:80 drop", "tcp any6:80 pass", "tcp any:80",
	  "is more specific and overrides part of tcp any:80 drop" },
	{ "tcp any4:80-90 drop", "tcp any:80 pass", "tcp any4:80-90",
	  "is more specific and overrides part of tcp any4:80-90 drop" },
	{ "tcp 10.0.0.0/8:1 drop;tcp any:1 drop", "tcp 10.1.0.0/16:1 pass", "tcp 10.0.0.0/8:1",
	  "is more specific and overrides part of tcp 10.0.0.0/8:1 drop" },
	{ "tcp 10.0.0.0/8:85 drop", "tcp 10.0.0.0/9:80-90 pass", "tcp 10.0.0.0/8:85",
	  "is more specific and overrides part of tcp 10.0.0.0/8:85 drop" },
	/* the port before shares the list, which does not begin with the exact shape */
	{ "tcp 11.0.0.0/8:80 drop;tcp 10.0.0.0/8:81 drop", "tcp 10.1.0.0/16:80-81 pass",
	  "tcp 10.0.0.0/8:81", "is more specific and overrides part of tcp 10.0.0.0/8:81 drop" },
	{ "tcp any:80 drop", "tcp any:any pass", NULL, NULL },
	{ "tcp any:80 drop", "udp any4:80 pass", NULL, NULL },
	{ "tcp any:80 drop", "tcp 10.0.0.1:81 pass", NULL, NULL },
	{ "tcp any6:80 drop", "tcp 10.0.0.1:80 pass", NULL, NULL },
	{ "tcp 11.0.0.0/8:80 drop", "tcp 10.0.0.1:80 pass", NULL, NULL },
};

static void assert_row(const struct row *row, finder find, enum ps_conflict_kind kind,
		       enum ps_severity severity)
{
	struct ps_conflicts conflicts = {};
	struct ps_bindings asked = {};
	struct model model;
	struct ps_view view = { &model.image, model_find, &model };
	char copy[256], *rest = copy, *text;

	model_init(&model);
	snprintf(copy, sizeof(copy), "%s", row->others);
	while ((text = strsep(&rest, ";")))
		model_add_text(&model, text);
	model_add_text(&model, row->binding);
	bind_text(&asked, row->binding);
	asked.item[0].line = 12;
	find(&conflicts, &view, &asked);
	if (conflicts.count != !!row->message)
		fail_msg("%s | %s: %zu conflicts", row->others, row->binding, conflicts.count);
	if (row->message) {
		assert_string_equal(conflicts.item[0].text, row->message);
		assert_string_equal(conflicts.item[0].with, row->with);
		assert_int_equal(conflicts.item[0].kind, kind);
		assert_int_equal(conflicts.item[0].severity, severity);
		assert_int_equal(conflicts.item[0].line, 12);
		assert_true(
			ps_endpoint_is_equal(&conflicts.item[0].endpoint, &asked.item[0].endpoint));
	}
	ps_conflicts_done(&conflicts);
	ps_bindings_done(&asked);
	model_done(&model);
}

static void test_overlaps(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(overlaps); i++)
		assert_row(&overlaps[i], ps_conflicts_find_overlaps, PS_OVERLAP, PS_ERROR);
}

static void test_overrides(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(overrides); i++)
		assert_row(&overrides[i], ps_conflicts_find_overrides, PS_OVERRIDE, PS_INFO);
}

static bool is_overlap(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	bool crosses = (a->port_first < b->port_first && b->port_first <= a->port_last &&
			a->port_last < b->port_last) ||
		       (b->port_first < a->port_first && a->port_first <= b->port_last &&
			b->port_last < a->port_last);

	return crosses && a->prefix_len == b->prefix_len && endpoints_meet(a, b);
}

static bool is_override(const struct ps_endpoint *specific, const struct ps_endpoint *general)
{
	return ps_precedence_compare(specific, general) < 0 && endpoints_meet(specific, general);
}

/* Each of @model's bindings is reported exactly when some other is in conflict with it. */
static void assert_pairs(const struct model *model, finder find,
			 bool (*is_conflict)(const struct ps_endpoint *,
					     const struct ps_endpoint *))
{
	struct ps_view view = { &model->image, model_find, (void *)model };

	for (size_t i = 0; i < model->bindings.count; i++) {
		struct ps_bindings one = { .item = &model->bindings.item[i], .count = 1 };
		struct ps_conflicts conflicts = {};
		char text[PS_ENDPOINT_TEXT];
		bool expected = false, is_known = false;

		find(&conflicts, &view, &one);
		for (size_t j = 0; j < model->bindings.count; j++) {
			const struct ps_endpoint *other = &model->bindings.item[j].endpoint;

			if (j == i || !is_conflict(&one.item->endpoint, other))
				continue;
			expected = true;
			is_known |= conflicts.count && !strcmp(ps_endpoint_format(other, text),
							       conflicts.item[0].with);
		}
		if (conflicts.count != expected || is_known != expected)
			fail_msg("%s: %zu conflicts, %d expected, with '%s'",
				 ps_endpoint_format(&one.item->endpoint, text), conflicts.count,
				 expected, conflicts.count ? conflicts.item[0].with : "");
		ps_conflicts_done(&conflicts);
	}
}

static void test_random_tables(void **state)
{
	struct model model;

	(void)state;
	model_init(&model);
	for (int step = 0; step < 3000; step++) {
		struct ps_binding binding = draw_binding();
		__u16 port;

		if (model.bindings.count >= PS_PROBES_MAX)
			model_remove(&model, draw(PS_PROBES_MAX));
		if (model_has(&model, &binding.endpoint))
			continue;
		assert_int_equal(model_add(&model, &binding, &port), PS_COMPILED);
		assert_pairs(&model, ps_conflicts_find_overlaps, is_overlap);
		assert_pairs(&model, ps_conflicts_find_overrides, is_override);
	}
	model_done(&model);
}

static void test_duplicates(void **state)
{
	struct ps_duplicate items[] = {
		{ binding_of("tcp any:1 drop"), binding_of("tcp any:1 pass name web"), true },
		{ binding_of("tcp any:2 drop"), binding_of("tcp any:2 redirect e via fe80::1"),
		  false },
		{ binding_of("tcp any:3 drop"), binding_of("tcp any:3 count"), false },
	};
	struct ps_duplicates duplicates = { .item = items, .count = 3 };
	struct ps_conflicts conflicts = {};

	(void)state;
	items[1].wanted.line = 9;
	items[1].holder.line = 4;
	ps_conflicts_find_duplicates(&conflicts, &duplicates);
	assert_int_equal(conflicts.count, 3);
	assert_string_equal(conflicts.item[0].text,
			    "already bound: tcp any:1 pass (name 'web'); --replace changes it");
	assert_string_equal(conflicts.item[1].text,
			    "bound twice here, first in line 4: tcp any:2 redirect e via fe80::1");
	assert_string_equal(conflicts.item[2].text, "bound twice here, first: tcp any:3 count");
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(conflicts.item[i].kind, PS_DUPLICATE);
		assert_int_equal(conflicts.item[i].severity, PS_ERROR);
		assert_int_equal(conflicts.item[i].line, i == 1 ? 9 : 0);
	}
	assert_string_equal(conflicts.item[0].with, "tcp any:1");
	assert_true(ps_conflicts_has(&conflicts, PS_ERROR));
	assert_false(ps_conflicts_has(&conflicts, PS_WARNING));
	ps_conflicts_done(&conflicts);
	assert_false(ps_conflicts_has(&conflicts, PS_ERROR));
}

static void test_names(void **state)
{
	static const char *const kinds[] = { "duplicate", "overlap",	   "listener",
					     "not-owner", "dnat",	   "ephemeral",
					     "unguarded", "packet-socket", "unreachable",
					     "shadowed",  "unchecked",	   "foreign",
					     "stale",	  "refused-bind",  "override" };

	(void)state;
	for (int i = 0; i <= PS_OVERRIDE; i++)
		assert_string_equal(ps_conflict_kind_name((enum ps_conflict_kind)i), kinds[i]);
	assert_string_equal(ps_severity_name(PS_INFO), "info");
	assert_string_equal(ps_severity_name(PS_WARNING), "warning");
	assert_string_equal(ps_severity_name(PS_ERROR), "error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overlaps),      cmocka_unit_test(test_overrides),
		cmocka_unit_test(test_random_tables), cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}
