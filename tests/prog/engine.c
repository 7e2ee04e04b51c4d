// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The engine (user/apply/apply.h) without any command line: what is wanted goes in, a
 * report comes out. Each test ends with an empty instance, which the engine took
 * away; and nothing that it did was printed.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "apply/apply.h"
#include "apply/inspect.h"
#include "apply/transition.h"
#include "base/scope.h"
#include "conflict/conflict.h"
#include "hook/attach.h"
#include "instance/object.h"
#include "instance/open.h"
#include "pins/dir.h"
#include "steer.h"
#include "table/read.h"

/* What was told. */
static struct heard {
	char notes[4096]; /* a line each */
	char conflicts[4096]; /* their kinds, a line each */
	size_t steps, ended;
	size_t added, changed, removed; /* of a file */
	int changes; /* how often that was told */
	int answer; /* to it */
} heard;

static char name[64];
static struct ps_error error;
static struct ps_report report;
static struct ps_apply apply;

static void hear_note(void *to, const char *text)
{
	struct heard *now = to;

	strncat(now->notes, text, sizeof(now->notes) - strlen(now->notes) - 2);
	strcat(now->notes, "\n");
}

static void hear_conflicts(void *to, const struct ps_conflicts *conflicts)
{
	struct heard *now = to;

	for (size_t i = 0; i < conflicts->count; i++) {
		strcat(now->conflicts, ps_conflict_kind_name(conflicts->item[i].kind));
		strcat(now->conflicts, "\n");
	}
}

static void hear_begin(void *to, const char *what, size_t total)
{
	struct heard *now = to;

	assert_string_equal(what, "publishing");
	now->steps++;
	assert_int_not_equal(total, 0);
}

static void hear_end(void *to)
{
	((struct heard *)to)->ended++;
}

static int hear_changed(void *to, const struct ps_transition *transition)
{
	struct heard *now = to;

	now->changes++;
	now->added = transition->bindings.plan.added.count;
	now->changed = transition->bindings.plan.changed.count;
	now->removed = transition->bindings.plan.removed.count;
	return now->answer ? ps_error_set(&error, PS_EXIT_REFUSED, "nobody listens") : 0;
}

/* What is printed meanwhile goes to a file. */
static int printed_fd = -1, saved_fd[2];

static void begin_listening(void)
{
	fflush(stdout);
	printed_fd = memfd_create("printed", MFD_CLOEXEC);
	for (int i = 0; i < 2; i++) {
		saved_fd[i] = dup(i + 1);
		dup2(printed_fd, i + 1);
	}
}

/* How much was printed, which is printed now. */
static ssize_t end_listening(void)
{
	char text[4096];
	ssize_t size;

	fflush(stdout);
	for (int i = 0; i < 2; i++) {
		dup2(saved_fd[i], i + 1);
		close(saved_fd[i]);
	}
	size = pread(printed_fd, text, sizeof(text), 0);
	printf("%.*s", (int)size, text);
	close(printed_fd);
	return size;
}

static int begin(void **state)
{
	(void)state;
	heard = (struct heard){};
	error = (struct ps_error){};
	report = (struct ps_report){
		.to = &heard,
		.note = hear_note,
		.conflicts = hear_conflicts,
		.begin = hear_begin,
		.end = hear_end,
		.changed = hear_changed,
	};
	apply = (struct ps_apply){
		.instance = name,
		.wait_seconds = 10,
		.max_bindings = STEER_BINDINGS,
		.report = &report,
		.error = &error,
	};
	begin_listening();
	return 0;
}

static int end(void **state)
{
	ssize_t printed = end_listening();

	(void)state;
	if (!ps_instance_is_there(name))
		return printed ? -1 : 0;
	printf("the instance was left\n");
	ps_apply_flush(&apply);
	ps_apply_detach(&apply, NULL);
	ps_apply_guard(&apply, PS_GUARD_OFF, NULL);
	return -1;
}

static int bind_text(const char *text, enum ps_if_taken if_taken)
{
	struct ps_bindings wanted = {};
	int failed;

	steer_parse(text, &wanted);
	failed = ps_apply_bind(&apply, &wanted, if_taken);
	ps_bindings_done(&wanted);
	return failed;
}

/* The whole table is these bindings, a line each. */
static void assert_table(const char *expected)
{
	char table[4096] = "", endpoint[PS_ENDPOINT_TEXT], words[PS_ACTION_TEXT];
	struct ps_bindings bindings = {};
	struct ps_instance instance;
	int opened = ps_apply_read(&apply, 1 << PS_MAP_BINDINGS | 1 << PS_MAP_TARGETS, &instance);

	if (!opened) {
		assert_int_equal(ps_table_read(&instance, &bindings, &error), 0);
		ps_instance_close(&instance);
	}
	for (size_t i = 0; i < bindings.count; i++)
		sprintf(table + strlen(table), "%s %s\n",
			ps_endpoint_format(&bindings.item[i].endpoint, endpoint),
			ps_action_format(&bindings.item[i], words));
	ps_bindings_done(&bindings);
	assert_string_equal(table, expected);
}

