// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Not a test by itself: frames.py runs it. Reads "HEX REASON" lines, runs each
 * frame through XDP and TC ingress of a table with the bindings in its
 * arguments, and answers each line with "ok" or with what was different.
 * A reason that begins with "xdp:" is for XDP only. Exit status 1: differences.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/reason.h"
#include "steer.h"

static struct steer steer;
static struct frame frame;
static struct steer_answer answer;

static int read_hex(const char *hex)
{
	for (frame.size = 0; frame.size < FRAME_MAX && hex[0] && hex[0] != ' '; hex += 2)
		if (sscanf(hex, "%2hhx", &frame.data[frame.size++]) != 1)
			return -1;
	return 0;
}

/* Reasons to drop are called so: "drop", "ext-limit-drop". */
static enum steer_outcome outcome_of(const char *reason)
{
	size_t length = strlen(reason), end = strlen("drop");

	return length >= end && !strcmp(reason + length - end, "drop") ? STEER_DROP : STEER_PASS;
}

/* 1 when @hook does not answer with @reason, after saying so. */
static int differs(enum ps_hook hook, const char *reason)
{
	enum steer_outcome outcome = outcome_of(reason);

	steer_run(&steer, hook, &frame, &answer);
	if (!strcmp(ps_reason_name(answer.reason), reason) && answer.outcome == outcome)
		return 0;
	printf("%s: %s, verdict %d; ", steer_hook_name(hook), ps_reason_name(answer.reason),
	       answer.verdict);
	return 1;
}

static int run_line(char *line)
{
	char *reason = strchr(line, ' ');
	int different;

	line[strcspn(line, "\n")] = '\0';
	if (!reason || read_hex(line)) {
		printf("not a line: %.40s\n", line);
		return 1;
	}
	if (!strncmp(++reason, "xdp:", 4))
		different = differs(PS_HOOK_XDP, reason + 4);
	else
		different = differs(PS_HOOK_XDP, reason) | differs(PS_HOOK_TC_INGRESS, reason);
	puts(different ? reason : "ok");
	fflush(stdout);
	return different;
}

static void bind_all(int count, char *const text[])
{
	struct ps_bindings wanted = {};
	struct ps_error error;

	for (int i = 0; i < count; i++)
		steer_parse(text[i], &wanted);
	if (steer_add(&steer, &wanted, PS_REFUSE, &error))
		fail_msg("%s", error.text);
	ps_bindings_done(&wanted);
}

int main(int argc, char *argv[])
{
	static char line[2 * FRAME_MAX + 64];
	int different = 0;

	steer_enter_netns();
	steer_open(&steer, "frames", STEER_BINDINGS);
	bind_all(argc - 1, argv + 1);
	while (fgets(line, sizeof(line), stdin))
		different |= run_line(line);
	steer_close(&steer);
	return different;
}
