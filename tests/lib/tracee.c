// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Stopping portsteer at its system calls. See tracee.h.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "tool.h"
#include "tracee.h"

static const struct call {
	long number;
	const char *name;
} calls[] = {
	{ SYS_flock, "flock" },		{ SYS_mkdirat, "mkdirat" },   { SYS_unlinkat, "unlinkat" },
	{ SYS_renameat2, "renameat2" }, { SYS_fchmodat, "fchmodat" }, { SYS_fchmod, "fchmod" },
	{ SYS_fchownat, "fchownat" },	{ SYS_fchown, "fchown" },     { SYS_mount, "mount" },
	{ SYS_sendto, "sendto" },	{ SYS_sendmsg, "sendmsg" },   { SYS_kill, "kill" },
#ifdef SYS_mkdir /* calls that newer architectures do not have */
	{ SYS_mkdir, "mkdir" },		{ SYS_rmdir, "rmdir" },	      { SYS_unlink, "unlink" },
	{ SYS_rename, "rename" },	{ SYS_chmod, "chmod" },	      { SYS_chown, "chown" },
#endif
};

static const struct call commands[] = {
	{ BPF_MAP_UPDATE_ELEM, "map update" },
	{ BPF_MAP_DELETE_ELEM, "map delete" },
	{ BPF_MAP_UPDATE_BATCH, "map update batch" },
	{ BPF_MAP_DELETE_BATCH, "map delete batch" },
	{ BPF_OBJ_PIN, "pin" },
	{ BPF_PROG_ATTACH, "attach" },
	{ BPF_PROG_DETACH, "detach" },
	{ BPF_PROG_TEST_RUN, "program run" },
	{ BPF_LINK_CREATE, "link create" },
	{ BPF_LINK_UPDATE, "link update" },
	{ BPF_LINK_DETACH, "link detach" },
};

static const char *find(const struct call *list, size_t count, unsigned long number)
{
	for (size_t i = 0; i < count; i++)
		if ((unsigned long)list[i].number == number)
			return list[i].name;
	return NULL;
}

static const char *name_change(const struct __ptrace_syscall_info *info)
{
	if (info->entry.nr == SYS_bpf)
		return find(commands, sizeof(commands) / sizeof(*commands), info->entry.args[0]);
	return find(calls, sizeof(calls) / sizeof(*calls), info->entry.nr);
}

void tracee_start(const char *words, struct tracee *ret)
{
	int status;

	*ret = (struct tracee){ .pid = fork() };
	assert_true(ret->pid >= 0);
	if (!ret->pid) {
		int nowhere = open("/dev/null", O_WRONLY);

		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		tool_exec(words);
	}
	assert_int_equal(waitpid(ret->pid, &status, 0), ret->pid);
	assert_true(WIFSTOPPED(status));
	ptrace(PTRACE_SETOPTIONS, ret->pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
}

/* Looks where it stands; true when the test wants to see that. */
static bool is_stop(struct tracee *tracee)
{
	struct __ptrace_syscall_info info = {};
	const char *name;

	ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, sizeof(info), &info);
	if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		tracee->is_inside = false;
		return tracee->was_changing;
	}
	name = info.op == PTRACE_SYSCALL_INFO_ENTRY ? name_change(&info) : NULL;
	tracee->is_inside = true;
	tracee->was_changing = name;
	if (name)
		snprintf(tracee->call, sizeof(tracee->call), "%s", name);
	return name;
}

bool tracee_advance(struct tracee *tracee)
{
	for (;;) {
		int status;

		assert_int_equal(ptrace(PTRACE_SYSCALL, tracee->pid, NULL, NULL), 0);
		assert_int_equal(waitpid(tracee->pid, &status, 0), tracee->pid);
		if (WIFEXITED(status)) {
			tracee->status = WEXITSTATUS(status);
			return false;
		}
		if (!WIFSTOPPED(status))
			fail_msg("portsteer ended by signal %d", WTERMSIG(status));
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && is_stop(tracee))
			return true;
	}
}

void tracee_kill(struct tracee *tracee)
{
	kill(tracee->pid, SIGKILL);
	assert_int_equal(waitpid(tracee->pid, NULL, 0), tracee->pid);
}
