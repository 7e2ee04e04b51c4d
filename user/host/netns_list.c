// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Listing network namespaces. See netns_list.h. Each is told from others by
 * the inode of its file, which needs no right to enter it.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/scope.h"
#include "host/mounts.h"
#include "host/netns_list.h"

static bool is_same(const struct stat *status, dev_t device, ino_t inode)
{
	return status->st_dev == device && status->st_ino == inode;
}

static bool is_known(const struct ps_netns_list *list, const struct stat *status)
{
	struct stat own;

	if (!stat("/proc/self/ns/net", &own) && is_same(status, own.st_dev, own.st_ino))
		return true;
	for (size_t i = 0; i < list->count; i++)
		if (is_same(status, list->item[i].device, list->item[i].inode))
			return true;
	return false;
}

/* What is gone meanwhile is let be. */
static void add(struct ps_netns_list *list, const char *name, const char *path)
{
	struct ps_netns *item;
	struct stat status;

	if (stat(path, &status)) {
		list->unseen += errno != ENOENT && errno != ESRCH;
		return;
	}
	if (is_known(list, &status))
		return;
	list->item = ps_memory_grow(list->item, list->count, &list->room, sizeof(*list->item));
	item = &list->item[list->count++];
	snprintf(item->name, sizeof(item->name), "%s", name);
	snprintf(item->path, sizeof(item->path), "%s", path);
	item->device = status.st_dev;
	item->inode = status.st_ino;
}

static void add_named(struct ps_netns_list *list)
{
	struct dirent **entries;
	int count = scandir(PS_NETNS_DIR, &entries, NULL, alphasort);

	list->unseen += count < 0 && errno != ENOENT;
	for (int i = 0; i < count; i++) {
		char path[PS_NETNS_TEXT];

		snprintf(path, sizeof(path), PS_NETNS_DIR "/%s", entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			add(list, entries[i]->d_name, path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* "/run/docker/netns/71": a namespace that is held there. */
static bool add_mounted(void *list, const struct ps_mount *mount)
{
	if (!strcmp(mount->type, "nsfs") && !strncmp(mount->root, "net:", 4))
		add(list, mount->point, mount->point);
	return false;
}

/* Process 1 of the machine is in the first namespace, wherever that is not told. */
static void add_of_init(struct ps_netns_list *list)
{
	struct stat status;

	if (!stat("/proc/1/ns/net", &status)) {
		add(list, "/proc/1/ns/net", "/proc/1/ns/net");
		return;
	}
	list->lacks_first = !ps_is_yes(ps_netns_is_first());
	list->unseen += !ps_is_yes(ps_netns_sees_machine());
}

static void add_of_processes(struct ps_netns_list *list)
{
	PS_CLOSED_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%.20s/ns/net", entry->d_name);
		if (isdigit((unsigned char)entry->d_name[0]) && strcmp(entry->d_name, "1"))
			add(list, path, path);
	}
	list->unseen += !proc;
}

void ps_netns_list_read(struct ps_netns_list *ret)
{
	*ret = (struct ps_netns_list){ 0 };
	add_named(ret);
	ret->unseen += ps_mounts_walk(add_mounted, ret) != 0;
	add_of_init(ret);
	add_of_processes(ret);
}

void ps_netns_list_done(struct ps_netns_list *list)
{
	free(list->item);
	*list = (struct ps_netns_list){ 0 };
}

struct ps_answer ps_netns_visit_listed(const struct ps_netns *netns, __u64 *ret_cookie)
{
	PS_CLOSED_FD int fd = open(netns->path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? ps_answer_of(errno) : ps_netns_visit_cookie(fd, ret_cookie);
}

static struct ps_answer find_listed(const struct ps_netns_list *list, __u64 cookie,
				    struct ps_netns *ret)
{
	struct ps_answer all =
		list->unseen || list->lacks_first ? ps_answer_unknown(EACCES) : ps_answer_no();

	for (size_t i = 0; i < list->count; i++) {
		__u64 other = 0;
		struct ps_answer visited = ps_netns_visit_listed(&list->item[i], &other);

		if (ps_is_unknown(visited))
			all = visited;
		if (!ps_is_yes(visited) || other != cookie)
			continue;
		*ret = list->item[i];
		return visited;
	}
	return all;
}

struct ps_answer ps_netns_find_cookie(__u64 cookie, struct ps_netns *ret)
{
	struct ps_answer answer = ps_netns_has_cookie(cookie);
	struct ps_netns_list list;

	if (ps_is_yes(answer)) {
		*ret = (struct ps_netns){};
		ps_netns_lasting_path(ret->path);
		if (!ps_is_yes(ps_netns_name(ret->name, PS_NETNS_NAME)))
			memcpy(ret->name, ret->path, sizeof(ret->name));
		return answer;
	}
	if (ps_is_unknown(answer))
		return answer;
	ps_netns_list_read(&list);
	answer = find_listed(&list, cookie, ret);
	ps_netns_list_done(&list);
	return answer;
}
