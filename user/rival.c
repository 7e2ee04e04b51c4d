// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Others on the XDP hook. See rival.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "occupant.h"
#include "occupant_read.h"
#include "rival.h"

static int refuse_beside_dispatcher(const struct ps_attach_options *options,
				    const struct ps_occupants *occupants, const char *first,
				    struct ps_error *error)
{
	char more[48] = "";
	size_t others = 0;

	for (size_t i = 1; i < occupants->count; i++)
		others += occupants->item[i].by == PS_BY_DISPATCHER;
	if (others)
		snprintf(more, sizeof(more), " and %zu more", others);
	return ps_error_set(error, PS_EXIT_CONFLICT,
			    "libxdp's dispatcher is on the XDP hook of '%s' with %s%s; 'shared' "
			    "joins them, 'hook tc' works beside them",
			    options->device, first, more);
}

int ps_rival_refuse(const struct ps_attach_options *options, __u32 ifindex, struct ps_error *error)
{
	struct ps_occupants occupants;
	char text[PS_OCCUPANT_TEXT];
	int failed = 0, err;

	if (options->hook != PS_HOOK_XDP)
		return 0;
	ps_occupants_read(ifindex, PS_RX, &occupants);
	err = occupants.err[PS_HOOK_XDP];
	if (!err && occupants.dispatcher_err != EPERM)
		err = occupants.dispatcher_err;
	if (err)
		failed = ps_error_errno(error, err, "cannot tell what is on the XDP hook of '%s'",
					options->device);
	else if (occupants.count && occupants.item[0].hook == PS_HOOK_XDP &&
		 !(options->is_shared && occupants.item[0].by == PS_BY_DISPATCHER)) {
		ps_occupant_describe(ifindex, &occupants.item[0]);
		ps_occupant_format(&occupants.item[0], text);
		if (occupants.item[0].by == PS_BY_DISPATCHER)
			failed = refuse_beside_dispatcher(options, &occupants, text, error);
		else
			failed = ps_error_set(
				error, PS_EXIT_CONFLICT,
				"%s, is on the XDP hook of '%s' already; it is left "
				"alone%s, 'hook tc' works beside it",
				text, options->device,
				options->is_shared ? ": it can be shared with only when libxdp's "
						     "dispatcher runs it"
						   : "");
	}
	ps_occupants_done(&occupants);
	return failed;
}
