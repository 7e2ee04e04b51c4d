/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An instance with all that one can have, to let commands fail in: programs on
 * eth0 and on the network namespace, bindings that have counted, a redirect
 * that works, an owner, names, a socket that is registered, the guard.
 */
#ifndef PORTSTEER_TESTS_WORLD_H
#define PORTSTEER_TESTS_WORLD_H

#include <stdbool.h>
#include "tool.h"

/*
 * Enters namespaces of their own, and a directory with the files that commands
 * read. Returns in another process, the first of a PID namespace.
 */
void world_open(void);
void world_close(void);

/* Nothing is left of any instance, whatever state it was in. Nothing of portsteer is asked. */
void world_empty(void);

/* Makes all of it, unless it is there as it was made before; false when a command is refused. */
bool world_fill(struct tool_run *ret);

/* Runs commands, separated by ';', of which a part may be "count": packets are sent. */
bool world_run(const char *commands, struct tool_run *ret);

#endif
