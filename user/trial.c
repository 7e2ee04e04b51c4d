// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Changes on trial. See trial.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "bpffs.h"
#include "scope.h"
#include "trial.h"

#define RUN_DIR "/run/portsteer"
#define POLL_NS 20000000

enum word {
	START = 's',
	CANCEL = 'c',
};

static void marker_path(const char *name, char path[PS_TRIAL_PATH_SIZE])
{
	char escaped[256];

	ps_bpffs_escape(name, escaped, sizeof(escaped));
	snprintf(path, PS_TRIAL_PATH_SIZE, RUN_DIR "/%s.trial", escaped);
}

/*
 * Opens the marker of a trial that is under way; -ENOENT when there is none.
 * One whose process was killed is removed: nobody can take that change back.
 */
static int open_marker(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_SH | LOCK_NB))
		return fd;
	unlink(path);
	close(fd);
	return -ENOENT;
}

static int refuse_none(const char *name, struct ps_error *error)
{
	return ps_error_set(error, PS_EXIT_NOT_FOUND,
			    "no change of instance '%s' waits to be confirmed", name);
}

int ps_trial_check(const char *name, struct ps_error *error)
{
	char path[PS_TRIAL_PATH_SIZE];
	int fd;

	marker_path(name, path);
	fd = open_marker(path);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return ps_error_errno(error, -fd, "cannot open %s", path);
	close(fd);
	return ps_error_set(error, PS_EXIT_LOCKED,
			    "the last change of instance '%s' waits to be confirmed; 'confirm' "
			    "keeps it, 'confirm --revert' takes it back",
			    name);
}

/* The marker appears locked. It holds the number of the process. */
static int make_marker(struct ps_trial *trial, struct ps_error *error)
{
	char path[PS_TRIAL_PATH_SIZE + 8];

	if (mkdir(RUN_DIR, 0755) && errno != EEXIST)
		return ps_error_errno(error, errno, "cannot make " RUN_DIR);
	snprintf(path, sizeof(path), "%s.new", trial->path);
	unlink(path);
	trial->marker_fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (trial->marker_fd < 0)
		return ps_error_errno(error, errno, "cannot make %s", path);
	if (dprintf(trial->marker_fd, "%d\n", (int)getpid()) < 0 ||
	    flock(trial->marker_fd, LOCK_EX) || rename(path, trial->path)) {
		ps_error_errno(error, errno, "cannot make %s", trial->path);
		unlink(path);
		return -1;
	}
	return 0;
}

/* What ends the wait at once. Blocked before the marker tells anybody whom to signal. */
static sigset_t block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return set;
}

/* Away from the terminal, and from the session that will end with it. */
static void leave_session(void)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	block_signals();
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (chdir("/") || null_fd < 0)
		return; /* then it keeps what it had */
	for (int fd = 0; fd < 3; fd++)
		dup2(null_fd, fd);
}

/* Closes all that the command had open; ps_trial_begin() could not know what is still needed. */
static void close_rest(struct ps_trial *trial)
{
	enum { TALK = 3, MARKER = 4 };
	int talk_fd = fcntl(trial->talk_fd, F_DUPFD_CLOEXEC, MARKER + 1);
	int marker_fd = fcntl(trial->marker_fd, F_DUPFD_CLOEXEC, MARKER + 1);

	trial->talk_fd = dup2(talk_fd, TALK);
	trial->marker_fd = dup2(marker_fd, MARKER);
	close_range(MARKER + 1, ~0U, 0);
}

/* The process makes the marker, and says so: 0, or an error to print. */
static int run_process(struct ps_trial *trial)
{
	struct ps_error error = {};

	leave_session();
	if (make_marker(trial, &error)) {
		send(trial->talk_fd, &error, sizeof(error), MSG_NOSIGNAL);
		_exit(1);
	}
	if (send(trial->talk_fd, &error, sizeof(error), MSG_NOSIGNAL) < 0)
		_exit(1);
	return 1;
}

int ps_trial_begin(const char *name, int seconds, struct ps_trial *ret, struct ps_error *error)
{
	struct ps_trial trial = { .marker_fd = -1, .seconds = seconds };
	struct ps_error answer;
	int ends[2], pid;

	marker_path(name, trial.path);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return ps_error_errno(error, errno, "cannot make a socket pair");
	pid = fork(); /* the command has ends[0] */
	*ret = trial;
	ret->talk_fd = ends[!pid];
	close(ends[!!pid]);
	if (!pid)
		return run_process(ret);
	if (pid < 0) {
		ps_error_errno(&answer, errno, "cannot make a process");
	} else if (recv(ends[0], &answer, sizeof(answer), 0) != (ssize_t)sizeof(answer)) {
		ps_error_set(&answer, PS_EXIT_REFUSED, "the process that takes changes back ended");
	}
	if (!*answer.text)
		return 0;
	close(ends[0]);
	*error = answer;
	return -1;
}

