/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attaching an instance to interfaces: one program for what arrives, one for
 * what is sent; and to its network namespace: one for what is delivered. Each
 * is held by a pin in links/ and described in `hooks`.
 */
#ifndef PORTSTEER_HOOK_ATTACH_H
#define PORTSTEER_HOOK_ATTACH_H

#include "pins/instance.h"

struct ps_attach_options {
	const char *device;
	enum ps_hook hook; /* XDP or TC_INGRESS; SK_LOOKUP with the device PS_HOOK_NETNS */
	enum ps_hook_mode mode; /* PS_MODE_NATIVE or PS_MODE_GENERIC with XDP */
	bool is_shared; /* XDP: through libxdp's dispatcher */
	__u32 priority; /* in the dispatcher */
};

enum ps_attach_result {
	PS_ATTACH_NEW, /* also when something stale was replaced */
	PS_ATTACH_SAME, /* it was attached that way already */
	PS_ATTACH_SWAPPED, /* programs of another build were replaced under packets */
};

/*
 * Attaches, or repairs what became stale, or swaps programs of another build. A
 * failure changes nothing that packets see. Foreign programs are left alone.
 */
int ps_hook_attach(struct ps_instance *instance, const struct ps_attach_options *options,
		   enum ps_attach_result *ret, struct ps_error *error);

/* From one interface, which may be gone, or from all when @device is NULL. */
int ps_hook_detach(struct ps_instance *instance, const char *device, struct ps_error *error);

/* @device is attached through libxdp's dispatcher. */
bool ps_hook_is_shared(const struct ps_instance *instance, const char *device);

/* Some program is attached. */
bool ps_hook_is_any(const struct ps_instance *instance);

#endif
