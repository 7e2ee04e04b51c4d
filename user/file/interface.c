// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Lists of interfaces. See interface.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "file/interface.h"

void ps_interfaces_add(struct ps_interfaces *interfaces, const struct ps_interface *interface)
{
	interfaces->item = ps_memory_grow(interfaces->item, interfaces->count, &interfaces->room,
					  sizeof(*interfaces->item));
	interfaces->item[interfaces->count++] = *interface;
}

const struct ps_interface *ps_interfaces_find(const struct ps_interfaces *interfaces,
					      const char *device)
{
	for (size_t i = 0; i < interfaces->count; i++)
		if (!strcmp(interfaces->item[i].device, device))
			return &interfaces->item[i];
	return NULL;
}

void ps_interfaces_done(struct ps_interfaces *interfaces)
{
	free(interfaces->item);
	*interfaces = (struct ps_interfaces){};
}

static bool is_equal(const struct ps_interface *wanted, const struct ps_interface *present)
{
	return wanted->hook == present->hook && wanted->mode == present->mode &&
	       (!wanted->has_shared || wanted->is_shared == present->is_shared);
}

void ps_interfaces_compare(const struct ps_interfaces *wanted, const struct ps_interfaces *present,
			   struct ps_interface_plan *ret)
{
	struct ps_interface_plan plan = {};

	for (size_t i = 0; i < wanted->count; i++) {
		const struct ps_interface *interface = &wanted->item[i];
		const struct ps_interface *before = ps_interfaces_find(present, interface->device);

		if (!before) {
			ps_interfaces_add(&plan.added, interface);
		} else if (is_equal(interface, before)) {
			ps_interfaces_add(&plan.same, interface);
		} else {
			ps_interfaces_add(&plan.changed, interface);
			ps_interfaces_add(&plan.before, before);
		}
	}
	for (size_t i = 0; i < present->count; i++)
		if (!ps_interfaces_find(wanted, present->item[i].device))
			ps_interfaces_add(&plan.removed, &present->item[i]);
	*ret = plan;
}

bool ps_interface_plan_is_empty(const struct ps_interface_plan *plan)
{
	return !plan->added.count && !plan->changed.count && !plan->removed.count;
}

void ps_interface_plan_done(struct ps_interface_plan *plan)
{
	ps_interfaces_done(&plan->added);
	ps_interfaces_done(&plan->changed);
	ps_interfaces_done(&plan->before);
	ps_interfaces_done(&plan->removed);
	ps_interfaces_done(&plan->same);
}

const char *ps_interface_format(const struct ps_interface *interface, char text[PS_INTERFACE_TEXT])
{
	if (interface->hook == PS_HOOK_SK_LOOKUP)
		*text = '\0';
	else if (interface->hook == PS_HOOK_XDP)
		snprintf(text, PS_INTERFACE_TEXT, "hook xdp mode %s%s",
			 interface->mode == PS_MODE_GENERIC ? "generic" : "native",
			 interface->is_shared ? " shared" : "");
	else
		snprintf(text, PS_INTERFACE_TEXT, "hook tc");
	return text;
}
