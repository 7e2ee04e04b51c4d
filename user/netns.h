/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Network namespaces by name, as ip-netns(8) keeps them in /run/netns.
 */
#ifndef PORTSTEER_NETNS_H
#define PORTSTEER_NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "error.h"

#define PS_NETNS_DIR "/run/netns"
#define PS_NETNS_TEXT 512

/* That there is a namespace @name. */
int ps_netns_find(const char *name, struct ps_error *error);

/* Moves this process into the namespace @name, unless it is there. */
int ps_netns_enter(const char *name, struct ps_error *error);

/* The same by the file that stands for it; @what names it in an error. */
int ps_netns_enter_path(const char *path, const char *what, struct ps_error *error);

/* What takes a command of the shell into @name, a name or a path: "ip netns exec blue ". */
void ps_netns_format_enter(const char *name, char ret[PS_NETNS_TEXT]);

/* Tells the current namespace from every other since boot (SO_NETNS_COOKIE); 0 when unknown. */
__u64 ps_netns_cookie(void);

/* A descriptor of the current network namespace; -1 and errno. The caller closes it. */
int ps_netns_open(void);

/* This process is in the namespace, of "net" or "mnt", that process 1 is in. */
bool ps_namespace_is_first(const char *kind);

/* The name of the current network namespace; false when it has none. */
bool ps_netns_name(char *ret_name, size_t size);

#endif
