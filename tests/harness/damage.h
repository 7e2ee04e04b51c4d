/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An instance that is not as a command expects it: made so on purpose, after it
 * was made by commands, and good again afterwards.
 */
#ifndef PORTSTEER_TESTS_DAMAGE_H
#define PORTSTEER_TESTS_DAMAGE_H

#include "tool.h"

#define DAMAGE_INSTANCE TOOL_ROOT "/v2/" TOOL_INSTANCE

/* As if the programs that are attached were from another build. */
void damage_forget_build(void);

/* Attaches eth0 as on a kernel without TCX; or so, and by another build. */
void damage_attach_clsact(void);
void damage_attach_old_clsact(void);

/* What stores bindings refuses, or finds no memory; until it is restored. */
void damage_refuse_changes(void);
void damage_lack_memory(void);
void damage_restore_store(void);

/* All slots are taken by nobody; until they are counted anew. */
void damage_fill_slots(void);
void damage_recover(void);

/* As if so many flows were seen that there is no room for more. */
void damage_fill_flows(void);

/* As if made by another ABI, or in another network namespace; until restored. */
void damage_change_abi(void);
void damage_change_namespace(void);
void damage_restore_meta(void);

/* A process publishes a new generation again and again. */
void damage_start_changing(void);
void damage_stop_changing(void);

#endif
