// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Publishing: double buffering with a grace period. All of the half that packets
 * do not see is written first, then the generation, in one store. What stays
 * unfinished when this is cut short, ps_recover() repairs. I1 and so on: publish.h.
 */
#include <errno.h>
#include <string.h>
#include "base/notice.h"
#include "instance/owners.h"
#include "instance/renames.h"
#include "pins/counts.h"
#include "pins/grace.h"
#include "pins/pending.h"
#include "table/compile.h"
#include "table/publish.h"
#include "table/slot.h"
#include "table/store.h"
#include "table/target.h"

/* New bindings start counting from zero (I5), as those of the first generation do by themselves. */
static void clear_counters(const struct ps_instance *instance, const struct ps_bindings *added)
{
	for (size_t i = 0; instance->state->generation && i < added->count; i++)
		ps_counts_clear(instance, added->item[i].slot);
}

/* Lists that packets may walk now are in the draft as they are: those are not written (I1). */
static void write_lists(const struct ps_instance *instance, const struct ps_draft *draft)
{
	for (int i = 1; i < PS_LISTS_MAX; i++)
		if (draft->image.taken[i] &&
		    memcmp(&instance->probe_lists[i], &draft->lists[i], sizeof(*draft->lists)))
			instance->probe_lists[i] = draft->lists[i];
}

/* Names that packets may look at now are in the draft as they are (I1). */
static void write_socket_names(const struct ps_instance *instance, const struct ps_draft *draft)
{
	for (int i = 0; i < PS_SOCKET_NAMES_MAX; i++)
		if (memcmp(&instance->socket_names[i], &draft->socket_names[i],
			   sizeof(*draft->socket_names)))
			instance->socket_names[i] = draft->socket_names[i];
}

/* Everything that the half @next will need. Packets see nothing of it. */
static int prepare(struct ps_instance *instance, struct ps_draft *draft, __u32 next,
		   struct ps_error *error)
{
	const struct ps_plan *plan = draft->plan;

	clear_counters(instance, &plan->added);
	if (ps_owners_check(&plan->added, draft->targets, error) ||
	    ps_owners_check(&plan->changed, draft->targets, error) ||
	    ps_owners_set(instance, &plan->added, draft->targets, error) ||
	    ps_owners_set(instance, &plan->changed, draft->targets, error))
		return -1;
	if (ps_store_bindings(instance, &plan->added, next, PS_STORE_NEW, error) ||
	    ps_store_bindings(instance, &plan->changed, next, PS_STORE_ACTION, error) ||
	    ps_store_bindings(instance, &plan->removed, next, PS_STORE_NOTHING, error) ||
	    ps_store_shapes(instance, &draft->shapes, error) ||
	    ps_renames_pin(instance, plan, instance->state->generation + 1, error))
		return -1;
	write_socket_names(instance, draft);
	if (ps_targets_add_devices(instance, draft->targets, error))
		return -1;
	memcpy(ps_instance_targets(instance, next), draft->targets,
	       PS_TARGETS_MAX * sizeof(*draft->targets));
	write_lists(instance, draft);
	ps_image_write(&draft->image, instance->directory, next); /* I7 */
	return 0;
}

/* Owners and flows of what is not there any more. */
static void forget(const struct ps_instance *instance, const struct ps_plan *plan)
{
	ps_owners_tidy(instance, &plan->added);
	ps_owners_tidy(instance, &plan->changed);
	ps_owners_forget(instance, &plan->removed);
	ps_store_forget_flows(instance, &plan->before);
	ps_store_forget_flows(instance, &plan->removed);
}

/* Makes the half that packets have left equal to the one they see. */
static int follow(struct ps_instance *instance, struct ps_draft *draft, __u32 left,
		  struct ps_error *error)
{
	const struct ps_plan *plan = draft->plan;

	if (ps_store_bindings(instance, &plan->added, left, PS_STORE_ACTION, error) ||
	    ps_store_bindings(instance, &plan->changed, left, PS_STORE_ALL, error) ||
	    ps_store_bindings(instance, &plan->removed, left, PS_STORE_NO_MORE, error) ||
	    ps_renames_unpin(instance, error))
		return -1;
	memcpy(ps_instance_targets(instance, left), draft->targets,
	       PS_TARGETS_MAX * sizeof(*draft->targets));
	ps_image_write(&draft->image, instance->directory, left);
	ps_targets_remove_devices(instance, draft->targets);
	for (size_t i = 0; i < plan->removed.count; i++)
		ps_slot_release(draft->slots, plan->removed.item[i].slot);
	memcpy(instance->slots, draft->slots, (instance->meta->capacity + 63) / 64 * 8);
	instance->state->bindings += (__u32)plan->added.count - (__u32)plan->removed.count;
	return 0;
}

/* What is published is done: if it cannot be finished now, the next command does that. */
static void leave_unfinished(struct ps_instance *instance, const struct ps_error *cause)
{
	struct ps_error ignored;

	if (!ps_recover(instance, &ignored))
		return;
	ps_notice("warning: the change is in force, but not all is tidied up, which the next "
		  "change finishes: %s",
		  cause->text);
}

int ps_publish(struct ps_instance *instance, struct ps_draft *draft, struct ps_error *error)
{
	__u32 left = ps_instance_half(instance), next = left ^ 1;
	struct ps_error ignored, cause;

	if (draft->wanted > instance->meta->capacity)
		return ps_error_errno(error, ENOSPC, "cannot insert a binding");
	ps_pending_begin(instance); /* I9 */
	if (prepare(instance, draft, next, error)) {
		ps_recover(instance, &ignored);
		return -1;
	}
	__atomic_store_n(&instance->state->generation, instance->state->generation + 1,
			 __ATOMIC_SEQ_CST); /* published: I2 */
	if (ps_grace_wait(instance, &cause) /* I4 */ || follow(instance, draft, left, &cause))
		leave_unfinished(instance, &cause);
	forget(instance, draft->plan);
	ps_pending_end(instance);
	return 0;
}
