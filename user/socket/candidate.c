// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Judging descriptors. See candidate.h; where they come from is
 * take.c and find.c.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/answer.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "host/netns.h"
#include "host/process.h"
#include "socket/candidate.h"

void ps_candidates_done(struct ps_candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++)
		close(candidates->item[i].fd);
	free(candidates->item);
	*candidates = (struct ps_candidates){};
}

/* What the kernel does not tell of the socket @what is not guessed. */
static int refuse_unknown(const char *what, struct ps_error *error)
{
	return ps_error_errno(error, errno, "cannot tell what socket %s is", what);
}

/* An option of the socket layer. */
static int read_option(int fd, int name, int *ret)
{
	socklen_t size = sizeof(*ret);

	return getsockopt(fd, SOL_SOCKET, name, ret, &size);
}

static struct ps_answer is_connected(int fd)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(peer);

	if (!getpeername(fd, (struct sockaddr *)&peer, &size))
		return ps_answer_yes();
	return errno == ENOTCONN ? ps_answer_no() : ps_answer_unknown(errno);
}

static int check_kind(int fd, struct ps_socket_info *info, const char *what, struct ps_error *error)
{
	int domain, protocol;

	if (read_option(fd, SO_DOMAIN, &domain) || read_option(fd, SO_PROTOCOL, &protocol))
		return errno == ENOTSOCK
			       ? ps_error_set(error, PS_EXIT_REFUSED, "%s is not a socket", what)
			       : refuse_unknown(what, error);
	if (domain != AF_INET && domain != AF_INET6)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "%s is a %s socket, neither IPv4 nor IPv6", what,
				    domain == AF_UNIX ? "UNIX" : "foreign");
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return ps_error_set(
			error, PS_EXIT_REFUSED,
			"%s is a socket of protocol %d; only TCP and UDP can be steered to", what,
			protocol);
	info->proto = protocol == IPPROTO_TCP ? PS_TCP : PS_UDP;
	return 0;
}

/* That of the socket, which may be another than that of the process that has it. */
static int check_namespace(int fd, const char *what, struct ps_error *error)
{
	socklen_t size = sizeof(__u64);
	struct ps_answer is_here;
	__u64 cookie = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size))
		is_here = ps_answer_unknown(errno);
	else
		is_here = ps_netns_has_cookie(cookie);
	if (ps_is_yes(is_here))
		return 0;
	if (ps_is_unknown(is_here))
		return ps_error_errno(error, is_here.err, "cannot tell the network namespace of %s",
				      what);
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "%s belongs to another network namespace; -n NETNS works on that one",
			    what);
}

/* What bpf_sk_assign() asks for, include/uapi/linux/bpf.h. */
static int check_state(int fd, const struct ps_socket_info *info, const char *what,
		       struct ps_error *error)
{
	struct ps_answer connected = is_connected(fd);
	int listens;

	if (ps_is_yes(connected))
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "%s is connected: it gets packets of its peer alone", what);
	if (ps_is_unknown(connected) || read_option(fd, SO_ACCEPTCONN, &listens))
		return refuse_unknown(what, error);
	if (info->proto == PS_TCP && !listens)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "%s is a TCP socket that does not listen", what);
	if (!info->port)
		return ps_error_set(error, PS_EXIT_REFUSED, "%s is a UDP socket that is not bound",
				    what);
	return 0;
}

static int read_address(int fd, struct ps_socket_info *info)
{
	struct sockaddr_in6 own = {};
	const struct sockaddr_in *own4 = (const struct sockaddr_in *)&own;
	socklen_t size = sizeof(own), flag_size = sizeof(int);
	int is_v6only;

	if (getsockname(fd, (struct sockaddr *)&own, &size))
		return -1;
	info->port = ntohs(own.sin6_port); /* IPv4 has it at the same place */
	if (own.sin6_family == AF_INET) {
		info->family = PS_IPV4;
		memcpy(info->addr, &own4->sin_addr, sizeof(own4->sin_addr));
		return 0;
	}
	if (getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &is_v6only, &flag_size))
		return -1;
	info->family = is_v6only ? PS_IPV6 : PS_ANY;
	memcpy(info->addr, &own.sin6_addr, sizeof(own.sin6_addr));
	return 0;
}

static void read_command(pid_t pid, struct ps_socket_info *info)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = pid ? fopen(path, "re") : NULL;
	if (!file)
		return;
	if (fgets(info->command, sizeof(info->command), file))
		info->command[strcspn(info->command, "\n")] = '\0';
	ps_utf8_trim(info->command, PS_COMMAND_CUT);
	fclose(file);
}

static void read_process(pid_t pid, struct ps_socket_info *info)
{
	struct ps_process process;

	info->pid = (__u32)pid;
	if (pid && !ps_process_read(pid, &process))
		info->start = ps_process_start(process.ticks);
	read_command(pid, info);
}

int ps_candidates_add(struct ps_candidates *candidates, int fd, pid_t pid, const char *what,
		      struct ps_error *error)
{
	struct ps_candidate *candidate;
	struct ps_socket_info *info;
	socklen_t size = sizeof(info->cookie);

	candidates->item = ps_memory_grow(candidates->item, candidates->count, &candidates->room,
					  sizeof(*candidates->item));
	candidate = &candidates->item[candidates->count++];
	*candidate = (struct ps_candidate){ .fd = fd };
	info = &candidate->info;
	if (check_kind(fd, info, what, error) || check_namespace(fd, what, error))
		return -1;
	if (read_address(fd, info))
		return refuse_unknown(what, error);
	read_process(pid, info);
	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &info->cookie, &size))
		return ps_error_errno(error, errno, "%s has no cookie", what);
	return check_state(fd, info, what, error);
}
