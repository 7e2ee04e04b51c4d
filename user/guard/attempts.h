/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the guard refused or reported: calls of bind(2), by endpoint and binding.
 */
#ifndef PORTSTEER_GUARD_ATTEMPTS_H
#define PORTSTEER_GUARD_ATTEMPTS_H

#include <stddef.h>
#include <portsteer/guard.h>
#include "binding/binding.h"
#include "host/listener.h"

struct ps_instance;

struct ps_attempt {
	struct ps_attempt_key key;
	struct ps_attempt_stat value;
	char user[PS_USER_SIZE]; /* name of value.uid, or its number */
	char *cgroup; /* "/system.slice/nginx.service", NULL: gone */
};

struct ps_attempts {
	struct ps_attempt *item; /* by key */
	size_t count;
	size_t room;
};

/* What it asked for: one port at one address, or at every address of a family. */
struct ps_endpoint ps_attempt_endpoint(const struct ps_attempt_key *key);

/* @binding, which has the slot of @key, can be the one that forbids it: slots are given again. */
bool ps_attempt_is_of(const struct ps_attempt_key *key, const struct ps_binding *binding);

/*
 * None when the guard is off. Who is in @before, an earlier reading or NULL, is not looked for
 * again. Release with ps_attempts_done().
 */
int ps_attempts_read(const struct ps_instance *instance, const struct ps_attempts *before,
		     struct ps_attempts *ret, struct ps_error *error);
void ps_attempts_done(struct ps_attempts *attempts);

#endif
