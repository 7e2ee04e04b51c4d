/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rows, and parts of them, that more than one command prints.
 */
#ifndef PORTSTEER_CMD_ROWS_H
#define PORTSTEER_CMD_ROWS_H

#include <jansson.h>

struct ps_conflict;
struct ps_context;
struct ps_instance_item;
struct ps_instances;
struct ps_output;
struct ps_attempt;
struct ps_facts;
struct ps_listener;

/* Who tried, how often and when: part of a row of 'conflicts', and of 'monitor'. */
json_t *ps_attempt_row(const struct ps_attempt *tried);

/* Sockets and who holds them: part of a row of 'conflicts', and of 'who'. */
json_t *ps_listener_row(const struct ps_facts *facts, const struct ps_listener *listener);

/* A row of 'conflicts'; the facts of @conflict must be there yet. */
json_t *ps_conflict_row(const struct ps_conflict *conflict);

/* What 'status' says of every instance. */
void ps_context_set_instance(json_t *row, const struct ps_instance_item *item);

/* A row for each of @instances but the one that is meant. */
void ps_context_add_others(const struct ps_context *context, const struct ps_instances *instances,
			   struct ps_output *output);

/* The same by themselves, below the line @head in text; nothing when there are no others. */
int ps_context_print_others(struct ps_context *context, const struct ps_instances *instances,
			    const char *head);

#endif
