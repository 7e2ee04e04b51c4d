/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An instance that is not as a command expects it: made so on purpose, after it
 * was made by commands, and good again afterwards.
 */
#ifndef PORTSTEER_TESTS_SPOIL_H
#define PORTSTEER_TESTS_SPOIL_H

#include "tool.h"

#define SPOIL_INSTANCE TOOL_ROOT "/v1/" TOOL_INSTANCE

/* As if the programs that are attached were from another build. */
void spoil_forget_build(void);

/* Attaches eth0 as on a kernel without TCX; or so, and by another build. */
void spoil_attach_clsact(void);
void spoil_attach_old_clsact(void);

/* What stores bindings refuses, or finds no memory; until it is restored. */
void spoil_refuse_changes(void);
void spoil_lack_memory(void);
void spoil_restore_store(void);

/* All slots are taken by nobody; until they are counted anew. */
void spoil_fill_slots(void);
void spoil_recover(void);

/* As if made by another ABI, or in another network namespace; until restored. */
void spoil_change_abi(void);
void spoil_change_namespace(void);
void spoil_restore_meta(void);

/* A process publishes a new generation again and again. */
void spoil_start_changing(void);
void spoil_stop_changing(void);

#endif
