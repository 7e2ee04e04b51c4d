// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The real command line, killed. Each command is stopped before and after every
 * system call that changes something, and at each stop real packets are sent,
 * connections made and ports bound: all must be treated as before the command,
 * then as after it, and nothing else. Then it is killed at stops, readers must
 * find the table of before or of after, and the next commands fix the rest:
 * nothing is left over. (I1, I8 to I10 of table/publish.h.)
 *
 * KILLS=N kills each command N times (3), at stops chosen by SEED; KILLS=all at
 * all of them; TIME, once; LONG, 12 times. A pattern ("attach*") as argument picks commands;
 * without one and without LONG each fourth is tried, from one on that SEED chooses.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "before_after.h"
#include "clients.h"
#include "group.h"
#include "leftovers.h"
#include "part.h"
#include "tool.h"
#include "tracee.h"
#include "wire.h"

#define STOPS_MAX 2000
#define KILLS 3
#define PARTS 4

#define TABLE "-q bind --max-bindings 64 --batch "
#define WEB "web --listening tcp 127.0.0.1:"
#define SERVED TABLE "served;attach netns;socket add " WEB "2001"
#define SHARED "attach eth0 shared --max-bindings 64"
#define SMALL "-q bind --max-bindings 128 --batch " /* has room for 64, and may grow */
#define MANY "-q bind --replace --batch many"

static const struct scenario {
	const char *command;
	const char *before; /* commands, separated by ';', that make what it begins with */
	int again; /* its status when all was done already */
	const char *back; /* what takes it back for certain before that, where needed */
	bool is_parallel; /* another process changes the table */
	const char *needs; /* skipped where the kernel refuses this */
} scenarios[] = {
	{ "attach eth0 --max-bindings 64", .before = "" },
	{ "attach eth0 hook tc", .before = TABLE "one" },
	{ "attach eth0 mode generic", .before = TABLE "one" },
	{ "detach eth0", .before = TABLE "one;attach eth0", .again = 4 },
	{ "detach all", .before = "attach eth0 hook tc --max-bindings 64", .again = 4 },
	{ "-q bind udp any:1001 drop --max-bindings 64", .before = "" },
	{ "-q bind udp any:1002 drop name two", .before = TABLE "one;attach eth0" },
	{ "-q bind udp any:1001 pass --replace", .before = TABLE "one;attach eth0 hook tc" },
	{ "unbind udp any:1001", .before = TABLE "one;attach eth0", .again = 4 },
	{ "unbind name group", .before = TABLE "one;attach eth0", .again = 4 },
	{ "-q bind --replace --batch two", .before = TABLE "one;attach eth0" },
	{ "refresh --recover", .before = TABLE "one;attach eth0" },
	{ "flush", .before = TABLE "one;attach eth0 hook tc" },
	{ "flush", .before = TABLE "one" },
	{ "-q bind udp any:1001 pass name other --replace", .before = TABLE "one;attach eth0" },
	{ "-q apply three", .before = TABLE "one;attach eth0" },
	{ "-q apply --max-bindings 64 attached", .before = "" },
	{ "-q apply --confirm 300 three", .before = TABLE "one;attach eth0",
	  .back = "confirm --revert" },
	{ "confirm", .before = TABLE "one;attach eth0;-q apply --confirm 300 three", .again = 4 },
	{ "confirm --revert", .before = TABLE "one;attach eth0;-q apply --confirm 300 three",
	  .again = 4, .is_parallel = true },
	{ "attach eth0 shared", .before = TABLE "one", .needs = SHARED },
	{ "detach eth0", .before = TABLE "one;attach eth0 shared", .again = 4, .needs = SHARED },
	{ "socket add " WEB "2001", .before = "" },
	{ "socket add " WEB "2001", .before = TABLE "served;attach netns" },
	{ "socket add " WEB "2002", .before = SERVED },
	{ "socket add --replace " WEB "2002", .before = SERVED },
	{ "socket remove web", .before = SERVED, .again = 4 },
	{ "attach netns", .before = TABLE "served;socket add " WEB "2001" },
	{ "detach netns", .before = SERVED, .again = 4 },
	{ "guard on CGROUP", .before = SERVED, .needs = "guard on CGROUP" },
	{ "guard off", .before = SERVED ";guard on CGROUP", .needs = "guard on CGROUP" },
	{ MANY, .before = SMALL "one;attach eth0" },
	{ MANY, .before = SMALL "one;attach eth0 hook tc" },
	{ MANY, .before = SMALL "served;attach netns;socket add " WEB "2001;guard on CGROUP",
	  .needs = "guard on CGROUP" },
	{ MANY, .before = SMALL "one;attach eth0 shared", .needs = SHARED },
	{ "-q apply --confirm 300 grown", .before = SMALL "one;attach eth0",
	  .back = "confirm --revert" },
};

