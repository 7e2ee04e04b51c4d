// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Opening, entering and naming namespaces. See netns.h; what tells one from
 * another is netns_cookie.c.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/advice.h"
#include "base/scope.h"
#include "host/ask.h"
#include "host/netns.h"

#define OWN "/proc/self/ns/net"

int ps_netns_open(void)
{
	PS_CLOSED_FD int socket_fd = -1;
	int fd = open(OWN, O_RDONLY | O_CLOEXEC), err = errno;

	if (fd >= 0)
		return fd;
	socket_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0); /* without /proc */
	fd = socket_fd < 0 ? -1 : ioctl(socket_fd, SIOCGSKNS);
	errno = err;
	return fd;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_inside(int fd)
{
	PS_CLOSED_FD int own_fd = ps_netns_open();
	struct stat status, own;

	return own_fd >= 0 && !fstat(fd, &status) && !fstat(own_fd, &own) && is_same(&status, &own);
}

/* setns(2) has the same error for a plain file and for a namespace of another kind. */
static int check_kind(int fd, const char *what, struct ps_error *error)
{
	int kind = ioctl(fd, NS_GET_NSTYPE);

	if (kind == CLONE_NEWNET)
		return 0;
	if (kind >= 0)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "'%s' is a namespace, but not one of the network", what);
	if (errno != ENOTTY && errno != EINVAL)
		return ps_error_errno(error, errno, "cannot look at network namespace '%s'", what);
	return ps_error_set(
		error, PS_EXIT_NOT_FOUND,
		"'%s' is not a network namespace: no such file of the kernel is mounted "
		"there, or not yet",
		what);
}

int ps_netns_enter_fd(int fd, const char *what, struct ps_error *error)
{
	if (check_kind(fd, what, error))
		return -1;
	if (is_inside(fd) || !setns(fd, CLONE_NEWNET))
		return 0;
	return ps_error_errno(error, errno, "cannot enter network namespace '%s'%s", what,
			      errno == EPERM ? " (needs CAP_SYS_ADMIN)" : "");
}

int ps_netns_enter_path(const char *path, const char *what, struct ps_error *error)
{
	PS_CLOSED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return ps_error_errno(error, errno, "cannot open %s", path);
	return ps_netns_enter_fd(fd, what, error);
}

static bool is_number(const char *text)
{
	return *text && strlen(text) < 10 && text[strspn(text, "0123456789")] == '\0';
}

const char *ps_netns_word(const char *path)
{
	static const char *const dirs[] = { PS_NETNS_DIR "/", "/var" PS_NETNS_DIR "/" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		const char *name = path + strlen(dirs[i]);

		if (!strncmp(path, dirs[i], strlen(dirs[i])) && *name && !strchr(name, '/'))
			return name;
	}
	return path;
}

static void read_path(const char *path, struct ps_netns_place *ret)
{
	const char *word = ps_netns_word(path);

	snprintf(ret->path, sizeof(ret->path), "%s", path);
	if (word != path && *word != '.')
		snprintf(ret->name, sizeof(ret->name), "%.200s", word);
}

static int read_name(const char *name, struct ps_netns_place *ret, struct ps_error *error)
{
	struct ps_answer is_there;

	snprintf(ret->path, sizeof(ret->path), PS_NETNS_DIR "/%.200s", name);
	is_there = is_number(name) ? ps_ask_path(ret->path) : ps_answer_yes();
	if (ps_is_unknown(is_there))
		return ps_error_errno(error, is_there.err, "cannot look at %s", ret->path);
	if (ps_is_no(is_there)) {
		ret->pid = atoi(name);
		snprintf(ret->path, sizeof(ret->path), "/proc/%d/ns/net", (int)ret->pid);
	} else {
		snprintf(ret->name, sizeof(ret->name), "%s", name);
	}
	return 0;
}

int ps_netns_read_place(const char *word, struct ps_netns_place *ret, struct ps_error *error)
{
	struct ps_netns_place place = {};

	if (!*word || strlen(word) >= sizeof(place.path) ||
	    (!strchr(word, '/') && (word[0] == '.' || strlen(word) > 200)))
		return ps_error_set(error, PS_EXIT_USAGE,
				    "'%s' is not a network namespace, path or process", word);
	if (strchr(word, '/'))
		read_path(word, &place);
	else if (read_name(word, &place, error))
		return -1;
	*ret = place;
	return 0;
}

static int miss(const struct ps_netns_place *place, int err, struct ps_error *error)
{
	if (err != ENOENT)
		return ps_error_errno(error, err, "cannot open %s", place->path);
	if (place->pid)
		return ps_error_set(error, PS_EXIT_NOT_FOUND,
				    "there is no network namespace '%d' in " PS_NETNS_DIR
				    ", and no process with that number",
				    (int)place->pid);
	if (!place->name[0])
		return ps_error_set(error, PS_EXIT_NOT_FOUND, "there is no network namespace at %s",
				    place->path);
	return ps_error_set(error, PS_EXIT_NOT_FOUND,
			    "there is no network namespace '%s' in " PS_NETNS_DIR
			    "; '%s' shows them",
			    place->name, ps_advice_inside("", "ip netns list", NULL));
}

int ps_netns_open_place(const struct ps_netns_place *place, struct ps_error *error)
{
	PS_CLOSED_FD int fd = open(place->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return miss(place, errno, error);
	if (check_kind(fd, place->name[0] ? place->name : place->path, error))
		return -1;
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static struct ps_answer own_status(struct stat *ret)
{
	PS_CLOSED_FD int fd = ps_netns_open();

	return fd < 0 || fstat(fd, ret) ? ps_answer_unknown(errno) : ps_answer_yes();
}

struct ps_answer ps_netns_name(char *ret_name, size_t size)
{
	PS_CLOSED_DIR DIR *dir = opendir(PS_NETNS_DIR);
	struct ps_answer answer = ps_answer_of(dir ? 0 : errno);
	struct dirent *entry;
	struct stat own, status;

	if (ps_is_yes(answer))
		answer = own_status(&own);
	if (!ps_is_yes(answer))
		return answer;
	while (errno = 0, (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || fstatat(dirfd(dir), entry->d_name, &status, 0) ||
		    !is_same(&status, &own))
			continue;
		snprintf(ret_name, size, "%s", entry->d_name);
		return ps_answer_yes();
	}
	return errno ? ps_answer_unknown(errno) : ps_answer_no();
}

void ps_netns_lasting_path(char ret[PS_NETNS_TEXT])
{
	PS_CLOSED_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;
	struct stat own, status;
	char name[PS_NETNS_NAME];

	if (ps_is_yes(ps_netns_name(name, sizeof(name)))) {
		snprintf(ret, PS_NETNS_TEXT, PS_NETNS_DIR "/%s", name);
		return;
	}
	snprintf(ret, PS_NETNS_TEXT, OWN);
	if (!ps_is_yes(own_status(&own)))
		return;
	while (proc && (entry = readdir(proc))) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%.20s/ns/net", entry->d_name);
		if (!isdigit((unsigned char)entry->d_name[0]) || atoi(entry->d_name) == getpid() ||
		    stat(path, &status) || !is_same(&status, &own))
			continue;
		snprintf(ret, PS_NETNS_TEXT, "%s", path);
		return;
	}
}
