/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every command of bpf(2) that changes something, and the calls that change
 * files, tried on what is pinned. Nothing is expected here but that a pin
 * cannot be made: the test compares what is there before and after.
 */
#ifndef PORTSTEER_TESTS_INTRUDER_H
#define PORTSTEER_TESTS_INTRUDER_H

#include <linux/bpf.h>

/* How many calls were made. */
int intruder_attempts(void);

/* BPF_OBJ_GET; -1 with errno. */
int intruder_open(const char *path, __u32 flags);

/* On a map, program or link, which is closed; @target_fd: a cgroup to attach to, or -1. */
void intruder_try(int fd, int target_fd);

void intruder_try_file(const char *path);

#endif