static const struct file {
	const char *name, *text;
} files[] = {
	{ "one", "udp any:1001 drop name single\nudp any4:1002 pass\nudp 192.0.2.2:1003 drop\n"
		 "udp 192.0.2.0/24:1004 drop name group\nudp any:1005-1006 count name group\n" },
	{ "two", "udp any4:1002 drop\nudp 192.0.2.2:1003 pass\nudp 192.0.2.2:1004 pass\n"
		 "udp any:1006 drop name six\nudp 192.0.0.0/16:1005 redirect eth1\n" },
	{ "three", "bindings:\n- {endpoint: udp any:1001, action: pass, name: changed}\n"
		   "- {endpoint: udp any4:1002, action: drop, name: named}\n"
		   "- {endpoint: 'udp 192.0.2.0/24:1004', action: drop, name: renamed}\n"
		   "- {endpoint: udp any:1006, action: drop}\n" },
	{ "served", "udp any:1001 drop name single\ntcp any:1007 socket web\ntcp any:1008 drop\n" },
	{ "attached", "interfaces:\n- {device: eth0}\n"
		      "bindings:\n- {endpoint: udp any:1001-1003, action: drop, name: all}\n" },
};

#define FILES (sizeof(files) / sizeof(files[0]))

#define ASKED_SIZE 32

/* All that can be seen of the instance, by packets, processes and readers. */
struct view {
	char asked[ASKED_SIZE]; /* "0x3f aabaabba oo": datagrams delivered, and clients_ask() */
	char table[4096];
	char remains[8192];
};

static struct view old, new;
static char directory[] = "/tmp/portsteer-kills-XXXXXX";
static unsigned int kills, double_kills, kept_old, stops_seen;

static void ask(char ret[ASKED_SIZE])
{
	int length = snprintf(ret, ASKED_SIZE, "%#04x ", wire_ask());

	clients_ask(ret + length);
}

static void look(struct view *view)
{
	leftovers_list(view->remains, sizeof(view->remains));
	leftovers_read_table(view->table, sizeof(view->table));
	ask(view->asked);
}

/* Calls of bind(2), the last two, are judged by a program for each family. */
static bool is_old_or_new(const char *asked)
{
	size_t common = strlen(asked) - 2;

	for (size_t i = common; asked[i]; i++)
		if (asked[i] != old.asked[i] && asked[i] != new.asked[i])
			return false;
	return !strncmp(asked, old.asked, common) || !strncmp(asked, new.asked, common);
}

static void set_up(const struct scenario *scenario)
{
	before_run(scenario->before, 0);
}

/* Readers find the old table or the new one, and packets the same. */
static void check_between(const struct scenario *scenario, const char *when)
{
	bool is_table_change = strcmp(old.table, new.table) && !scenario->is_parallel;
	char table[sizeof(old.table)], asked[ASKED_SIZE];
	bool is_new;

	ask(asked);
	if (!is_old_or_new(asked))
		fail_msg("%s: packets saw %s, neither %s nor %s", when, asked, old.asked,
			 new.asked);
	leftovers_read_table(table, sizeof(table));
	is_new = !strcmp(table, new.table);
	if (!is_new && strcmp(table, old.table))
		after_fail_difference(when, "the table, of neither before nor after,", table,
				      new.table);
	if (is_table_change && strcmp(asked, is_new ? new.asked : old.asked))
		fail_msg("%s: packets see one table, readers another", when);
	kept_old += !is_new;
}

static void check_view(const struct view *wanted, const char *when)
{
	static struct view view;

	look(&view);
	if (strcmp(view.remains, wanted->remains))
		after_fail_difference(when, "what is there", view.remains, wanted->remains);
	if (strcmp(view.asked, wanted->asked))
		fail_msg("%s: packets see %s, not %s", when, view.asked, wanted->asked);
	if (strcmp(view.table, wanted->table))
		after_fail_difference(when, "the table", view.table, wanted->table);
}

/* Runs it with packets at every stop. Returns the number of stops. */
static int test_stops(const struct scenario *scenario)
{
	bool is_changed = strcmp(old.asked, new.asked), is_new = false;
	struct tracee tracee;
	int stops = 0;

	tracee_start(scenario->command, &tracee);
	for (; tracee_advance(&tracee); stops++) {
		char asked[ASKED_SIZE];

		ask(asked);
		if (!is_old_or_new(asked) || (is_new && strcmp(asked, new.asked)))
			fail_msg("%s at stop %d (%s): packets saw %s after %s, before %s",
				 scenario->command, stops, tracee.call, asked,
				 is_new ? new.asked : old.asked, new.asked);
		is_new = is_changed && !strcmp(asked, new.asked);
	}
	assert_int_equal(tracee.status, 0);
	assert_true(stops >= 3 && stops <= STOPS_MAX);
	check_view(&new, "stopped, but not killed");
	after_clear("stopped, but not killed");
	return stops;
}

