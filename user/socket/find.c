// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sockets by the place where they wait. See candidate.h. sock_diag(7) says
 * which there are, /proc which process has one under which number.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/scope.h"
#include "host/listener.h"
#include "host/process.h"
#include "socket/candidate.h"

/* Sockets that are not found yet, by inode. */
struct search {
	struct ps_candidates *candidates;
	__u32 *inode;
	size_t count, room;
	pid_t pid; /* 0: of any process; of those that must not be looked into, judge() speaks */
};

static bool is_at(const struct ps_listener *listener, const struct ps_endpoint *endpoint)
{
	static const __u8 any[16];
	bool is_any = !memcmp(listener->addr, any, sizeof(any));

	if (listener->is_connected || listener->proto != endpoint->proto ||
	    listener->port != endpoint->port_first)
		return false;
	if (ps_endpoint_is_any_address(endpoint))
		return is_any &&
		       (endpoint->family == PS_ANY || listener->family == endpoint->family);
	return listener->family == endpoint->family &&
	       !memcmp(listener->addr, endpoint->addr, sizeof(any));
}

static void list_inodes(struct search *search, const struct ps_endpoint *endpoint,
			struct ps_unchecked *unchecked)
{
	struct ps_listeners listeners;

	ps_listeners_read(&listeners, unchecked);
	for (size_t i = 0; i < listeners.count; i++) {
		const struct ps_listener *listener = &listeners.item[i];

		for (size_t j = 0; is_at(listener, endpoint) && j < listener->socket_count; j++) {
			search->inode = ps_memory_grow(search->inode, search->count, &search->room,
						       sizeof(*search->inode));
			search->inode[search->count++] = listener->socket[j].inode;
		}
	}
	ps_listeners_done(&listeners);
}

/* Takes it out of the list when it is in there. */
static bool is_sought(struct search *search, __u32 inode)
{
	for (size_t i = 0; i < search->count; i++) {
		if (search->inode[i] != inode)
			continue;
		search->inode[i] = search->inode[--search->count];
		return true;
	}
	return false;
}

static __u32 socket_inode(int dir_fd, const char *name)
{
	char target[64] = "";
	unsigned int inode = 0;

	if (readlinkat(dir_fd, name, target, sizeof(target) - 1) < 0)
		return 0;
	return sscanf(target, "socket:[%u]", &inode) == 1 ? inode : 0;
}

static int search_process(struct search *search, pid_t pid, struct ps_error *error)
{
	PS_CLOSED_DIR DIR *dir = NULL;
	struct dirent *entry;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	if (!dir && errno != ENOENT && errno != ESRCH && (errno != EACCES || search->pid))
		return ps_error_errno(error, errno, "cannot look into process %d", (int)pid);
	while (dir && search->count && (entry = readdir(dir)))
		if (is_sought(search, socket_inode(dirfd(dir), entry->d_name)) &&
		    ps_candidates_take(search->candidates, pid, atoi(entry->d_name), error))
			return -1;
	return 0;
}

/* Of several that share a socket the oldest has it: who made it, not whom it was left to. */
static int search_processes(struct search *search, struct ps_error *error)
{
	struct ps_processes processes;
	int err = ps_processes_read(&processes), failed = 0;
	pid_t self = ps_process_self();

	if (err) {
		free(processes.item);
		return ps_error_errno(error, -err, "cannot list the processes in /proc");
	}
	for (size_t i = 0; i < processes.count && search->count && !failed; i++)
		if (processes.item[i].pid != self)
			failed = search_process(search, processes.item[i].pid, error);
	free(processes.item);
	return failed;
}

/* Of @pid alone, it is no fault that others have sockets there as well. */
static int judge(const struct search *search, pid_t pid, const struct ps_endpoint *endpoint,
		 struct ps_error *error)
{
	char text[PS_ENDPOINT_TEXT];

	ps_endpoint_format(endpoint, text);
	if (pid && !search->candidates->count)
		return ps_error_set(error, PS_EXIT_NOT_FOUND,
				    "process %d has no socket that listens on %s", (int)pid, text);
	if (!pid && search->count)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "%zu sockets listen on %s, but no process that may be "
				    "inspected has them open (needs CAP_SYS_PTRACE)",
				    search->count, text);
	return 0;
}

int ps_candidates_find(struct ps_candidates *candidates, pid_t pid,
		       const struct ps_endpoint *endpoint, struct ps_error *error)
{
	struct search search = { .candidates = candidates, .pid = pid };
	struct ps_unchecked unchecked = {};
	char text[PS_ENDPOINT_TEXT];
	int failed;

	list_inodes(&search, endpoint, &unchecked);
	for (int i = 0; i < unchecked.count && !search.count; i++)
		if (unchecked.item[i].proto == endpoint->proto)
			return ps_error_set(error, PS_EXIT_REFUSED, "%s", unchecked.item[i].text);
	if (!search.count)
		failed = ps_error_set(error, PS_EXIT_NOT_FOUND, "no socket listens on %s",
				      ps_endpoint_format(endpoint, text));
	else
		failed = (pid ? search_process(&search, pid, error)
			      : search_processes(&search, error)) ||
			 judge(&search, pid, endpoint, error);
	free(search.inode);
	return failed ? -1 : 0;
}
