// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Descriptors that somebody hands over, or that are asked for by number. See
 * candidate.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/advice.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/scope.h"
#include "socket/candidate.h"

#define PASSED_FIRST 3 /* SD_LISTEN_FDS_START */

static int take_own(struct ps_candidates *candidates, int fd, struct ps_error *error)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	char what[64];

	snprintf(what, sizeof(what), "descriptor %d", fd);
	if (own < 0)
		return ps_error_set(error, PS_EXIT_NOT_FOUND,
				    "portsteer was given no descriptor %d; --pid P takes that of "
				    "another process",
				    fd);
	return ps_candidates_add(candidates, own, 0, what, error);
}

static int say_missing(pid_t pid, int fd, int err, struct ps_error *error)
{
	char directory[64];

	snprintf(directory, sizeof(directory), "/proc/%d/fd", (int)pid);
	switch (err) {
	case ESRCH:
		return ps_error_set(error, PS_EXIT_NOT_FOUND, "there is no process %d", (int)pid);
	case EBADF:
		return ps_error_set(error, PS_EXIT_NOT_FOUND,
				    "process %d has no descriptor %d; '%s' lists them", (int)pid,
				    fd, ps_advice_inside("", "ls -l", directory, NULL));
	case EPERM:
		return ps_error_set(
			error, PS_EXIT_REFUSED,
			"cannot take descriptor %d of process %d (needs CAP_SYS_PTRACE, or "
			"the same user)",
			fd, (int)pid);
	default:
		return ps_error_errno(error, err, "cannot take descriptor %d of process %d", fd,
				      (int)pid);
	}
}

/* What was read of a number was read of another process, if this one has ended. */
static void forget_ended(struct ps_candidates *candidates, int pidfd)
{
	if (pidfd_send_signal(pidfd, 0, NULL, 0) && errno == ESRCH)
		candidates->item[candidates->count - 1].info.start = 0;
}

int ps_candidates_take(struct ps_candidates *candidates, pid_t pid, int fd, struct ps_error *error)
{
	PS_CLOSED_FD int pidfd = pid ? pidfd_open(pid, 0) : -1;
	char what[64];
	int taken;

	if (!pid)
		return take_own(candidates, fd, error);
	if (pidfd < 0)
		return say_missing(pid, fd, errno == EINVAL ? ESRCH : errno, error);
	taken = pidfd_getfd(pidfd, fd, 0);
	if (taken < 0)
		return say_missing(pid, fd, errno, error);
	snprintf(what, sizeof(what), "descriptor %d of process %d", fd, (int)pid);
	if (ps_candidates_add(candidates, taken, pid, what, error))
		return -1;
	forget_ended(candidates, pidfd);
	return 0;
}

int ps_candidates_take_passed(struct ps_candidates *candidates, struct ps_error *error)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	int fds = count ? (int)ps_number_parse(count, INT_MAX - PASSED_FIRST) : 0;

	if (!pid || ps_number_parse(pid, INT_MAX) != getpid() || fds < 1)
		return ps_error_set(
			error, PS_EXIT_NOT_FOUND,
			"no socket was passed to this process (LISTEN_PID, LISTEN_FDS); a "
			"unit passes them with 'Sockets=NAME.socket'");
	for (int fd = PASSED_FIRST; fd < PASSED_FIRST + fds; fd++)
		if (take_own(candidates, fd, error))
			return -1;
	return 0;
}

/* At @option, what is left until @end of ps_clock_ms(); no time at all would mean for ever. */
static int set_wait(int fd, int option, long end)
{
	long left = end - ps_clock_ms();
	struct timeval wait = { .tv_usec = 1 };

	if (left > 0)
		wait = (struct timeval){ left / 1000, left % 1000 * 1000 };
	return setsockopt(fd, SOL_SOCKET, option, &wait, sizeof(wait));
}

static int connect_to(const char *path, int wait_seconds, int *ret_fd, struct ps_error *error)
{
	long end = ps_clock_ms() + wait_seconds * 1000L;
	struct sockaddr_un place = { .sun_family = AF_UNIX };
	PS_CLOSED_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!*path || strlen(path) >= sizeof(place.sun_path))
		return ps_error_set(error, PS_EXIT_USAGE,
				    "'%s' is not the path of a UNIX socket: one has 1 to %zu bytes",
				    path, sizeof(place.sun_path) - 1);
	strcpy(place.sun_path, path);
	if (fd < 0 || set_wait(fd, SO_SNDTIMEO, end))
		return ps_error_errno(error, errno, "cannot connect to %s", path);
	if (!connect(fd, (struct sockaddr *)&place, sizeof(place)) &&
	    !set_wait(fd, SO_RCVTIMEO, end)) {
		*ret_fd = fd;
		fd = -1;
		return 0;
	}
	if (errno == EAGAIN)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "cannot connect to %s: the connection was not accepted "
				    "within %d s",
				    path, wait_seconds);
	return ps_error_errno(error, errno, "cannot connect to %s", path);
}

static int add_received(struct ps_candidates *candidates, const struct cmsghdr *control, pid_t pid,
			const char *path, struct ps_error *error)
{
	size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int failed = 0;

	for (size_t i = 0; i < count; i++) {
		char what[256];
		int fd;

		memcpy(&fd, CMSG_DATA(control) + i * sizeof(fd), sizeof(fd));
		snprintf(what, sizeof(what), "socket %zu of those from %.150s", i + 1, path);
		if (failed)
			close(fd);
		else
			failed = ps_candidates_add(candidates, fd, pid, what, error);
	}
	return failed;
}

int ps_candidates_receive(struct ps_candidates *candidates, const char *path, int wait_seconds,
			  struct ps_error *error)
{
	char control[CMSG_SPACE(PS_SOCKETS_MAX * sizeof(int))], byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	const struct cmsghdr *first;
	struct ucred peer = {};
	socklen_t size = sizeof(peer);
	PS_CLOSED_FD int fd = -1;

	wait_seconds = wait_seconds > 0 ? wait_seconds : 1;
	if (connect_to(path, wait_seconds, &fd, error))
		return -1;
	if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC) < 0)
		return errno == EAGAIN
			       ? ps_error_set(error, PS_EXIT_REFUSED, "%s sent nothing within %d s",
					      path, wait_seconds)
			       : ps_error_errno(error, errno, "%s sent nothing", path);
	first = CMSG_FIRSTHDR(&message);
	if (!first || first->cmsg_type != SCM_RIGHTS)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "%s sent no descriptor with its first byte (SCM_RIGHTS)", path);
	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
	return add_received(candidates, first, peer.pid, path, error);
}
