/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Other network namespaces as the current one knows them: by the ids that it
 * gives to those where its veths end. Only those with a name in /run/netns are
 * found.
 */
#ifndef PORTSTEER_HOST_NETNS_ID_H
#define PORTSTEER_HOST_NETNS_ID_H

#include <stdbool.h>
#include <stddef.h>

struct ps_netns_id; /* of one with a name */

/* All of them. They are read when the first one is asked for; zeroed at first. */
struct ps_netns_ids {
	struct ps_netns_id *item;
	size_t count;
	size_t room;
	bool is_read;
};

/* The name of namespace @id; "" when it has none. Release with ps_netns_ids_done(). */
void ps_netns_ids_name(struct ps_netns_ids *ids, int id, char *ret_name, size_t size);
void ps_netns_ids_done(struct ps_netns_ids *ids);

/*
 * Moves this process there. Its name, when that is not known: "".
 * Returns a descriptor of where it was, for ps_netns_return(), or -1 when it cannot go.
 */
int ps_netns_visit(int id, const char *name);

/* Moves it back and keeps @fd open. It cannot go on elsewhere: on failure the program ends. */
void ps_netns_return(int fd);

#endif
