// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * -h, of the tool and of each command: the descriptors, printed.
 */
#include <stdio.h>
#include "cmd/command.h"

static const char global_help[] =
	"options, before or after the command:\n"
	"  -n NETNS      in the network namespace NETNS, with a table of its own\n"
	"  -j, -p        JSON, JSON for people\n"
	"  -q, -v        print less, print more\n"
	"  --wait SECONDS\n"
	"                wait for another portsteer at most this long (10)\n"
	"  --color auto|always|never\n"
	"  -h            help, also of a command\n"
	"  -V            version\n\n"
	"exit status: 0 done, 1 refused by the system, 2 usage, 3 conflict, 4 not found,\n"
	"10 a dry run found something to do, 75 not now: try again later\n";

static void print_commands(enum ps_command_kind kind)
{
	const struct ps_command *command = NULL;

	while ((command = ps_command_next(command)))
		if (command->kind == kind)
			printf("  %-12s  %s\n", command->name, command->summary);
}

void ps_help_print(const struct ps_command *command)
{
	if (command) {
		printf("usage: portsteer [OPTIONS] %s %s\n\n%s: %s.\n\n%s", command->name,
		       command->arguments, command->name, command->summary, command->details);
		return;
	}
	printf("usage: portsteer [OPTIONS] COMMAND ...\n\n"
	       "Steers traffic by protocol, address and port, at XDP and TC.\n\n");
	print_commands(PS_VERB);
	printf("\n");
	print_commands(PS_NOUN);
	printf("\n%s", global_help);
}
