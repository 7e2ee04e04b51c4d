/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The file that `apply` takes, portsteer.conf(5): what a table is to be, and
 * the interfaces it is for. Pure but for reading the stream. The syntax is
 * file_yaml.h; bindings have the words that `bind` takes.
 */
#ifndef PORTSTEER_FILE_H
#define PORTSTEER_FILE_H

#include <stdio.h>
#include "binding.h"
#include "fault.h"

struct ps_interface {
	struct ps_place place;
	char device[PS_DEV_SIZE];
	enum ps_hook hook; /* for what arrives: PS_HOOK_XDP or PS_HOOK_TC_INGRESS */
	enum ps_hook_mode mode; /* with XDP; else PS_MODE_NONE */
	bool may_be_missing;
};

struct ps_interfaces {
	struct ps_interface *item;
	size_t count;
	size_t room;
};

struct ps_file {
	struct ps_bindings bindings; /* in the order of the file */
	struct ps_interfaces interfaces;
	bool has_interfaces; /* the file says, be it that there are none */
	__u32 max_bindings; /* 0: the file does not say */
};

/*
 * Reads @stream. 0 when nothing is wrong with it; else -1 and what is, in
 * @faults, or in @error when it could not be read. Release both, in any case,
 * with their done functions.
 */
int ps_file_read(FILE *stream, struct ps_file *ret, struct ps_faults *faults,
		 struct ps_error *error);
void ps_file_done(struct ps_file *file);

/* Appends duplicates and overlaps among the bindings of @file. */
void ps_file_check(const struct ps_file *file, struct ps_faults *faults);

/* "eth0 hook xdp mode native": the words that `attach` takes. Returns @text. */
#define PS_INTERFACE_TEXT 64
const char *ps_interface_format(const struct ps_interface *interface, char text[PS_INTERFACE_TEXT]);

#endif
