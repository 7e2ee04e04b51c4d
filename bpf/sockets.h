/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The maps of registered sockets: names, what is known of each socket, and the
 * sockets themselves, which the kernel takes out when they are closed.
 */
#ifndef PORTSTEER_SOCKETS_H
#define PORTSTEER_SOCKETS_H

#include <portsteer/socket.h>
#include "maps.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PS_SOCKET_NAMES_MAX);
	__type(key, __u32);
	__type(value, struct ps_socket_name);
} socket_names SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PS_SOCKET_NAMES_MAX *PS_SOCKETS_PER_NAME);
	__type(key, __u32);
	__type(value, struct ps_socket_info);
} socket_infos SEC(".maps");

/* Read from outside, an element is the socket's cookie. */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, PS_SOCKET_NAMES_MAX *PS_SOCKETS_PER_NAME);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

#endif
