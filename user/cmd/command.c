// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * All commands, which the linker gathers. See command.h.
 */
#include <string.h>
#include "cmd/command.h"

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
