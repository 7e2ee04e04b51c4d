/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is wrong with a file, place by place, so that all of it can be said at
 * once. Pure. Lines and columns begin with 1; a column is one character.
 */
#ifndef PORTSTEER_FAULT_H
#define PORTSTEER_FAULT_H

#include <stddef.h>
#include <linux/types.h>
#include "error.h"

#define PS_FAULTS_MAX 100 /* that are kept; more are only counted */

struct ps_place {
	__u32 line, column;
};

struct ps_fault {
	struct ps_place place;
	char text[512];
};

struct ps_faults {
	struct ps_fault *item;
	size_t count, room;
	size_t total; /* with those that were not kept */
	size_t conflicts; /* of them: sound by themselves, wrong together */
};

/* Adds a fault of PS_EXIT_USAGE or PS_EXIT_CONFLICT. Release with ps_faults_done(). */
void ps_faults_add(struct ps_faults *faults, struct ps_place place, enum ps_exit status,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));
void ps_faults_done(struct ps_faults *faults);

/* By place; of one place in the order they were found. */
void ps_faults_sort(struct ps_faults *faults);

/* PS_EXIT_CONFLICT when there is nothing worse, else PS_EXIT_USAGE. */
enum ps_exit ps_faults_status(const struct ps_faults *faults);

#endif
