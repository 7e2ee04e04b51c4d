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
#include <sys/stat.h>
#include "memory.h"
#include "netns_list.h"
#include "scope.h"

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
		list->unseen += errno == EACCES;
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

static void add_of_processes(struct ps_netns_list *list)
{
	PS_CLOSED_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%.20s/ns/net", entry->d_name);
		if (isdigit((unsigned char)entry->d_name[0]))
			add(list, path, path);
	}
}

void ps_netns_list_read(struct ps_netns_list *ret)
{
	*ret = (struct ps_netns_list){ 0 };
	add_named(ret);
	add_of_processes(ret);
}

void ps_netns_list_done(struct ps_netns_list *list)
{
	free(list->item);
	*list = (struct ps_netns_list){ 0 };
}
