/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The options of a command line, as they were given.
 */
#ifndef PORTSTEER_CMD_OPTION_H
#define PORTSTEER_CMD_OPTION_H

#include "base/error.h"
#include "cmd/command.h"

#define PS_GIVEN_MAX 32

/* An option of the command line. */
struct ps_given {
	const struct ps_option *option;
	const char *value;
};

struct ps_options {
	struct ps_given given[PS_GIVEN_MAX];
	int count;
};

/* Options that every command takes; ends without a name. */
extern const struct ps_option ps_global_options[];

/*
 * Reads the options among the words of the command line; where its other words
 * begin in @argv is in @ret_first, also after a failure.
 */
int ps_options_read(int argc, char **argv, struct ps_options *ret, int *ret_first,
		    struct ps_error *error);

/* An error when an option was given that @command does not take. */
int ps_options_check(const struct ps_options *options, const struct ps_command *command,
		     struct ps_error *error);

/* The last one of that name, or NULL. */
const struct ps_given *ps_options_find(const struct ps_options *options, const char *name);

#endif
