// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * System calls that fail, and what is said of it. Each row has a command, a system call and an
 * error: in turn the first, second, third call of that name fails, until the command says what the
 * row expects. Whatever it says until then, the next command works as if nothing had been, and what
 * is left in the end can be removed. All rows with LONG=1, else each 16th, from one on that SEED
 * chooses; or those of a pattern that is given.
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
#include "damage.h"
#include "group.h"
#include "part.h"
#include "steer.h"
#include "tool.h"
#include "tracee.h"

#define AT DAMAGE_INSTANCE
#define BIND "-q bind --max-bindings 64 "
#define PARTS 16
#define DONE -1 /* exit status 0, where 0 stands for 1 */
#define SHARED "attach eth0 shared"
#define WEB "web --listening tcp 127.0.0.1:"
#define EACH -1 /* call of that name */

static const struct row {
	const char *command;
	const char *before; /* commands that make what it begins with */
	struct tracee_fault faults[2]; /* of the last one, the number is tried out */
	const char *text; /* that it must say */
	int status; /* with which it must end then, if not 1 */
	int again; /* status when the command has nothing to do any more */
	const char *needs; /* skipped where the kernel refuses this */
	void (*damage)(void); /* what else comes before it */
	void (*fix)(void); /* what makes that good again */
} rows[] = {
	{ "attach eth0",
	  .before = "",
	  { { "link create", EBUSY } },
	  "another program came to the XDP hook of 'eth0'; try again",
	  .status = 3 },
	{ "attach eth0",
	  .before = "",
	  { { "link create", EINVAL } },
	  "the driver of 'eth0' refuses native XDP with its present MTU or offloads: "
	  "Invalid argument; 'mode generic' and 'hook tc' work, and this may help: " },
	{ "attach eth0",
	  .before = "",
	  { { "link create", ENOMEM } },
	  "cannot attach to the XDP hook of 'eth0': Cannot allocate memory" },
	{ "attach eth0",
	  .before = "",
	  { { "link create", ENOMEM } },
	  "cannot attach to TCX of 'eth0': Cannot allocate memory" },
	{ "attach eth0",
	  .before = "",
	  { { "inspect", EIO } },
	  "cannot inspect the program: Input/output error" },
	{ "attach eth0",
	  .before = "",
	  { { "inspect", EIO } },
	  "cannot inspect the link: Input/output error" },
	{ "attach eth0",
	  .before = "",
	  { { "inspect", EIO } },
	  "cannot inspect map 'bindings': Input/output error" },
	{ "attach eth0",
	  .before = "",
	  { { "mmap", ENOMEM } },
	  "cannot map 'directory' into memory: Cannot allocate memory" },
	{ "attach eth0",
	  .before = "",
	  { { "pin", ENOSPC } },
	  "cannot pin " AT "/links/xdp-eth0: No space left on device" },
	{ "attach eth0",
	  .before = "",
	  { { "program load", EPERM, EACH } },
	  "cannot load the table: no capability is missing, so a security module, a seccomp filter "
	  "or kernel lockdown forbids it: Operation not permitted" },
	{ "attach eth0",
	  .before = "",
	  { { "chmod", EIO } },
	  "cannot set the mode of " TOOL_ROOT "/v2/%fresh: Input/output error" },
	{ "attach eth0", .before = "", { { "fchmodat", EIO } }, "cannot set the mode of " },
	{ "attach eth0",
	  .before = "attach eth0",
	  { { "link update", EPERM } },
	  "cannot exchange the program of " AT "/links/xdp-eth0: Operation not permitted",
	  .damage = damage_forget_build },
	{ "attach eth0 hook tc",
	  .before = "",
	  { { "link create", EINVAL }, { "sendto", ENOMEM } },
	  "cannot add the clsact qdisc to 'eth0' (module sch_ingress): Cannot allocate memory" },
	{ "attach eth0 hook tc",
	  .before = "",
	  { { "link create", EINVAL }, { "sendto", ENOMEM } },
	  "cannot attach to clsact of 'eth0': Cannot allocate memory" },
	{ "detach eth0",
	  .before = "attach eth0",
	  { { "link detach", EPERM } },
	  "cannot detach " AT "/links/xdp-eth0: Operation not permitted" },
	{ "detach eth0",
	  .before = "attach eth0",
	  { { "unlink", EROFS } },
	  "cannot remove " AT "/links/xdp-eth0: Read-only file system",
	  .again = 4 },
	{ BIND "tcp any:1 drop", .before = "", .faults = { { "program run", EIO } },
	  .text = "cannot run portsteer_store: Input/output error" },
	{ "bind tcp any:2 drop", .before = BIND "tcp any:1 drop",
	  .faults = { { "map update", ENOMEM, EACH } },
	  .text = "warning: the change is in force, but not all is tidied up, which the next "
		  "change finishes: cannot wait for packets: Cannot allocate memory",
	  .status = DONE },
	{ "socket remove web", .before = BIND "tcp any:1 drop;socket add " WEB "2001",
	  .faults = { { "map update", ENOMEM, EACH } },
	  .text = "warning: sockets that do not count any more are still held: cannot wait for "
		  "packets",
	  .status = DONE, .again = 4 },
	{ "socket add " WEB "2002", .before = BIND "tcp any:1 drop;socket add " WEB "2001",
	  .faults = { { "map lookup", ENOMEM } },
	  .text = "warning: whether a socket of 'web' is open is not known, it is kept: Cannot",
	  .status = DONE },
	{ "flush", .before = BIND "tcp any:1 drop", .faults = { { "rename", EIO } },
	  .text = "warning: an empty instance is left: cannot rename " AT ": Input/output error",
	  .status = DONE },
	{ BIND "tcp any:1 drop", .before = "", .faults = { { "map update batch", ENOMEM } },
	  .text = "cannot count bindings: Cannot allocate memory" },
	{ "unbind tcp any:1", .before = BIND "tcp any:1 drop",
	  .faults = { { "map delete", ENOMEM } },
	  .text = "cannot count bindings: Cannot allocate memory", .again = 4 },
	{ BIND "tcp any:1 drop name b --replace", .before = BIND "tcp any:1 drop name a",
	  .faults = { { "map create", ENOMEM } },
	  .text = "cannot keep the new names of 1 bindings: Cannot allocate memory" },
	{ BIND "tcp any:1 drop name b --replace", .before = BIND "tcp any:1 drop name a",
	  .faults = { { "pin", EPERM } },
	  .text = "cannot pin " AT "/renames: Operation not permitted" },
	{ "bind tcp any:1 drop name b --replace", .before = BIND "tcp any:1 drop name a",
	  .faults = { { "unlink", EIO, EACH } },
	  .text = "cannot remove " AT "/renames: Input/output error", .status = DONE },
	{ "bindings", .before = BIND "tcp any:1 drop", .faults = { { "lookup batch", ENOMEM } },
	  .text = "cannot read the bindings: Cannot allocate memory" },
	{ "bindings", .before = BIND "tcp any:1 drop", .faults = { { "lookup batch", ENOMEM } },
	  .text = "cannot read 'state': Cannot allocate memory" },
	{ "flush", .before = BIND "tcp any:1 drop", .faults = { { "unlink", EIO } },
	  .text = "warning: the instance is gone, but not all of its pins are yet: cannot remove ",
	  .status = DONE, .again = 4 },
	{ "-q apply --confirm 60 two", .before = BIND "tcp any:1 drop",
	  .faults = { { "socketpair", EMFILE } },
	  .text = "cannot make a socket pair: Too many open files" },
	{ "-q apply --confirm 60 two", .before = BIND "tcp any:1 drop",
	  .faults = { { "clone", EAGAIN } },
	  .text = "cannot make a process: Resource temporarily unavailable" },
	{ "-q apply --confirm 60 two", .before = BIND "tcp any:1 drop",
	  .faults = { { "recvfrom", EIO } }, .text = "the process that reverts changes ended" },
	{ "confirm --revert", .before = BIND "tcp any:1 drop;-q apply --confirm 60 two",
	  .faults = { { "mkdirat", EIO } },
	  .text = "cannot change the marker in " AT ": Input/output error", .again = 4 },
	{ "confirm", .before = BIND "tcp any:1 drop;-q apply --confirm 60 two",
	  .faults = { { "unlinkat", EIO } },
	  .text = "cannot remove the marker in " AT ": Input/output error", .again = 4 },
	{ "-q apply none", .before = BIND "tcp any:1 drop;attach eth0",
	  .faults = { { "link detach", EPERM } },
	  .text = "cannot detach " AT
		  "/links/xdp-eth0: Operation not permitted; the previous table and attachments "
		  "are restored" },
	{ "-q apply none", .before = BIND "tcp any:1 drop;attach eth0",
	  .faults = { { "link detach", EPERM, 1 }, { "program run", EIO } },
	  .text = "the table matches the file, but: cannot detach " AT
		  "/links/xdp-eth0: Operation not "
		  "permitted; the previous state cannot be restored: cannot run portsteer_store: "
		  "Input/output error" },
	{ "-q apply --confirm 60 two", .before = BIND "tcp any:1 drop",
	  .faults = { { "sendto", EPIPE } },
	  .text = "the process that would revert the change is gone; the previous table and "
		  "attachments are restored" },
	{ "attach eth0 hook tc",
	  .before = "",
	  { { "sendto", ENOMEM } },
	  "cannot exchange the filter of 'eth0': Cannot allocate memory",
	  .damage = damage_attach_old_clsact },
	{ "detach eth0",
	  .before = "",
	  { { "sendto", ENOMEM } },
	  "cannot remove the filter of 'eth0': Cannot allocate memory",
	  .damage = damage_attach_clsact,
	  .again = 4 },
	{ "detach eth0",
	  .before = "",
	  { { "sendto", ENOMEM } },
	  "cannot remove the clsact qdisc of 'eth0': Cannot allocate memory",
	  .damage = damage_attach_clsact,
	  .again = 4 },
	{ "attach eth0",
	  .before = "",
	  { { "sendto", ENOMEM } },
	  "warning: 'eth0' was not checked: cannot list the interfaces: Cannot allocate memory",
	  .status = DONE },
	{ "bind tcp any:2 drop",
	  .before = BIND "tcp any:1 drop",
	  { { "sendto", ENOMEM } },
	  "cannot list the addresses of this host: Cannot allocate memory",
	  .status = DONE },
	{ "attach lo shared", .before = "",
	  .text = "the driver of 'lo' has no native XDP, or libxdp cannot make its dispatcher on "
		  "this kernel (-v shows why); 'mode generic shared' and 'hook tc' may work",
	  .again = 1, .needs = SHARED },
	{ "attach eth0 shared",
	  .before = "",
	  { { "sendto", ENOMEM } },
	  "cannot attach through libxdp's dispatcher to 'eth0': Cannot allocate memory",
	  .needs = SHARED },
	{ "attach eth0 shared",
	  .before = "",
	  { { "dup", EMFILE } },
	  "cannot keep the program on 'eth0': Too many open files",
	  .needs = SHARED },
	{ "detach eth0",
	  .before = "attach eth0 shared",
	  { { "sendto", ENOMEM } },
	  "cannot take a program out of the dispatcher of 'eth0': Cannot allocate memory",
	  .needs = SHARED,
	  .again = 4 },
	{ "guard on CGROUP",
	  .before = BIND "tcp any:1 drop",
	  { { "link create", ENOMEM } },
	  "cannot attach to the bind(2) hooks of cgroup /portsteer-test-",
	  .needs = "guard on CGROUP" },
	{ BIND "tcp any:2 drop owner user:0",
	  .before = BIND "tcp any:1 drop",
	  { { "map update", ENOMEM } },
	  "cannot store the owner user:0: Cannot allocate memory" },
	{ "attach netns",
	  .before = BIND "tcp any:1 socket web",
	  { { "link create", ENOMEM } },
	  "cannot attach to the sk_lookup hook of the network namespace: Cannot allocate memory" },
	{ "socket add " WEB "2001",
	  .before = BIND "tcp any:1 socket web",
	  { { "map update", ENOMEM } },
	  "the kernel does not accept the socket: Cannot allocate memory" },
	{ BIND "tcp any:2 drop", .before = BIND "tcp any:1 drop",
	  .text = "cannot change a binding: Invalid argument", .damage = damage_refuse_changes,
	  .fix = damage_restore_store },
	{ BIND "tcp any:2 drop", .before = BIND "tcp any:1 drop",
	  .text = "cannot insert a binding: Cannot allocate memory", .damage = damage_lack_memory,
	  .fix = damage_restore_store },
	{ BIND "tcp any:2 drop", .before = BIND "tcp any:1 drop",
	  .text = "no free slot among 64; 'portsteer refresh --recover' recounts them",
	  .damage = damage_fill_slots, .fix = damage_recover },
	{ "bindings", .before = BIND "tcp any:1 drop",
	  .text = AT " was made by another portsteer (ABI 2, this one has 1)",
	  .damage = damage_change_abi, .fix = damage_restore_meta },
	{ BIND "tcp any:2 drop", .before = BIND "tcp any:1 drop",
	  .text = "instance '" TOOL_INSTANCE
		  "' was made in an earlier network namespace of that name",
	  .damage = damage_change_namespace, .fix = damage_restore_meta },
	{ "--wait 0 bindings", .before = BIND "tcp any:1 drop",
	  .text = "instance '" TOOL_INSTANCE "' changes faster than it can be read; waited 0 s "
		  "(--wait SECONDS waits longer)",
	  .status = 75, .damage = damage_start_changing, .fix = damage_stop_changing },
#include "complaints_explain.h"
};

