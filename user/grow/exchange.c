// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Exchanging programs. See exchange.h.
 */
#include <unistd.h>
#include "grow/exchange.h"
#include "guard/attach.h"
#include "hook/attachment.h"
#include "hook/loaded.h"
#include "hook/slot.h"

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

/* One that serves many hooks is loaded once, and kept for all of them. */
int ps_exchange_rehearse(struct ps_instance *next, struct ps_error *error)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		int fd;

		if (next->hooks[slot].hook == PS_HOOK_FREE)
			continue;
		if (ps_loaded_get(next, slot, &fd, error))
			return -1;
		close(fd);
	}
	return ps_guard_renew(next, PS_RENEW_REHEARSED, error);
}

int ps_exchange(struct ps_instance *next, struct ps_error *error)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		if (is_met(next, &next->hooks[slot]) && ps_hook_index_renew(next, slot, error))
			return -1;
	return ps_guard_renew(next, PS_RENEW_DONE, error);
}
