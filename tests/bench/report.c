// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Results as a table for people and as JSON.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "bench.h"

#define RESULTS_MAX 64

static struct bench_result results[RESULTS_MAX];
static int result_count;

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

double bench_median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), compare_doubles);
	return values[count / 2];
}

void bench_report(const struct bench_result *result)
{
	if (result_count < RESULTS_MAX)
		results[result_count++] = *result;
}

static double compared(const struct bench_result *result)
{
	return result->against ? result->ratio : result->median;
}

static bool is_met(const struct bench_result *result)
{
	return result->bound == BENCH_AT_MOST ? compared(result) <= result->target
					      : compared(result) >= result->target;
}

static void show_row(const struct bench_result *result)
{
	char size[16] = "", target[32] = "";

	if (result->bindings)
		snprintf(size, sizeof(size), "%u", result->bindings);
	if (result->bound != BENCH_NO_TARGET)
		snprintf(target, sizeof(target), "%s %g",
			 result->bound == BENCH_AT_MOST ? "<=" : ">=", result->target);
	printf("%-22s %8s %9.1f %9.1f %9.1f %-5s", result->name, size, result->median, result->low,
	       result->high, result->unit);
	if (result->against)
		printf(" %6.2f x %-13s", result->ratio, result->against);
	else if (*target)
		printf(" %22s", "");
	if (*target)
		printf(" %-8s %s", target, is_met(result) ? "met" : "short");
	putchar('\n');
}

void bench_report_show(void)
{
	printf("%-22s %8s %9s %9s %9s %-5s %-22s target\n", "case", "bindings", "median", "min",
	       "max", "", "ratio");
	for (int i = 0; i < result_count; i++)
		show_row(&results[i]);
}

static json_t *to_json(const struct bench_result *result)
{
	json_t *row = json_pack("{s:s, s:i, s:f, s:f, s:f, s:s}", "case", result->name, "bindings",
				(int)result->bindings, result->unit, result->median, "min",
				result->low, "max", result->high, "unit", result->unit);

	if (result->against) {
		json_object_set_new(row, "ratio", json_real(result->ratio));
		json_object_set_new(row, "against", json_string(result->against));
	}
	if (result->bound != BENCH_NO_TARGET) {
		json_object_set_new(row, "target", json_real(result->target));
		json_object_set_new(
			row, "target_is",
			json_string(result->bound == BENCH_AT_MOST ? "at most" : "at least"));
		json_object_set_new(row, "met", json_boolean(is_met(result)));
	}
	return row;
}

int bench_report_write(const char *path)
{
	json_t *rows = json_array();
	int failed;

	for (int i = 0; i < result_count; i++)
		json_array_append_new(rows, to_json(&results[i]));
	failed = json_dump_file(rows, path, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	json_decref(rows);
	return failed ? bench_fail("cannot write %s: %s", path, strerror(errno)) : 0;
}
