/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Interfaces as a file has them: how each is to be attached; and what makes
 * those that are attached equal to that. Pure.
 */
#ifndef PORTSTEER_FILE_INTERFACE_H
#define PORTSTEER_FILE_INTERFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <portsteer/abi.h>
#include "base/diagnostic.h"
#include "binding/device.h"

#define PS_INTERFACE_TEXT 64

struct ps_interface {
	struct ps_position place;
	char device[PS_DEV_WORD]; /* any name of it in a file, its name when that was looked up */
	enum ps_hook hook; /* for what arrives: PS_HOOK_XDP or PS_HOOK_TC_INGRESS */
	enum ps_hook_mode mode; /* with XDP; else PS_MODE_NONE */
	bool is_shared; /* XDP: through libxdp's dispatcher */
	bool has_shared; /* what that is, is said; else it stays as it is */
	bool may_be_missing;
	bool is_missing; /* does not exist, and is on record as attached */
};

struct ps_interfaces {
	struct ps_interface *item;
	size_t count;
	size_t room;
};

/* No interface is in more than one list. */
struct ps_interface_plan {
	struct ps_interfaces added;
	struct ps_interfaces changed; /* as they will be */
	struct ps_interfaces before; /* the same as they are, in the same order */
	struct ps_interfaces removed;
	struct ps_interfaces same;
};

void ps_interfaces_add(struct ps_interfaces *interfaces, const struct ps_interface *interface);
const struct ps_interface *ps_interfaces_find(const struct ps_interfaces *interfaces,
					      const char *device);
void ps_interfaces_done(struct ps_interfaces *interfaces);

/* Release with ps_interface_plan_done(). */
void ps_interfaces_compare(const struct ps_interfaces *wanted, const struct ps_interfaces *present,
			   struct ps_interface_plan *ret);
bool ps_interface_plan_is_empty(const struct ps_interface_plan *plan);
void ps_interface_plan_done(struct ps_interface_plan *plan);

/* "hook xdp mode native": what `attach` takes behind the interface. Returns @text. */
const char *ps_interface_format(const struct ps_interface *interface, char text[PS_INTERFACE_TEXT]);

#endif
