// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The marker of a change on trial. See trial_mark.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/scope.h"
#include "instance/trial_mark.h"
#include "pins/bpffs.h"
#include "pins/pins.h"

#define ASKED PS_TRIAL_LOCK "/revert"
#define LOCK_TRIES 200 /* readers hold it for a moment */
#define NOBODY 0xffffffffU /* a login number that was not set */

/* How far CLOCK_BOOTTIME is set off in this time namespace; 0 where there are none. */
static long long clock_offset_ms(void)
{
	FILE *file = fopen("/proc/self/timens_offsets", "re");
	long long seconds, ns, offset = 0;
	char clock[16];

	while (file && fscanf(file, "%15s %lld %lld", clock, &seconds, &ns) == 3)
		if (!strcmp(clock, "boottime"))
			offset = seconds * 1000 + ns / 1000000;
	if (file)
		fclose(file);
	return offset;
}

long long ps_trial_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000 - clock_offset_ms();
}

/* Who logged in, also behind sudo; else who runs it. */
static unsigned int find_user(void)
{
	FILE *file = fopen("/proc/self/loginuid", "re");
	unsigned int uid = NOBODY;

	if (file && fscanf(file, "%u", &uid) != 1)
		uid = NOBODY;
	if (file)
		fclose(file);
	return uid == NOBODY ? getuid() : uid;
}

void ps_trial_facts_make(int seconds, struct ps_trial_facts *ret)
{
	struct ps_trial_facts facts = { .uid = find_user(),
					.until_ms = ps_trial_clock_ms() + seconds * 1000LL };
	const struct passwd *user = getpwuid(facts.uid);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	facts.since_ns = now.tv_sec * 1000000000LL + now.tv_nsec;
	if (user)
		snprintf(facts.user, sizeof(facts.user), "%s", user->pw_name);
	else
		snprintf(facts.user, sizeof(facts.user), "%u", facts.uid);
	*ret = facts;
}

long ps_trial_facts_left(const struct ps_trial_facts *facts)
{
	long long left = facts->until_ms - ps_trial_clock_ms();

	return left > 0 ? (long)((left + 999) / 1000) : 0;
}

static struct ps_answer read_facts(int directory_fd, struct ps_trial_facts *ret)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(directory_fd, PS_TRIAL_PIN, text, sizeof(text) - 1);
	int at = -1;

	if (length < 0)
		return ps_answer_of(errno);
	text[length] = '\0';
	if (sscanf(text, "since=%lld until=%lld uid=%u user=%n", &ret->since_ns, &ret->until_ms,
		   &ret->uid, &at) < 3 ||
	    at < 0)
		return ps_answer_unknown(EINVAL);
	snprintf(ret->user, sizeof(ret->user), "%.63s", text + at);
	return ps_answer_yes();
}

/* Whether the process lives that would take the change back. */
static struct ps_answer ask_process(int directory_fd, struct ps_trial_facts *facts)
{
	PS_CLOSED_FD int fd =
		openat(directory_fd, PS_TRIAL_LOCK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == EACCES)
		return ps_answer_yes();
	if (fd < 0)
		return ps_answer_of(errno);
	if (!flock(fd, LOCK_SH | LOCK_NB))
		return ps_answer_no();
	facts->is_checked = errno == EWOULDBLOCK;
	return facts->is_checked ? ps_answer_yes() : ps_answer_unknown(errno);
}

struct ps_answer ps_trial_find(const char *directory, struct ps_trial_facts *ret)
{
	PS_CLOSED_FD int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct ps_trial_facts facts = {};
	struct ps_answer answer;

	if (fd < 0)
		return ps_answer_of(errno);
	answer = read_facts(fd, &facts);
	if (ps_is_yes(answer))
		answer = ask_process(fd, &facts);
	if (ret)
		*ret = facts;
	return answer;
}

int ps_trial_mark_write(int directory_fd, const struct ps_trial_facts *facts)
{
	const char *fresh = PS_TRIAL_PIN PS_FRESH;
	char text[256];

	snprintf(text, sizeof(text), "since=%lld until=%lld uid=%u user=%s", facts->since_ns,
		 facts->until_ms, facts->uid, facts->user);
	unlinkat(directory_fd, fresh, 0); /* of a command that was killed */
	if (symlinkat(text, directory_fd, fresh) ||
	    renameat(directory_fd, fresh, directory_fd, PS_TRIAL_PIN))
		return -errno;
	return 0;
}

static int take_lock(int fd)
{
	for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB); tries++) {
		if (errno != EWOULDBLOCK || tries == LOCK_TRIES)
			return -errno;
		ps_clock_nap();
	}
	return 0;
}

int ps_trial_mark_make(int directory_fd, const struct ps_trial_facts *facts, int *ret_lock_fd)
{
	PS_CLOSED_FD int fd = -1;
	int err;

	ps_trial_mark_remove(directory_fd); /* what a kill left */
	if (mkdirat(directory_fd, PS_TRIAL_LOCK, 0700))
		return -errno;
	fd = openat(directory_fd, PS_TRIAL_LOCK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = fd < 0 ? -errno : take_lock(fd) ?: ps_trial_mark_write(directory_fd, facts);
	if (err) {
		ps_trial_mark_remove(directory_fd);
		return err;
	}
	*ret_lock_fd = fd;
	fd = -1; /* now the caller's */
	return 0;
}

bool ps_trial_mark_is_ours(int directory_fd, int lock_fd)
{
	struct stat there, ours, pin;

	if (fstatat(directory_fd, PS_TRIAL_PIN, &pin, AT_SYMLINK_NOFOLLOW) ||
	    fstatat(directory_fd, PS_TRIAL_LOCK, &there, 0) || fstat(lock_fd, &ours))
		return errno != ENOENT;
	return there.st_ino == ours.st_ino && there.st_dev == ours.st_dev;
}

int ps_trial_mark_ask(int directory_fd)
{
	return mkdirat(directory_fd, ASKED, 0700) && errno != EEXIST ? -errno : 0;
}

struct ps_answer ps_trial_mark_is_asked(int directory_fd)
{
	return ps_answer_of(faccessat(directory_fd, ASKED, F_OK, 0) ? errno : 0);
}

int ps_trial_mark_remove(int directory_fd)
{
	int err = unlinkat(directory_fd, PS_TRIAL_PIN, 0) ? -errno : 0;

	if (err && err != -ENOENT)
		return err;
	unlinkat(directory_fd, ASKED, AT_REMOVEDIR);
	unlinkat(directory_fd, PS_TRIAL_LOCK, AT_REMOVEDIR);
	return err;
}
