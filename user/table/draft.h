/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The next generation, made in private memory: directory, probe lists,
 * targets and slots as they will be. Nothing of the instance is touched, so a
 * draft that cannot be made, or is refused, is just thrown away.
 */
#ifndef PORTSTEER_TABLE_DRAFT_H
#define PORTSTEER_TABLE_DRAFT_H

#include "binding/keymap.h"
#include "binding/plan.h"
#include "pins/instance.h"
#include "table/compile.h"
#include "table/shapes.h"

/* What a draft is made from: the arrays to read, as struct ps_instance_options has them. */
#define PS_DRAFT_READS                                                               \
	(1U << PS_MAP_BINDINGS | 1U << PS_MAP_DIRECTORY | 1U << PS_MAP_PROBE_LISTS | \
	 1U << PS_MAP_TARGETS | 1U << PS_MAP_SLOTS | 1U << PS_MAP_HOOKS |            \
	 1U << PS_MAP_SOCKET_NAMES | 1U << PS_MAP_SOCKET_INFOS)

struct ps_draft {
	const struct ps_instance *instance;
	struct ps_plan *plan; /* the caller's; slots and targets are filled in */
	struct ps_port *entries;
	struct ps_probes *lists;
	struct ps_target *targets;
	__u64 *slots;
	struct ps_shapes shapes; /* of what comes and goes */
	struct ps_socket_name *socket_names;
	struct ps_image image;
	struct ps_keymap added, changed, removed;
	__u32 wanted; /* room for bindings; where the instance has less, it must grow first */
	int kept; /* targets that are as they were, because they could not be looked up */
};

/* Release with ps_draft_done(), also after failure. */
int ps_draft_make(const struct ps_instance *instance, struct ps_plan *plan, struct ps_draft *ret,
		  struct ps_error *error);
void ps_draft_done(struct ps_draft *draft);

/* The binding of exactly this endpoint, as it will be. A ps_binding_find. */
bool ps_draft_find(void *draft, const struct ps_endpoint *endpoint, struct ps_binding *ret);

#endif
