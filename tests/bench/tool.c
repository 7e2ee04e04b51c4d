// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The tool as the operator runs it, in a network namespace of its own: a
 * single bind and unbind in a small and in a large table, publishing the large one
 * from nothing, the kernel memory that it takes, and one that grows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "binding/binding.h"
#include "binding/endpoint.h"
#include "child.h"
#include "instance/open.h"
#include "pins/capacity.h"
#include "stage.h"

#define GROWTHS 3 /* of each size */

struct scene {
	const struct bench_options *options;
	char namespace[32];
	char batch[64], yaml[64], ruleset[64]; /* files of the same: for us twice, as an nft set */
	__u32 bindings;
};

static int write_batch(const struct scene *scene, __u32 bindings)
{
	FILE *file = fopen(scene->batch, "we");
	char text[PS_ENDPOINT_TEXT];

	if (!file)
		return bench_fail("cannot write %s", scene->batch);
	for (__u32 i = 0; i < bindings; i++) {
		struct ps_endpoint endpoint = bench_endpoint(BENCH_EXACT, PS_IPV4, i);

		fprintf(file, "%s drop name n%u\n", ps_endpoint_format(&endpoint, text), i);
	}
	return fclose(file) ? bench_fail("cannot write %s", scene->batch) : 0;
}

static int write_yaml(const struct scene *scene)
{
	FILE *file = fopen(scene->yaml, "we");
	char text[PS_ENDPOINT_TEXT];

	if (!file)
		return bench_fail("cannot write %s", scene->yaml);
	fputs("bindings:\n", file);
	for (__u32 i = 0; i < scene->bindings; i++) {
		struct ps_endpoint endpoint = bench_endpoint(BENCH_EXACT, PS_IPV4, i);

		fprintf(file, "  - endpoint: %s\n    action: drop\n    name: n%u\n",
			ps_endpoint_format(&endpoint, text), i);
	}
	return fclose(file) ? bench_fail("cannot write %s", scene->yaml) : 0;
}

static int write_ruleset(const struct scene *scene)
{
	FILE *file = fopen(scene->ruleset, "we");

	if (!file)
		return bench_fail("cannot write %s", scene->ruleset);
	fputs("table netdev bench {\n\tset places {\n\t\ttype ipv4_addr . inet_service\n"
	      "\t\telements = {\n",
	      file);
	for (__u32 i = 0; i < scene->bindings; i++) {
		struct ps_endpoint endpoint = bench_endpoint(BENCH_EXACT, PS_IPV4, i);

		fprintf(file, "%u.%u.%u.%u . %u,\n", endpoint.addr[0], endpoint.addr[1],
			endpoint.addr[2], endpoint.addr[3], endpoint.port_first);
	}
	fputs("\t\t}\n\t}\n}\n", file);
	return fclose(file) ? bench_fail("cannot write %s", scene->ruleset) : 0;
}

/* portsteer -q -n NAMESPACE with @words, NULL at their end. */
static int run_tool(const struct scene *scene, const char *const words[], struct bench_cost *ret)
{
	const char *argv[16] = { scene->options->tool, "-q", "-n", scene->namespace };

	for (int i = 0; words[i] && i < 11; i++)
		argv[4 + i] = words[i];
	return bench_spawn(argv, ret);
}

static void report_changes(const char *name, __u32 bindings, double *ms, int count)
{
	struct bench_result result = { .bindings = bindings, .unit = "ms" };

	result.median = bench_median(ms, count);
	result.low = ms[0];
	result.high = ms[count - 1];
	if (bindings + 1 == BENCH_MILLION)
		result.aim = (struct bench_aim){ BENCH_AT_MOST, 50, 50 };
	snprintf(result.name, sizeof(result.name), "%s", name);
	bench_report(&result);
}

/* Binds one endpoint and unbinds it, again and again, in a table of @bindings. */
static int measure_changes(const struct scene *scene, __u32 bindings)
{
	const char *bind[] = { "bind", "tcp", "192.0.2.1:443", "drop", NULL };
	const char *unbind[] = { "unbind", "tcp", "192.0.2.1:443", NULL };
	double bind_ms[BENCH_ROUNDS_MAX], unbind_ms[BENCH_ROUNDS_MAX];
	struct bench_cost cost;

	for (int i = 0; i < scene->options->changes; i++) {
		if (bench_is_interrupted() || run_tool(scene, bind, &cost))
			return -1;
		bind_ms[i] = cost.wall * 1e3;
		if (run_tool(scene, unbind, &cost))
			return -1;
		unbind_ms[i] = cost.wall * 1e3;
	}
	report_changes("single bind", bindings, bind_ms, scene->options->changes);
	report_changes("single unbind", bindings, unbind_ms, scene->options->changes);
	return 0;
}

