// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the guard saw. See attempts.h.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "base/scope.h"
#include "guard/attempts.h"
#include "host/cgroup.h"
#include "pins/bpffs.h"
#include "pins/pins.h"

static bool is_any_address(const struct ps_attempt_key *key)
{
	static const __u8 any[16];

	return !memcmp(key->addr, any, sizeof(any));
}

struct ps_endpoint ps_attempt_endpoint(const struct ps_attempt_key *key)
{
	return ps_endpoint_at(key->proto, key->family, key->addr, key->port);
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

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ps_attempt_key));
}

static void add(struct ps_attempts *attempts, const struct ps_attempt_key *key,
		const struct ps_attempt_stat *value)
{
	attempts->item = ps_memory_grow(attempts->item, attempts->count, &attempts->room,
					sizeof(*attempts->item));
	attempts->item[attempts->count++] = (struct ps_attempt){ .key = *key, .value = *value };
}

static int read_all(int fd, struct ps_attempts *attempts, struct ps_error *error)
{
	PS_FREED struct ps_attempt_key *keys = ps_memory_new(PS_ATTEMPTS_MAX, sizeof(*keys));
	PS_FREED struct ps_attempt_stat *values = ps_memory_new(PS_ATTEMPTS_MAX, sizeof(*values));
	__u64 position = 0;
	void *from = NULL;
	int err;

	do {
		__u32 count = PS_ATTEMPTS_MAX;

		err = bpf_map_lookup_batch(fd, from, &position, keys, values, &count, NULL);
		if (err && err != -ENOENT)
			return ps_error_errno(error, -err, "cannot read '%s'", PS_ATTEMPTS_PIN);
		for (__u32 i = 0; i < count; i++)
			if (values[i].last_ns) /* else it is being written */
				add(attempts, &keys[i], &values[i]);
		from = &position;
	} while (!err);
	return 0;
}

/* Sorted, each once. */
static void put_in_order(struct ps_attempts *attempts)
{
	size_t kept = 0;

	if (attempts->count)
		qsort(attempts->item, attempts->count, sizeof(*attempts->item), compare);
	for (size_t i = 0; i < attempts->count; i++)
		if (!kept || compare(&attempts->item[kept - 1], &attempts->item[i]))
			attempts->item[kept++] = attempts->item[i];
	attempts->count = kept;
}

/* The one of @attempts with the key of @attempt, or NULL. */
static const struct ps_attempt *find(const struct ps_attempts *attempts,
				     const struct ps_attempt *attempt)
{
	if (!attempts || !attempts->count)
		return NULL;
	return bsearch(attempt, attempts->item, attempts->count, sizeof(*attempts->item), compare);
}

static bool is_of_same(const struct ps_attempt *a, const struct ps_attempt *b)
{
	return a->value.uid == b->value.uid && a->value.cgroup_id == b->value.cgroup_id;
}

/* Looking for a cgroup takes long, so who is @known is not looked for. */
static void name(struct ps_attempt *attempt, const struct ps_attempt *known)
{
	if (known && is_of_same(attempt, known)) {
		memcpy(attempt->user, known->user, sizeof(attempt->user));
		attempt->cgroup = known->cgroup ? strdup(known->cgroup) : NULL;
		return;
	}
	ps_user_format(attempt->value.uid, attempt->user);
	attempt->cgroup = ps_cgroup_of_id(attempt->value.cgroup_id);
}

static void name_all(struct ps_attempts *attempts, const struct ps_attempts *before)
{
	for (size_t i = 0; i < attempts->count; i++) {
		struct ps_attempt *attempt = &attempts->item[i];
		const struct ps_attempt *neighbour = i ? attempt - 1 : NULL;

		name(attempt, find(before, attempt) ?: neighbour);
	}
}

int ps_attempts_read(const struct ps_instance *instance, const struct ps_attempts *before,
		     struct ps_attempts *ret, struct ps_error *error)
{
	struct ps_attempts attempts = {};
	char path[PS_PATH_SIZE];
	PS_CLOSED_FD int fd = -1;

	fd = ps_instance_pin_open(instance, PS_ATTEMPTS_PIN, path);
	if (fd < 0 && errno != ENOENT)
		return ps_bpffs_error(error, errno, "open", path);
	if (fd >= 0 && read_all(fd, &attempts, error)) {
		ps_attempts_done(&attempts);
		return -1;
	}
	put_in_order(&attempts);
	name_all(&attempts, before);
	*ret = attempts;
	return 0;
}

void ps_attempts_done(struct ps_attempts *attempts)
{
	for (size_t i = 0; i < attempts->count; i++)
		free(attempts->item[i].cgroup);
	free(attempts->item);
	*attempts = (struct ps_attempts){};
}
