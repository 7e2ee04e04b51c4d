// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which instance is meant: that of the network namespace that -n says, by
 * whatever word. What an instance is called is a label; whose it is, the cookie
 * in `meta` says (doc/adr/0032).
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/scope.h"
#include "host/netns_list.h"
#include "instance/find.h"
#include "pins/bpffs.h"
#include "pins/check.h"
#include "pins/dir.h"
#include "pins/pins.h"

#define LABEL "cookie-"

/* "cookie-17", which no other name of an instance may be. */
static bool read_label(const char *name, __u64 *ret_cookie)
{
	char again[64];
	__u64 cookie;

	if (strncmp(name, LABEL, strlen(LABEL)))
		return false;
	cookie = strtoull(name + strlen(LABEL), NULL, 10);
	snprintf(again, sizeof(again), LABEL "%" PRIu64, (uint64_t)cookie);
	if (!cookie || strcmp(again, name))
		return false;
	*ret_cookie = cookie;
	return true;
}

/* No: there is none of that name, or what is pinned there is not portsteer's. */
struct ps_answer ps_instance_peek(const char *name, struct ps_meta *ret)
{
	struct ps_instance instance = {};
	char path[PS_PATH_SIZE];
	struct ps_error ignored;
	PS_CLOSED_FD int fd = -1;
	__u32 zero = 0;

	ps_instance_locate(name, &instance);
	fd = ps_instance_pin_open(&instance, ps_map_name(PS_MAP_META), path);
	if (fd < 0)
		return ps_answer_of(errno);
	instance.map_fd[PS_MAP_META] = fd;
	if (ps_layout_check_kind(&instance, PS_MAP_META, &ignored))
		return ps_answer_no();
	return ps_map_ask(fd, &zero, ret);
}

static struct ps_answer is_of(const char *name, __u64 cookie)
{
	struct ps_meta meta;
	struct ps_answer there = ps_instance_peek(name, &meta);

	if (!ps_is_yes(there))
		return there;
	return meta.netns_cookie == cookie ? ps_answer_yes() : ps_answer_no();
}

struct search {
	__u64 cookie;
	char *ret_name;
	struct ps_answer answer;
};

static bool look(void *seeker, const char *name)
{
	struct search *search = seeker;
	struct ps_answer answer =
		strcmp(name, PS_INSTANCE_DEFAULT) ? is_of(name, search->cookie) : ps_answer_no();

	if (ps_is_no(answer))
		return false;
	search->answer = answer;
	if (ps_is_yes(answer))
		snprintf(search->ret_name, PS_INSTANCE_NAME, "%s", name);
	return ps_is_yes(answer);
}

/* Among all but `default`. */
static struct ps_answer find_by_cookie(__u64 cookie, char ret_name[PS_INSTANCE_NAME])
{
	struct search search = { cookie, ret_name, ps_answer_no() };
	int err = ps_instances_walk(look, &search);

	return err && !ps_is_yes(search.answer) ? ps_answer_unknown(-err) : search.answer;
}

/* What the instance is to be called when there is none yet. */
static int choose_name(__u64 cookie, const char *given, char ret_name[PS_INSTANCE_NAME],
		       struct ps_error *error)
{
	char name[PS_NETNS_NAME] = "";
	struct ps_answer has_name = ps_netns_name(name, sizeof(name));
	__u64 ignored;

	if (*given) {
		snprintf(ret_name, PS_INSTANCE_NAME, "%s", given);
		return 0;
	}
	if (ps_is_unknown(has_name))
		return ps_error_errno(error, has_name.err,
				      "cannot look for the name of the network namespace");
	if (ps_is_yes(has_name) && strcmp(name, PS_INSTANCE_DEFAULT) &&
	    !read_label(name, &ignored) && !ps_is_yes(ps_instance_peek(name, &(struct ps_meta){})))
		snprintf(ret_name, PS_INSTANCE_NAME, "%s", name);
	else
		snprintf(ret_name, PS_INSTANCE_NAME, LABEL "%" PRIu64, (uint64_t)cookie);
	return 0;
}

