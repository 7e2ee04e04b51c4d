/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a command is run with: its words and options, the instance it is about,
 * how it prints. A command reads its words, calls modules, and prints; errors
 * it returns.
 */
#ifndef PORTSTEER_CMD_CONTEXT_H
#define PORTSTEER_CMD_CONTEXT_H

#include <stdio.h>
#include "apply/apply.h"
#include "apply/report.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "instance/find.h"

struct ps_file;

struct ps_context {
	struct ps_whose whose; /* the instance of -n */
	struct ps_report report; /* on stderr */
	struct ps_apply apply; /* what changes, and reads, the instance that it is about */
	struct ps_options options; /* as they were given */
	enum ps_format format;
	bool is_quiet;
	bool has_color;
	int count; /* words behind the command's name */
	char **word;
	bool is_in_force; /* a change, whatever becomes of what is printed behind it */
	struct ps_error error;
};

/* Its report prints on stderr, as the options say it should, and its errors are apply's. */
void ps_context_init(struct ps_context *context);

/* From now on it is about the instance of @whose. */
void ps_context_mean(struct ps_context *context, const struct ps_whose *whose);

/* Whether the option --@name was given. */
bool ps_context_has(const struct ps_context *context, const char *name);

/* What followed the option --@name, NULL when it was not given. */
const char *ps_context_value(const struct ps_context *context, const char *name);

/* The same as a number; *@ret is untouched when the option was not given. */
int ps_context_number(struct ps_context *context, const char *name, long low, long high, long *ret);

/* The same of --max-bindings, for an instance that is made. */
int ps_context_read_size(struct ps_context *context);

/* An error unless there are at most @max words. */
int ps_context_expect(struct ps_context *context, int max);

/* Adds rows of what is in @instance to @output. 0, or -1 with context->error. */
typedef int (*ps_list)(struct ps_context *context, const struct ps_instance *instance,
		       struct ps_output *output);

/* A command that takes no words and lists rows, which @list makes of these arrays. */
int ps_context_list(struct ps_context *context, __u32 reads, const struct ps_column *columns,
		    ps_list list);

/*
 * A step that may take long begins: @total bytes or bindings, 0 when nobody
 * knows. How far it is shows on a terminal, unless -q or -j, until it ends.
 */
void ps_context_begin(const struct ps_context *context, const char *what, size_t total);
void ps_context_end(void);

/* The same for reading @stream. */
void ps_context_begin_reading(const struct ps_context *context, FILE *stream);

/* An error on stderr, as the last one is printed, which the context keeps. */
void ps_context_print_error(const struct ps_context *context, const struct ps_error *error);

/*
 * Reads a file of bindings; '-' is stdin. When something is wrong with it, all
 * of that is printed, and the context has what is to be said last. Release
 * with ps_file_done() in any case.
 */
int ps_context_read_file(struct ps_context *context, const char *path, struct ps_file *ret);

/* The same, but duplicates and overlaps are let be. */
int ps_context_parse_file(struct ps_context *context, const char *path, struct ps_file *ret);

/* Prints the table, and the guard, as a file that 'apply' takes. */
int ps_context_print_yaml(struct ps_context *context);

#endif
