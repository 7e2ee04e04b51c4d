/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Interfaces, by whose number programs find where they count: struct ps_hook_rows.
 * It follows from `hooks`.
 */
#ifndef PORTSTEER_HOOK_ROWS_H
#define PORTSTEER_HOOK_ROWS_H

#include <stdbool.h>
#include "pins/instance.h"

/*
 * Makes them say what `hooks` says. Who has a place keeps it, while its interface is
 * attached: programs that it shares with others may count by it at this moment.
 */
void ps_hook_rows_write(const struct ps_instance *instance);

/* Programs find the hook with that index by its interface: one serves it and others. */
bool ps_hook_rows_have(const struct ps_instance *instance, int slot);

#endif
