// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Changes on trial. See trial.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include "apply/trial.h"
#include "base/advice.h"
#include "base/clock.h"
#include "base/scope.h"
#include "pins/bpffs.h"
#include "pins/pins.h"

#define LOOK_MS 1000 /* how often it looks where nothing can be watched */

enum word {
	START = 's',
	CANCEL = 'c',
};

static int open_directory(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int refuse_none(const struct ps_instance *instance, struct ps_error *error)
{
	return ps_error_set(error, PS_EXIT_NOT_FOUND,
			    "no change of instance '%s' waits for confirmation", instance->name);
}

static int refuse_unknown(const struct ps_instance *instance, int err, struct ps_error *error)
{
	return ps_error_errno(error, err,
			      "whether a change of instance '%s' waits for confirmation is not "
			      "known",
			      instance->name);
}

void ps_trial_forget(const struct ps_instance *instance)
{
	PS_CLOSED_FD int directory_fd = open_directory(instance->path);

	ps_trial_mark_remove(directory_fd);
}

int ps_trial_check(const struct ps_instance *instance, struct ps_error *error)
{
	struct ps_answer found = ps_trial_find(instance->path, NULL);

	if (ps_is_unknown(found))
		return refuse_unknown(instance, found.err, error);
	if (ps_is_yes(found))
		return ps_error_set(error, PS_EXIT_LOCKED,
				    "the last change of instance '%s' waits for confirmation; "
				    "'%s' keeps it, with --revert it is reverted",
				    instance->name, ps_advice("confirm", NULL));
	ps_trial_forget(instance); /* nobody can take that change back any more */
	return 0;
}

/* What ends the wait at once. Blocked before anybody may think of sending it. */
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
	enum { TALK = 3, LOCK, DIRECTORY, REST };
	int talk_fd = fcntl(trial->talk_fd, F_DUPFD_CLOEXEC, REST);
	int lock_fd = fcntl(trial->lock_fd, F_DUPFD_CLOEXEC, REST);
	int directory_fd = fcntl(trial->directory_fd, F_DUPFD_CLOEXEC, REST);

	trial->talk_fd = dup2(talk_fd, TALK);
	trial->lock_fd = dup2(lock_fd, LOCK);
	trial->directory_fd = dup2(directory_fd, DIRECTORY);
	close_range(REST, ~0U, 0);
}

/* The process makes the marker, and says so: 0, or an error to print. */
static int run_process(struct ps_trial *trial)
{
	struct ps_error error = {};
	int err;

	leave_session();
	err = ps_trial_mark_make(trial->directory_fd, &trial->facts, &trial->lock_fd);
	if (err) {
		ps_bpffs_error(&error, -err, "make a marker in", trial->path);
		send(trial->talk_fd, &error, sizeof(error), MSG_NOSIGNAL);
		_exit(1);
	}
	if (send(trial->talk_fd, &error, sizeof(error), MSG_NOSIGNAL) < 0)
		_exit(1);
	return 1;
}

static void close_talk(struct ps_trial *trial)
{
	close(trial->talk_fd);
	close(trial->directory_fd);
}

static int await_process(struct ps_trial *trial, int pid, int err, struct ps_error *error)
{
	struct ps_error answer;

	if (pid < 0)
		ps_error_errno(&answer, err, "cannot make a process");
	else if (recv(trial->talk_fd, &answer, sizeof(answer), 0) != (ssize_t)sizeof(answer))
		ps_error_set(&answer, PS_EXIT_REFUSED, "the process that reverts changes ended");
	if (!*answer.text)
		return 0;
	ps_trial_mark_remove(trial->directory_fd);
	close_talk(trial);
	*error = answer;
	return -1;
}

int ps_trial_begin(const struct ps_instance *instance, int seconds, struct ps_trial *ret,
		   struct ps_error *error)
{
	struct ps_trial trial = { .lock_fd = -1, .seconds = seconds };
	int ends[2], pid, err;

	memcpy(trial.path, instance->path, sizeof(trial.path));
	ps_trial_facts_make(seconds, &trial.facts);
	trial.directory_fd = open_directory(trial.path);
	if (trial.directory_fd < 0)
		return ps_bpffs_error(error, errno, "open", trial.path);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		err = errno;
		close(trial.directory_fd);
		return ps_error_errno(error, err, "cannot make a socket pair");
	}
	pid = fork(); /* the command has ends[0] */
	err = errno;
	*ret = trial;
	ret->talk_fd = ends[!pid];
	close(ends[!!pid]);
	return pid ? await_process(ret, pid, err, error) : run_process(ret);
}

static int say(struct ps_trial *trial, enum word word)
{
	char byte = (char)word;
	ssize_t sent = send(trial->talk_fd, &byte, 1, MSG_NOSIGNAL);

	close_talk(trial);
	return sent == 1 ? 0 : -1;
}

int ps_trial_start(struct ps_trial *trial)
{
	ps_trial_facts_make(trial->seconds, &trial->facts); /* its time runs from now on */
	ps_trial_mark_write(trial->directory_fd, &trial->facts);
	return say(trial, START);
}

