// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Before a program is attached. See check.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/hook_name.h"
#include "hook/check.h"
#include "hook/program_read.h"
#include "hook/slot.h"
#include "host/framing.h"
#include "pins/pin.h"
#include "pins/pins.h"

int ps_hook_check_pin(const struct ps_instance *instance, enum ps_hook hook, const char *device,
		      struct ps_error *error)
{
	char path[PS_PATH_SIZE];
	struct ps_pin pin;

	if (ps_hook_index_find(instance, hook, device) >= 0)
		return 0;
	ps_instance_link_path(instance, hook, device, path);
	if (ps_pin_look(path, &pin, error))
		return -1;
	if (pin.kind == PS_PIN_NONE)
		return 0;
	return ps_error_set(error, PS_EXIT_CONFLICT,
			    "%s is in the way, and not portsteer's: move it away first", path);
}

int ps_hook_check_way(const struct ps_hook_info *wanted, const struct ps_hook_info *present,
		      struct ps_error *error)
{
	if (present->hook == wanted->hook && !present->is_shared == !wanted->is_shared &&
	    (present->hook != PS_HOOK_XDP || present->mode == wanted->mode))
		return 0;
	return ps_error_set(
		error, PS_EXIT_REFUSED, "'%s' is attached at %s (%s%s) already; first: %s",
		wanted->device, ps_hook_name(present->hook), ps_mode_name(present->mode),
		present->is_shared ? ", shared" : "", ps_advice("detach", wanted->device, NULL));
}

/* A bond has its members run the program, some drivers of hardware another interface. */
static bool comes_by_others(const struct ps_hook_info *wanted, const struct ps_framing *framing)
{
	return wanted->mode == PS_MODE_NATIVE &&
	       (!framing->kind[0] || !strcmp(framing->kind, "bond"));
}

int ps_hook_check_framing(struct ps_hook_info *wanted, struct ps_error *error)
{
	char name[PS_FRAMING_TEXT];
	struct ps_framing framing;
	int err = ps_framing_read(wanted->ifindex, &framing);

	if (err)
		return ps_error_errno(error, -err, "cannot learn the type of '%s'", wanted->device);
	ps_framing_name(framing.type, name);
	if (!ps_framing_is_known(framing.type))
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "'%s' is an interface of a type (%s) whose packets begin with "
				    "neither an Ethernet nor an IP header; they cannot be steered",
				    wanted->device, name);
	wanted->has_no_link = ps_framing_has_no_link(framing.type);
	wanted->has_own_program = wanted->hook == PS_HOOK_XDP && comes_by_others(wanted, &framing);
	if (wanted->hook != PS_HOOK_XDP || !wanted->has_no_link)
		return 0;
	if (!ps_framing_is_bare(&framing))
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "'%s' has no link header (%s), and XDP cannot tell where its "
				    "packets begin; use 'hook tc'",
				    wanted->device, name);
	if (wanted->mode == PS_MODE_GENERIC)
		return 0;
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "'%s' has no link header (%s), and XDP in its driver does not see its "
			    "packets; use 'hook tc' or 'mode generic'",
			    wanted->device, name);
}

static int refuse_beside_dispatcher(const struct ps_hook_info *wanted,
				    const struct ps_programs *programs, const char *first,
				    struct ps_error *error)
{
	char more[48] = "";
	size_t others = 0;

	for (size_t i = 1; i < programs->count; i++)
		others += programs->item[i].by == PS_BY_DISPATCHER;
	if (others)
		snprintf(more, sizeof(more), " and %zu more", others);
	return ps_error_set(error, PS_EXIT_CONFLICT,
			    "libxdp's dispatcher is on the XDP hook of '%s' with %s%s; 'shared' "
			    "joins them, 'hook tc' works beside them",
			    wanted->device, first, more);
}

int ps_hook_check_free(const struct ps_hook_info *wanted, struct ps_error *error)
{
	struct ps_programs programs;
	char text[PS_PROGRAM_TEXT];
	int failed = 0, err;

	if (wanted->hook != PS_HOOK_XDP)
		return 0;
	ps_programs_read(NULL, wanted->ifindex, PS_RX, &programs);
	err = programs.err[PS_HOOK_XDP];
	if (!err && programs.dispatcher_err != EPERM)
		err = programs.dispatcher_err;
	if (err)
		failed = ps_error_errno(error, err, "cannot tell what is on the XDP hook of '%s'",
					wanted->device);
	else if (programs.count && programs.item[0].hook == PS_HOOK_XDP &&
		 !(wanted->is_shared && programs.item[0].by == PS_BY_DISPATCHER)) {
		ps_program_describe(wanted->ifindex, &programs.item[0]);
		ps_program_format(&programs.item[0], text);
		if (programs.item[0].by == PS_BY_DISPATCHER)
			failed = refuse_beside_dispatcher(wanted, &programs, text, error);
		else
			failed = ps_error_set(
				error, PS_EXIT_CONFLICT,
				"%s, is on the XDP hook of '%s' already; it is left "
				"alone%s, 'hook tc' works beside it",
				text, wanted->device,
				wanted->is_shared ? ": it can be shared with only when libxdp's "
						    "dispatcher runs it"
						  : "");
	}
	ps_programs_done(&programs);
	return failed;
}
