// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Names of hooks and modes. What another build wrote may be no number of ours.
 */
#include "base/hook_name.h"

const char *ps_hook_name(enum ps_hook hook)
{
	static const char *const names[] = {
		[PS_HOOK_FREE] = "none",
		[PS_HOOK_XDP] = "xdp",
		[PS_HOOK_TC_INGRESS] = "tc-ingress",
		[PS_HOOK_TC_EGRESS] = "tc-egress",
		[PS_HOOK_SK_LOOKUP] = "sk-lookup",
	};

	return names[hook <= PS_HOOK_SK_LOOKUP ? hook : PS_HOOK_FREE];
}

const char *ps_mode_name(enum ps_hook_mode mode)
{
	static const char *const names[] = {
		[PS_MODE_NONE] = "none", [PS_MODE_NATIVE] = "native", [PS_MODE_GENERIC] = "generic",
		[PS_MODE_TCX] = "tcx",	 [PS_MODE_CLSACT] = "clsact",
	};

	return names[mode <= PS_MODE_CLSACT ? mode : PS_MODE_NONE];
}
