/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Words to bindings, whole or in parts: those of the command line and of batch
 * files. Pure.
 */
#ifndef PORTSTEER_BINDING_PARSE_H
#define PORTSTEER_BINDING_PARSE_H

#include "base/syntax.h"
#include "binding/binding.h"

/*
 * Parses "tcp,udp any:53 redirect veth0 via 10.0.0.2 name dns" (as words) and
 * appends one binding for each protocol to @bindings.
 */
int ps_binding_parse(int count, char *const words[], struct ps_bindings *bindings,
		     struct ps_error *error);

/*
 * Parts of it, for who has them apart; they fill in what they say. The action
 * is "redirect veth0 via 10.0.0.2" alone, as words; on-missing and the owner need to
 * know it, if it is known.
 */
int ps_action_parse(int count, char *const words[], struct ps_binding *binding,
		    struct ps_error *error);
/* That it can be done to these: an error is at the endpoint. */
int ps_action_check(const struct ps_binding *binding, const struct ps_endpoints *endpoints,
		    struct ps_error *error);
int ps_on_missing_parse(const char *word, struct ps_binding *binding, struct ps_error *error);
int ps_name_parse(const char *word, struct ps_binding *binding, struct ps_error *error);
int ps_socket_name_parse(const char *word, char ret[PS_NAME_SIZE], struct ps_error *error);

/* ACTION, as words that may be typed. */
extern const struct ps_syntax_part ps_binding_syntax[];

#endif
