// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Asking the system. See ask.h.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include "base/scope.h"
#include "host/ask.h"
#include "host/netlink.h"

#define ALT_NAME_SIZE 128 /* ALTIFNAMSIZ, with its NUL */

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

static int take_index(const struct nlmsghdr *message, void *ret_index)
{
	const struct ifinfomsg *info = ps_netlink_head(message, sizeof(*info));

	if (info && message->nlmsg_type == RTM_NEWLINK)
		*(unsigned int *)ret_index = (unsigned int)info->ifi_index;
	return MNL_CB_OK;
}

/* Only alternative names are longer than what an ioctl takes. */
static struct ps_answer ask_long_name(const char *name, unsigned int *ret_index)
{
	char buffer[PS_NETLINK_REQUEST_SIZE] = "";
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	unsigned int index = 0;
	int err;

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_ACK;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(request, IFLA_ALT_IFNAME, name);
	err = ps_netlink_request(NETLINK_ROUTE, request, take_index, &index);
	if (!err && index)
		*ret_index = index;
	return err ? ps_answer_of(-err) : index ? ps_answer_yes() : ps_answer_unknown(EPROTO);
}

struct ps_answer ps_ask_index(const char *name, unsigned int *ret_index)
{
	struct ifreq interface = {};
	struct ps_answer answer;

	if (strlen(name) >= ALT_NAME_SIZE)
		return ps_answer_no();
	if (strlen(name) >= sizeof(interface.ifr_name))
		return ask_long_name(name, ret_index);
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

struct ps_answer ps_ask_device(const char *word, unsigned int *ret_index,
			       char ret_name[IF_NAMESIZE])
{
	struct ps_answer answer = ps_ask_index(word, ret_index);

	return ps_is_yes(answer) ? ps_ask_name(*ret_index, ret_name) : answer;
}

const char *ps_ask_like(const char *word, char text[PS_NEAREST_TEXT])
{
	struct ps_nearest nearest = ps_nearest_of(word);
	struct if_nameindex *names = if_nameindex();

	for (const struct if_nameindex *name = names; name && name->if_index; name++)
		ps_nearest_offer(&nearest, name->if_name);
	ps_nearest_format(&nearest, text);
	if_freenameindex(names);
	return text;
}
