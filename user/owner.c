// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who holds a socket: ps_listeners_find_owners() of listener.h. One pass over
 * the descriptors in /proc, ended when every socket has its owner. Of several
 * processes that share a socket the first in /proc is named. What must not be
 * read, or ends meanwhile, is skipped.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "listener.h"
#include "memory.h"
#include "scope.h"

/* The items still without owner are found by inode in @by_inode, which is sorted. */
struct search {
	struct ps_listener **by_inode;
	size_t count;
	size_t unknown; /* how many of them have no owner yet */
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
	const struct ps_listener *const *a = left, *const *b = right;

	return ((*a)->inode > (*b)->inode) - ((*a)->inode < (*b)->inode);
}

static void read_command(int proc_fd, const char *pid, char *ret_command)
{
	char path[64], text[PS_COMMAND_SIZE];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "%.20s/comm", pid);
	fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return;
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	strcpy(ret_command, text);
}

/* The inode of the socket behind a descriptor; 0 when it is none. */
static __u32 socket_inode(int dir_fd, const char *name)
{
	char target[64];
	ssize_t length = readlinkat(dir_fd, name, target, sizeof(target) - 1);
	unsigned int inode = 0;

	if (length <= 0)
		return 0;
	target[length] = '\0';
	return sscanf(target, "socket:[%u]", &inode) == 1 ? inode : 0;
}

static struct ps_listener *find(const struct search *search, __u32 inode)
{
	struct ps_listener key = { .inode = inode }, *pointer = &key;
	struct ps_listener **found;

	found = bsearch(&pointer, search->by_inode, search->count, sizeof(pointer), compare_inode);
	return found ? *found : NULL;
}

static void search_process(struct search *search, int proc_fd, const char *pid)
{
	char path[64];
	PS_CLOSED_DIR DIR *dir = NULL;
	struct dirent *entry;

	snprintf(path, sizeof(path), "%.20s/fd", pid);
	dir = open_dir(proc_fd, path);
	while (dir && search->unknown && (entry = readdir(dir))) {
		__u32 inode = socket_inode(dirfd(dir), entry->d_name);
		struct ps_listener *listener = inode ? find(search, inode) : NULL;

		if (!listener || listener->pid)
			continue;
		listener->pid = atoi(pid);
		read_command(proc_fd, pid, listener->command);
		search->unknown--;
	}
}

static void search_processes(struct search *search)
{
	PS_CLOSED_DIR DIR *proc = open_dir(AT_FDCWD, "/proc");
	struct dirent *entry;

	while (proc && search->unknown && (entry = readdir(proc))) {
		if (isdigit((unsigned char)entry->d_name[0]))
			search_process(search, dirfd(proc), entry->d_name);
	}
}

void ps_listeners_find_owners(struct ps_listeners *listeners)
{
	PS_FREED struct ps_listener **by_inode = ps_memory_new(listeners->count, sizeof(*by_inode));
	struct search search = { .by_inode = by_inode };

	for (size_t i = 0; i < listeners->count; i++) {
		if (listeners->item[i].inode && !listeners->item[i].pid)
			by_inode[search.count++] = &listeners->item[i];
	}
	search.unknown = search.count;
	qsort(by_inode, search.count, sizeof(*by_inode), compare_inode);
	search_processes(&search);
}
