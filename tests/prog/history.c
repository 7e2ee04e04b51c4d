// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Fifty processes at once: two that change their own bindings in a row of
 * steps, and readers, half of them without any right but that of a group. What
 * a reader sees must be explained by some number of steps of each writer (all
 * of a step or nothing), all that was ever seen must fit one history, and that
 * history the clock: nobody sees less than what somebody saw before.
 */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include <jansson.h>
#include "audit.h"
#include "tool.h"

#define WRITERS 2
#define READERS 48 /* 12 where $TIME asks for speed: emulated CPUs starve them */
#define STEPS 15 /* of each writer; 8 without LONG, 6 where $TIME asks for speed */
#define SAMPLES 2000 /* of each reader, at most */
#define ROWS 8 /* of a writer, at any time */
#define GROUP 64123

struct sample {
	long begin, end; /* us */
	int step[WRITERS]; /* how many steps of each explain what was seen */
	long generation; /* of status, else -1 */
};

static struct shared {
	int is_over;
	long begin[WRITERS][STEPS + 1], end[WRITERS][STEPS + 1]; /* of steps, from 1 */
	int count[READERS];
	struct sample samples[READERS][SAMPLES];
} * shared;

static int steps, readers;
static char directory[] = "/tmp/portsteer-history-XXXXXX";

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct view {
	char row[ROWS][96]; /* sorted */
	int count;
};

static int compare_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The bindings of one set: added with one action and name, then given another of both. */
static void add_set(struct view *view, int writer, int set, bool is_renamed)
{
	const char *words = is_renamed ? "pass" : "drop";
	int port = 1000 * (writer + 1) + set;
	char name[32];

	snprintf(name, sizeof(name), "%c%d%s", 'a' + writer, set, is_renamed ? "-renamed" : "");
	snprintf(view->row[view->count++], 96, "tcp any:%d %s name %s", port, words, name);
	snprintf(view->row[view->count++], 96, "udp any:%d %s name %s", port, words, name);
	snprintf(view->row[view->count++], 96, "tcp 10.%d.0.0/16:%d %s name %s", writer, port,
		 words, name);
}

/*
 * What is there of @writer after @step. Three steps for each set: bind it;
 * change and rename it; unbind the set before. No two steps look the same.
 */
static struct view expected(int writer, int step)
{
	struct view view = {};
	int set = (step + 2) / 3, part = (step + 2) % 3;

	if (part != 2)
		add_set(&view, writer, set - 1, true);
	add_set(&view, writer, set, part != 0);
	qsort(view.row, (size_t)view.count, sizeof(view.row[0]), compare_text);
	return view;
}

static void write_batch(const char *path, int writer, int set, bool is_renamed)
{
	FILE *file = fopen(path, "we");
	struct view view = {};

	assert_non_null(file);
	add_set(&view, writer, set, is_renamed);
	for (int i = 0; i < view.count; i++)
		fprintf(file, "%s\n", view.row[i]);
	assert_int_equal(fclose(file), 0);
}

static void take_step(int writer, int step)
{
	int set = (step + 2) / 3, part = (step + 2) % 3;
	char path[128], words[256];

	snprintf(path, sizeof(path), "%s/%d", directory, writer);
	if (part == 2)
		snprintf(words, sizeof(words), "-q --wait 60 unbind name %c%d-renamed",
			 'a' + writer, set - 1);
	else
		snprintf(words, sizeof(words), "-q --wait 60 bind --replace --batch %s", path);
	write_batch(path, writer, set, part == 1);
	shared->begin[writer][step] = now_us();
	tool_expect(0, words);
	shared->end[writer][step] = now_us();
}

/* The rows of @writer in what `bindings` printed. */
static struct view seen_of(const json_t *rows, int writer)
{
	struct view view = {};
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *name = json_string_value(json_object_get(row, "name"));

		if (name[0] != 'a' + writer || view.count == ROWS)
			continue;
		snprintf(view.row[view.count++], 96, "%s %s name %s",
			 json_string_value(json_object_get(row, "endpoint")),
			 json_string_value(json_object_get(row, "words")), name);
	}
	qsort(view.row, (size_t)view.count, sizeof(view.row[0]), compare_text);
	return view;
}

static int explain(const json_t *rows, int writer)
{
	struct view seen = seen_of(rows, writer);

	for (int step = 0; step <= STEPS; step++) {
		struct view wanted = expected(writer, step);

		if (!memcmp(&wanted, &seen, sizeof(wanted)))
			return step;
	}
	for (int i = 0; i < seen.count; i++)
		print_message("# %s\n", seen.row[i]);
	fail_msg("these are no bindings that writer %d ever left", writer);
	return -1;
}

static json_t *read_json(const char *words)
{
	static struct tool_run run;
	json_t *json;

	tool_run(words, &run);
	if (run.status)
		fail_msg("portsteer %s: status %d: %s", words, run.status, run.output);
	json = json_loads(run.output, 0, NULL);
	if (!json)
		fail_msg("portsteer %s is no JSON: %.400s", words, run.output);
	return json;
}

static void look(int reader, int round)
{
	struct sample sample = { .begin = now_us(), .generation = -1 };
	bool is_status = round % 4 == 3;
	json_t *json = read_json(is_status ? "-j --wait 60 status" : "-j --wait 60 bindings");

	sample.end = now_us();
	if (is_status)
		sample.generation =
			json_integer_value(json_object_get(json_array_get(json, 0), "generation"));
	for (int writer = 0; writer < WRITERS; writer++)
		sample.step[writer] = is_status ? -1 : explain(json, writer);
	json_decref(json);
	if (shared->count[reader] < SAMPLES)
		shared->samples[reader][shared->count[reader]++] = sample;
}

