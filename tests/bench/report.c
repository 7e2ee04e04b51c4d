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

#define RESULTS_MAX 200

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

static bool is_met(const struct bench_result *result, double target)
{
	return result->aim.bound == BENCH_AT_MOST ? compared(result) <= target
						  : compared(result) >= target;
}

static bool has_target(const struct bench_result *result, double target)
{
	return result->aim.bound != BENCH_NO_TARGET && target != 0;
}

/* ">= 1.5 short", or nothing. */
static const char *target_text(const struct bench_result *result, double target, char text[32])
{
	*text = '\0';
	if (has_target(result, target))
		snprintf(text, 32, "%s %g %s",
			 result->aim.bound == BENCH_AT_MOST ? "<=" : ">=", target,
			 is_met(result, target) ? "met" : "short");
	return text;
}

static bool meets_drops(const struct bench_result *result)
{
	return result->drops <= result->most_drops;
}

static void show_row(const struct bench_result *result)
{
	char size[16] = "", ratio[48] = "", drops[32] = "", hash[32], front[32];

	if (result->bindings)
		snprintf(size, sizeof(size), "%u", result->bindings);
	if (result->against)
		snprintf(ratio, sizeof(ratio), "%6.2f x %s", result->ratio, result->against);
	if (result->drops != 0)
		snprintf(drops, sizeof(drops), "%.2f", result->drops);
	if (result->most_drops != 0)
		snprintf(drops + strlen(drops), sizeof(drops) - strlen(drops), " <= %g %s",
			 result->most_drops, meets_drops(result) ? "met" : "short");
	printf("%-22s %8s %9.1f %9.1f %9.1f %-5s %-24s %-18s %-13s %s\n", result->name, size,
	       result->median, result->low, result->high, result->unit, ratio, drops,
	       target_text(result, result->aim.hash, hash),
	       target_text(result, result->aim.front, front));
}

void bench_report_show(void)
{
	printf("%-22s %8s %9s %9s %9s %-5s %-24s %-18s %-13s %s\n", "case", "bindings", "median",
	       "min", "max", "", "ratio", "x drop only", "hash: target", "front: target");
	for (int i = 0; i < result_count; i++)
		show_row(&results[i]);
}

static void add_target(json_t *row, const char *name, const struct bench_result *result,
		       double target)
{
	if (has_target(result, target))
		json_object_set_new(
			row, name,
			json_pack("{s:s, s:f, s:b}", "is",
				  result->aim.bound == BENCH_AT_MOST ? "at most" : "at least",
				  "value", target, "met", is_met(result, target)));
}

static json_t *to_json(const struct bench_result *result)
{
	json_t *row = json_pack("{s:s, s:i, s:f, s:f, s:f, s:s}", "case", result->name, "bindings",
				(int)result->bindings, "median", result->median, "min", result->low,
				"max", result->high, "unit", result->unit);

	if (result->against) {
		json_object_set_new(row, "ratio", json_real(result->ratio));
		json_object_set_new(row, "against", json_string(result->against));
	}
	if (result->drops != 0)
		json_object_set_new(row, "drops", json_real(result->drops));
	if (result->most_drops != 0)
		json_object_set_new(row, "target_drops",
				    json_pack("{s:s, s:f, s:b}", "is", "at most", "value",
					      result->most_drops, "met", meets_drops(result)));
	add_target(row, "target_hash", result, result->aim.hash);
	add_target(row, "target_front", result, result->aim.front);
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
