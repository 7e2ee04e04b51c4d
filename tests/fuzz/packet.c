// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bpf/packet.h, compiled for this machine, under sanitizers: it reads nothing
 * beyond what it may, and agrees with the reference parser and, as root, with
 * the real programs in the kernel. FUZZ_KERNEL=0 leaves these out.
 */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compose.h"
#include "mutate.h"
#include "parsers.h"
#include "stage.h"

#define PACKET_MAX 8192 /* bytes of a frame that mutation makes */

static struct stage stage;
static bool has_stage;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *kernel = getenv("FUZZ_KERNEL");

	(void)argc;
	(void)argv;
	if (geteuid() || (kernel && !strcmp(kernel, "0"))) {
		fprintf(stderr, "packet: not compared with the kernel\n");
		return 0;
	}
	stage_open(&stage, "fuzz-packet", (__u32)sched_getcpu());
	has_stage = true;
	return 0;
}

static void fail(const char *problem)
{
	fprintf(stderr, "packet: %s\n", problem);
	abort();
}

static void compare(const struct sample *sample, size_t loadable)
{
	struct parsed native, reference;
	char problem[512], text[2][160];

	native_parse(sample, loadable, &native);
	reference_parse(sample, loadable, &reference);
	if (parsed_is_equal(&native, &reference))
		return;
	snprintf(problem, sizeof(problem), "packet.h: %s; the reference: %s",
		 parsed_format(&native, text[0], sizeof(text[0])),
		 parsed_format(&reference, text[1], sizeof(text[1])));
	fail(problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sample sample;
	char problem[512];

	if (!sample_read((const char *)data, size, &sample))
		return -1;
	compare(&sample, sample.size);
	compare(&sample, sample_readable(&sample));
	if (has_stage && stage_check(&stage, &sample, problem, sizeof(problem)))
		fail(problem);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	static struct sample sample;
	static char text[SAMPLE_TEXT_MAX];
	struct dice dice = dice_of(seed);
	size_t room = max / 66 * 32, length;

	if (room > PACKET_MAX)
		room = PACKET_MAX;
	if (!sample_read((const char *)data, size, &sample) || !dice_roll(&dice, 8))
		compose_sample(&dice, &sample);
	for (unsigned int i = dice_roll(&dice, 3) + 1; i; i--)
		mutate_sample(&dice, &sample, room);
	length = sample_write(&sample, text);
	if (length > max)
		return size;
	memcpy(data, text, length);
	return length;
}
