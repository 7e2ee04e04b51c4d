// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who holds a socket: ps_listeners_find_processes() of listener.h. One pass over
 * the descriptors in /proc, through all of it: a socket may be shared by any
 * number of processes. Who ends meanwhile is skipped; who cannot be looked into
 * is said to be unseen.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/scope.h"
#include "base/search.h"
#include "base/utf8.h"
#include "host/cgroup.h"
#include "host/listener.h"
#include "host/netns.h"
#include "host/process.h"

struct wanted {
	__u32 inode;
	struct ps_listener *listener;
};

/* The sockets that are asked about, by inode. */
struct search {
	struct wanted *item;
	size_t count;
	pid_t self; /* has duplicates of descriptors that are to be registered */
	bool has_unseen;
};

/* A directory below @parent, NULL when it may not be read or is gone. */
static DIR *open_dir(int parent, const char *path)
{
	int fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

static int compare_inode(const void *left, const void *right)
{
	const struct wanted *a = left, *b = right;

	return (a->inode > b->inode) - (a->inode < b->inode);
}

static bool is_before_inode(const void *item, const void *inode)
{
	return ((const struct wanted *)item)->inode < *(const __u32 *)inode;
}

/* The first one of @inode or above. */
static size_t find_inode(const struct search *search, __u32 inode)
{
	return ps_search_first(search->item, search->count, sizeof(*search->item), is_before_inode,
			       &inode);
}

static int compare_pid(const void *left, const void *right)
{
	const struct ps_listener_process *a = left, *b = right;

	return (a->pid > b->pid) - (a->pid < b->pid);
}

void ps_user_format(__u32 uid, char user[PS_USER_SIZE])
{
	struct passwd entry, *found = NULL;
	char buffer[4096];

	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) || !found)
		snprintf(user, PS_USER_SIZE, "%u", uid);
	else
		snprintf(user, PS_USER_SIZE, "%s", entry.pw_name);
}

/* Command and effective user, from lines "Name:\tnginx" and "Uid:\t0\t33\t0\t0". */
static void read_status(const char *pid, struct ps_listener_process *process)
{
	char path[64], line[256];
	unsigned int uid;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.20s/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "Name:\t", 6)) {
			snprintf(process->command, sizeof(process->command), "%.31s", line + 6);
			ps_utf8_trim(process->command, PS_COMMAND_CUT);
		}
		if (sscanf(line, "Uid: %*u %u", &uid) == 1) {
			process->uid = uid;
			ps_user_format(uid, process->user);
		}
	}
	if (file)
		fclose(file);
}

/* The process that was listed before; anything else is one that is not seen. */
static bool has_ended(int err)
{
	return err == ENOENT || err == ESRCH;
}

/* The inode of the socket behind a descriptor; 0 when it is none, or may not be seen. */
static __u32 socket_inode(struct search *search, int dir_fd, const char *name)
{
	char target[64];
	ssize_t length = readlinkat(dir_fd, name, target, sizeof(target) - 1);
	unsigned int inode = 0;

	search->has_unseen |= length < 0 && !has_ended(errno) && errno != EINVAL; /* "." is none */
	if (length <= 0)
		return 0;
	target[length] = '\0';
	return sscanf(target, "socket:[%u]", &inode) == 1 ? inode : 0;
}

/* A process has several sockets of one listener, or one of them several times. */
static bool has_process(const struct ps_listener *listener, pid_t pid)
{
	return listener->process_count && listener->process[listener->process_count - 1].pid == pid;
}

static void add_process(struct ps_listener *listener, const char *pid)
{
	struct ps_listener_process *process;

	if (has_process(listener, atoi(pid)))
		return;
	listener->process = ps_memory_grow(listener->process, listener->process_count,
					   &listener->process_room, sizeof(*process));
	process = memset(&listener->process[listener->process_count++], 0, sizeof(*process));
	process->pid = atoi(pid);
	process->cgroup = ps_cgroup_of_process(pid);
	process->unit = ps_cgroup_unit(process->cgroup);
	read_status(pid, process);
}

static void search_process(struct search *search, int proc_fd, const char *pid)
{
	char path[64];
	PS_CLOSED_DIR DIR *dir = NULL;
	struct dirent *entry;

	snprintf(path, sizeof(path), "%.20s/fd", pid);
	dir = open_dir(proc_fd, path);
	search->has_unseen |= !dir && !has_ended(errno);
	while (dir && (entry = readdir(dir))) {
		__u32 inode = socket_inode(search, dirfd(dir), entry->d_name);
		size_t at = inode ? find_inode(search, inode) : search->count;

		for (; at < search->count && search->item[at].inode == inode; at++)
			add_process(search->item[at].listener, pid);
	}
}

static void search_processes(struct search *search)
{
	PS_CLOSED_DIR DIR *proc = open_dir(AT_FDCWD, "/proc");
	struct dirent *entry;
	size_t seen = 0;

	while (proc && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		seen++;
		if (atoi(entry->d_name) != search->self)
			search_process(search, dirfd(proc), entry->d_name);
	}
	search->has_unseen |= !seen; /* no /proc: it shows at least who asks */
}

static size_t list_wanted(const struct ps_listeners *listeners, struct wanted *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < listeners->count; i++) {
		struct ps_listener *listener = &listeners->item[i];

		for (size_t j = 0; listener->is_wanted && j < listener->socket_count; j++)
			if (listener->socket[j].inode)
				ret[count++] =
					(struct wanted){ listener->socket[j].inode, listener };
	}
	qsort(ret, count, sizeof(*ret), compare_inode);
	return count;
}

/* A service that got the socket from systemd says more than who made it. */
static char *find_unit(const struct ps_listener *listener)
{
	for (size_t i = 0; i < listener->process_count; i++)
		if (listener->process[i].unit)
			return strdup(listener->process[i].unit);
	return ps_cgroup_unit(listener->cgroup);
}

static void complete(struct ps_listener *listener)
{
	if (listener->process_count)
		qsort(listener->process, listener->process_count, sizeof(*listener->process),
		      compare_pid);
	ps_user_format(listener->uid, listener->user);
	if (!listener->cgroup)
		listener->cgroup = ps_cgroup_of_id(listener->socket->cgroup_id);
	if (!listener->unit)
		listener->unit = find_unit(listener);
	listener->is_wanted = false;
}

void ps_listeners_find_processes(struct ps_listeners *listeners)
{
	PS_FREED struct wanted *item = NULL;
	struct search search = {};
	size_t room = 0;

	for (size_t i = 0; i < listeners->count; i++)
		room += listeners->item[i].is_wanted ? listeners->item[i].socket_count : 0;
	if (!room)
		return;
	item = ps_memory_new(room, sizeof(*item));
	search = (struct search){
		.item = item,
		.count = list_wanted(listeners, item),
		.self = ps_process_self(),
		.has_unseen = geteuid() != 0, /* whom /proc may not even list (hidepid) */
	};
	search_processes(&search);
	listeners->has_unseen = search.has_unseen;
	listeners->sees_machine = !search.has_unseen && ps_is_yes(ps_netns_sees_machine());
	for (size_t i = 0; i < listeners->count; i++)
		if (listeners->item[i].is_wanted)
			complete(&listeners->item[i]);
}
