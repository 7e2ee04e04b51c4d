/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Commands: what each is called, what it takes, and the function that runs it.
 * A command reads its words, calls modules, and prints; errors it returns.
 */
#ifndef PORTSTEER_CMD_H
#define PORTSTEER_CMD_H

#include "conflict.h"
#include "instance.h"
#include "output.h"

/* Options that only some commands take. */
#define PS_OPTION_REPLACE 0x01
#define PS_OPTION_STRICT 0x02
#define PS_OPTION_BATCH 0x04
#define PS_OPTION_MAX_BINDINGS 0x08
#define PS_OPTION_RECOVER 0x10

struct ps_context {
	const char *instance; /* its name: that of -n, or PS_INSTANCE_DEFAULT */
	enum ps_format format;
	bool is_quiet;
	bool is_verbose;
	bool has_color;
	int wait_seconds;
	unsigned int options; /* PS_OPTION_* that were given */
	const char *batch; /* file of --batch */
	__u32 max_bindings; /* of --max-bindings, 0: not given */
	int count; /* words behind the command's name */
	char **word;
	struct ps_error error;
};

struct ps_command {
	const char *name;
	const char *arguments;
	const char *summary; /* one line, for the list */
	const char *details; /* for -h of the command */
	unsigned int options; /* PS_OPTION_* that it takes */
	bool is_table_only; /* works when the namespace of -n is gone, or must not be entered */
	int (*run)(struct ps_context *context); /* enum ps_exit, or -1 with context->error */
};

extern const struct ps_command ps_command_attach, ps_command_detach;
extern const struct ps_command ps_command_bind, ps_command_unbind, ps_command_flush;
extern const struct ps_command ps_command_refresh;
extern const struct ps_command ps_command_bindings, ps_command_flows, ps_command_reasons;
extern const struct ps_command ps_command_conflicts, ps_command_status, ps_command_version;

/* Opens the instance that the context is about, for PS_CHANGE or PS_CREATE. */
int ps_context_open(struct ps_context *context, enum ps_access access,
		    struct ps_instance *ret_instance);

/*
 * Opens it to read these arrays (bits 1 << enum ps_map). 1 when there is no
 * instance: then there is nothing to show.
 */
int ps_context_read(struct ps_context *context, __u32 reads, struct ps_instance *ret_instance);

/* Adds rows of what is in @instance to @output. 0, or -1 with context->error. */
typedef int (*ps_list)(struct ps_context *context, const struct ps_instance *instance,
		       struct ps_output *output);

/* A command that takes no words and lists rows, which @list makes of these arrays. */
int ps_context_list(struct ps_context *context, __u32 reads, const struct ps_column *columns,
		    ps_list list);

/* An error unless there are at most @max words. */
int ps_context_expect(struct ps_context *context, int max);

/* A line on stderr, unless -q. */
void ps_context_note(const struct ps_context *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Conflicts as lines on stderr, at most a screen of them, info only with -v. */
void ps_context_show_conflicts(const struct ps_context *context,
			       const struct ps_conflicts *conflicts);

/* An error when one of @conflicts forbids the change: it is named, all are shown. */
int ps_context_refuse(struct ps_context *context, const struct ps_conflicts *conflicts);

/*
 * Publishes @plan, unless it is empty or a conflict forbids it. What it gets
 * into is shown, and appended to @conflicts.
 */
int ps_context_publish(struct ps_context *context, struct ps_instance *instance,
		       struct ps_plan *plan, struct ps_conflicts *conflicts);

/* Takes away an instance that holds nothing any more. */
int ps_context_tidy(struct ps_context *context, struct ps_instance *instance);

#endif
