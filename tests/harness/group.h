/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A cgroup of the test's own, with this process in it. In the words of tool.h
 * it is called CGROUP.
 */
#ifndef PORTSTEER_TESTS_GROUP_H
#define PORTSTEER_TESTS_GROUP_H

#include <stdbool.h>

/* False, with nothing done, where there is no cgroup v2. Taken back when the process exits. */
bool group_enter(void);

/* Moves this process to the cgroup @inner of it, "/" or "/a/b", which is made. */
void group_move(const char *inner);

/* What the kernel calls the cgroup @inner of it: "/portsteer-test-71/a/b". */
const char *group_path(const char *inner, char path[128]);

#endif
