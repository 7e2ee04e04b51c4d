/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Network namespaces: the words that stand for one, entering it, and what tells
 * the current one from every other.
 */
#ifndef PORTSTEER_HOST_NETNS_H
#define PORTSTEER_HOST_NETNS_H

#include <stddef.h>
#include <sys/types.h>
#include <linux/types.h>
#include "base/answer.h"
#include "base/error.h"

#define PS_NETNS_DIR "/run/netns"
#define PS_NETNS_TEXT 512
#define PS_NETNS_NAME 256

/* What stands for a namespace. */
struct ps_netns_place {
	char name[PS_NETNS_NAME]; /* in /run/netns, "" when it is given by another file */
	char path[PS_NETNS_TEXT]; /* of its file */
	pid_t pid; /* of the process that it is given by, else 0 */
};

/* A name of ip-netns(8), a path (has a '/') or, when no namespace has it as a name, a pid. */
int ps_netns_read_place(const char *word, struct ps_netns_place *ret, struct ps_error *error);

/* The file of a namespace. A descriptor, which the caller closes, or -1. */
int ps_netns_open_place(const struct ps_netns_place *place, struct ps_error *error);

/* Moves this process into the namespace of @fd, unless it is there; @what names it in an error. */
int ps_netns_enter_fd(int fd, const char *what, struct ps_error *error);

/* The same by the file that stands for it. */
int ps_netns_enter_path(const char *path, const char *what, struct ps_error *error);

/*
 * The cookie of the current namespace tells it from every other since boot. It
 * is never 0; where it cannot be read, that is an error.
 */
int ps_netns_cookie(__u64 *ret, struct ps_error *error);

/* Whether the current namespace is that of @cookie; not known of 0, which is no cookie. */
struct ps_answer ps_netns_has_cookie(__u64 cookie);

/* Goes to the namespace of @fd and comes back: its cookie. No: it is no network namespace. */
struct ps_answer ps_netns_visit_cookie(int fd, __u64 *ret);

/* A descriptor of the current network namespace; -1 and errno. The caller closes it. */
int ps_netns_open(void);

/* Whether the current namespace is the first one, in which the machine was started. */
struct ps_answer ps_netns_is_first(void);

/* Whether the processes in /proc are those of the machine, not of a container. */
struct ps_answer ps_netns_sees_machine(void);

/* A name of the current network namespace; no: it has none. */
struct ps_answer ps_netns_name(char *ret_name, size_t size);

/*
 * A path that other processes can take to the current namespace as well: by its
 * name, else by another process that is in it, else for this process alone.
 */
void ps_netns_lasting_path(char ret[PS_NETNS_TEXT]);

/* What @path is shortest called: "blue" for /run/netns/blue. */
const char *ps_netns_word(const char *path);

#endif
