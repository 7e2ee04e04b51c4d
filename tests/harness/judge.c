// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is anything lost? See judge.h.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "before_after.h"
#include "judge.h"
#include "world.h"

#define DEEP 7 /* each so many, the next command is tried even when nothing changed */

const char *const judge_errors[JUDGE_ERRORS] = { "EMFILE", "ENFILE", "ENOMEM", "ENOBUFS",
						 "EACCES", "EIO",    "EPERM" };
static const int numbers[JUDGE_ERRORS] = { EMFILE, ENFILE, ENOMEM, ENOBUFS, EACCES, EIO, EPERM };

static struct judge *work; /* while one is looked at */
static struct tool_run run; /* of commands beside the one that is looked at */

static void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Each line of it is a comment of TAP. */
static void complain(const char *format, ...)
{
	static char text[PICTURE_TEXT + 4096];
	char *rest = NULL;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("# %s\n", work->words);
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		printf("#    %s\n", line);
	fflush(stdout);
	work->failures++;
}

/* Makes what the row begins with, from whatever is there. */
static bool make_start(void)
{
	const struct judge_row *row = work->row;

	if (row->is_first)
		world_empty();
	else if (!world_fill(&run))
		return false;
	return world_run(row->before, &run);
}

static void show_restoring(const struct picture *now)
{
	char text[PICTURE_TEXT] = "";

	for (int part = 0; part < PICTURE_PARTS; part++)
		picture_difference(now, &work->start, (enum picture_part)part, text);
	printf("# made anew after '%s' (%d, %s), because of\n%s", work->row->back, run.status,
	       run.output, text);
}

/* Back to where the row begins, by its own way or from nothing. */
static bool restore(void)
{
	static struct picture now;

	if (work->is_spoilt) { /* there may be what no picture has */
		world_empty();
		work->is_spoilt = false;
	}
	picture_take(&work->start, &now);
	if (picture_is_equal(&now, &work->start))
		return true;
	if (now.text[PICTURE_FILES][0] && world_run(work->row->back, &run)) {
		picture_take(NULL, &now);
		if (picture_is_equal(&now, &work->start)) {
			work->start = now;
			return true;
		}
	}
	if (getenv("VERBOSE"))
		show_restoring(&now);
	if (!make_start())
		return false;
	picture_take(NULL, &now);
	if (!picture_is_equal(&now, &work->start))
		return false;
	work->start = now;
	return true;
}