static int say(struct ps_trial *trial, enum word word)
{
	char byte = (char)word;
	ssize_t sent = send(trial->talk_fd, &byte, 1, MSG_NOSIGNAL);

	close(trial->talk_fd);
	return sent == 1 ? 0 : -1;
}

int ps_trial_start(struct ps_trial *trial)
{
	return say(trial, START);
}

void ps_trial_cancel(struct ps_trial *trial)
{
	say(trial, CANCEL);
}

/* The marker that is there is the one that is open as @fd. */
static bool is_at(const char *path, int fd)
{
	struct stat there, ours;

	return !stat(path, &there) && !fstat(fd, &ours) && there.st_ino == ours.st_ino &&
	       there.st_dev == ours.st_dev;
}

static bool is_ours(const struct ps_trial *trial)
{
	return is_at(trial->path, trial->marker_fd);
}

bool ps_trial_claim(struct ps_trial *trial)
{
	trial->is_claimed = trial->is_claimed || (is_ours(trial) && !unlink(trial->path));
	return trial->is_claimed;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* A command that vanished without a word may have published. */
static bool is_cancelled(const struct ps_trial *trial)
{
	char byte = START;

	while (recv(trial->talk_fd, &byte, 1, 0) < 0 && errno == EINTR)
		;
	return byte == CANCEL;
}

static int catch_signals(void)
{
	sigset_t set = block_signals();

	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Until @end, a signal, or the marker being gone: then false. */
static bool wait_for_end(const struct ps_trial *trial, long long end)
{
	PS_CLOSED_FD int signal_fd = catch_signals(), watch_fd = inotify_init1(IN_CLOEXEC);
	struct pollfd events[] = { { signal_fd, POLLIN, 0 }, { watch_fd, POLLIN, 0 } };

	inotify_add_watch(watch_fd, trial->path, IN_DELETE_SELF | IN_ATTRIB | IN_MOVE_SELF);
	while (is_ours(trial)) {
		char buffer[512];
		long long left = end - now_ms();

		if (left <= 0 || (poll(events, 2, (int)left) > 0 && events[0].revents))
			return true;
		if (events[1].revents && read(watch_fd, buffer, sizeof(buffer)) < 0)
			return true;
	}
	return false;
}

bool ps_trial_wait(struct ps_trial *trial)
{
	close_rest(trial);
	if (!is_cancelled(trial))
		return wait_for_end(trial, now_ms() + trial->seconds * 1000LL);
	ps_trial_claim(trial);
	return false;
}

int ps_trial_confirm(const char *name, struct ps_error *error)
{
	char path[PS_TRIAL_PATH_SIZE];
	int fd;

	marker_path(name, path);
	fd = open_marker(path);
	if (fd == -ENOENT)
		return refuse_none(name, error);
	if (fd < 0)
		return ps_error_errno(error, -fd, "cannot open %s", path);
	close(fd);
	if (!unlink(path))
		return 0;
	return errno == ENOENT ? refuse_none(name, error)
			       : ps_error_errno(error, errno, "cannot remove %s", path);
}

static int read_pid(int fd)
{
	char text[16] = "";

	return read(fd, text, sizeof(text) - 1) > 0 ? (int)strtol(text, NULL, 10) : 0;
}

int ps_trial_revert(const char *name, int wait_seconds, struct ps_error *error)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };
	char path[PS_TRIAL_PATH_SIZE];
	PS_CLOSED_FD int fd = -1;
	long long end = now_ms() + wait_seconds * 1000LL;
	int pid;

	marker_path(name, path);
	fd = open_marker(path);
	pid = fd < 0 ? 0 : read_pid(fd);
	if (pid <= 0)
		return refuse_none(name, error);
	if (kill(pid, SIGTERM))
		return ps_error_errno(error, errno, "cannot reach process %d", pid);
	while (flock(fd, LOCK_SH | LOCK_NB)) { /* it ends when all is done */
		if (now_ms() > end)
			return ps_error_set(error, PS_EXIT_LOCKED,
					    "process %d has not taken the change back yet", pid);
		nanosleep(&pause, NULL);
	}
	if (!is_at(path, fd))
		return 0;
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "process %d ended before it took the change back: the table is as "
			    "it was applied; 'portsteer apply' a file of the former one",
			    pid);
}
