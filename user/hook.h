/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attaching an instance to interfaces: one program for what arrives, one for
 * what is sent, each held by a pin in links/ and described in `hooks`.
 */
#ifndef PORTSTEER_HOOK_H
#define PORTSTEER_HOOK_H

#include "instance.h"

struct ps_attach_options {
	const char *device;
	enum ps_hook hook; /* for what arrives: PS_HOOK_XDP or PS_HOOK_TC_INGRESS */
	enum ps_hook_mode mode; /* PS_MODE_NATIVE or PS_MODE_GENERIC with XDP */
};

/* 0, 1 when it was attached that way already, or -1. After a failure nothing is attached. */
int ps_hook_attach(struct ps_instance *instance, const struct ps_attach_options *options,
		   struct ps_error *error);

/* From one interface, which may be gone, or from all when @device is NULL. */
int ps_hook_detach(struct ps_instance *instance, const char *device, struct ps_error *error);

/* Some program is attached. */
bool ps_hook_is_any(const struct ps_instance *instance);

/* What is described still is on the interface that it was attached to. */
bool ps_hook_is_alive(const struct ps_instance *instance, const struct ps_hook_info *info);

const char *ps_mode_name(enum ps_hook_mode mode);

#endif
