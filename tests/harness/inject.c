// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One system call that fails. See inject.h.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "inject.h"
#include "tracee.h"

#define LATE_SECONDS 60
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct name {
	long number;
	const char *text;
};

#define NAME(call)                \
	{                         \
		SYS_##call, #call \
	}

static const struct name names[] = {
	NAME(read),	     NAME(write),	  NAME(close),	    NAME(openat),
	NAME(fstat),	     NAME(newfstatat),	  NAME(statx),	    NAME(lseek),
	NAME(mmap),	     NAME(mprotect),	  NAME(munmap),	    NAME(mremap),
	NAME(ioctl),	     NAME(pread64),	  NAME(readv),	    NAME(writev),
	NAME(dup),	     NAME(dup3),	  NAME(fcntl),	    NAME(flock),
	NAME(socket),	     NAME(socketpair),	  NAME(bind),	    NAME(connect),
	NAME(getsockname),   NAME(sendto),	  NAME(sendmsg),    NAME(recvfrom),
	NAME(recvmsg),	     NAME(setsockopt),	  NAME(getsockopt), NAME(clone),
	NAME(wait4),	     NAME(kill),	  NAME(getdents64), NAME(fchmod),
	NAME(fchmodat),	     NAME(fchown),	  NAME(fchownat),   NAME(mkdirat),
	NAME(unlinkat),	     NAME(renameat2),	  NAME(readlinkat), NAME(faccessat),
	NAME(faccessat2),    NAME(statfs),	  NAME(fstatfs),    NAME(setns),
	NAME(unshare),	     NAME(mount),	  NAME(ppoll),	    NAME(pipe2),
	NAME(prlimit64),     NAME(getrandom),	  NAME(uname),	    NAME(sysinfo),
	NAME(membarrier),    NAME(capget),	  NAME(pidfd_open), NAME(pidfd_getfd),
	NAME(epoll_create1), NAME(inotify_init1),
#ifdef SYS_open /* calls that newer architectures do not have */
	NAME(open),	     NAME(stat),	  NAME(lstat),	    NAME(poll),
	NAME(access),	     NAME(mkdir),	  NAME(rmdir),	    NAME(unlink),
	NAME(rename),	     NAME(readlink),	  NAME(chmod),	    NAME(chown),
	NAME(dup2),	     NAME(fork),
#endif
};

static const struct name commands[] = {
	{ BPF_MAP_CREATE, "map create" },
	{ BPF_MAP_LOOKUP_ELEM, "map lookup" },
	{ BPF_MAP_UPDATE_ELEM, "map update" },
	{ BPF_MAP_DELETE_ELEM, "map delete" },
	{ BPF_MAP_GET_NEXT_KEY, "map next" },
	{ BPF_MAP_LOOKUP_BATCH, "map lookup batch" },
	{ BPF_MAP_UPDATE_BATCH, "map update batch" },
	{ BPF_MAP_DELETE_BATCH, "map delete batch" },
	{ BPF_MAP_FREEZE, "map freeze" },
	{ BPF_PROG_LOAD, "program load" },
	{ BPF_PROG_TEST_RUN, "program run" },
	{ BPF_PROG_QUERY, "program query" },
	{ BPF_PROG_GET_FD_BY_ID, "program by id" },
	{ BPF_LINK_GET_FD_BY_ID, "link by id" },
	{ BPF_LINK_GET_NEXT_ID, "link next" },
	{ BPF_OBJ_PIN, "pin" },
	{ BPF_OBJ_GET, "open" },
	{ BPF_OBJ_GET_INFO_BY_FD, "inspect" },
	{ BPF_BTF_LOAD, "btf load" },
	{ BPF_LINK_CREATE, "link create" },
	{ BPF_LINK_UPDATE, "link update" },
	{ BPF_LINK_DETACH, "link detach" },
};

/* What the kernel cannot refuse for want of anything; libc ends who is told so of a futex. */
static const long safe[] = {
	SYS_exit_group,	  SYS_exit,	      SYS_getpid,
	SYS_gettid,	  SYS_getuid,	      SYS_geteuid,
	SYS_getgid,	  SYS_getegid,	      SYS_getppid,
	SYS_umask,	  SYS_rt_sigreturn,   SYS_set_tid_address,
	SYS_rseq,	  SYS_sched_yield,    SYS_set_robust_list,
	SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_restart_syscall,
	SYS_execve,	  SYS_execveat,	      SYS_futex,
#ifdef SYS_arch_prctl
	SYS_arch_prctl,
#endif
};

static pid_t watched;
static volatile sig_atomic_t is_late;

static void kill_watched(int number)
{
	(void)number;
	is_late = 1;
	kill(watched, SIGKILL);
}

static const char *find(const struct name *list, size_t count, unsigned long number)
{
	for (size_t i = 0; i < count; i++)
		if ((unsigned long)list[i].number == number)
			return list[i].text;
	return NULL;
}

static void describe(const struct __ptrace_syscall_info *info, struct inject_call *ret)
{
	const char *text = find(names, COUNT(names), info->entry.nr);

	*ret = (struct inject_call){ .number = (long)info->entry.nr };
	for (int i = 0; i < 3; i++)
		ret->argument[i] = info->entry.args[i];
	if (text)
		snprintf(ret->name, INJECT_NAME, "%s", text);
	else
		snprintf(ret->name, INJECT_NAME, "call %ld", ret->number);
	if (info->entry.nr == SYS_bpf) {
		text = find(commands, COUNT(commands), info->entry.args[0]);
		snprintf(ret->name, INJECT_NAME, "bpf %s", text ?: "?");
	} else if (info->entry.nr == SYS_brk) {
		strcpy(ret->name, "brk");
	}
	for (size_t i = 0; i < COUNT(safe); i++)
		ret->is_safe |= safe[i] == ret->number;
}