/* Not by the process: the command may take the instance away when it ends. */
void ps_trial_cancel(struct ps_trial *trial)
{
	ps_trial_mark_remove(trial->directory_fd);
	say(trial, CANCEL);
}

bool ps_trial_is_on(const struct ps_trial *trial)
{
	return ps_trial_mark_is_ours(trial->directory_fd, trial->lock_fd);
}

void ps_trial_end(const struct ps_trial *trial)
{
	ps_trial_mark_remove(trial->directory_fd);
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

/* Where it is asked to take the change back, and where the marker goes away. */
static int watch_marker(const struct ps_trial *trial)
{
	char lock[PS_PATH_SIZE];
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	ps_pins_path(trial->path, PS_TRIAL_LOCK, lock);
	inotify_add_watch(fd, lock, IN_CREATE);
	inotify_add_watch(fd, trial->path, IN_DELETE | IN_ONLYDIR);
	return fd;
}

/* Until the time is over, a signal, or a word; false when the marker is gone. */
static bool wait_for_end(const struct ps_trial *trial)
{
	PS_CLOSED_FD int signal_fd = catch_signals(), watch_fd = watch_marker(trial);
	struct pollfd events[] = { { signal_fd, POLLIN, 0 }, { watch_fd, POLLIN, 0 } };

	while (ps_trial_is_on(trial)) {
		long long left = trial->facts.until_ms - ps_trial_clock_ms();
		char buffer[4096];

		if (left <= 0 || ps_is_yes(ps_trial_mark_is_asked(trial->directory_fd)))
			return true;
		if (poll(events, 2, left < LOOK_MS ? (int)left : LOOK_MS) > 0 && events[0].revents)
			return true;
		while (watch_fd >= 0 && read(watch_fd, buffer, sizeof(buffer)) > 0)
			;
	}
	return false;
}

bool ps_trial_wait(struct ps_trial *trial)
{
	close_rest(trial);
	if (is_cancelled(trial))
		return false;
	trial->facts.until_ms = ps_trial_clock_ms() + trial->seconds * 1000LL;
	return wait_for_end(trial);
}

/* An error when there is no trial, or none that can still be kept or taken back. */
static int need(const struct ps_instance *instance, struct ps_error *error)
{
	struct ps_answer found = ps_trial_find(instance->path, NULL);

	if (ps_is_unknown(found))
		return refuse_unknown(instance, found.err, error);
	if (ps_is_yes(found))
		return 0;
	ps_trial_forget(instance);
	return refuse_none(instance, error);
}

int ps_trial_confirm(const struct ps_instance *instance, struct ps_error *error)
{
	PS_CLOSED_FD int directory_fd = open_directory(instance->path);
	struct ps_answer asked;
	int err;

	if (directory_fd < 0)
		return ps_bpffs_error(error, errno, "open", instance->path);
	if (need(instance, error))
		return -1;
	asked = ps_trial_mark_is_asked(directory_fd);
	if (ps_is_unknown(asked))
		return refuse_unknown(instance, asked.err, error);
	if (ps_is_yes(asked))
		return ps_error_set(error, PS_EXIT_LOCKED,
				    "the last change of instance '%s' is being reverted",
				    instance->name);
	err = ps_trial_mark_remove(directory_fd);
	return err ? ps_bpffs_error(error, -err, "remove the marker in", instance->path) : 0;
}

int ps_trial_ask_back(const struct ps_instance *instance, struct ps_trial *ret,
		      struct ps_error *error)
{
	PS_CLOSED_FD int directory_fd = open_directory(instance->path);
	PS_CLOSED_FD int lock_fd = -1;
	int err;

	if (directory_fd < 0)
		return ps_bpffs_error(error, errno, "open", instance->path);
	if (need(instance, error))
		return -1;
	lock_fd = openat(directory_fd, PS_TRIAL_LOCK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = lock_fd < 0 ? -errno : ps_trial_mark_ask(directory_fd);
	if (err)
		return ps_bpffs_error(error, -err, "change the marker in", instance->path);
	*ret = (struct ps_trial){ .directory_fd = directory_fd, .lock_fd = lock_fd };
	directory_fd = lock_fd = -1; /* now the caller's */
	return 0;
}

int ps_trial_await_end(struct ps_trial *trial, int wait_seconds, struct ps_error *error)
{
	PS_CLOSED_FD int directory_fd = trial->directory_fd, lock_fd = trial->lock_fd;
	long end = ps_clock_ms() + wait_seconds * 1000L;

	while (flock(lock_fd, LOCK_SH | LOCK_NB)) { /* it ends when all is done */
		if (ps_clock_ms() > end)
			return ps_error_set(error, PS_EXIT_LOCKED,
					    "the process that reverts the change has not finished");
		ps_clock_nap();
	}
	if (!ps_trial_mark_is_ours(directory_fd, lock_fd))
		return 0;
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "the process that reverts the change ended early: the new table is "
			    "still in force; apply a file of the previous one: %s",
			    ps_advice("apply FILE", NULL));
}
