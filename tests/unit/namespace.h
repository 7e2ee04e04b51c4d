/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A network namespace of its own for a test program, made before its first
 * test and gone with the process. Without root every test is skipped.
 */
#ifndef PORTSTEER_TESTS_NAMESPACE_H
#define PORTSTEER_TESTS_NAMESPACE_H

#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

static bool has_namespace;

static inline int make_namespace(void **state)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNET)) {
		print_message("skipped: needs root, to make a network namespace\n");
		return 0;
	}
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &lo), 0);
	close(fd);
	has_namespace = true;
	return 0;
}

static inline void need_namespace(void)
{
	if (!has_namespace)
		skip();
}

/* Runs lines of ip(8) in the present namespace. */
static inline void run_ip(const char *batch)
{
	FILE *ip = popen("ip -batch -", "we");

	assert_non_null(ip);
	fputs(batch, ip);
	assert_int_equal(pclose(ip), 0);
}

#endif
