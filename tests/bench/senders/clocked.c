// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * clocked COMMAND...: runs it while the kernel counts the runs of each BPF program and
 * their time (run_cnt and run_time_ns of bpftool), and no longer. No sysctl is touched.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <bpf/bpf.h>

int main(int argc, char **argv)
{
	int status, fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	pid_t child;

	if (argc < 2 || fd < 0) {
		fprintf(stderr, argc < 2 ? "usage: clocked COMMAND...\n" : "clocked: %s\n",
			strerror(errno));
		return 2;
	}
	child = fork();
	if (!child) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
