// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Stopping portsteer at its system calls. See tracee.h.
 */
#include <elf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
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

/* Those that change nothing, but can fail. */
static const struct call other_calls[] = {
	{ SYS_mmap, "mmap" }, { SYS_socketpair, "socketpair" }, { SYS_clone, "clone" },
	{ SYS_dup, "dup" },   { SYS_recvfrom, "recvfrom" },	{ SYS_ioctl, "ioctl" },
};

static const struct call other_commands[] = {
	{ BPF_OBJ_GET, "open" },
	{ BPF_OBJ_GET_INFO_BY_FD, "inspect" },
	{ BPF_MAP_LOOKUP_ELEM, "map lookup" },
	{ BPF_MAP_LOOKUP_BATCH, "lookup batch" },
	{ BPF_MAP_CREATE, "map create" },
	{ BPF_PROG_LOAD, "program load" },
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

static const char *name_other(const struct __ptrace_syscall_info *info)
{
	if (info->entry.nr == SYS_bpf)
		return find(other_commands, sizeof(other_commands) / sizeof(*other_commands),
			    info->entry.args[0]);
	if (info->entry.nr == SYS_mmap && !(info->entry.args[3] & MAP_SHARED))
		return NULL; /* memory of its own, not of a map */
	return find(other_calls, sizeof(other_calls) / sizeof(*other_calls), info->entry.nr);
}

void tracee_start_into(const char *words, int output_fd, struct tracee *ret)
{
	int status;

	*ret = (struct tracee){ .pid = fork() };
	assert_true(ret->pid >= 0);
	if (!ret->pid) {
		dup2(output_fd, STDOUT_FILENO);
		dup2(output_fd, STDERR_FILENO);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		tool_exec(words);
	}
	assert_int_equal(waitpid(ret->pid, &status, 0), ret->pid);
	assert_true(WIFSTOPPED(status));
	ptrace(PTRACE_SETOPTIONS, ret->pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
}

void tracee_start(const char *words, struct tracee *ret)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	tracee_start_into(words, nowhere, ret);
	close(nowhere);
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

/* To the next entry to or exit from any system call; false when it has ended. */
static bool step(struct tracee *tracee)
{
	int status;

	do {
		assert_int_equal(ptrace(PTRACE_SYSCALL, tracee->pid, NULL, NULL), 0);
		assert_int_equal(waitpid(tracee->pid, &status, 0), tracee->pid);
		if (WIFEXITED(status)) {
			tracee->status = WEXITSTATUS(status);
			return false;
		}
		if (!WIFSTOPPED(status))
			fail_msg("portsteer ended by signal %d", WTERMSIG(status));
	} while (WSTOPSIG(status) != (SIGTRAP | 0x80));
	return true;
}

bool tracee_advance(struct tracee *tracee)
{
	while (step(tracee))
		if (is_stop(tracee))
			return true;
	return false;
}

void tracee_kill(struct tracee *tracee)
{
	kill(tracee->pid, SIGKILL);
	assert_int_equal(waitpid(tracee->pid, NULL, 0), tracee->pid);
}

/* At its entry: the kernel makes no call of that number. */
void tracee_refuse(pid_t pid)
{
#ifdef __x86_64__
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, orig_rax), -1L);
#else
	int number = -1;
	struct iovec part = { &number, sizeof(number) };

	ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &part);
#endif
}

/* At its exit. */
void tracee_set_result(pid_t pid, long result)
{
#ifdef __x86_64__
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax), result);
#else
	struct user_regs_struct registers;
	struct iovec part = { &registers, sizeof(registers) };

	ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &part);
	registers.regs[0] = (unsigned long)result;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &part);
#endif
}

/* Which of @faults happens to the call that it enters, of which each has seen so many: 0, 1, or -1.
 */
static int choose(pid_t pid, const struct tracee_fault faults[2], int seen[2])
{
	struct __ptrace_syscall_info info = {};
	const char *name;

	ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info);
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return -1;
	name = name_change(&info) ?: name_other(&info);
	for (int i = 0; name && i < 2; i++)
		if (faults[i].call && !strcmp(faults[i].call, name) &&
		    (++seen[i] == faults[i].nth || !faults[i].nth))
			return i;
	return -1;
}

static void read_output(int fd, struct tool_run *run)
{
	ssize_t length = pread(fd, run->output, sizeof(run->output) - 1, 0);

	assert_true(length >= 0);
	run->output[length] = '\0';
}

bool tracee_run(const char *words, const struct tracee_fault faults[2], struct tool_run *ret)
{
	int output_fd = memfd_create("output", MFD_CLOEXEC), seen[2] = {};
	bool has_happened[2] = {};
	struct tracee tracee;

	assert_true(output_fd >= 0);
	tracee_start_into(words, output_fd, &tracee);
	while (step(&tracee)) {
		int fault = choose(tracee.pid, faults, seen);

		if (fault < 0)
			continue;
		tracee_refuse(tracee.pid);
		assert_true(step(&tracee));
		tracee_set_result(tracee.pid, -faults[fault].err);
		has_happened[fault] = true;
	}
	read_output(output_fd, ret);
	close(output_fd);
	ret->status = tracee.status;
	return has_happened[faults[1].call ? 1 : 0];
}
