/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From bindings to the directory and the probe lists: one half of `directory`
 * and the pool `probe_lists`, wherever they are in memory. Each change touches
 * only the ports that its endpoint covers. Pure: knows bindings only through
 * the caller's lookups.
 */
#ifndef PORTSTEER_TABLE_COMPILE_H
#define PORTSTEER_TABLE_COMPILE_H

#include <stdbool.h>
#include <portsteer/abi.h>
#include "binding/binding.h"

/* What the directory says of the binding of an any-address endpoint. */
struct ps_winner {
	struct ps_act act; /* PS_NONE: there is none */
	__u32 slot;
};

/* What it says of @binding. */
static inline struct ps_winner ps_winner_of(const struct ps_binding *binding)
{
	return (struct ps_winner){
		.act = { binding->action, binding->flags, binding->target_index },
		.slot = binding->slot,
	};
}

/* Looks a binding up in the table that is being made. */
typedef struct ps_winner (*ps_winner_find)(void *context, const struct ps_endpoint *endpoint);

#define PS_PART 512 /* entries, a page of them: what is written together */
#define PS_PARTS (PS_HALF_PORTS / PS_PART)

struct ps_image {
	struct ps_port *entries; /* PS_HALF_PORTS of them */
	struct ps_probes *lists; /* PS_LISTS_MAX of them */
	ps_winner_find find;
	void *context;
	__u8 *taken; /* lists that some entry may use */
	__u32 *index; /* of lists by their content */
	bool *changed; /* of PS_PARTS parts of the entries */
	/* The last transition, and what it led to: neighbours in a range repeat it. */
	__u32 memo_from, memo_to;
	struct ps_probe memo_probe;
};

enum ps_compile_result {
	PS_COMPILED = 0,
	PS_COMPILE_TOO_DEEP = -1, /* a port would need more than PS_PROBES_MAX look-ups */
	PS_COMPILE_TOO_MANY = -2, /* more than PS_LISTS_MAX different lists */
};

/*
 * @entries and @lists stay the caller's. Lists that @entries use now are never
 * overwritten. Release with ps_image_done().
 */
void ps_image_init(struct ps_image *image, struct ps_port *entries, struct ps_probes *lists,
		   ps_winner_find find, void *context);
void ps_image_done(struct ps_image *image);

/* Copies those of @from that @entries use to @to, which has zeros. */
void ps_lists_copy(const struct ps_port *entries, const struct ps_probes *from,
		   struct ps_probes *to);

/*
 * The first binding of the shape of @endpoint was added, or the last one
 * removed. After a failure @entries are to be thrown away; *@ret_port is where
 * it happened.
 */
enum ps_compile_result ps_image_add_shape(struct ps_image *image,
					  const struct ps_endpoint *endpoint, __u16 *ret_port);
enum ps_compile_result ps_image_remove_shape(struct ps_image *image,
					     const struct ps_endpoint *endpoint, __u16 *ret_port);

/* The binding of an any-address endpoint was added, changed or removed: who wins its ports? */
void ps_image_update_winner(struct ps_image *image, const struct ps_endpoint *endpoint);

/*
 * Makes @half of @directory what the entries are, and its bits as below. It was, and the other half
 * was, what the entries were made from: what was not changed since is not touched.
 */
void ps_image_write(const struct ps_image *image, struct ps_directory *directory, __u32 half);

/*
 * Makes the bits of @directory say what is in the entries of both its halves.
 * Called before a new half is published, they let packets into it; called after
 * the grace period, they keep packets from ports that are empty by now.
 */
void ps_directory_mark(struct ps_directory *directory);

#endif
