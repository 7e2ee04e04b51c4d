/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How events look: a line of text, or a JSON object on a line of its own.
 */
#ifndef PORTSTEER_CMD_MONITOR_H
#define PORTSTEER_CMD_MONITOR_H

#include "cmd/context.h"
#include "observe/event.h"

/* Prints @event, which happened by the time of @after. */
void ps_monitor_print(const struct ps_context *context, const struct ps_event *event,
		      const struct ps_events *events, const struct ps_reading *after);

/* Prints what there is in the beginning. */
void ps_monitor_print_begin(const struct ps_context *context, const struct ps_reading *reading);

#endif
