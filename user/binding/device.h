/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Words for interfaces, as they are typed: the name of one, or one of its
 * alternative names (ip-link(8), `altname`), which may be longer. Which interface
 * that is, the host knows: host/ask.h. Pure.
 */
#ifndef PORTSTEER_BINDING_DEVICE_H
#define PORTSTEER_BINDING_DEVICE_H

#include "binding/binding.h"

#define PS_DEV_WORD 128 /* ALTIFNAMSIZ, with its NUL */

/* An error when @word can be no interface; an address has one of its own. */
int ps_device_check(const char *word, struct ps_error *error);

/* @word is an address of IPv4 or IPv6, maybe with a port; that address. */
bool ps_device_is_address(const char *word, char ret_address[PS_ADDRESS_TEXT]);

/* Makes @word, which was checked, that of @binding, a redirect; and what the binding calls it. */
void ps_device_set(struct ps_binding *binding, const char *word);
const char *ps_device_word(const struct ps_binding *binding);

#endif
