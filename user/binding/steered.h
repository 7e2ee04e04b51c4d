/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Endpoints that arriving packets are never for, or that no hook steers. Pure;
 * which these are is <portsteer/address.h>.
 */
#ifndef PORTSTEER_BINDING_STEERED_H
#define PORTSTEER_BINDING_STEERED_H

#include "binding/endpoint.h"

/* PS_REASON_NONE, or what every packet for @endpoint is counted for. */
enum ps_reason ps_endpoint_unsteered(const struct ps_endpoint *endpoint);

/*
 * An error, with the word to use, at word 1 of an endpoint that is surely a mistake: of no address,
 * or within this host, where only the guard sees whom it belongs to.
 */
int ps_endpoint_check(const struct ps_endpoint *endpoint, const char *owner,
		      struct ps_error *error);

/* An error when no neighbour has this address, which was typed so. */
int ps_next_hop_check(enum ps_family family, const __u8 addr[16], const char *typed,
		      struct ps_error *error);

#endif