/* How far it has come. */
struct progress {
	struct tracee tracee;
	bool is_loaded, is_main, is_refused;
	unsigned long loader_from, loader_to; /* its code in memory */
	long brk; /* the end of its heap */
	int seen;
	struct __ptrace_syscall_info info;
};

/* The part of memory that has the instruction at @place. */
static void find_loader(struct progress *progress, unsigned long place)
{
	char path[64], line[512];
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)progress->tracee.pid);
	maps = fopen(path, "re");
	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx", &from, &to) == 2 && place >= from && place < to) {
			progress->loader_from = from;
			progress->loader_to = to;
		}
	}
	fclose(maps);
	assert_true(progress->loader_to);
}

/* The first call that another than the loader makes ends its work. */
static bool is_of_main(struct progress *progress)
{
	unsigned long place = progress->info.instruction_pointer;

	if (progress->is_main)
		return true;
	if (!progress->is_loaded)
		return false;
	if (!progress->loader_to)
		find_loader(progress, place);
	progress->is_main = place < progress->loader_from || place >= progress->loader_to;
	return progress->is_main;
}

/* To its next system call, in or out; false when it has ended. */
static bool step(struct progress *progress)
{
	struct tracee *tracee = &progress->tracee;
	int status;

	do {
		ptrace(PTRACE_SYSCALL, tracee->pid, NULL, NULL);
		assert_int_equal(waitpid(tracee->pid, &status, 0), tracee->pid);
		if (!WIFSTOPPED(status)) {
			tracee->status =
				WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
			return false;
		}
		if (WSTOPSIG(status) == SIGSEGV || WSTOPSIG(status) == SIGABRT ||
		    WSTOPSIG(status) == SIGBUS || WSTOPSIG(status) == SIGFPE) {
			tracee->status = -WSTOPSIG(status);
			tracee_kill(tracee);
			return false;
		}
	} while (WSTOPSIG(status) != (SIGTRAP | 0x80));
	ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, sizeof(progress->info), &progress->info);
	return true;
}

/* To the next call that main makes; false when it has ended. */
static bool next_call(struct progress *progress, struct inject_call *ret)
{
	while (step(progress)) {
		struct __ptrace_syscall_info *info = &progress->info;

		if (info->op == PTRACE_SYSCALL_INFO_ENTRY) {
			describe(info, ret);
			if (is_of_main(progress))
				return true;
		} else if (info->op == PTRACE_SYSCALL_INFO_EXIT) {
			if ((ret->number == SYS_execve || ret->number == SYS_execveat) &&
			    !info->exit.rval)
				progress->is_loaded = true;
			if (ret->number == SYS_brk)
				progress->brk = info->exit.rval;
		}
	}
	return false;
}

static int begin(const char *words, struct progress *ret)
{
	int output_fd = memfd_create("output", MFD_CLOEXEC);

	assert_true(output_fd >= 0);
	*ret = (struct progress){};
	tracee_start_into(words, output_fd, &ret->tracee);
	watched = ret->tracee.pid;
	is_late = 0;
	signal(SIGALRM, kill_watched);
	alarm(LATE_SECONDS);
	return output_fd;
}

static void end(const struct progress *progress, int output_fd, struct tool_run *ret)
{
	ssize_t length = pread(output_fd, ret->output, sizeof(ret->output) - 1, 0);

	alarm(0);
	assert_true(length >= 0);
	ret->output[length] = '\0';
	ret->status = progress->tracee.status;
	close(output_fd);
}

int inject_learn(const char *words, struct inject_call calls[INJECT_CALLS_MAX],
		 struct tool_run *ret)
{
	struct progress progress;
	int output_fd = begin(words, &progress), count = 0;
	struct inject_call call = {};

	while (next_call(&progress, &call))
		if (count < INJECT_CALLS_MAX)
			calls[count++] = call;
	end(&progress, output_fd, ret);
	return count;
}

/* It stands at the entry of a call, which fails; from there it runs alone. */
static void fail_here(struct progress *progress, const struct inject_call *call, int err)
{
	struct tracee *tracee = &progress->tracee;
	int status;

	tracee_refuse(tracee->pid);
	if (!step(progress))
		return;
	tracee_set_result(tracee->pid, call->number == SYS_brk ? progress->brk : -err);
	ptrace(PTRACE_DETACH, tracee->pid, NULL, NULL);
	assert_int_equal(waitpid(tracee->pid, &status, 0), tracee->pid);
	tracee->status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void inject(const char *words, int nth, int err, struct inject_call *ret_call,
	    struct inject_run *ret)
{
	struct progress progress;
	int output_fd = begin(words, &progress), seen = 0;

	ret->has_happened = false;
	*ret_call = (struct inject_call){};
	while (!ret->has_happened && next_call(&progress, ret_call))
		if (seen++ == nth && !ret_call->is_safe) {
			fail_here(&progress, ret_call, err);
			ret->has_happened = true;
		}
	end(&progress, output_fd, &ret->tool);
	ret->is_late = is_late;
}