static int measure_small(const struct scene *scene)
{
	char room[16];
	const char *first[] = { "bind", "tcp", "any:9", "drop", "--max-bindings", room, NULL };
	const char *flush[] = { "flush", NULL };
	struct bench_cost cost;

	snprintf(room, sizeof(room), "%u", scene->options->largest);
	return run_tool(scene, first, &cost) || measure_changes(scene, 1) ||
			       run_tool(scene, flush, &cost)
		       ? -1
		       : 0;
}

/* One binding more than the maps have room for: they are made anew, with all that is in them. */
static int measure_growth(const struct scene *scene, __u32 room)
{
	const char *batch[] = { "bind", "--batch", scene->batch, NULL };
	const char *bind[] = { "bind", "tcp", "192.0.2.1:443", "drop", NULL };
	const char *flush[] = { "flush", NULL };
	double ms[GROWTHS];
	struct bench_cost cost;

	if (write_batch(scene, room))
		return -1;
	for (int i = 0; i < GROWTHS; i++) {
		if (bench_is_interrupted() || run_tool(scene, batch, &cost) ||
		    run_tool(scene, bind, &cost))
			return -1;
		ms[i] = cost.wall * 1e3;
		if (run_tool(scene, flush, &cost))
			return -1;
	}
	report_changes("bind that grows", room, ms, GROWTHS);
	return 0;
}

static int measure_growths(const struct scene *scene)
{
	__u32 largest = scene->options->largest;

	for (__u32 room = ps_capacity_for(1, largest); room < largest;
	     room = ps_capacity_for(room + 1, largest))
		if (measure_growth(scene, room))
			return -1;
	return 0;
}

/* A number of /proc/meminfo, or of a map's fdinfo. */
static long read_number(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	char line[256];
	long value = 0;

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			value = strtol(line + strlen(key), NULL, 10);
	if (file)
		fclose(file);
	return value;
}

static void report_memory(const char *name, __u32 bindings, double bytes, struct bench_aim aim)
{
	struct bench_result result = {
		.bindings = bindings,
		.median = bytes / bindings,
		.low = bytes / bindings,
		.high = bytes / bindings,
		.unit = "bytes",
		.aim = aim,
	};

	snprintf(result.name, sizeof(result.name), "%s", name);
	bench_report(&result);
}

/* What the kernel charges for the maps that packets and the tool use. */
static int measure_maps(const struct scene *scene)
{
	const struct ps_instance_options options = {
		.name = scene->namespace,
		.access = PS_READ,
		.presence = PS_OUTSIDE,
		.is_shown = true,
		.wait_seconds = 5,
	};
	struct bench_aim aim = {};
	struct ps_instance instance;
	struct ps_error error;
	double sum = 0;

	if (ps_instance_open(&options, &instance, &error))
		return bench_fail("%s", error.text);
	for (int map = 0; map < PS_MAP_COUNT_OF; map++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", instance.map_fd[map]);
		sum += (double)read_number(path, "memlock:");
	}
	ps_instance_close(&instance);
	/* In small tables the arrays of fixed size outweigh the bindings. */
	if (scene->bindings + 1 == BENCH_MILLION)
		aim = (struct bench_aim){ BENCH_AT_MOST, 220, 260 };
	report_memory("memory, maps' memlock", scene->bindings, sum, aim);
	return 0;
}

static void report_seconds(const char *name, __u32 bindings, double seconds)
{
	struct bench_result result = {
		.bindings = bindings,
		.median = seconds,
		.low = seconds,
		.high = seconds,
		.unit = "s",
	};

	snprintf(result.name, sizeof(result.name), "%s", name);
	bench_report(&result);
}

