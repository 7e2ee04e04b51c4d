// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Namespaces. See netns.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "netns.h"
#include "scope.h"

static bool is_inside(int fd)
{
	struct stat status, own;

	return !fstat(fd, &status) && !stat("/proc/self/ns/net", &own) &&
	       status.st_dev == own.st_dev && status.st_ino == own.st_ino;
}

int ps_netns_enter_path(const char *path, const char *what, struct ps_error *error)
{
	PS_CLOSED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return ps_error_errno(error, errno, "cannot open %s", path);
	if (is_inside(fd) || !setns(fd, CLONE_NEWNET))
		return 0;
	return ps_error_errno(error, errno,
			      "cannot enter network namespace '%s' (needs CAP_SYS_ADMIN)", what);
}

int ps_netns_find(const char *name, struct ps_error *error)
{
	char path[PS_NETNS_TEXT];

	if (!*name || strchr(name, '/') || name[0] == '.' || strlen(name) > 200)
		return ps_error_set(error, PS_EXIT_USAGE, "'%s' is no name of a network namespace",
				    name);
	snprintf(path, sizeof(path), PS_NETNS_DIR "/%s", name);
	if (access(path, F_OK) && errno == ENOENT)
		return ps_error_set(error, PS_EXIT_NOT_FOUND,
				    "there is no network namespace '%s' in " PS_NETNS_DIR
				    "; 'ip netns list' shows them",
				    name);
	return 0;
}

int ps_netns_enter(const char *name, struct ps_error *error)
{
	char path[PS_NETNS_TEXT];

	snprintf(path, sizeof(path), PS_NETNS_DIR "/%.200s", name);
	return ps_netns_find(name, error) ?: ps_netns_enter_path(path, name, error);
}

/* @text as one word of a shell. */
static void quote(const char *text, char ret[PS_NETNS_TEXT])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/_.-";
	size_t length = 0;

	if (text[strspn(text, plain)] == '\0') {
		snprintf(ret, PS_NETNS_TEXT, "%s", text);
		return;
	}
	ret[length++] = '\'';
	for (; *text && length < PS_NETNS_TEXT - 6; text++)
		length += (size_t)sprintf(ret + length, *text == '\'' ? "'\\''" : "%c", *text);
	strcpy(ret + length, "'");
}

void ps_netns_format_enter(const char *name, char ret[PS_NETNS_TEXT])
{
	char word[PS_NETNS_TEXT];

	quote(name, word);
	snprintf(ret, PS_NETNS_TEXT,
		 *name == '/' ? "nsenter --net=%.480s " : "ip netns exec %.480s ", word);
}

__u64 ps_netns_cookie(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	__u64 cookie = 0;
	socklen_t size = sizeof(cookie);

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size))
		cookie = 0;
	close(fd);
	return cookie;
}

int ps_netns_open(void)
{
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

static ino_t own_inode(void)
{
	struct stat status;

	return stat("/proc/self/ns/net", &status) ? 0 : status.st_ino;
}

bool ps_namespace_is_first(const char *kind)
{
	struct stat own, first;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", kind);
	if (stat(path, &own))
		return false;
	snprintf(path, sizeof(path), "/proc/1/ns/%s", kind);
	return !stat(path, &first) && own.st_ino == first.st_ino;
}

bool ps_netns_name(char *ret_name, size_t size)
{
	PS_CLOSED_DIR DIR *dir = opendir(PS_NETNS_DIR);
	ino_t inode = own_inode();
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct stat status;

		if (fstatat(dirfd(dir), entry->d_name, &status, 0) || status.st_ino != inode)
			continue;
		snprintf(ret_name, size, "%s", entry->d_name);
		return true;
	}
	return false;
}
