/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What happened to an instance, told from two readings of it, one after the
 * other. Pure; readings are taken by watch.h. What came and went between the
 * two is not seen; what the guard saw is counted by the kernel.
 */
#ifndef PORTSTEER_OBSERVE_EVENT_H
#define PORTSTEER_OBSERVE_EVENT_H

#include "binding/plan.h"
#include "guard/attempts.h"
#include "guard/setting.h"
#include "socket/registered.h"

/* An instance at one moment; all zero when there is none. */
struct ps_reading {
	bool is_there;
	__u64 generation;
	struct ps_bindings bindings; /* of that generation */
	const struct ps_binding **by_slot; /* the same, made when it is needed; NULL: not yet */
	size_t slots; /* of by_slot */
	struct ps_registry registry;
	struct ps_guard guard;
	char *cgroup; /* of the guard, NULL: not known */
	struct ps_attempts attempts;
};

/* In the order in which events of two readings are listed. */
enum ps_event_kind {
	PS_EVENT_THERE, /* the instance was made */
	PS_EVENT_GUARD, /* it is as guard says now */
	PS_EVENT_PUBLISHED, /* as often as count says */
	PS_EVENT_BINDING_ADDED,
	PS_EVENT_BINDING_CHANGED,
	PS_EVENT_BINDING_REMOVED,
	PS_EVENT_SOCKET_ADDED,
	PS_EVENT_SOCKET_CLOSED, /* by its process */
	PS_EVENT_SOCKET_REMOVED, /* or replaced */
	PS_EVENT_BIND, /* bind(2) was refused, or would have been, as often as count says */
	PS_EVENT_GONE, /* the instance */
};

struct ps_event {
	enum ps_event_kind kind;
	__u64 count;
	const struct ps_binding *binding; /* of PS_EVENT_BIND: what forbade it, NULL: gone */
	const struct ps_binding *before; /* of PS_EVENT_BINDING_CHANGED */
	const struct ps_registered *socket;
	const struct ps_attempt *attempt;
};

struct ps_events {
	struct ps_event *item;
	size_t count;
	size_t room;
	struct ps_plan plan; /* what was published */
};

/*
 * What happened between @before and @after, which the events point into. When the generation is
 * another one, the bindings of @before are used up; else those of @after alone are looked at.
 * Release with ps_events_done().
 */
void ps_events_find(struct ps_reading *before, struct ps_reading *after, struct ps_events *ret);

void ps_events_done(struct ps_events *events);
void ps_reading_done(struct ps_reading *reading);

#endif
