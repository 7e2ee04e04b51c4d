// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Processes as /proc shows them. See process.h.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/number.h"
#include "base/scope.h"
#include "host/process.h"

/* Behind the command, which may hold anything, also what looks like its end. */
static int parse_stat(const char *text, __u64 *ret_ticks)
{
	const char *behind = strrchr(text, ')');
	unsigned long long ticks;

	if (!behind || sscanf(behind,
			      ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
			      "%*d %*d %*d %llu",
			      &ticks) != 1)
		return -1;
	*ret_ticks = ticks;
	return 0;
}

int ps_process_read(pid_t pid, struct ps_process *ret)
{
	char path[64], text[1024];
	size_t length = 0;
	FILE *file;
	__u64 ticks;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file) {
		length = fread(text, 1, sizeof(text) - 1, file);
		fclose(file);
	}
	text[length] = '\0';
	if (parse_stat(text, &ticks))
		return -1;
	*ret = (struct ps_process){ .pid = pid, .ticks = ticks };
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct ps_process *a = left, *b = right;

	if (a->ticks != b->ticks)
		return a->ticks < b->ticks ? -1 : 1;
	return (a->pid > b->pid) - (a->pid < b->pid);
}

int ps_processes_read(struct ps_processes *ret)
{
	PS_CLOSED_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;

	*ret = (struct ps_processes){};
	if (!proc)
		return -errno;
	while ((entry = readdir(proc))) {
		struct ps_process process;

		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    ps_process_read(atoi(entry->d_name), &process))
			continue;
		ret->item = ps_memory_grow(ret->item, ret->count, &ret->room, sizeof(*ret->item));
		ret->item[ret->count++] = process;
	}
	if (ret->count)
		qsort(ret->item, ret->count, sizeof(*ret->item), compare);
	return ret->count ? 0 : -ENOENT;
}

pid_t ps_process_self(void)
{
	char text[32] = "";
	long pid;

	if (readlink("/proc/self", text, sizeof(text) - 1) < 0)
		return getpid();
	pid = ps_number_parse(text, INT_MAX);
	return pid > 0 ? (pid_t)pid : getpid();
}

__u32 ps_process_namespace(void)
{
	struct stat status;

	return stat("/proc/self/ns/pid", &status) ? 0 : (__u32)status.st_ino;
}
