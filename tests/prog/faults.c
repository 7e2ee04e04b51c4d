// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * No failing system call costs anything. In every command that changes
 * something each system call fails in turn, for each of seven reasons, in an
 * instance that has all one can have. After each the table is the former or the
 * new one, programs are attached as before or as asked, counters go on, the exit
 * status is true (I11 of table/publish.h), and the same command then does what it says.
 *
 * LONG=1: each call of each command, for one reason when it was made among the
 * same calls before, as by another command, else for all of them; LONG=all: for
 * all of them. Else as many as fit in SECONDS (40), chosen by SEED. A command, one
 * of its calls and an error can be asked for: faults 'bind new' 84 ENOMEM.
 * ONCE=1: only calls that were not made so before, each once. CALLS: only these.
 */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "faults_rows.h"
#include "judge.h"
#include "world.h"

#define SECONDS 40
#define SECONDS_SHORT 15
#define WORKERS 2
#define MANY 16 /* equal calls in a row */

static struct judge work;
static int listed; /* faults of the row that are to be tried */
static struct tool_run run;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void shuffle(int *list, int count)
{
	for (int i = count - 1; i > 0; i--) {
		int other = (int)(random() % (i + 1)), kept = list[i];

		list[i] = list[other];
		list[other] = kept;
	}
}

/* In turn, until @deadline; at least one, and some calls, of who waits, are not made each time. */
static void try_all(const int *list, int count, long deadline)
{
	for (int i = 0; i < count; i++) {
		if (work.injected && now_ms() > deadline)
			break;
		if (!judge_restore(&work))
			break;
		judge_fault(&work, list[i] / JUDGE_ERRORS, list[i] % JUDGE_ERRORS);
	}
}

static bool is_same_call(int a, int b)
{
	return work.calls[a].number == work.calls[b].number &&
	       work.calls[a].argument[0] == work.calls[b].argument[0];
}

/* Of a file that is read in many steps, the first, the last and some others. */
static bool is_repeated(int nth)
{
	int first = nth, last = nth;

	while (first > 0 && is_same_call(first - 1, nth))
		first--;
	while (last + 1 < work.count && is_same_call(last + 1, nth))
		last++;
	return last - first >= MANY && nth > first + 1 && nth < last && (nth - first) % MANY;
}

#define SEEN 65536

/* Another call, of this row or of one before, was made with the same ones around it. */
static bool is_seen(int nth)
{
	static bool seen[SEEN];
	unsigned int hash = 5381;

	for (int at = nth - 4; at < nth + 2; at++)
		if (at >= 0 && at < work.count)
			for (const char *c = work.calls[at].name; *c; c++)
				hash = hash * 33 ^ (unsigned char)*c;
	if (seen[hash % SEEN])
		return true;
	seen[hash % SEEN] = true;
	return false;
}

/* $CALLS, if set, has the names of those that are to fail: "ioctl recvmsg". */
static bool is_wanted(const struct inject_call *call)
{
	const char *names = getenv("CALLS"), *found = names ? strstr(names, call->name) : NULL;

	return !call->is_safe && (!names || found);
}

/* How many errors call @nth is to fail with, from one that is drawn on. */
static int count_errors(int nth)
{
	const char *wanted = getenv("LONG");
	bool is_new = !is_seen(nth);

	if (!is_wanted(&work.calls[nth]) || is_repeated(nth))
		return 0;
	if (getenv("ONCE"))
		return is_new;
	return is_new || !wanted || !strcmp(wanted, "all") ? JUDGE_ERRORS : 1;
}

/* The faults to try, in the order of calls; how many. */
static int list_faults(int list[])
{
	int count = 0;

	for (int nth = 0; nth < work.count; nth++) {
		int errors = count_errors(nth), error = (int)(random() % JUDGE_ERRORS);

		for (int i = 0; i < errors; i++, error++)
			list[count++] = nth * JUDGE_ERRORS + error % JUDGE_ERRORS;
	}
	return count;
}

/* The same for one call, and perhaps one error. */
static int list_one(int list[], const char *call, const char *error)
{
	int count = 0;

	for (int i = 0; i < JUDGE_ERRORS; i++)
		if (!error || !strcmp(error, judge_errors[i]))
			list[count++] = atoi(call) * JUDGE_ERRORS + i;
	return count;
}

static enum judge_ability try_row(long deadline, const char *call, const char *error)
{
	static int list[INJECT_CALLS_MAX * JUDGE_ERRORS];
	enum judge_ability ability = judge_learn(&work, &run);

	listed = 0;
	if (ability != JUDGE_CAN)
		return ability;
	listed = call ? list_one(list, call, error) : list_faults(list);
	if (deadline)
		shuffle(list, listed);
	try_all(list, listed, deadline ?: INT64_MAX);
	judge_leave(&work);
	return ability;
}

/* Whether it is good. */
static bool report(enum judge_ability ability, int number)
{
	bool is_tried = work.injected || (getenv("ONCE") && !listed);
	bool is_good = ability != JUDGE_BROKEN && !work.failures && is_tried;

	if (ability == JUDGE_CANNOT) {
		printf("ok %d - %s # skip: %s\n", number, work.row->name, tool_last_line(&run));
		fflush(stdout);
		return true;
	}
	printf("%sok %d - %s: %ld of %d faults, %ld refused, %ld said with status 0, %ld wrong\n",
	       is_good ? "" : "not ", number, work.row->name, work.injected, listed, work.refused,
	       work.said, work.failures);
	fflush(stdout);
	return is_good;
}

static long budget_ms(void)
{
	const char *seconds = getenv("SECONDS");

	if (getenv("LONG") || (getenv("ONCE") && !seconds))
		return 0;
	return 1000L * (seconds ? atoi(seconds) : getenv("TIME") ? SECONDS_SHORT : SECONDS);
}

/* On one CPU: who traces and who is traced never run at the same time. */
static void stay_on(int worker)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(worker % (int)sysconf(_SC_NPROCESSORS_ONLN), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus); /* where that CPU is not ours, as it was */
}

/* Every @step-th row from @first on, each with its part of the time. */
static bool work_through(int first, int step, char **words)
{
	const char *call = words[0] ? words[1] : NULL, *error = call ? words[2] : NULL;
	long budget = call ? 0 : budget_ms(), end = now_ms() + budget;
	bool is_good = true;

	world_open();
	stay_on(first);
	for (int i = first; i < (int)ROWS; i += step) {
		long left = words[0] ? 1 : ((int)ROWS - i + step - 1) / step, now = now_ms();

		if (words[0] && strcmp(words[0], rows[i].name))
			continue;
		memset(&work, 0, sizeof(work));
		work.row = &rows[i];
		is_good &=
			report(try_row(budget ? now + (end - now) / left : 0, call, error), i + 1);
	}
	world_close();
	return is_good;
}

int main(int argc, char **argv)
{
	const char *seed = getenv("SEED");
	unsigned int number = seed ? (unsigned int)atoi(seed) : (unsigned int)time(NULL);
	int workers = argc > 1 ? 1 : WORKERS, failed = 0, status;

	setvbuf(stdout, NULL, _IOFBF, 1 << 16); /* workers share it, and flush whole texts */
	printf("# SEED=%u\n1..%d\n", number, argc > 1 ? 1 : (int)ROWS);
	fflush(stdout);
	for (int worker = 0; worker < workers; worker++) {
		srandom(number + (unsigned int)worker);
		if (!fork())
			exit(work_through(worker, workers, argv + 1) ? 0 : 1);
	}
	while (wait(&status) > 0)
		failed |= status;
	return failed ? 1 : 0;
}