/* A failed assertion of cmocka must end the child, not begin its next test. */
static pid_t start(void (*run)(int), int number)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child)
		return child;
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	run(number);
	_exit(0);
}

static void write_steps(int writer)
{
	for (int step = 1; step <= steps; step++)
		take_step(writer, step);
}

static void read_until_over(int reader)
{
	if (reader % 2)
		tool_drop_rights(GROUP);
	for (int round = 0; !__atomic_load_n(&shared->is_over, __ATOMIC_ACQUIRE); round++)
		look(reader, round);
}

static void wait_for(pid_t child, const char *what, int number)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	if (status)
		fail_msg("%s %d failed", what, number);
}

static int give_to_group(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return chown(path, (uid_t)-1, GROUP);
}

static void run_all(void)
{
	pid_t writer[WRITERS], reader[READERS];

	for (int i = 0; i < readers; i++)
		reader[i] = start(read_until_over, i);
	for (int i = 0; i < WRITERS; i++)
		writer[i] = start(write_steps, i);
	for (int i = 0; i < WRITERS; i++)
		wait_for(writer[i], "writer", i);
	__atomic_store_n(&shared->is_over, 1, __ATOMIC_RELEASE);
	for (int i = 0; i < readers; i++)
		wait_for(reader[i], "reader", i);
}

static void test_run(void **state)
{
	(void)state;
	for (int writer = 0; writer < WRITERS; writer++) {
		char path[128], words[256];

		snprintf(path, sizeof(path), "%s/%d", directory, writer);
		snprintf(words, sizeof(words), "-q --max-bindings 64 bind --batch %s", path);
		write_batch(path, writer, 0, true);
		tool_expect(0, words);
	}
	assert_int_equal(nftw(TOOL_ROOT, give_to_group, 16, FTW_PHYS), 0);
	run_all();
}

static struct sample *all;
static int all_count;

static void collect(void)
{
	all = calloc(READERS * SAMPLES, sizeof(*all));
	assert_non_null(all);
	for (int reader = 0; reader < READERS; reader++)
		for (int i = 0; i < shared->count[reader]; i++)
			all[all_count++] = shared->samples[reader][i];
}

/* One of two views must have no more steps than the other, of either writer. */
static void test_one_history(void **state)
{
	int seen[STEPS + 1][STEPS + 1] = {}, different = 0;

	(void)state;
	collect();
	for (int i = 0; i < all_count; i++) {
		const struct sample *a = &all[i];

		if (a->generation >= 0)
			continue;
		different += !seen[a->step[0]][a->step[1]]++;
	}
	for (int x = 0; x <= STEPS; x++)
		for (int y = 0; y <= STEPS; y++)
			for (int u = x + 1; seen[x][y] && u <= STEPS; u++)
				for (int v = 0; v < y; v++)
					if (seen[u][v])
						fail_msg("steps %d and %d were seen, and %d and %d",
							 x, y, u, v);
	print_message("# %d reads saw %d different tables\n", all_count, different);
	assert_true(different > steps);
}

static void check_order(const struct sample *first, const struct sample *second)
{
	if (first->generation >= 0 && second->generation >= 0 &&
	    first->generation > second->generation)
		fail_msg("generation %ld was seen, then %ld", first->generation,
			 second->generation);
	if (first->generation >= 0 || second->generation >= 0)
		return;
	for (int writer = 0; writer < WRITERS; writer++)
		if (first->step[writer] > second->step[writer])
			fail_msg("step %d of writer %d was seen, then %d", first->step[writer],
				 writer, second->step[writer]);
}

static void test_the_clock(void **state)
{
	(void)state;
	for (int i = 0; i < all_count; i++)
		for (int j = 0; j < all_count; j++)
			if (all[i].end < all[j].begin)
				check_order(&all[i], &all[j]);
}

/* What a writer has finished is seen; what it has not begun is not. */
static void test_the_writers(void **state)
{
	(void)state;
	for (int i = 0; i < all_count; i++) {
		const struct sample *sample = &all[i];

		for (int writer = 0; sample->generation < 0 && writer < WRITERS; writer++) {
			int step = sample->step[writer];

			if (step < steps && shared->end[writer][step + 1] < sample->begin)
				fail_msg("step %d of writer %d was over, but not seen", step + 1,
					 writer);
			if (step && shared->begin[writer][step] > sample->end)
				fail_msg("step %d of writer %d was seen too early", step, writer);
		}
	}
}

static void test_end(void **state)
{
	const struct ps_instance_options options = {
		.name = TOOL_INSTANCE,
		.access = PS_CHANGE,
	};
	struct ps_instance instance;
	struct ps_error error;

	(void)state;
	if (ps_instance_open(&options, &instance, &error))
		fail_msg("%s", error.text);
	assert_int_equal(instance.state->generation, WRITERS * steps + WRITERS);
	audit(&instance, "in the end");
	ps_instance_close(&instance);
	tool_expect(0, "flush");
	assert_int_not_equal(access(TOOL_ROOT, F_OK), 0);
}

static int open_all(void **state)
{
	(void)state;
	steps = getenv("TIME") ? 6 : getenv("LONG") ? STEPS : 8;
	readers = getenv("TIME") ? 12 : READERS;
	tool_enter();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	return shared == MAP_FAILED || !mkdtemp(directory) ? -1 : 0;
}

static int close_all(void **state)
{
	char path[128];

	(void)state;
	for (int writer = 0; writer < WRITERS; writer++) {
		snprintf(path, sizeof(path), "%s/%d", directory, writer);
		unlink(path);
	}
	rmdir(directory);
	free(all);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),	  cmocka_unit_test(test_one_history),
		cmocka_unit_test(test_the_clock), cmocka_unit_test(test_the_writers),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
