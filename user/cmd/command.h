/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a command is: its name, what it takes, and the function that runs it.
 */
#ifndef PORTSTEER_CMD_COMMAND_H
#define PORTSTEER_CMD_COMMAND_H

#include <stdbool.h>
#include "base/error.h"

struct ps_context;

/* An option, of every command or of one. */
struct ps_option {
	const char *name; /* without its dashes */
	const char *value; /* what follows it, in the syntax of base/syntax.h; NULL: nothing */
	char letter; /* its short form, 0: none */
};

enum ps_command_kind {
	PS_VERB, /* changes something */
	PS_NOUN, /* shows something */
	PS_HIDDEN, /* is not for people */
};

struct ps_command {
	enum ps_command_kind kind;
	const char *name;
	const char *arguments; /* in the syntax of base/syntax.h */
	const char *summary; /* one line, for the list */
	const char *details; /* for -h of the command */
	const struct ps_option *options; /* of this command; ends without a name; NULL: none */
	bool is_table_only; /* works when the namespace of -n is gone, or must not be entered */
	bool stays_outside; /* never enters it: it runs on, and must not keep it from going */
	int (*run)(struct ps_context *context); /* enum ps_exit, or -1 with context->error */
};

/*
 * PS_COMMAND(word) = { ... }; defines a command and makes it known: the linker
 * gathers the pointers, so that no file lists all commands.
 */
#define PS_COMMAND(word)                                                         \
	static const struct ps_command command_##word;                           \
	static const struct ps_command *const pointer_##word                     \
		__attribute__((section("ps_commands"), used)) = &command_##word; \
	static const struct ps_command command_##word

/* The next command behind @command, verbs first, then by name; NULL: the first, or no more. */
const struct ps_command *ps_command_next(const struct ps_command *command);

/* The command of that name, or NULL. */
const struct ps_command *ps_command_find(const char *name);

/* The same; NULL and an error that lists them when there is none. */
const struct ps_command *ps_command_expect(const char *name, struct ps_error *error);

/* Help of the tool, or of @command. */
void ps_help_print(const struct ps_command *command);

#endif
