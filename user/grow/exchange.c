// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Exchanging programs. See exchange.h.
 */
#include <unistd.h>
#include "grow/exchange.h"
#include "guard/attach.h"
#include "hook/attachment.h"
#include "hook/slot.h"
#include "instance/object.h"

/* Some packets may meet its program; of others nobody does any more, or it is not ours. */
static bool is_met(const struct ps_instance *instance, const struct ps_hook_info *info)
{
	struct ps_attachment found;

	if (info->hook == PS_HOOK_FREE)
		return false;
	ps_attachment_find(instance, info, &found);
	return found.state == PS_ATTACHED || found.state == PS_STALE_RENAMED ||
	       found.state == PS_STALE_MOVED;
}

int ps_exchange_rehearse(const struct ps_instance *next, struct ps_error *error)
{
	bool is_done[PS_HOOK_SK_LOOKUP + 1] = {};

	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		enum ps_hook hook = next->hooks[slot].hook;
		int fd;

		if (hook == PS_HOOK_FREE || is_done[hook])
			continue;
		if (ps_object_load_hook(next, hook, (__u32)slot, &fd, error))
			return -1;
		close(fd);
		is_done[hook] = true;
	}
	return ps_guard_renew(next, PS_RENEW_REHEARSED, error);
}

int ps_exchange(struct ps_instance *next, struct ps_error *error)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (is_met(next, &next->hooks[slot]) && ps_hook_slot_renew(next, slot, error))
			return -1;
	return ps_guard_renew(next, PS_RENEW_DONE, error);
}
