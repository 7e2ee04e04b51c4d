// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The bar that shows how far a command is, on a terminal, when that takes longer
 * than people like to wait without a sign.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/progress.h"
#include "cmd/context.h"

#define WIDTH 40
#define PATIENCE 1.0 /* seconds without a sign */
#define PAUSE 0.1 /* between two */

static struct {
	const char *what;
	size_t total;
	double begin, drawn; /* the command's; of the last sign, 0: there is none */
} bar;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void draw(size_t done)
{
	size_t part = done < bar.total ? done : bar.total;
	int filled = (int)(part * WIDTH / bar.total);
	double time = now();

	if (time < bar.begin + PATIENCE || time < bar.drawn + PAUSE)
		return;
	bar.drawn = time;
	fprintf(stderr, "\r%-10s [%.*s%*s] %3d%%", bar.what, filled,
		"########################################", WIDTH - filled, "",
		(int)(part * 100 / bar.total));
	fflush(stderr);
}

void ps_context_begin(const struct ps_context *context, const char *what, size_t total)
{
	bar.begin = bar.begin ?: now();
	if (!total || context->is_quiet || context->format != PS_TEXT || !isatty(STDERR_FILENO))
		return;
	bar.what = what;
	bar.total = total;
	ps_progress_watch(draw);
}

void ps_context_begin_reading(const struct ps_context *context, FILE *stream)
{
	struct stat status;
	bool is_known = !fstat(fileno(stream), &status) && S_ISREG(status.st_mode);

	ps_context_begin(context, "reading", is_known ? (size_t)status.st_size : 0);
}

void ps_context_end(void)
{
	ps_progress_watch(NULL);
	if (bar.drawn)
		fputs("\r\033[K", stderr);
	bar.drawn = 0;
}
