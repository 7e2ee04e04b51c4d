// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * All commands, which the linker gathers. See command.h.
 */
#include <string.h>
#include "cmd/command.h"

#define COMMANDS_MAX 64

/* Made by the linker, around what PS_COMMAND puts there. */
extern const struct ps_command *const __start_ps_commands[], *const __stop_ps_commands[];

static bool comes_before(const struct ps_command *a, const struct ps_command *b)
{
	return a->kind == b->kind ? strcmp(a->name, b->name) < 0 : a->kind < b->kind;
}

const struct ps_command *ps_command_next(const struct ps_command *command)
{
	const struct ps_command *next = NULL;

	for (const struct ps_command *const *at = __start_ps_commands; at < __stop_ps_commands;
	     at++)
		if ((!command || comes_before(command, *at)) && (!next || comes_before(*at, next)))
			next = *at;
	return next;
}

const struct ps_command *ps_command_find(const char *name)
{
	const struct ps_command *command = NULL;

	while ((command = ps_command_next(command)))
		if (!strcmp(command->name, name))
			return command;
	return NULL;
}

static const char *const harmful[] = { "detach", "flush", "unbind", "unreserve", NULL };
static const struct ps_synonym synonyms[] = {
	{ "show", "'bindings' shows the table, 'status' what is attached" },
	{ "list", "'bindings' lists the table, 'status' what is attached" },
	{ "ls", "'bindings' lists the table, 'status' what is attached" },
	{ "add", "'bind' adds a binding, 'attach' an interface" },
	{ "dump", "'bindings --yaml' prints what is there as a file" },
	{ "export", "'bindings --yaml' prints what is there as a file" },
	{ "save", "'bindings --yaml' prints what is there as a file" },
	{ "load", "'apply' makes the table what a file says" },
	{ "accept", "the action 'pass' of 'bind' does that" },
	{ "allow", "the action 'pass' of 'bind' does that" },
	{ "deny", "the action 'drop' of 'bind' does that" },
	{ "block", "the action 'drop' of 'bind' does that" },
	{ NULL, NULL },
};

const struct ps_command *ps_command_expect(const char *name, struct ps_error *error)
{
	const struct ps_command *found = ps_command_find(name), *command = NULL;
	const char *names[COMMANDS_MAX + 1] = { NULL };
	const struct ps_vocabulary vocabulary = { "command", names, harmful, synonyms };
	int count = 0;

	if (found)
		return found;
	while ((command = ps_command_next(command)) && count < COMMANDS_MAX)
		if (command->kind != PS_HIDDEN)
			names[count++] = command->name;
	ps_error_unknown_in(error, 0, name, &vocabulary);
	return NULL;
}
