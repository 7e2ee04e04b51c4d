/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which interfaces get what arrives at others: a VLAN what comes in at the
 * interface below it, a bridge, bond or VRF what comes in at its members.
 */
#ifndef PORTSTEER_HOST_REACH_H
#define PORTSTEER_HOST_REACH_H

#include "host/device.h"

/* Spreads is_reached from the interfaces that have it to those that get their packets. */
void ps_reach_spread(struct ps_devices *devices);

#endif
