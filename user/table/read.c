// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading the live table. See read.h.
 */
#include <errno.h>
#include <string.h>
#include "instance/owners.h"
#include "instance/snapshot.h"
#include "pins/counts.h"
#include "table/read.h"

/*
 * Why the last look-up failed, of those that nobody asked about yet: who plans and draws
 * conclusions has no word for it, and whoever goes on must ask.
 */
static int trouble;

static void note_trouble(struct ps_answer answer)
{
	if (ps_is_unknown(answer))
		trouble = answer.err ?: EIO;
}

int ps_table_check(struct ps_error *error)
{
	int err = trouble;

	trouble = 0;
	return err ? ps_error_errno(error, err, "cannot look up a binding or its owner") : 0;
}

static void fill(const struct ps_instance *instance, const struct ps_endpoint *endpoint,
		 const struct ps_record *record, struct ps_binding *ret)
{
	__u32 half = ps_instance_half(instance);

	*ret = ps_record_binding(endpoint, record, half);
	if (ps_action_has_target(ret->action))
		ret->target = ps_instance_targets(instance, half)[ret->target_index];
	note_trouble(ps_owners_find(instance, ret, &ret->owner));
}

struct visiting {
	const struct ps_instance *instance;
	ps_binding_visit visit;
	void *context;
};

static int visit_live(void *context, const struct ps_endpoint *endpoint,
		      const struct ps_record *record)
{
	const struct visiting *visiting = context;
	struct ps_binding binding;

	if (!ps_record_is_live(record, visiting->instance->state->generation))
		return 0;
	fill(visiting->instance, endpoint, record, &binding);
	visiting->visit(visiting->context, &binding);
	return 0;
}

int ps_table_visit(const struct ps_instance *instance, ps_binding_visit visit, void *context,
		   struct ps_error *error)
{
	struct visiting visiting = { instance, visit, context };

	return ps_snapshot_walk(instance, visit_live, &visiting, error) || ps_table_check(error)
		       ? -1
		       : 0;
}

static void add(void *context, const struct ps_binding *binding)
{
	*ps_bindings_add(context) = *binding;
}

int ps_table_read(const struct ps_instance *instance, struct ps_bindings *ret,
		  struct ps_error *error)
{
	struct ps_bindings bindings = {};

	ps_bindings_expect(&bindings, instance->state->bindings);
	if (ps_table_visit(instance, add, &bindings, error)) {
		ps_bindings_done(&bindings);
		return -1;
	}
	ps_bindings_sort(&bindings);
	*ret = bindings;
	return 0;
}

static bool find_record(const struct ps_instance *instance, const struct ps_endpoint *endpoint,
			struct ps_record *ret)
{
	const struct ps_record *found;
	struct ps_answer answer;

	if (!instance->snapshot) {
		answer = ps_map_ask(instance->map_fd[PS_MAP_BINDINGS], endpoint, ret);
		note_trouble(answer);
		return ps_is_yes(answer);
	}
	found = ps_snapshot_find(instance->snapshot, endpoint);
	if (found)
		*ret = *found;
	return found;
}

bool ps_table_find(const struct ps_instance *instance, const struct ps_endpoint *endpoint,
		   struct ps_binding *ret)
{
	struct ps_record record;

	if (!find_record(instance, endpoint, &record) ||
	    !ps_record_is_live(&record, instance->state->generation))
		return false;
	fill(instance, endpoint, &record, ret);
	return true;
}

struct ps_counter ps_table_counter(const struct ps_instance *instance, __u32 slot)
{
	struct ps_count rx = ps_counts_sum(instance, PS_RX, slot);
	struct ps_count tx = ps_counts_sum(instance, PS_TX, slot);

	return (struct ps_counter){ rx.packets, rx.bytes, tx.packets, tx.bytes };
}
