// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the file says of the guard and of sockets, and what that changes.
 */
#include "file/file.h"
#include "unit.h"

/* Reads a file without bindings and with @section. */
static void read_section(const char *section, struct ps_file *file)
{
	struct ps_diagnostics faults = {};
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

static struct ps_socket_place place_of(const char *name, const char *proto, const char *at)
{
	struct ps_socket_place place = { .is_found = true };
	struct ps_endpoints endpoints;
	struct ps_error error;

	strcpy(place.name, name);
	assert_int_equal(ps_endpoints_parse(proto, at, &endpoints, &error), 0);
	place.endpoint = endpoints.item[0];
	return place;
}

static void test_sockets(void **state)
{
	const struct ps_socket_place web = place_of("web", "tcp", "127.0.0.1:8080");
	const struct ps_socket_place dns = place_of("dns", "udp", "any:53");
	struct ps_file file;

	(void)state;
	read_section("sockets: []", &file);
	assert_true(file.has_sockets);
	assert_int_equal(file.sockets.count, 0);
	ps_file_done(&file);
	read_section("sockets:\n- {name: web, listening: tcp 127.0.0.1:8080}\n"
		     "- {name: dns, listening: udp any:domain}\n",
		     &file);
	assert_int_equal(file.sockets.count, 2);
	assert_int_equal(ps_socket_places_find(&file.sockets, &web)->position.line, 3);
	assert_int_equal(ps_socket_places_find(&file.sockets, &dns)->position.line, 4);
	ps_file_done(&file);
}

/* What there is, and what the file wants: nobody waits at places that are not found. */
static void test_socket_plan(void **state)
{
	struct ps_socket_place a = place_of("web", "tcp", "127.0.0.1:1");
	struct ps_socket_place b = place_of("web", "tcp", "127.0.0.1:2");
	struct ps_socket_place c = place_of("dns", "udp", "127.0.0.1:2");
	struct ps_socket_places wanted = {}, present = {};
	struct ps_socket_plan plan;

	(void)state;
	ps_socket_places_add(&present, &a);
	ps_socket_places_add(&present, &c);
	ps_socket_places_add(&wanted, &a);
	ps_socket_places_add(&wanted, &b);
	ps_socket_places_compare(&wanted, &present, &plan);
	assert_int_equal(plan.added.count, 1);
	assert_int_equal(plan.changed.count, 1);
	assert_int_equal(plan.removed.count, 1);
	assert_string_equal(plan.removed.item[0].name, "dns");
	ps_socket_plan_done(&plan);
	wanted.item[0].is_same = true;
	wanted.count = 1;
	present.count = 1;
	ps_socket_places_compare(&wanted, &present, &plan);
	assert_true(ps_socket_plan_is_empty(&plan));
	ps_socket_plan_done(&plan);
	wanted.item[0] = b;
	wanted.item[0].is_found = false; /* the name stays as it is */
	ps_socket_places_compare(&wanted, &present, &plan);
	assert_true(ps_socket_plan_is_empty(&plan));
	ps_socket_plan_done(&plan);
	ps_socket_places_done(&wanted);
	ps_socket_places_done(&present);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_guard_plan),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_socket_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
