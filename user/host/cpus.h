/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * CPUs of this machine. More are possible than are there, as the kernel reckons
 * with every CPU that somebody could plug in.
 */
#ifndef PORTSTEER_HOST_CPUS_H
#define PORTSTEER_HOST_CPUS_H

/* One more than the highest number of a CPU that is there; 0: cannot be told. */
unsigned int ps_cpus_present(void);

/* The highest number in a list as the kernel writes them, "0-3,8"; -1: it is none. */
long ps_cpus_highest(const char *list);

#endif
