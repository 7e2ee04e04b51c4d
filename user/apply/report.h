/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is told on the way to whoever asked for a change: a command prints it, an
 * agent logs it. What is NULL is told to nobody.
 */
#ifndef PORTSTEER_APPLY_REPORT_H
#define PORTSTEER_APPLY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/diagnostic.h"

struct ps_bindings;
struct ps_conflicts;
struct ps_instance;
struct ps_transition;

struct ps_report {
	void *to;
	void (*note)(void *to, const char *text); /* one line */
	/* Of what a file says. */
	void (*warning)(void *to, struct ps_position place, const char *text);
	void (*conflicts)(void *to, const struct ps_conflicts *conflicts); /* of the change */
	void (*begin)(void *to, const char *what, size_t total); /* a step: see base/progress.h */
	void (*end)(void *to);
	/* What a file changed. -1 fails what was asked for, with its error; it stays changed. */
	int (*changed)(void *to, const struct ps_transition *transition);
	bool is_verbose; /* also what harms nobody */
};

void ps_report_note(const struct ps_report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void ps_report_warn(const struct ps_report *report, struct ps_position place, const char *format,
		    ...) __attribute__((format(printf, 3, 4)));
void ps_report_conflicts(const struct ps_report *report, const struct ps_conflicts *conflicts);

/* A step that may take long begins: @total bytes or bindings, 0 when nobody knows. */
void ps_report_begin(const struct ps_report *report, const char *what, size_t total);
void ps_report_end(const struct ps_report *report);
int ps_report_changed(const struct ps_report *report, const struct ps_transition *transition);

/* A note when attached programs are from another build. */
void ps_report_upgrade(const struct ps_report *report, const struct ps_instance *instance);

/* Notes which addresses were not taken as they were given. */
void ps_report_masked(const struct ps_report *report, const struct ps_bindings *wanted);

#endif
