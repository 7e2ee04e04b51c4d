// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Ports that are claimed, and reserved. See claim.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include "apply/claim.h"
#include "apply/internal.h"
#include "base/advice.h"
#include "base/memory.h"
#include "instance/open.h"
#include "instance/reserved.h"
#include "table/read.h"

static void note_left_out(struct ps_claim *claim, const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (ps_facts_cannot_reserve(&claim->facts, &bindings->item[i]) &&
		    !claim->left_out_count++)
			claim->left_out = bindings->item[i].endpoint;
}

static int list_claimed(struct ps_apply *apply, const struct ps_instance *instance,
			struct ps_claim *claim)
{
	struct ps_plan nothing = {};
	struct ps_draft draft;
	const struct ps_view view = { &draft.image, ps_draft_find, &draft };
	struct ps_bindings bindings = {};
	int failed = ps_draft_make(instance, &nothing, &draft, apply->error) ||
		     ps_table_read(instance, &bindings, apply->error);

	if (!failed) {
		ps_view_list_claimed(&view, &claim->facts, &bindings, &claim->claimed);
		note_left_out(claim, &bindings);
		failed = ps_table_check(apply->error);
	}
	ps_bindings_done(&bindings);
	ps_draft_done(&draft);
	return failed ? -1 : 0;
}

/* Whoever may pick a port needs one that is left. */
static int check_rest(struct ps_apply *apply, const struct ps_claim *claim)
{
	struct ps_portset rest = claim->facts.ephemeral.ports;

	ps_portset_remove_all(&rest, &claim->wanted);
	if (!ps_portset_is_empty(&rest) || ps_portset_is_empty(&claim->claimed))
		return 0;
	return ps_error_set(apply->error, PS_EXIT_CONFLICT,
			    "the table claims every port of ip_local_port_range (%u-%u) that is "
			    "not reserved, and outgoing connections need some; bind fewer",
			    claim->facts.ephemeral.first, claim->facts.ephemeral.last);
}

/* NULL @instance: there is none. */
static int read_all(struct ps_apply *apply, const struct ps_instance *instance,
		    struct ps_claim *claim)
{
	struct ps_ephemeral *ephemeral = &claim->facts.ephemeral;

	if (ps_addresses_read(&claim->facts.addresses, apply->error) ||
	    ps_ephemeral_read(ephemeral, apply->error) ||
	    (instance && ps_reserved_read(instance, &claim->own, apply->error)))
		return -1;
	ps_portset_add(&ephemeral->ports, ephemeral->first, ephemeral->last);
	if (instance && list_claimed(apply, instance, claim))
		return -1;
	claim->others = ephemeral->reserved;
	ps_portset_remove_all(&claim->others, &claim->own);
	claim->wanted = claim->others;
	ps_portset_add_all(&claim->wanted, &claim->claimed);
	return check_rest(apply, claim);
}

int ps_claim_read(struct ps_apply *apply, struct ps_claim *ret)
{
	struct ps_instance instance;
	int opened = ps_apply_read(apply, PS_DRAFT_READS, &instance), failed = opened < 0;

	failed = failed || read_all(apply, opened ? NULL : &instance, ret);
	if (!opened)
		ps_instance_close(&instance);
	return failed ? -1 : 0;
}

int ps_apply_reserve(struct ps_apply *apply, struct ps_claim *ret)
{
	struct ps_instance instance;
	int failed;

	if (ps_apply_open(apply, PS_CHANGE, &instance))
		return apply->error->status == PS_EXIT_NOT_FOUND ? ps_claim_read(apply, ret) : -1;
	failed = read_all(apply, &instance, ret) ||
		 ps_reserved_set(&instance, &ret->claimed, &ret->facts.ephemeral.reserved,
				 apply->error) ||
		 ps_reserved_read(&instance, &ret->own, apply->error) ||
		 ps_reserved_keep(&instance, apply->error);
	ret->wanted = ret->facts.ephemeral.reserved;
	return ps_apply_close(apply, &instance, failed);
}

#define PORTS_TEXT 256

/* What cannot be kept is said: the guard is on all the same. */
void ps_apply_guard_ports(struct ps_apply *apply, struct ps_instance *instance)
{
	PS_CLAIM_FREED struct ps_claim *claim = ps_memory_new(1, sizeof(*claim));
	struct ps_error error, *of_command = apply->error;
	char list[PORTS_TEXT];
	struct ps_portset added = {};
	int failed;

	apply->error = &error;
	failed = read_all(apply, instance, claim) ||
		 ps_reserved_guard(instance, &claim->claimed, &added, &error);
	apply->error = of_command;
	if (failed)
		ps_report_note(
			apply->report,
			"warning: no ports were reserved, so a process may have the kernel pick "
			"one, which the guard does not see: %s; '%s' reserves them",
			error.text, ps_advice("reserve set", NULL));
	if (failed || ps_portset_is_empty(&added))
		return;
	if (ps_portset_format(&added, list, sizeof(list)))
		snprintf(list, sizeof(list), "many ports");
	ps_report_note(
		apply->report,
		"note: reserved %s while the guard is on: a process may have the kernel pick "
		"these ports (IP_LOCAL_PORT_RANGE), which the guard does not see; '%s' after "
		"changes of the table",
		list, ps_advice("reserve set", NULL));
}

int ps_apply_unreserve(struct ps_apply *apply)
{
	const struct ps_portset nothing = {};
	struct ps_portset now;
	struct ps_instance instance;
	int failed;

	if (ps_apply_open(apply, PS_CHANGE, &instance))
		return apply->error->status == PS_EXIT_NOT_FOUND ? 0 : -1;
	failed = ps_reserved_set(&instance, &nothing, &now, apply->error) ||
		 ps_reserved_keep(&instance, apply->error);
	return ps_apply_close(apply, &instance, failed);
}

void ps_claim_free(struct ps_claim *const *claim)
{
	ps_addresses_done(&(*claim)->facts.addresses);
	free(*claim);
}
