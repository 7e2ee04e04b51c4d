/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whether this host forwards what comes back from behind an interface under one
 * of its own addresses, as replies to redirected packets do: sysctls of the
 * current network namespace.
 */
#ifndef PORTSTEER_HOST_FORWARDING_H
#define PORTSTEER_HOST_FORWARDING_H

#include <portsteer/abi.h>
#include "base/answer.h"

/* For IPv4: forwarding and accept_local of @device, and no strict rp_filter; for IPv6: forwarding.
 */
struct ps_answer ps_forwarding_returns(const char *device, enum ps_family family);

#endif
