// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The whole machine as a file: what apply would find nothing to do for. See
 * apply.h.
 */
#include "apply/internal.h"
#include "guard/attach.h"
#include "host/ask.h"
#include "instance/open.h"
#include "socket/registry.h"
#include "table/read.h"

#define READS                                                                                 \
	(1 << PS_MAP_BINDINGS | 1 << PS_MAP_TARGETS | 1 << PS_MAP_HOOKS | 1 << PS_MAP_STATE | \
	 1 << PS_MAP_SOCKET_NAMES | 1 << PS_MAP_SOCKET_INFOS)

int ps_apply_describe(const struct ps_instance *instance, struct ps_file *ret,
		      struct ps_error *error)
{
	struct ps_registry registry;

	ps_apply_list_interfaces(instance, &ret->interfaces);
	ps_registry_read(instance, &registry);
	ps_socket_places_take(&ret->sockets, &registry);
	ps_registry_done(&registry);
	return ps_guard_read_setting(instance, &ret->guard, error);
}

/* Only of the namespace that this process is in, it can be told that an interface is gone. */
static void let_be_missing(const struct ps_instance *instance, struct ps_file *file)
{
	for (size_t i = 0; instance->presence == PS_HERE && i < file->interfaces.count; i++) {
		struct ps_interface *interface = &file->interfaces.item[i];
		unsigned int ignored;

		interface->may_be_missing = interface->hook != PS_HOOK_SK_LOOKUP &&
					    ps_is_no(ps_ask_index(interface->device, &ignored));
	}
}

static int export(const struct ps_instance *instance, struct ps_file *file, struct ps_error *error)
{
	if (ps_apply_describe(instance, file, error))
		return -1;
	let_be_missing(instance, file);
	if (instance->meta->max_bindings < PS_BINDINGS_MAX)
		file->max_bindings = instance->meta->max_bindings;
	return ps_table_read(instance, &file->bindings, error);
}

int ps_apply_export(struct ps_apply *apply, struct ps_file *ret)
{
	struct ps_instance instance;
	int opened, failed;

	*ret = (struct ps_file){ .has_interfaces = true, .has_sockets = true, .has_guard = true };
	opened = ps_apply_read(apply, READS, &instance);
	if (opened)
		return opened < 0 ? -1 : 0;
	failed = export(&instance, ret, apply->error);
	ps_instance_close(&instance);
	return failed;
}
