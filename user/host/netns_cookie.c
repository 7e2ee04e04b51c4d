// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What tells one network namespace from another: its cookie, and which of them
 * is the first (doc/adr/0032). See netns.h.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/scope.h"
#include "host/netns.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define FIRST_NET_INODE 0xEFFFFFF9 /* NET_NS_INIT_INO of linux/nsfs.h, since Linux 6.17 */
#define FIRST_PID_INODE 0xEFFFFFFC /* PROC_PID_INIT_INO, since Linux 3.8 */
#define FIRST_COOKIE 1 /* until Linux 6.17: it is the first that gets one, at boot */

/* 0 or a positive errno. Any family will do, and a sandbox may forbid some. */
static int read_cookie(__u64 *ret)
{
	static const int families[] = { AF_NETLINK, AF_UNIX, AF_INET, AF_INET6 };
	int cause = 0;

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		int type = families[i] == AF_NETLINK ? SOCK_RAW : SOCK_DGRAM;
		PS_CLOSED_FD int fd = socket(families[i], type | SOCK_CLOEXEC, 0);
		socklen_t size = sizeof(__u64);
		__u64 cookie = 0;

		if (fd >= 0 && !getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) &&
		    cookie) {
			*ret = cookie;
			return 0;
		}
		cause = cause ?: errno ?: ENODATA;
	}
	return cause;
}

int ps_netns_cookie(__u64 *ret, struct ps_error *error)
{
	int err = read_cookie(ret);

	return err ? ps_error_errno(error, err, "cannot tell the network namespace") : 0;
}

struct ps_answer ps_netns_has_cookie(__u64 cookie)
{
	__u64 own = 0;
	int err = cookie ? read_cookie(&own) : ENODATA;

	if (err)
		return ps_answer_unknown(err);
	return own == cookie ? ps_answer_yes() : ps_answer_no();
}

struct ps_answer ps_netns_visit_cookie(int fd, __u64 *ret)
{
	PS_CLOSED_FD int here = ps_netns_open();
	int kind = ioctl(fd, NS_GET_NSTYPE), err;

	if (kind != CLONE_NEWNET && (kind >= 0 || errno == ENOTTY || errno == EINVAL))
		return ps_answer_no();
	if (here < 0 || setns(fd, CLONE_NEWNET))
		return ps_answer_unknown(errno);
	err = read_cookie(ret);
	if (setns(here, CLONE_NEWNET))
		abort(); /* nothing must be done in the wrong namespace */
	return err ? ps_answer_unknown(err) : ps_answer_yes();
}

struct ps_answer ps_netns_sees_machine(void)
{
	struct stat status;

	/* Where this link is, /proc is of the pid namespace that this process is in. */
	if (stat("/proc/self/ns/pid", &status))
		return ps_answer_unknown(errno);
	return status.st_ino == FIRST_PID_INODE ? ps_answer_yes() : ps_answer_no();
}

static bool is_that_of_init(const struct stat *own)
{
	struct stat init;

	return ps_is_yes(ps_netns_sees_machine()) && !stat("/proc/1/ns/net", &init) &&
	       init.st_dev == own->st_dev && init.st_ino == own->st_ino;
}

struct ps_answer ps_netns_is_first(void)
{
	PS_CLOSED_FD int fd = ps_netns_open();
	int no_file = fd < 0 ? errno : 0, no_cookie;
	struct stat own = {};
	__u64 cookie = 0;

	if (!no_file && fstat(fd, &own))
		no_file = errno;
	if (!no_file && own.st_ino == FIRST_NET_INODE)
		return ps_answer_yes();
	no_cookie = read_cookie(&cookie);
	if (cookie == FIRST_COOKIE || (!no_file && is_that_of_init(&own)))
		return ps_answer_yes();
	return no_file || no_cookie ? ps_answer_unknown(no_file ?: no_cookie) : ps_answer_no();
}