static char directory[] = "/tmp/portsteer-complaints-XXXXXX";
static unsigned int failures;

/* Runs it with the @nth call of its last fault failing; false when there is no such call. */
static bool fail_at(const struct row *row, int nth, struct tool_run *ret)
{
	struct tracee_fault faults[2] = { row->faults[0], row->faults[1] };
	struct tracee_fault *last = &faults[faults[1].call ? 1 : 0];
	bool has_happened;

	last->nth = last->nth == EACH ? 0 : nth;
	before_run(row->before, 0);
	if (row->damage)
		row->damage();
	has_happened = tracee_run(row->command, faults, ret);
	if (row->fix)
		row->fix();
	return has_happened || !row->faults[0].call;
}

/* It ends with a message or, when it can do without that call, as if nothing had been. */
static void check_end(const struct row *row, const struct tool_run *run, const char *when)
{
	if (run->status && strncmp(run->output, "portsteer: ", 11) &&
	    !strstr(run->output, "\nportsteer: "))
		fail_msg("%s: status %d, and no message: %s", when, run->status, run->output);
	failures += run->status != 0;
	before_run("confirm --revert", 4);
	before_run("--wait 10 refresh", 4);
	after_check_whole(when);
	before_run(row->command, row->again);
	after_check_whole(when);
	after_clear(when);
}

