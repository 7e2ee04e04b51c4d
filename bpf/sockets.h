/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The maps of registered sockets: names, what is known of each socket, and the
 * sockets themselves, which the kernel takes out when they are closed.
 */
#ifndef PORTSTEER_SOCKETS_H
#define PORTSTEER_SOCKETS_H

#include <portsteer/socket.h>
#include "maps.h"
#include "order.h"

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

/*
 * The epoch of an entry, which is written last: what is read of *@info from now on, or
 * found at an index that contains the epoch, was written before.
 */
static __always_inline __u32 ps_epoch_of(const struct ps_socket_info **info)
{
	__u32 epoch = *(const volatile __u32 *)&(*info)->epoch;

	*info = (const void *)*info + ps_after(epoch);
	return epoch;
}

#endif
