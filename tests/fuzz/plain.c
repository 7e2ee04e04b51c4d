// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Plain packets have a way of their own through bpf/packet.h, and a frame is parsed
 * before its length is known: on millions of frames that must say what the parser for
 * any frame says of the whole (native.c), and what the reference says. For
 * FUZZ_SECONDS; SEED=N repeats a run. No kernel is asked: see frames.c for that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "parsers.h"
#include "vary.h"

#define LEAST 50 /* one of so many frames must be plain, of each family */

static __u64 frames, plain[PS_IPV6 + 1];

static int check(const struct sample *sample)
{
	static char frame[SAMPLE_TEXT_MAX];
	struct parsed native, reference;
	char text[2][160];

	native_parse(sample, sample->size, &native);
	reference_parse(sample, sample->size, &reference);
	frames++;
	plain[native_plain(sample)]++;
	if (parsed_is_equal(&native, &reference))
		return 0;
	sample_write(sample, frame);
	printf("# packet.h: %s; the reference: %s\n%s",
	       parsed_format(&native, text[0], sizeof(text[0])),
	       parsed_format(&reference, text[1], sizeof(text[1])), frame);
	return -1;
}

static int run(struct dice dice, time_t seconds)
{
	static struct sample base, sample;
	time_t end = time(NULL) + seconds;

	while (frames % 1024 || time(NULL) < end) {
		vary_next(&dice, frames, &base, &sample);
		if (check(&sample))
			return -1;
	}
	return 0;
}

static unsigned long number_of(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

int main(void)
{
	unsigned long seed = number_of("SEED", (unsigned long)time(NULL));
	int differs, rare;

	printf("# SEED=%lu\n", seed);
	differs = run(dice_of(seed), (time_t)number_of("FUZZ_SECONDS", 4));
	rare = plain[PS_IPV4] < frames / LEAST || plain[PS_IPV6] < frames / LEAST;
	printf("# %llu frames, plain %llu of IPv4 and %llu of IPv6\n", frames, plain[PS_IPV4],
	       plain[PS_IPV6]);
	printf("%sok 1 - plain packets and parts of frames are judged as any frame\n",
	       differs ? "not " : "");
	printf("%sok 2 - enough packets are plain\n1..2\n", rare ? "not " : "");
	return differs || rare;
}
