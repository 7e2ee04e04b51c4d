/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What hooks and modes are called: in names of pins, and for people.
 */
#ifndef PORTSTEER_BASE_HOOK_NAME_H
#define PORTSTEER_BASE_HOOK_NAME_H

#include <portsteer/abi.h>

/* "xdp", "tc-ingress", "tc-egress", "sk-lookup" */
const char *ps_hook_name(enum ps_hook hook);

/* "native", "generic", "tcx", "clsact" */
const char *ps_mode_name(enum ps_hook_mode mode);

#endif
