// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The file: what it may look like, and every fault with its place.
 */
#include "conflict/duplicate.h"
#include "file/file.h"
#include "file_rows.h"
#include "unit.h"

/* Reads and checks @size bytes of @text; returns the faults. */
static struct ps_diagnostics read_bytes(const char *text, size_t size, struct ps_file *file)
{
	FILE *stream = tmpfile();
	struct ps_conflicts conflicts = {};
	struct ps_diagnostics faults = {};
	struct ps_error error;
	int failed;

	assert_non_null(stream);
	assert_int_equal(fwrite(text, 1, size, stream), size);
	rewind(stream);
	failed = ps_file_read(stream, file, &faults, &error);
	fclose(stream);
	assert_int_equal(failed, faults.total ? -1 : 0);
	ps_file_check(&file->bindings, &conflicts);
	ps_file_note_conflicts(&conflicts, &faults);
	ps_conflicts_done(&conflicts);
	ps_diagnostics_sort(&faults);
	return faults;
}

static void tell_bindings(const struct ps_bindings *bindings, char *text)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];
		char endpoint[PS_ENDPOINT_TEXT], action[PS_ACTION_TEXT];

		text += sprintf(text, "%u:%u %s %s", binding->line, binding->column,
				ps_endpoint_format(&binding->endpoint, endpoint),
				ps_action_format(binding, action));
		text += sprintf(text, binding->name[0] ? " (%s); " : "; ", binding->name);
	}
}

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(accepted); i++) {
		struct ps_file file;
		struct ps_diagnostics faults =
			read_bytes(accepted[i].text, strlen(accepted[i].text), &file);
		char text[1024] = "";

		if (faults.total)
			fail_msg("'%s': %u:%u: %s", accepted[i].text, faults.item[0].place.line,
				 faults.item[0].place.column, faults.item[0].text);
		tell_bindings(&file.bindings, text);
		assert_string_equal(text, accepted[i].bindings);
		assert_false(file.has_interfaces);
		assert_int_equal(file.max_bindings, 0);
		ps_file_done(&file);
		ps_diagnostics_done(&faults);
	}
}

static void test_interfaces(void **state)
{
	static const char text[] = "max-bindings: 1000000\n"
				   "interfaces:\n"
				   "  - device: eth0\n"
				   "  - {device: eth1, mode: generic, on-missing: skip}\n"
				   "  - {device: eth2, hook: tc, on-missing: fail}\n"
				   "  - {device: eth3, hook: xdp, mode: native}\n"
				   "  - device: netns\n"
				   "bindings: []\n";
	static const char *const words[] = { "hook xdp mode native", "hook xdp mode generic",
					     "hook tc", "hook xdp mode native", "" };
	struct ps_file file;
	struct ps_diagnostics faults = read_bytes(text, strlen(text), &file);
	char line[PS_INTERFACE_TEXT];

	(void)state;
	assert_int_equal(faults.total, 0);
	assert_true(file.has_interfaces);
	assert_int_equal(file.max_bindings, 1000000);
	assert_int_equal(file.interfaces.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(ps_interface_format(&file.interfaces.item[i], line), words[i]);
		assert_int_equal(file.interfaces.item[i].place.line, 3 + i);
		assert_int_equal(file.interfaces.item[i].may_be_missing, i == 1);
	}
	ps_file_done(&file);
}

static void tell_faults(const struct ps_diagnostics *faults, char *text)
{
	for (size_t i = 0; i < faults->count; i++)
		text += sprintf(text, "%u:%u: %s\n", faults->item[i].place.line,
				faults->item[i].place.column, faults->item[i].text);
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		struct ps_file file;
		struct ps_diagnostics faults =
			read_bytes(refused[i].text, strlen(refused[i].text), &file);
		char text[2048] = "";

		tell_faults(&faults, text);
		if (strcmp(text, refused[i].faults))
			fail_msg("'%s':\n%sbut should be\n%s", refused[i].text, text,
				 refused[i].faults);
		ps_file_done(&file);
		ps_diagnostics_done(&faults);
	}
}

static void test_nul(void **state)
{
	struct ps_file file;
	struct ps_diagnostics faults = read_bytes("bindings: []\n\0", 14, &file);

	(void)state;
	assert_int_equal(faults.total, 1);
	assert_string_equal(faults.item[0].text, CONTROL);
	assert_int_equal(faults.item[0].place.line, 2);
	ps_file_done(&file);
	ps_diagnostics_done(&faults);
}

/* Many faults are counted, the first are kept. */
static void test_many_faults(void **state)
{
	static char text[64 * 1000];
	struct ps_file file;
	struct ps_diagnostics faults;
	char *end = text + sprintf(text, "bindings:\n");

	(void)state;
	for (int i = 0; i < 1000; i++)
		end += sprintf(end, "- {endpoint: tcp any:0, action: drop}\n");
	faults = read_bytes(text, (size_t)(end - text), &file);
	assert_int_equal(faults.total, 1000);
	assert_int_equal(faults.count, PS_DIAGNOSTICS_MAX);
	assert_int_equal(faults.item[99].place.line, 101);
	ps_file_done(&file);
	ps_diagnostics_done(&faults);
}

/* Endless input of one kind: it is given up long before memory is. */
static void test_bounds(void **state)
{
	static const char *const endless[] = { "[", "{a: ", "- ",  "? ", "#",	 "'a",
					       "a", " ",    "&a ", "\n", "[a, ", "\"\\\n" };
	size_t size = 3u << 20;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < COUNT_OF(endless); i++) {
		size_t length = strlen(endless[i]);
		struct ps_diagnostics faults;
		struct ps_file file;

		for (size_t at = 0; at < size; at++)
			text[at] = endless[i][at % length];
		faults = read_bytes(text, size, &file);
		assert_true(faults.total > 0 && faults.total < 10);
		ps_file_done(&file);
		ps_diagnostics_done(&faults);
	}
	free(text);
}

/* Ranges that nest, as many as a prefix can have, take no long search. */
static void test_nested_ranges(void **state)
{
	struct ps_conflicts conflicts = {};
	struct ps_file file = {};

	(void)state;
	for (__u32 port = 1; port < 5000; port++) {
		struct ps_binding *binding = ps_bindings_add(&file.bindings);

		*binding = binding_of("tcp any:1 drop");
		binding->endpoint.port_first = (__u16)port;
		binding->endpoint.port_last = (__u16)(65535 - port);
	}
	ps_file_check(&file.bindings, &conflicts);
	assert_int_equal(conflicts.count, 0);
	file.bindings.item[77].endpoint.port_last = 65535; /* beyond the 77 around it */
	ps_file_check(&file.bindings, &conflicts);
	assert_int_equal(conflicts.count, 77);
	file.bindings.item[4000].endpoint.port_last = 65535;
	ps_file_check(&file.bindings, &conflicts);
	assert_int_equal(conflicts.count, 1000);
	ps_file_done(&file);
	ps_conflicts_done(&conflicts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),      cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_refused),	      cmocka_unit_test(test_nul),
		cmocka_unit_test(test_many_faults),   cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_nested_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
