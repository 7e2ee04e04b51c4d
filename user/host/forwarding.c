// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sysctls of forwarding. See forwarding.h. Where the kernel takes the larger of
 * that of all interfaces and that of one, so does this.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/scope.h"
#include "host/forwarding.h"

/* The number in net/@tree/conf/@device/@key, or -errno. */
static int read_one(const char *tree, const char *device, const char *key)
{
	char path[128], text[16] = "";
	PS_CLOSED_FD int fd = -1;

	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s", tree, device, key);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return -errno;
	return atoi(text);
}

static int read_larger(const char *device, const char *key)
{
	int all = read_one("ipv4", "all", key), own = read_one("ipv4", device, key);

	if (all < 0 || own < 0)
		return all < 0 ? all : own;
	return all > own ? all : own;
}

struct ps_answer ps_forwarding_returns(const char *device, enum ps_family family)
{
	int forwards = family == PS_IPV4 ? read_one("ipv4", device, "forwarding")
					 : read_one("ipv6", "all", "forwarding");
	int accepts = family == PS_IPV4 ? read_larger(device, "accept_local") : 1;
	int filter = family == PS_IPV4 ? read_larger(device, "rp_filter") : 0;

	if (forwards < 0 || accepts < 0 || filter < 0)
		return ps_answer_unknown(-(forwards < 0	 ? forwards
					   : accepts < 0 ? accepts
							 : filter));
	return forwards && accepts && filter != 1 ? ps_answer_yes() : ps_answer_no();
}
