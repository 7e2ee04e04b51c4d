// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading flows. See flows.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/memory.h"
#include "pins/maps.h"
#include "table/flows.h"

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ps_flow_key));
}

/* A walk that began again met some of them twice. */
static void sort(struct ps_flows *flows)
{
	size_t kept = 0;

	if (flows->count)
		qsort(flows->item, flows->count, sizeof(*flows->item), compare);
	for (size_t i = 0; i < flows->count; i++)
		if (!kept || compare(&flows->item[kept - 1], &flows->item[i]))
			flows->item[kept++] = flows->item[i];
	flows->count = kept;
}

/* Adds the flow of @key, unless it was evicted. */
static struct ps_answer add(int fd, const struct ps_flow_key *key, struct ps_flows *flows)
{
	struct ps_seen_flow *flow;
	struct ps_answer seen;

	flows->item = ps_memory_grow(flows->item, flows->count, &flows->room, sizeof(*flow));
	flow = &flows->item[flows->count];
	flow->key = *key;
	seen = ps_map_ask(fd, key, &flow->flow);
	flows->count += ps_is_yes(seen);
	return seen;
}

int ps_flows_read(const struct ps_instance *instance, struct ps_flows *ret, struct ps_error *error)
{
	int fd = instance->map_fd[PS_MAP_FLOWS];
	struct ps_flow_key key, *from = NULL;
	struct ps_answer seen = ps_answer_yes();

	*ret = (struct ps_flows){};
	/* A flow may be evicted under the walk, which then starts again: bounded. */
	for (int steps = 0; steps < 2 * PS_FLOWS_MAX && !ps_is_unknown(seen); steps++) {
		seen = ps_answer_of(bpf_map_get_next_key(fd, from, &key) ? errno : 0);
		if (!ps_is_yes(seen))
			break;
		seen = add(fd, &key, ret);
		from = &key;
	}
	if (ps_is_unknown(seen))
		return ps_error_errno(error, seen.err, "cannot read the flows");
	sort(ret);
	return 0;
}

void ps_flows_done(struct ps_flows *flows)
{
	free(flows->item);
	*flows = (struct ps_flows){};
}