/* In a process of its own, because the audit ends the process that it fails in. */
static void check_whole(const char *when)
{
	int output_fd = memfd_create("audit", MFD_CLOEXEC), status;
	static char text[4096];
	ssize_t length;
	pid_t child = fork();

	if (!child) {
		dup2(output_fd, STDERR_FILENO);
		dup2(output_fd, STDOUT_FILENO);
		after_check_whole(when);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	length = pread(output_fd, text, sizeof(text) - 1, 0);
	text[length > 0 ? length : 0] = '\0';
	close(output_fd);
	if (status)
		complain("the instance contradicts itself: %s", text);
}

/* Every part is @wanted, or it is said what differs. */
static void check_picture(const struct picture *now, const struct picture *wanted, const char *when)
{
	char text[PICTURE_TEXT];

	for (int part = 0; part < PICTURE_PARTS; part++) {
		text[0] = '\0';
		picture_difference(now, wanted, (enum picture_part)part, text);
		if (text[0])
			complain("%s: %s: another than it must be\n%s", when, picture_parts[part],
				 text);
	}
	if (now->is_pending)
		complain("%s: a change is pending", when);
}

/* The same command once more, with nothing that fails. */
static void check_next(bool is_done)
{
	static struct picture now;
	const struct judge_row *row = work->row;

	tool_run("status", &run);
	if (run.status && run.status != 4)
		complain("then 'status' ends with %d: %s", run.status, tool_last_line(&run));
	tool_run("conflicts", &run);
	if (run.status && run.status != 3 && run.status != 4)
		complain("then 'conflicts' ends with %d: %s", run.status, tool_last_line(&run));
	tool_run(row->command, &run);
	if (run.status && !(is_done && run.status == row->again))
		complain("the next command ends with %d: %s", run.status, tool_last_line(&run));
	if (row->is_parallel)
		world_run("--wait 10 refresh", &run);
	picture_take(&work->start, &now);
	check_picture(&now, &work->end, "after the next command");
	check_whole("after the next command");
}

static bool has_text(const struct picture *now, const struct picture *wanted)
{
	return !strcmp(now->text[PICTURE_TABLE], wanted->text[PICTURE_TABLE]) &&
	       !strcmp(now->text[PICTURE_HOOKS], wanted->text[PICTURE_HOOKS]);
}

/* Programs that are attached anew are taken for those that were there before. */
static void forgive_putting_back(struct picture *now)
{
	static const char other[] = "other", kept[] = "kept";
	char *text = now->text[PICTURE_HOOKS], *found;

	while ((found = strstr(text, other))) {
		memcpy(found, kept, strlen(kept));
		memmove(found + strlen(kept), found + strlen(other),
			strlen(found + strlen(other)) + 1);
	}
}

static bool is_old(const struct picture *now)
{
	return !strcmp(now->text[PICTURE_TABLE], work->start.text[PICTURE_TABLE]) &&
	       (work->row->may_be_half ||
		!strcmp(now->text[PICTURE_HOOKS], work->start.text[PICTURE_HOOKS]));
}

/* It could not say what it did: the status is about that. */
static bool is_of_output(const struct inject_call *call)
{
	return (!strcmp(call->name, "write") || !strcmp(call->name, "writev") ||
		!strcmp(call->name, "fstat") || !strcmp(call->name, "newfstatat")) &&
	       call->argument[0] <= STDERR_FILENO;
}

static bool is_said(const struct inject_run *injected)
{
	return strcmp(injected->tool.output, work->healthy.output);
}

/* It did less than was asked, and said so. */
static void note_said(const struct inject_run *injected, const struct picture *now)
{
	char text[PICTURE_TEXT] = "";

	work->said++;
	if (!getenv("VERBOSE"))
		return;
	picture_difference(now, &work->end, PICTURE_TABLE, text);
	picture_difference(now, &work->end, PICTURE_HOOKS, text);
	printf("# %s: said with status 0:\n# %s\n%s", work->words, injected->tool.output, text);
	fflush(stdout);
}

static void check_status(const struct inject_call *call, struct inject_run *injected,
			 const struct picture *now)
{
	int status = injected->tool.status;
	char text[PICTURE_TEXT] = "";

	if (injected->is_late)
		complain("it does not end");
	else if (status < 0)
		complain("ended by signal %d", -status);
	else if (!status && !has_text(now, &work->end) && is_said(injected))
		note_said(injected, now);
	else if (!status && !has_text(now, &work->end)) {
		picture_difference(now, &work->end, PICTURE_TABLE, text);
		picture_difference(now, &work->end, PICTURE_HOOKS, text);
		complain("status 0, and nothing said, but\n%s", text);
	} else if (status && !is_old(now) && !is_of_output(call)) {
		picture_difference(now, &work->start, PICTURE_TABLE, text);
		picture_difference(now, &work->start, PICTURE_HOOKS, text);
		complain("status %d (%s), but%s\n%s", status, tool_last_line(&injected->tool),
			 has_text(now, &work->end) ? " it is done" : "", text);
	}
	if (status > 1 && !strstr(injected->tool.output, "unchecked: ")) /* that is --strict */
		complain("status %d (%s): that is a no, and was not known", status,
			 tool_last_line(&injected->tool));
	if (status > 0 && !strstr(injected->tool.output, "portsteer: ") && !is_of_output(call))
		complain("status %d, and no message", status);
}

static void check_between(const struct picture *now)
{
	char text[PICTURE_TEXT];

	for (int part = PICTURE_TABLE; part <= PICTURE_HOOKS; part++) {
		text[0] = '\0';
		if (picture_is_between(now, &work->start, &work->end, (enum picture_part)part))
			continue;
		picture_difference(now, &work->start, (enum picture_part)part, text);
		complain("%s: neither as before nor as asked: against before\n%s",
			 picture_parts[part], text);
	}
	if (picture_has_lost_count(now, &work->start, text))
		complain("less than before: %s", text);
}

void judge_fault(struct judge *judge, int nth, int error)
{
	static struct inject_run injected;
	static struct picture now;
	struct inject_call call;
	long before = judge->failures;
	bool is_clear; /* nothing is there that is not there without any fault */

	work = judge;
	inject(work->row->command, nth, numbers[error], &call, &injected);
	if (!injected.has_happened)
		return;
	snprintf(work->words, sizeof(work->words), "faults '%s' %d %s: %s(%#lx, %#lx)",
		 work->row->name, nth, judge_errors[error], call.name, call.argument[0],
		 call.argument[1]);
	work->injected++;
	work->refused += injected.tool.status != 0;
	if (work->row->is_parallel)
		world_run("--wait 10 refresh", &run);
	picture_take(&work->start, &now);
	if (work->row->is_put_back && injected.tool.status > 0)
		forgive_putting_back(&now);
	check_status(&call, &injected, &now);
	check_between(&now);
	if (getenv("VERBOSE")) {
		printf("# %s: %d, %s\n", work->words, injected.tool.status,
		       tool_last_line(&injected.tool));
		fflush(stdout);
	}
	is_clear = picture_is_equal(&now, &work->start) || picture_is_equal(&now, &work->end);
	if (!is_clear || before != work->failures || random() % DEEP == 0)
		check_next(!injected.tool.status && has_text(&now, &work->end));
	work->is_spoilt = before != work->failures;
}

/* What the row does when nothing fails. */
static enum judge_ability learn(void)
{
	const struct judge_row *row = work->row;

	snprintf(work->words, sizeof(work->words), "faults '%s'", row->name);
	if (!make_start()) {
		if (row->may_be_refused)
			return JUDGE_CANNOT;
		complain("its beginning cannot be made: %s", run.output);
		return JUDGE_BROKEN;
	}
	picture_take(NULL, &work->start);
	work->count = inject_learn(row->command, work->calls, &run);
	work->healthy = run;
	if (run.status && row->may_be_refused)
		return JUDGE_CANNOT;
	if (run.status) {
		complain("status %d without any fault: %s", run.status, run.output);
		return JUDGE_BROKEN;
	}
	if (row->is_parallel)
		world_run("--wait 10 refresh", &run);
	picture_take(&work->start, &work->end);
	check_whole("without any fault");
	return JUDGE_CAN;
}

enum judge_ability judge_learn(struct judge *judge, struct tool_run *ret)
{
	enum judge_ability ability;

	work = judge;
	ability = learn();
	*ret = run;
	return ability;
}

bool judge_restore(struct judge *judge)
{
	work = judge;
	if (restore())
		return true;
	complain("it cannot be brought back: %s", run.output);
	return false;
}

void judge_leave(struct judge *judge)
{
	work = judge;
	if (!restore() || (judge->row->undo && !world_run(judge->row->undo, &run)))
		world_empty();
}