/* The instance of the namespace that this process is in; @given: its name in /run/netns, or "". */
static int find_own(const char *given, char ret_name[PS_INSTANCE_NAME], struct ps_error *error)
{
	struct ps_answer first, found;
	__u64 cookie;

	if (ps_netns_cookie(&cookie, error))
		return -1;
	if (!strcmp(given, PS_INSTANCE_DEFAULT) || read_label(given, &(__u64){ 0 }))
		given = ""; /* by its path: of that name there is another */
	if (*given && ps_is_yes(is_of(given, cookie))) {
		snprintf(ret_name, PS_INSTANCE_NAME, "%s", given);
		return 0;
	}
	first = ps_netns_is_first();
	if (ps_is_yes(first) && ps_is_yes(is_of(PS_INSTANCE_DEFAULT, cookie)))
		found = ps_answer_no();
	else
		found = find_by_cookie(cookie, ret_name);
	if (ps_is_unknown(found) && found.err == EACCES)
		return ps_bpffs_error(error, found.err, "read", PS_BASE_DIR);
	if (ps_is_unknown(found))
		return ps_error_errno(
			error, found.err,
			"cannot tell which instance is that of the network namespace");
	if (ps_is_yes(found))
		return 0;
	if (!ps_is_yes(first))
		return choose_name(cookie, given, ret_name, error);
	snprintf(ret_name, PS_INSTANCE_NAME, PS_INSTANCE_DEFAULT);
	return 0;
}

/* By the name of an instance, when its namespace has no other. */
static int find_place(const char *word, __u64 cookie, struct ps_netns_place *ret,
		      struct ps_error *error)
{
	struct ps_netns netns;
	struct ps_answer found = ps_netns_find_cookie(cookie, &netns);

	if (ps_is_unknown(found))
		return ps_error_errno(error, found.err,
				      "cannot find the network namespace of instance '%s'", word);
	if (ps_is_no(found))
		return ps_error_set(error, PS_EXIT_NOT_FOUND,
				    "the network namespace of instance '%s' is gone", word);
	*ret = (struct ps_netns_place){};
	memcpy(ret->path, netns.path, sizeof(ret->path));
	return 0;
}

static int open_place(const char *word, struct ps_netns_place *ret, struct ps_error *error)
{
	__u64 cookie;

	if (read_label(word, &cookie) ? find_place(word, cookie, ret, error)
				      : ps_netns_read_place(word, ret, error))
		return -1;
	return ps_netns_open_place(ret, error);
}

static bool is_same(int fd, int other_fd)
{
	struct stat one, other;

	return !fstat(fd, &one) && !fstat(other_fd, &other) && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

/* To be where it was before, and nowhere else. Who was there all along may lack the right. */
static void go_back(int here_fd, int there_fd)
{
	if (!is_same(here_fd, there_fd) && setns(here_fd, CLONE_NEWNET))
		abort();
}

static int enter(const struct ps_netns_place *place, int fd, enum ps_entering entry,
		 struct ps_whose *ret, struct ps_error *error)
{
	PS_CLOSED_FD int here_fd = entry == PS_ENTER_BRIEFLY ? ps_netns_open() : -1;
	int failed;

	if (entry == PS_ENTER_BRIEFLY && here_fd < 0)
		return ps_error_errno(error, errno, "cannot open the present network namespace");
	if (ps_netns_enter_fd(fd, place->name[0] ? place->name : place->path, error))
		return -1;
	failed = find_own(place->name, ret->name, error);
	ret->presence = entry == PS_ENTER_BRIEFLY ? PS_OUTSIDE : PS_HERE;
	if (entry == PS_ENTER_BRIEFLY)
		go_back(here_fd, fd);
	return failed;
}

/* For who wants the table alone: the instance that has the word for its name. */
static int find_by_name(const char *word, const struct ps_netns_place *place, struct ps_whose *ret,
			struct ps_error *error)
{
	const char *name = place->name[0] ? place->name : word;

	if (error->status == PS_EXIT_USAGE || strchr(name, '/') || !ps_instance_is_there(name))
		return -1;
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	ret->presence = error->status == PS_EXIT_NOT_FOUND ? PS_NOWHERE : PS_OUTSIDE;
	return 0;
}

int ps_whose_find(const char *word, enum ps_entering entry, struct ps_whose *ret,
		  struct ps_error *error)
{
	struct ps_netns_place place = {};
	PS_CLOSED_FD int fd = open_place(word, &place, error);

	if (fd >= 0 && !enter(&place, fd, entry, ret, error))
		return 0;
	return entry == PS_ENTER ? -1 : find_by_name(word, &place, ret, error);
}
