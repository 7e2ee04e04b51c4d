// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * monitor: what happens to an instance, as it happens.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <unistd.h>
#include "base/clock.h"
#include "cmd/monitor.h"
#include "observe/watch.h"

#define PAUSE_MS 200 /* between two readings */
#define FAILURES 5 /* one after the other: an instance may go while it is opened */
#define REST 2 /* and at least so much longer than the last one took */

static volatile sig_atomic_t is_interrupted;

static void interrupt(int number)
{
	(void)number;
	is_interrupted = 1;
}

/*
 * Without SA_RESTART: who waits for a reader that reads no more can be interrupted as well. The
 * second time it is killed.
 */
static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = interrupt, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

struct monitoring {
	struct ps_context *context;
	struct ps_watch watch;
	struct ps_reading last;
	long until; /* milliseconds of ps_clock_ms() */
	long left; /* events to print */
	long took; /* the last reading, in milliseconds */
};

static bool is_done(const struct monitoring *monitoring)
{
	return is_interrupted || !monitoring->left || ps_clock_ms() >= monitoring->until;
}

/* What cannot be written when it is interrupted stays unsaid. */
static int flush(struct ps_context *context)
{
	if (!ferror(stdout) && !fflush(stdout))
		return 0;
	if (!is_interrupted)
		return ps_error_errno(&context->error, errno ?: EIO, "cannot write the output");
	__fpurge(stdout);
	clearerr(stdout);
	return 0;
}

/* Waits for the next reading. Whoever reads the output may go meanwhile, as of any pipe. */
static int nap(struct monitoring *monitoring)
{
	struct pollfd output = { .fd = STDOUT_FILENO };
	long pause = monitoring->took * REST, left = monitoring->until - ps_clock_ms();

	pause = pause > PAUSE_MS ? pause : PAUSE_MS;
	pause = pause < left ? pause : left;
	if (pause <= 0 || poll(&output, 1, (int)pause) <= 0)
		return 0;
	raise(SIGPIPE);
	return ps_error_errno(&monitoring->context->error, EPIPE, "cannot write the output");
}

static int print_events(struct monitoring *monitoring, struct ps_reading *now)
{
	struct ps_context *context = monitoring->context;
	struct ps_events events;

	ps_events_find(&monitoring->last, now, &events);
	for (size_t i = 0; i < events.count && monitoring->left && !is_interrupted; i++) {
		ps_monitor_print(context, &events.item[i], &events, now);
		monitoring->left--;
	}
	ps_events_done(&events);
	return flush(context);
}

/* The next reading; 1: not now. */
static int read_next(struct monitoring *monitoring, struct ps_reading *ret)
{
	long began = ps_clock_ms();
	int result = ps_watch_read(&monitoring->watch, &monitoring->last, ret,
				   &monitoring->context->error);

	monitoring->took = ps_clock_ms() - began;
	return result;
}

static int begin(struct monitoring *monitoring)
{
	int result;

	while ((result = read_next(monitoring, &monitoring->last)) > 0)
		if (nap(monitoring) || is_done(monitoring))
			return is_done(monitoring) ? 0 : -1;
	if (result)
		return -1;
	ps_monitor_print_begin(monitoring->context, &monitoring->last);
	return flush(monitoring->context);
}

static int follow(struct monitoring *monitoring)
{
	struct ps_reading now;
	int result, failures = 0;

	while (failures < FAILURES && !is_done(monitoring)) {
		if (nap(monitoring))
			return -1;
		result = is_done(monitoring) ? 1 : read_next(monitoring, &now);
		failures = result < 0 ? failures + 1 : 0;
		if (result)
			continue;
		result = print_events(monitoring, &now);
		ps_reading_done(&monitoring->last);
		monitoring->last = now;
		if (result)
			return -1;
	}
	return failures == FAILURES ? -1 : 0;
}

static int run_monitor(struct ps_context *context)
{
	struct monitoring monitoring = {
		.context = context,
		.watch.name = context->apply.instance,
		.watch.presence = context->apply.presence,
		.until = LONG_MAX,
		.left = LONG_MAX,
	};
	long seconds = 0;
	int failed;

	if (ps_context_expect(context, 0) ||
	    ps_context_number(context, "seconds", 1, INT_MAX / 1000, &seconds) ||
	    ps_context_number(context, "count", 1, INT_MAX, &monitoring.left))
		return -1;
	if (seconds)
		monitoring.until = ps_clock_ms() + seconds * 1000;
	catch_signals();
	failed = begin(&monitoring) || follow(&monitoring);
	ps_reading_done(&monitoring.last);
	ps_watch_close(&monitoring.watch);
	return failed ? -1 : PS_EXIT_DONE;
}

PS_COMMAND(monitor) = {
	.kind = PS_NOUN,
	.name = "monitor",
	.arguments = "",
	.summary = "show events as they happen, until interrupted",
	.details =
		"A line with the time for each event: a bind(2) that the guard refused (or would\n"
		"refuse, with 'guard report') and the process; a table that was published, with\n"
		"a line for each binding that is added (+), changed (~) or removed (-), in the\n"
		"words of bind; a registered socket that is added, closed by its process, or\n"
		"removed; the guard; the instance, which it waits for when there is none. The\n"
		"first line shows the initial state.\n\n"
		"It polls five times a second. What came and went in between is not shown; calls\n"
		"of bind(2) are all counted, and the process of the last one is shown.\n\n"
		"  --seconds N      end after this time\n"
		"  --count N        end after this many events\n\n"
		"JSON: an object a line, as soon as it happens. Keys: time, event (instance,\n"
		"guard, published, binding, socket, bind); of an instance: instance, state\n"
		"(present, absent), generation; of the guard: mode (on, report, off), cgroup,\n"
		"state (attached, incomplete, cgroup gone, unknown); of what was published:\n"
		"generation, publishes, added, changed, removed; of a binding: change (added,\n"
		"changed, removed), endpoint, words, name, words_before, name_before; of a\n"
		"socket: change (added, closed, removed), name, socket, cookie, pid, command; of\n"
		"bind: endpoint, words, name (of the binding; empty: it is gone), with (what was\n"
		"asked for), count (since the last line of it), attempt with pid, command, user,\n"
		"cgroup, count, refused, first_seen, last_seen.\n",
	.options =
		(const struct ps_option[]){
			{ "seconds", "SECONDS", 0 },
			{ "count", "NUMBER", 0 },
			{},
		},
	.is_table_only = true,
	.stays_outside = true,
	.run = run_monitor,
};