static void report_cost(const char *who, __u32 bindings, const struct bench_cost *cost)
{
	char name[64];

	snprintf(name, sizeof(name), "%s, wall", who);
	report_seconds(name, bindings, cost->wall);
	snprintf(name, sizeof(name), "%s, user", who);
	report_seconds(name, bindings, cost->user);
	snprintf(name, sizeof(name), "%s, system", who);
	report_seconds(name, bindings, cost->system);
}

static int measure_large(const struct scene *scene, struct bench_cost *ret)
{
	char room[16];
	const char *batch[] = { "bind", "--batch", scene->batch, "--max-bindings", room, NULL };
	const char *flush[] = { "flush", NULL };
	long before = read_number("/proc/meminfo", "MemAvailable:"), after;
	struct bench_cost cost;

	snprintf(room, sizeof(room), "%u", scene->options->largest);
	if (run_tool(scene, batch, ret))
		return -1;
	after = read_number("/proc/meminfo", "MemAvailable:");
	report_cost("publish", scene->bindings, ret);
	report_memory("memory, MemAvailable", scene->bindings, (double)(before - after) * 1024,
		      (struct bench_aim){});
	if (measure_maps(scene) || measure_changes(scene, scene->bindings))
		return -1;
	return run_tool(scene, flush, &cost);
}

/* The same from a YAML file, into an instance that is empty; and what it costs to fill a hash. */
static int measure_other_ways(const struct scene *scene)
{
	char room[16];
	const char *first[] = { "bind", "tcp", "any:9", "drop", "--max-bindings", room, NULL };
	const char *apply[] = { "apply", "--detached", scene->yaml, NULL };
	const char *flush[] = { "flush", NULL };
	struct bench_cost cost;

	snprintf(room, sizeof(room), "%u", scene->options->largest);
	if (write_yaml(scene) || run_tool(scene, first, &cost) || run_tool(scene, apply, &cost))
		return -1;
	report_cost("apply", scene->bindings, &cost);
	if (run_tool(scene, flush, &cost) || bench_fill_hash(scene->bindings, &cost))
		return -1;
	report_cost("batch updates of a hash", scene->bindings, &cost);
	return 0;
}

/* The same endpoints as elements of an nft set. */
static int measure_nft(const struct scene *scene, const struct bench_cost *ours)
{
	const char *load[] = { "ip",  "netns", "exec",	       scene->namespace,
			       "nft", "-f",    scene->ruleset, NULL };
	struct bench_result result = {
		.name = "nft -f, system",
		.bindings = scene->bindings,
		.unit = "s",
		.against = "publish",
		.aim = { BENCH_AT_LEAST, 5, 5 },
	};
	struct bench_cost cost;

	if (write_ruleset(scene) || bench_spawn(load, &cost))
		return -1;
	report_seconds("nft -f, wall", scene->bindings, cost.wall);
	result.median = result.low = result.high = cost.system;
	result.ratio = cost.system / ours->system;
	bench_report(&result);
	return 0;
}

static void leave(const struct scene *scene)
{
	const char *flush[] = { "flush", NULL };
	const char *remove[] = { "ip", "netns", "del", scene->namespace, NULL };
	struct bench_cost cost;

	run_tool(scene, flush, &cost);
	bench_spawn(remove, &cost);
	unlink(scene->batch);
	unlink(scene->yaml);
	unlink(scene->ruleset);
}

int bench_tool(const struct bench_options *options)
{
	struct scene scene = { .options = options, .bindings = options->largest - 1 };
	const char *add[] = { "ip", "netns", "add", scene.namespace, NULL };
	struct bench_cost cost;
	int failed;

	snprintf(scene.namespace, sizeof(scene.namespace), "bench-%d", (int)getpid());
	snprintf(scene.batch, sizeof(scene.batch), "/tmp/%s.bindings", scene.namespace);
	snprintf(scene.yaml, sizeof(scene.yaml), "/tmp/%s.yaml", scene.namespace);
	snprintf(scene.ruleset, sizeof(scene.ruleset), "/tmp/%s.nft", scene.namespace);
	failed = bench_spawn(add, &cost) || measure_small(&scene) || measure_growths(&scene) ||
		 write_batch(&scene, scene.bindings) || measure_large(&scene, &cost) ||
		 measure_other_ways(&scene) || (options->has_nft && measure_nft(&scene, &cost));
	leave(&scene);
	return failed ? -1 : 0;
}
