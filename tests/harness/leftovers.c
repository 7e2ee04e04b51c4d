// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is left. See leftovers.h.
 */
#include <ftw.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>
#include <jansson.h>
#include "leftovers.h"
#include "tool.h"

/* include/uapi/linux/bpf.h of 6.6 and later */
#define TCX_INGRESS 46
#define TCX_EGRESS 47

static void append(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	length += (size_t)vsnprintf(text + length, size - length, format, args);
	va_end(args);
	assert_true(length < size);
}

/* What a reader prints; NULL when there is no instance. */
static json_t *read_json(const char *words)
{
	static struct tool_run run;
	json_t *json;

	tool_run(words, &run);
	if (run.status == 4)
		return NULL;
	if (run.status)
		fail_msg("portsteer %s: status %d: %s", words, run.status, run.output);
	json = json_loads(run.output, 0, NULL);
	if (!json)
		fail_msg("portsteer %s: no JSON: %s", words, run.output);
	return json;
}

static const char *get(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

void leftovers_read_table(char *text, size_t size)
{
	json_t *rows = read_json("-q -j bindings"), *row;
	size_t i;

	text[0] = '\0';
	json_array_foreach(rows, i, row) append(text, size, "%s %s %s\n", get(row, "endpoint"),
						get(row, "words"), get(row, "name"));
	json_decref(rows);
	rows = read_json("-q -j sockets");
	json_array_foreach(rows, i, row) append(text, size, "socket %s: %s %s\n", get(row, "name"),
						get(row, "socket"), get(row, "state"));
	json_decref(rows);
}

static void list_interfaces(char *text, size_t size)
{
	json_t *status = read_json("-q -j status"), *row;
	size_t i;

	json_array_foreach(json_object_get(json_array_get(status, 0), "interfaces"), i, row)
		append(text, size, "status: %s %s %s %s\n", get(row, "interface"), get(row, "hook"),
		       get(row, "mode"), get(row, "state"));
	json_decref(status);
}

static struct listing {
	char path[64][128];
	int count;
} listing;

static int list_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)ftw;
	if (listing.count < 64)
		snprintf(listing.path[listing.count++], 128, "%s %o%s", path,
			 status->st_mode & 07777, type == FTW_D ? "/" : "");
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void list_pins(char *text, size_t size)
{
	listing.count = 0;
	nftw(TOOL_ROOT, list_one, 16, FTW_PHYS);
	qsort(listing.path, (size_t)listing.count, sizeof(listing.path[0]), compare);
	for (int i = 0; i < listing.count; i++)
		append(text, size, "%s\n", listing.path[i]);
}

static void list_programs(char *text, size_t size)
{
	int ifindex = (int)if_nametoindex("eth0");
	__u32 id = 0;

	bpf_xdp_query_id(ifindex, 0, &id);
	if (id)
		append(text, size, "a program at XDP\n");
	for (int type = TCX_INGRESS; type <= TCX_EGRESS; type++) {
		__u32 ids[8], count = 8;

		if (!bpf_prog_query(ifindex, (enum bpf_attach_type)type, 0, NULL, ids, &count) &&
		    count)
			append(text, size, "%u programs at TCX %d\n", count, type);
	}
}

/* On kernels without TCX: clsact and its filters, with neither ids nor tags. */
static void list_filters(char *text, size_t size)
{
	FILE *tc = popen("{ tc qdisc show dev eth0; tc filter show dev eth0 ingress; "
			 "tc filter show dev eth0 egress; } 2>&1 | sed '/noqueue/d; s/ id .*//; "
			 "s/:.[0-9]*.//'",
			 "re");
	char line[256];

	assert_non_null(tc);
	while (fgets(line, sizeof(line), tc))
		append(text, size, "tc: %s", line);
	assert_int_equal(pclose(tc), 0);
}

void leftovers_list(char *text, size_t size)
{
	text[0] = '\0';
	list_pins(text, size);
	list_programs(text, size);
	list_filters(text, size);
	list_interfaces(text, size);
}