static bool is_said(const struct row *row, const struct tool_run *run, const char *when)
{
	if (!strstr(run->output, row->text))
		return false;
	if (run->status != (row->status == DONE ? 0 : row->status ?: 1))
		fail_msg("%s: status %d: %s", when, run->status, run->output);
	return true;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	static struct tool_run run;
	bool found = false;

	if (row->needs)
		before_skip_unless(row->needs);
	after_clear("before");
	for (int nth = 1; !found; nth++) {
		char when[128];

		snprintf(when, sizeof(when), "%s, call %d failed", row->command, nth);
		if (!fail_at(row, nth, &run))
			fail_msg("%s: '%s' was not said, but: %s", when, row->text, run.output);
		if (getenv("VERBOSE"))
			print_message("# %s: %d, %s", when, run.status, run.output);
		found = is_said(row, &run, when);
		check_end(row, &run, when);
	}
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static int open_all(void **state)
{
	(void)state;
	tool_enter();
	if (!group_enter())
		print_message("# no cgroup v2: the guard is not looked at\n");
	steer_ip("link add eth0 type veth peer name eth1\nlink set eth0 up\nlink set eth1 up\n");
	clients_open();
	if (!mkdtemp(directory) || chdir(directory))
		return -1;
	write_file("two", "bindings: [{endpoint: tcp any:2, action: drop}]");
	write_file("none", "interfaces: []\nbindings: []");
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	clients_close();
	unlink("two");
	unlink("none");
	rmdir(directory);
	print_message("# %u commands failed, and left nothing that was not repaired\n", failures);
	return 0;
}

#define ROWS (sizeof(rows) / sizeof(rows[0]))

int main(int argc, char **argv)
{
	static struct CMUnitTest tests[ROWS];
	size_t count = 0;

	print_message("# SEED=%u\n", part_seed());
	for (const struct row *row = rows; row < rows + ROWS; row++)
		if (argc > 1 || part_has((size_t)(row - rows), PARTS))
			tests[count++] = (struct CMUnitTest){
				.name = row->text,
				.test_func = test_row,
				.initial_state = (void *)row,
			};
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return _cmocka_run_group_tests("complaints", tests, count, open_all, close_all);
}
