/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a command is run with: its words and options, the instance it is about,
 * how it prints. A command reads its words, calls modules, and prints; errors
 * it returns.
 */
#ifndef PORTSTEER_CMD_H
#define PORTSTEER_CMD_H

#include "cmd_option.h"
#include "draft.h"
#include "file.h"
#include "hook.h"
#include "instance.h"
#include "instance_find.h"
#include "output.h"

struct ps_context {
	struct ps_whose whose; /* the instance: that of -n, or PS_INSTANCE_DEFAULT */
	const char *instance; /* its name */
	bool is_table_only; /* of the command */
	enum ps_format format;
	bool is_quiet;
	bool is_verbose;
	bool has_color;
	int wait_seconds;
	__u32 max_bindings; /* that the command asks for; the option --max-bindings goes first */
	struct ps_options options; /* as they were given */
	int count; /* words behind the command's name */
	char **word;
	struct ps_error error;
};

/* Whether the option --@name was given. */
bool ps_context_has(const struct ps_context *context, const char *name);

/* What followed the option --@name, NULL when it was not given. */
const char *ps_context_value(const struct ps_context *context, const char *name);

/* The same as a number; *@ret is untouched when the option was not given. */
int ps_context_number(struct ps_context *context, const char *name, long low, long high, long *ret);

/*
 * Opens the instance that the context is about, for PS_CHANGE, PS_REMOVE or
 * PS_CREATE. An error while a change waits to be confirmed.
 */
int ps_context_open(struct ps_context *context, enum ps_access access,
		    struct ps_instance *ret_instance);

/* The same, for who has to do with that change, or changes nothing that it takes back. */
int ps_context_open_on_trial(struct ps_context *context, enum ps_access access,
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

/*
 * A step that may take long begins: @total bytes or bindings, 0 when nobody
 * knows. How far it is shows on a terminal, unless -q or -j, until it ends.
 */
void ps_context_begin(const struct ps_context *context, const char *what, size_t total);
void ps_context_end(void);

/* The same for reading @stream. */
void ps_context_begin_reading(const struct ps_context *context, FILE *stream);

/* An error on stderr, as the last one is printed, which the context keeps; with its command. */
void ps_context_print_error(const struct ps_context *context, const char *text, const char *mend);

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

/* Appends how each interface is attached. Release with ps_interfaces_done(). */
void ps_context_list_interfaces(const struct ps_instance *instance, struct ps_interfaces *ret);

/*
 * What makes the interfaces of @instance (NULL: none) equal to those of @file;
 * nothing when it does not speak of them. Release with ps_interface_plan_done().
 */
void ps_context_plan_interfaces(const struct ps_context *context, const struct ps_file *file,
				const struct ps_instance *instance, struct ps_interface_plan *ret);

/*
 * Carries the plan out in two steps, with the table published between them.
 * After a failure of the first nothing is attached that was not; what it
 * attached, all of plan->added or some, the third function takes off again.
 */
int ps_context_attach_added(struct ps_context *context, struct ps_instance *instance,
			    const struct ps_interface_plan *plan);
int ps_context_attach_rest(struct ps_context *context, struct ps_instance *instance,
			   const struct ps_interface_plan *plan);
void ps_context_detach_added(struct ps_instance *instance, const struct ps_interface_plan *plan,
			     size_t count);

/* A line on stderr, unless -q. */
void ps_context_note(const struct ps_context *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Conflicts as lines on stderr, at most a screen of them, info only with -v. */
void ps_context_show_conflicts(const struct ps_context *context,
			       const struct ps_conflicts *conflicts);

/* An error when one of @conflicts forbids the change: it is named, all are shown. */
int ps_context_refuse(struct ps_context *context, const struct ps_conflicts *conflicts);

/* A note when attached programs are from another build. */
void ps_context_say_upgrade(const struct ps_context *context, const struct ps_instance *instance);

/*
 * Publishes @plan, unless it is empty or a conflict forbids it. What it gets
 * into is shown, and appended to @conflicts.
 */
int ps_context_publish(struct ps_context *context, struct ps_instance *instance,
		       struct ps_plan *plan, struct ps_conflicts *conflicts);

/* Says what will bite when @options are attached. */
void ps_context_warn_attach(struct ps_context *context, const struct ps_instance *instance,
			    const struct ps_attach_options *options);

/* Attaches as ps_hook_attach() does, having said what will bite. */
int ps_context_attach(struct ps_context *context, struct ps_instance *instance,
		      const struct ps_attach_options *options, enum ps_attach_result *ret);

/* Says what will bite because @draft is the first with a redirect. */
void ps_context_warn_redirect(struct ps_context *context, const struct ps_draft *draft,
			      const struct ps_facts *facts);

/* The same up to publishing; the instance may be open to read. */
int ps_context_rehearse(struct ps_context *context, struct ps_instance *instance,
			struct ps_plan *plan, struct ps_conflicts *conflicts);

/* Notes which addresses were not taken as they were given. */
void ps_context_say_masked(const struct ps_context *context, const struct ps_bindings *wanted);

/*
 * Closes what ps_context_open() opened, and takes it away when it holds nothing
 * any more, also when another command was killed before it did so; when that
 * cannot be done, it is said. 0, or -1 when the command @failed.
 */
int ps_context_close(struct ps_context *context, struct ps_instance *instance, int failed);

#endif
