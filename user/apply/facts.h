/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading struct ps_facts from the current network namespace, and checking
 * bindings against it. What could not be read is among the facts.
 */
#ifndef PORTSTEER_APPLY_FACTS_H
#define PORTSTEER_APPLY_FACTS_H

#include "apply/transition.h"
#include "conflict/conflict.h"
#include "pins/instance.h"

/* Of the namespace that @instance is for. Release with ps_facts_done(). */
void ps_facts_read(const struct ps_instance *instance, struct ps_facts *ret);

/*
 * What else packets meet on their way, packet sockets and rules of NAT, unless that was read
 * before: it may be much, and asking may load modules of the kernel. Only what takes packets
 * away gets into it. Of a host elsewhere nothing: what arrives there is before no hook of ours.
 */
void ps_facts_read_ways(struct ps_facts *facts);

/* As they are when @transition has been carried out: what it attaches, and registers. */
void ps_facts_take_planned(struct ps_facts *facts, const struct ps_transition *transition);

/* Of another one that this process is in now, or that it could not enter, for the cause @error. */
void ps_facts_read_elsewhere(const char *netns, struct ps_facts *ret);
void ps_facts_miss_elsewhere(const char *netns, const struct ps_error *error, struct ps_facts *ret);
void ps_facts_done(struct ps_facts *facts);

/* What is attached for XDP, among @devices. */
void ps_facts_read_source(const struct ps_instance *instance, const struct ps_devices *devices,
			  struct ps_xdp_source *ret);

/* Finds the processes of the sockets of @facts that are wanted. */
void ps_facts_find_processes(struct ps_facts *facts);

/*
 * Appends what @bindings get into, among themselves and with the host of
 * @facts, which must be kept as long as @conflicts. Of a host elsewhere, only
 * its sockets and connections.
 */
void ps_facts_check(struct ps_facts *facts, const struct ps_view *view,
		    const struct ps_bindings *bindings, struct ps_conflicts *conflicts);

#endif
