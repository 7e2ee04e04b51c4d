/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What lies in the directory of an instance, by name, and the way there: its
 * maps (maps.h), and beside them what is listed here. A file of another name is
 * not portsteer's, and keeps the directory.
 */
#ifndef PORTSTEER_PINS_PINS_H
#define PORTSTEER_PINS_PINS_H

#include "pins/instance.h"

#define PS_STORE_PIN "store" /* the program portsteer_store */
#define PS_LINKS_DIR "links" /* what is attached, a pin each, and links of the guard */
#define PS_OWNERS_PIN "owners"
#define PS_ATTEMPTS_PIN "attempts"
#define PS_RENAMES_PIN "renames"
#define PS_RESERVED_PIN "reserved"
#define PS_GUARDED_PIN "reserved-by-guard"
#define PS_WATCH_REFUSED_PIN "watch-refused" /* links that count losses of XDP */
#define PS_WATCH_DROPPED_PIN "watch-dropped"
#define PS_TRIAL_PIN "trial"
#define PS_TRIAL_LOCK "%trial"

/* @name below @directory, which may be that of an instance that is not there yet. */
void ps_pins_path(const char *directory, const char *name, char ret_path[PS_PATH_SIZE]);

/* The same of an instance. */
void ps_instance_pin_path(const struct ps_instance *instance, const char *name,
			  char ret_path[PS_PATH_SIZE]);

/* Opens that pin to read. A descriptor, or -1 with errno; the path is set in any case. */
int ps_instance_pin_open(const struct ps_instance *instance, const char *name,
			 char ret_path[PS_PATH_SIZE]);

/* "links/xdp-eth0" below the instance, with what bpffs does not allow escaped. */
void ps_instance_link_path(const struct ps_instance *instance, enum ps_hook hook,
			   const char *device, char ret_path[PS_PATH_SIZE]);

/* Whether portsteer may have put a file of that name there. */
bool ps_pins_have(const char *name);

/* Whether the walk may end at the pin @path. */
typedef bool (*ps_pins_see)(void *seer, const char *path);

/* Shows every pin in PS_LINKS_DIR. 0, or -errno when they cannot be listed. */
int ps_pins_walk_links(const struct ps_instance *instance, ps_pins_see see, void *seer);

#endif
