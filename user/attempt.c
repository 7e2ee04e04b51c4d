// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Calls of bind(2) beside bindings. See attempt.h.
 */
#include <string.h>
#include "attempt.h"

static bool is_any_address(const struct ps_attempt_key *key)
{
	static const __u8 any[16];

	return !memcmp(key->addr, any, sizeof(any));
}

struct ps_endpoint ps_attempt_endpoint(const struct ps_attempt_key *key)
{
	struct ps_endpoint endpoint = {
		.port_first = key->port,
		.port_last = key->port,
		.family = key->family,
		.proto = key->proto,
	};

	memcpy(endpoint.addr, key->addr, sizeof(endpoint.addr));
	if (!is_any_address(key))
		endpoint.prefix_len = key->family == PS_IPV4 ? 32 : 128;
	return endpoint;
}

bool ps_attempt_is_of(const struct ps_attempt_key *key, const struct ps_binding *binding)
{
	const struct ps_endpoint *endpoint = &binding->endpoint;

	if (endpoint->proto != key->proto || key->port < endpoint->port_first ||
	    key->port > endpoint->port_last)
		return false;
	if (is_any_address(key) || ps_endpoint_is_any_address(endpoint))
		return endpoint->family == PS_ANY || endpoint->family == key->family;
	return ps_prefix_has(endpoint, key->family, key->addr);
}
