// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Asking the system. See ask.h.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/scope.h"
#include "host/ask.h"

struct ps_answer ps_ask_path(const char *path)
{
	return ps_answer_of(access(path, F_OK) ? errno : 0);
}

/* Any socket will do. The C library says ENOENT where all are refused, whatever the reason. */
static int open_socket(void)
{
	static const int families[] = { AF_UNIX, AF_INET, AF_INET6 };
	int fd = -1;

	for (size_t i = 0; fd < 0 && i < sizeof(families) / sizeof(*families); i++)
		fd = socket(families[i], SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd;
}

static struct ps_answer ask_interface(unsigned long request, struct ifreq *interface)
{
	PS_CLOSED_FD int fd = open_socket();

	return ps_answer_of(fd < 0 || ioctl(fd, request, interface) ? errno : 0);
}

struct ps_answer ps_ask_index(const char *name, unsigned int *ret_index)
{
	struct ifreq interface = {};
	struct ps_answer answer;

	if (strlen(name) >= sizeof(interface.ifr_name))
		return ps_answer_no();
	memcpy(interface.ifr_name, name, strlen(name));
	answer = ask_interface(SIOCGIFINDEX, &interface);
	if (ps_is_yes(answer))
		*ret_index = (unsigned int)interface.ifr_ifindex;
	return answer;
}

struct ps_answer ps_ask_name(unsigned int index, char ret_name[IF_NAMESIZE])
{
	struct ifreq interface = { .ifr_ifindex = (int)index };
	struct ps_answer answer = ask_interface(SIOCGIFNAME, &interface);

	if (ps_is_yes(answer))
		memcpy(ret_name, interface.ifr_name, IF_NAMESIZE);
	return answer;
}
