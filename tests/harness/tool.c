// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Running the real command line. See tool.h.
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "tool.h"

#define WORDS_MAX 32
#define NOBODY 65534

static char cgroup[128]; /* "": CGROUP stands for itself */
static int tool_fd = -1; /* its path may be closed to ordinary users */

/* A name in the /run that nobody else sees: `default` is of the machine's own namespace. */
static int name_netns(void)
{
	int fd;

	if (mkdir("/run/netns", 0755))
		return -1;
	fd = open("/run/netns/" TOOL_INSTANCE, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
	if (fd < 0 || close(fd))
		return -1;
	return mount("/proc/self/ns/net", "/run/netns/" TOOL_INSTANCE, NULL, MS_BIND, NULL);
}

void tool_enter(void)
{
	const char *path = getenv("PORTSTEER") ?: "build/portsteer";

	if (unshare(CLONE_NEWNS | CLONE_NEWNET) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL) || mount("run", "/run", "tmpfs", 0, NULL) ||
	    name_netns()) {
		perror("needs root, to make namespaces");
		exit(1);
	}
	tool_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (tool_fd < 0) {
		perror(path);
		exit(1);
	}
}

void tool_set_cgroup(const char *path)
{
	snprintf(cgroup, sizeof(cgroup), "%s", path);
}

void tool_exec(const char *words)
{
	char *argv[WORDS_MAX + 4] = { (char *)"portsteer", (char *)"-n", (char *)TOOL_INSTANCE };
	char *copy = strdup(words), *rest = NULL;
	char step[64], flows[64],
		*environment[] = { (char *)"LC_ALL=C", (char *)"ASAN_OPTIONS=detect_leaks=0", step,
				   flows, NULL }; /* who is traced cannot look for leaks */
	int count = 3;

	for (char *word = strtok_r(copy, " ", &rest); word && count < WORDS_MAX + 3;
	     word = strtok_r(NULL, " ", &rest))
		argv[count++] = cgroup[0] && !strcmp(word, "CGROUP") ? cgroup : word;
	snprintf(step, sizeof(step), "PORTSTEER_STEP=%s", getenv("PORTSTEER_STEP") ?: "");
	snprintf(flows, sizeof(flows), "PORTSTEER_FLOWS=%s", getenv("PORTSTEER_FLOWS") ?: "");
	fexecve(tool_fd, argv, environment);
	_exit(127);
}

static void read_all(int fd, struct tool_run *run)
{
	size_t length = 0;
	ssize_t got;

	while ((got = read(fd, run->output + length, sizeof(run->output) - 1 - length)) > 0)
		length += (size_t)got;
	run->output[length] = '\0';
}

void tool_run(const char *words, struct tool_run *ret)
{
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		tool_exec(words);
	}
	close(ends[1]);
	read_all(ends[0], ret);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status))
		fail_msg("portsteer %s: ended by signal %d", words, WTERMSIG(status));
	ret->status = WEXITSTATUS(status);
}

const char *tool_last_line(struct tool_run *run)
{
	size_t length = strlen(run->output);
	char *before;

	if (length && run->output[length - 1] == '\n')
		run->output[length - 1] = '\0';
	before = strrchr(run->output, '\n');
	return before ? before + 1 : run->output;
}

void tool_expect(int status, const char *words)
{
	static struct tool_run run;

	tool_run(words, &run);
	if (run.status != status)
		fail_msg("portsteer %s: status %d, not %d: %s", words, run.status, status,
			 run.output);
}

void tool_drop_rights(gid_t group)
{
	assert_int_equal(setgroups(0, NULL), 0);
	assert_int_equal(setresgid(group, group, group), 0);
	assert_int_equal(setresuid(NOBODY, NOBODY, NOBODY), 0);
}
