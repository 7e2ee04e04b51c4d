/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Other network namespaces as the current one knows them: by the ids that it
 * gives to those where its veths end. Only those with a name in /run/netns are
 * found.
 */
#ifndef PORTSTEER_HOST_NETNS_ID_H
#define PORTSTEER_HOST_NETNS_ID_H

#include <stddef.h>

/* The name of namespace @id; "" when it has none. */
void ps_netns_name_of_id(int id, char *ret_name, size_t size);

/*
 * Moves this process there. Returns a descriptor of where it was, for
 * ps_netns_return(), or -1 when it cannot go.
 */
int ps_netns_visit(int id);

/* Moves it back and keeps @fd open. It cannot go on elsewhere: on failure the program ends. */
void ps_netns_return(int fd);

#endif