static void learn(const struct scenario *scenario)
{
	after_clear("before");
	set_up(scenario);
	look(&old);
	tool_expect(0, scenario->command);
	look(&new);
	after_check_whole("uninterrupted");
	after_clear("uninterrupted");
	set_up(scenario);
}

/* Kills @command at stop @stop; false when it ended before. */
static bool kill_at(const char *command, int stop, char *when, size_t size)
{
	struct tracee tracee;
	size_t length = strlen(when);

	tracee_start(command, &tracee);
	for (int i = 0; i <= stop; i++)
		if (!tracee_advance(&tracee))
			return false;
	snprintf(when + length, size - length, "%s%s killed at stop %d (%s %s)",
		 length ? ", then " : "", command, stop, tracee.is_inside ? "before" : "after",
		 tracee.call);
	tracee_kill(&tracee);
	return true;
}

static void test_kill(const struct scenario *scenario, int stop, int stops)
{
	char when[256] = "";

	set_up(scenario);
	if (!kill_at(scenario->command, stop, when, sizeof(when)))
		snprintf(when, sizeof(when), "%s had one stop less", scenario->command);
	else
		kills++;
	check_between(scenario, when);
	if (random() % 2) { /* another command comes between */
		before_run("refresh", 4);
		check_between(scenario, when);
		after_check_whole(when);
	} else if (random() % 2 &&
		   kill_at(scenario->command, (int)(random() % stops), when, sizeof(when))) {
		double_kills++;
		check_between(scenario, when);
	}
	if (scenario->back) {
		before_run(scenario->back, 4);
		check_view(&old, when);
	}
	before_run(scenario->command, scenario->again);
	if (scenario->is_parallel)
		before_run("--wait 10 refresh", 0); /* when the other has ended */
	check_view(&new, when);
	after_check_whole(when);
	after_clear(when);
}

static int wanted_kills(int stops)
{
	const char *text = getenv("KILLS");
	int full = getenv("LONG") ? 4 * KILLS : KILLS;
	int usual = getenv("TIME") ? 1 : full;
	int wanted = text && strcmp(text, "all") ? atoi(text) : usual;

	return (text && !strcmp(text, "all")) || wanted > stops ? stops : wanted;
}

static void test_scenario(void **state)
{
	const struct scenario *scenario = *state;
	int stops, wanted;

	if (scenario->needs)
		before_skip_unless(scenario->needs);
	learn(scenario);
	stops = test_stops(scenario);
	wanted = wanted_kills(stops);
	for (int i = 0; i < wanted; i++) /* one in each part, so that they are spread */
		test_kill(scenario,
			  (int)(((long)i * stops + random() % stops * (wanted < stops)) / wanted),
			  stops);
	stops_seen += (unsigned int)stops;
	print_message("# %s: killed at %d of %d stops\n", scenario->command, wanted, stops);
}

/* More than there is room for, and what packets see of it. */
static void write_many(const char *name, const char *head, const char *line)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	fputs(head, file);
	for (int i = 1; i <= 64; i++)
		fprintf(file, line, i);
	assert_int_equal(fclose(file), 0);
}

static void write_files(void)
{
	write_many("many", "udp any4:1002 drop\nudp 192.0.2.2:1003 pass\n",
		   "tcp 10.0.0.%d:80 drop\n");
	write_many("grown",
		   "bindings:\n- {endpoint: udp any4:1002, action: drop}\n"
		   "- {endpoint: udp any:1001, action: pass}\n",
		   "- {endpoint: 'tcp 10.0.0.%d:80', action: drop}\n");
	for (size_t i = 0; i < FILES; i++) {
		FILE *file = fopen(files[i].name, "we");

		assert_non_null(file);
		fputs(files[i].text, file);
		assert_int_equal(fclose(file), 0);
	}
}

static int open_all(void **state)
{
	(void)state;
	srandom(part_seed());
	print_message("# SEED=%u\n", part_seed());
	tool_enter();
	if (!group_enter())
		print_message("# no cgroup v2: the guard is not looked at\n");
	wire_open();
	clients_open();
	if (!mkdtemp(directory) || chdir(directory) || setenv("PORTSTEER_STEP", "64", 1))
		return -1;
	write_files();
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	clients_close();
	wire_close();
	for (size_t i = 0; i < FILES; i++)
		unlink(files[i].name);
	unlink("many");
	unlink("grown");
	rmdir(directory);
	print_message("# killed %u times, %u times twice, at %u stops; %u left the old table\n",
		      kills, double_kills, stops_seen, kept_old);
	return 0;
}

#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

int main(int argc, char **argv)
{
	static struct CMUnitTest tests[SCENARIOS];
	size_t count = 0;

	for (size_t i = 0; i < SCENARIOS; i++)
		if (argc > 1 || part_has(i, PARTS))
			tests[count++] = (struct CMUnitTest){
				.name = scenarios[i].command,
				.test_func = test_scenario,
				.initial_state = (void *)&scenarios[i],
			};
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return _cmocka_run_group_tests("kills", tests, count, open_all, close_all);
}
