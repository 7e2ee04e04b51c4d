// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How fast is it? Packets through programs (run.c), then the tool itself
 * (tool.c). `make bench` runs it. Leaves nothing behind, also when stopped.
 */
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "bench.h"

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	interrupted = signal;
}

bool bench_is_interrupted(void)
{
	return interrupted;
}

int bench_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return -1;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static int usage(void)
{
	fputs("usage: bench [--quick | --long] [--rounds N] [--only TEXT] [--beside ID] [--nft]\n"
	      "             [--objects DIR] [--tool FILE] [--json FILE]\n",
	      stderr);
	return 2;
}

static void make_quick(struct bench_options *options)
{
	options->rounds = 3;
	options->changes = 3;
	options->copies = 2;
	options->run_ms = 5;
	options->largest = 10000;
}

static int read_options(int argc, char **argv, struct bench_options *options)
{
	static const struct option words[] = {
		{ "quick", no_argument, NULL, 'q' },
		{ "long", no_argument, NULL, 'l' },
		{ "beside", required_argument, NULL, 'b' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "only", required_argument, NULL, 'O' },
		{ "nft", no_argument, NULL, 'n' },
		{ "objects", required_argument, NULL, 'o' },
		{ "tool", required_argument, NULL, 't' },
		{ "json", required_argument, NULL, 'j' },
		{},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", words, NULL)) != -1) {
		if (option == 'q')
			make_quick(options);
		else if (option == 'l')
			options->largest = 4000000;
		else if (option == 'b')
			options->beside = (__u32)atoi(optarg);
		else if (option == 'r')
			options->rounds = atoi(optarg);
		else if (option == 'O')
			options->only = optarg;
		else if (option == 'n')
			options->has_nft = true;
		else if (option == 'o')
			options->objects = optarg;
		else if (option == 't')
			options->tool = optarg;
		else if (option == 'j')
			options->json = optarg;
		else
			return usage();
	}
	return options->rounds < 1 || options->rounds > BENCH_ROUNDS_MAX || optind < argc ? usage()
											  : 0;
}

int main(int argc, char **argv)
{
	struct bench_options options = {
		.rounds = 15,
		.changes = 11,
		.copies = BENCH_COPIES,
		.run_ms = 35,
		.largest = 1000000,
		.objects = "build/bench",
		.tool = "build/portsteer",
		.json = "build/bench.json",
	};
	int status = read_options(argc, argv, &options);

	if (status)
		return status;
	catch_signals();
	status = bench_packets(&options) || (!options.only && bench_tool(&options));
	if (interrupted)
		return 128 + interrupted;
	bench_report_show();
	return status || bench_report_write(options.json) ? 1 : 0;
}
