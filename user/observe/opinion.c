// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Opinions as values. See opinion.h.
 */
#include "observe/opinion.h"

const char *ps_verdict_name(enum ps_verdict verdict)
{
	static const char *const names[] = { "pass", "drop", "redirect", "strange" };

	return names[verdict];
}

bool ps_opinion_is_equal(const struct ps_opinion *a, const struct ps_opinion *b)
{
	return a->verdict == b->verdict && a->reason == b->reason && a->is_bound == b->is_bound &&
	       a->slot == b->slot;
}

bool ps_reason_is_of_binding(enum ps_reason reason)
{
	switch (reason) {
	case PS_REASON_PASS:
	case PS_REASON_COUNT:
	case PS_REASON_DROP:
	case PS_REASON_REDIRECT:
	case PS_REASON_NO_DEVICE:
	case PS_REASON_NO_DEVICE_PASS:
	case PS_REASON_NO_NEIGHBOUR:
	case PS_REASON_NO_NEIGHBOUR_PASS:
	case PS_REASON_UNSUPPORTED:
	case PS_REASON_UNSUPPORTED_PASS:
	case PS_REASON_BROKEN:
	case PS_REASON_SOCKET:
	case PS_REASON_NO_SOCKET:
	case PS_REASON_NO_SOCKET_PASS:
		return true;
	default:
		return false;
	}
}
