// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The mark of a change under way. See pending.h.
 */
#include <unistd.h>
#include "pins/pending.h"

/* Behind what was stored before, and before what is stored next: a store alone is only the first.
 */
static void set(struct ps_instance *instance, __u32 process)
{
	__atomic_store_n(&instance->state->pending, process, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void ps_pending_begin(struct ps_instance *instance)
{
	set(instance, (__u32)getpid());
}

void ps_pending_end(struct ps_instance *instance)
{
	if (!instance->is_unfinished)
		set(instance, 0);
}

void ps_pending_keep(struct ps_instance *instance)
{
	instance->is_unfinished = true;
}

void ps_pending_clear(struct ps_instance *instance)
{
	instance->is_unfinished = false;
	set(instance, 0);
}