static void assert_refused(enum ps_exit status, const char *text)
{
	assert_non_null(strstr(error.text, text));
	assert_int_equal(error.status, status);
	error = (struct ps_error){};
}

/* Someone waits for TCP connections at any address. */
static int listen_somewhere(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(4711) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void binds(void **state)
{
	(void)state;
	assert_int_equal(bind_text("tcp any:23 drop; udp 192.0.2.1:53 pass", PS_REFUSE), 0);
	assert_table("tcp any:23 drop\nudp 192.0.2.1:53 pass\n");
	assert_string_equal(heard.notes, "");
	assert_int_equal(heard.steps, 1);
	assert_int_equal(heard.ended, 1);
	assert_int_equal(ps_apply_flush(&apply), 0);
}

static void tells_what_it_took_otherwise(void **state)
{
	(void)state;
	report.is_verbose = true;
	assert_int_equal(bind_text("tcp 192.0.2.77/24:80 drop", PS_REFUSE), 0);
	assert_non_null(strstr(heard.notes, "it is bound as tcp 192.0.2.0/24:80\n"));
	assert_non_null(strstr(heard.notes, "generation 1: 1 added, 0 changed\n"));
	assert_int_equal(bind_text("tcp 192.0.2.0/24:80 drop", PS_REFUSE), 0);
	assert_non_null(strstr(heard.notes, "tcp 192.0.2.0/24:80 is already bound that way\n"));
	assert_int_equal(ps_apply_flush(&apply), 0);
}

static void refuses_duplicates(void **state)
{
	(void)state;
	assert_int_equal(bind_text("tcp any4:23 drop", PS_REFUSE), 0);
	assert_int_equal(bind_text("tcp any4:23 pass", PS_REFUSE), -1);
	assert_refused(PS_EXIT_CONFLICT, "nothing was changed");
	assert_table("tcp any4:23 drop\n");
	assert_int_equal(bind_text("tcp any4:23 pass", PS_REPLACE), 0);
	assert_table("tcp any4:23 pass\n");
	assert_int_equal(ps_apply_unbind_name(&apply, "web"), -1);
	assert_refused(PS_EXIT_NOT_FOUND, "no binding has the name 'web'");
	assert_int_equal(bind_text("tcp any4:23 pass name web", PS_REPLACE), 0);
	assert_int_equal(ps_apply_unbind_name(&apply, "web"), 0);
}

/* A socket that waits for what is taken: told, and with is_strict a refusal. */
static void asks_for_conflicts(void **state)
{
	struct ps_inspection inspection = { .apply = &apply };
	PS_CLOSED_FD int fd = listen_somewhere();

	(void)state;
	assert_int_equal(ps_inspect_table(&inspection), 0);
	assert_int_equal(inspection.conflicts.count, 0);
	apply.is_strict = true;
	assert_int_equal(bind_text("tcp any4:4711 drop", PS_REFUSE), -1);
	assert_refused(PS_EXIT_CONFLICT, "listener");
	assert_int_equal(heard.steps, 0);
	assert_false(ps_instance_is_there(name));
	apply.is_strict = false;
	heard = (struct heard){};
	assert_int_equal(bind_text("tcp any4:4711 drop", PS_REFUSE), 0);
	assert_non_null(strstr(heard.conflicts, "listener\n"));
	assert_int_equal(heard.steps, 1);
	assert_int_equal(ps_inspect_table(&inspection), 0);
	assert_int_equal(inspection.conflicts.item[0].kind, PS_LISTENER); /* worst first */
	ps_inspection_done(&inspection);
	assert_int_equal(ps_apply_flush(&apply), 0);
}

static void attaches(void **state)
{
	const struct ps_attach_options options = { .device = "p0", .hook = PS_HOOK_TC_INGRESS };

	(void)state;
	assert_int_equal(ps_apply_detach(&apply, "p0"), -1);
	assert_refused(PS_EXIT_NOT_FOUND, "there is nothing to detach");
	assert_int_equal(ps_apply_attach(&apply, &options), 0);
	assert_null(strstr(heard.notes, "already"));
	assert_int_equal(ps_apply_attach(&apply, &options), 0);
	assert_non_null(strstr(heard.notes, "'p0' is already attached that way\n"));
	assert_int_equal(bind_text("tcp any4:23 drop", PS_REFUSE), 0);
	assert_int_equal(ps_apply_detach(&apply, NULL), 0);
	assert_non_null(strstr(heard.notes, "1 bindings stay in the table"));
	assert_int_equal(ps_apply_refresh(&apply, PS_REFRESH_RECOVER), 0);
	assert_table("tcp any4:23 drop\n");
	assert_int_equal(ps_apply_flush(&apply), 0);
}

static void read_text(const char *text, struct ps_transition *ret)
{
	FILE *stream = fmemopen((void *)text, strlen(text), "r");
	struct ps_diagnostics faults = {};

	*ret = (struct ps_transition){};
	assert_non_null(stream);
	assert_int_equal(ps_file_read(stream, &ret->file, &faults, &error), 0);
	assert_int_equal(faults.total, 0);
	ps_diagnostics_done(&faults);
	fclose(stream);
}

static int apply_text(const char *text, int seconds)
{
	struct ps_transition transition;
	int failed;

	read_text(text, &transition);
	failed = ps_apply_file(&apply, &transition, seconds);
	ps_transition_done(&transition);
	return failed;
}

#define FIRST "bindings:\n  - endpoint: tcp any4:23\n    action: drop\n"
#define SECOND                                                     \
	"bindings:\n  - endpoint: tcp any4:23\n    action: pass\n" \
	"  - endpoint: udp any4:53\n    action: drop\n"

static void applies_files(void **state)
{
	struct ps_transition transition;

	(void)state;
	assert_int_equal(apply_text(FIRST, 0), 0);
	assert_int_equal(heard.changes, 1);
	assert_int_equal(heard.added, 1);
	read_text(SECOND, &transition);
	assert_int_equal(ps_apply_compare(&apply, &transition), 0);
	assert_int_equal(transition.bindings.plan.added.count, 1);
	assert_int_equal(transition.bindings.plan.changed.count, 1);
	ps_transition_done(&transition);
	assert_int_equal(heard.changes, 1); /* nothing was */
	assert_table("tcp any4:23 drop\n");
	assert_int_equal(apply_text(SECOND, 0), 0);
	assert_int_equal(heard.changed, 1);
	assert_table("tcp any4:23 pass\nudp any4:53 drop\n");
	heard.answer = -1; /* what is told may fail; what is done stays */
	assert_int_equal(apply_text("bindings: []\n", 0), -1);
	assert_refused(PS_EXIT_REFUSED, "nobody listens");
	assert_int_equal(heard.removed, 2);
	assert_table("");
}

static void tries_out(void **state)
{
	(void)state;
	assert_int_equal(apply_text(FIRST, 0), 0);
	assert_int_equal(apply_text(SECOND, 60), 0);
	assert_non_null(strstr(heard.notes, "the previous table is restored in 60 s"));
	assert_int_equal(bind_text("tcp any4:24 drop", PS_REFUSE), -1);
	assert_refused(PS_EXIT_LOCKED, "waits for confirmation");
	assert_int_equal(ps_apply_revert(&apply), 0);
	assert_table("tcp any4:23 drop\n");
	assert_int_equal(apply_text(SECOND, 60), 0);
	assert_int_equal(ps_apply_confirm(&apply), 0);
	assert_table("tcp any4:23 pass\nudp any4:53 drop\n");
	assert_int_equal(ps_apply_confirm(&apply), -1);
	assert_refused(PS_EXIT_NOT_FOUND, "waits for confirmation");
	assert_int_equal(ps_apply_flush(&apply), 0);
}

/* Whoever wants to hear nothing. */
static void needs_nobody_to_listen(void **state)
{
	(void)state;
	report = (struct ps_report){ .is_verbose = true };
	assert_int_equal(bind_text("tcp 192.0.2.77/24:80 drop", PS_REFUSE), 0);
	assert_int_equal(apply_text(SECOND, 0), 0);
	assert_table("tcp any4:23 pass\nudp any4:53 drop\n");
	assert_int_equal(ps_apply_flush(&apply), 0);
}

static int set_up(void **state)
{
	(void)state;
	ps_object_log_start();
	steer_enter_netns();
	steer_ip("link add p0 type veth peer name p1\n"
		 "addr add 192.0.2.1/24 dev p0\n"
		 "link set p0 up\n"
		 "link set p1 up\n");
	snprintf(name, sizeof(name), "test-prog-engine-%d", (int)getpid());
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "what is bound is published, step by step", binds, begin, end, NULL },
		{ "what is taken otherwise is noted", tells_what_it_took_otherwise, begin, end,
		  NULL },
		{ "duplicates are refused, or replace", refuses_duplicates, begin, end, NULL },
		{ "conflicts are told, and forbid what is strict", asks_for_conflicts, begin, end,
		  NULL },
		{ "programs are attached and detached", attaches, begin, end, NULL },
		{ "files are compared, applied and told", applies_files, begin, end, NULL },
		{ "a file is tried out, taken back, confirmed", tries_out, begin, end, NULL },
		{ "nobody needs to listen", needs_nobody_to_listen, begin, end, NULL },
	};

	return cmocka_run_group_tests_name("engine", tests, set_up, NULL);
}
