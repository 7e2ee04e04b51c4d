// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings among themselves: duplicate, overlap, override. Those
 * with the host are unreachable.c, shadowed ones are shadowed.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/advice.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "conflict/conflict.h"
#include "table/probe.h"

static const char *const kind_names[] = {
	[PS_DUPLICATE] = "duplicate",
	[PS_OVERLAP] = "overlap",
	[PS_LISTENER] = "listener",
	[PS_NOT_OWNER] = "not-owner",
	[PS_DNAT] = "dnat",
	[PS_EPHEMERAL] = "ephemeral",
	[PS_UNGUARDED] = "unguarded",
	[PS_PACKET_SOCKET] = "packet-socket",
	[PS_UNREACHABLE] = "unreachable",
	[PS_SHADOWED] = "shadowed",
	[PS_UNCHECKED] = "unchecked",
	[PS_FOREIGN] = "foreign",
	[PS_STALE] = "stale",
	[PS_REFUSED_BIND] = "refused-bind",
	[PS_OVERRIDE] = "override",
};

const char *ps_conflict_kind_name(enum ps_conflict_kind kind)
{
	_Static_assert(sizeof(kind_names) / sizeof(*kind_names) == PS_OVERRIDE + 1, "all named");
	return kind_names[kind];
}

const char *ps_conflict_endpoint(const struct ps_conflict *conflict, char text[PS_ENDPOINT_TEXT])
{
	if (conflict->endpoint.proto != PS_NO_PROTO)
		return ps_endpoint_format(&conflict->endpoint, text);
	*text = '\0';
	return text;
}

const char *ps_severity_name(enum ps_severity severity)
{
	static const char *const names[] = { "info", "warning", "error" };

	return names[severity];
}

struct ps_conflict *ps_conflicts_add(struct ps_conflicts *conflicts, enum ps_conflict_kind kind,
				     enum ps_severity severity, const struct ps_binding *binding)
{
	struct ps_conflict *conflict;

	conflicts->item = ps_memory_grow(conflicts->item, conflicts->count, &conflicts->room,
					 sizeof(*conflicts->item));
	conflict = &conflicts->item[conflicts->count++];
	*conflict = (struct ps_conflict){ .kind = kind, .severity = severity };
	conflict->action = binding->action;
	conflict->endpoint = binding->endpoint;
	conflict->line = binding->line;
	conflict->column = binding->column;
	return conflict;
}

void ps_conflict_say(struct ps_conflict *conflict, const char *format, ...)
{
	PS_FREED char *before = conflict->text; /* perhaps among the arguments */
	const char *fix;
	va_list args;

	va_start(args, format);
	conflict->text = ps_memory_text(format, args);
	va_end(args);
	fix = ps_advice_find(conflict->text);
	if (*fix) {
		free(conflict->fix);
		conflict->fix = strdup(fix);
	}
}

const char *ps_conflict_format(const struct ps_conflict *conflict, char text[PS_CONFLICT_LINE])
{
	char endpoint[PS_ENDPOINT_TEXT];

	ps_conflict_endpoint(conflict, endpoint);
	ps_utf8_print(text, PS_CONFLICT_LINE, "%s: %s%s%s", ps_conflict_kind_name(conflict->kind),
		      endpoint, *endpoint ? ": " : "", conflict->text);
	return text;
}

void ps_conflicts_done(struct ps_conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->count; i++) {
		free(conflicts->item[i].text);
		free(conflicts->item[i].fix);
	}
	free(conflicts->item);
	*conflicts = (struct ps_conflicts){};
}

void ps_conflicts_forget_facts(struct ps_conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->count; i++) {
		conflicts->item[i].facts = NULL;
		conflicts->item[i].listener = NULL;
	}
}

bool ps_conflicts_has(const struct ps_conflicts *conflicts, enum ps_severity severity)
{
	for (size_t i = 0; i < conflicts->count; i++)
		if (conflicts->item[i].severity == severity)
			return true;
	return false;
}

/* "tcp any:23 drop (name 'no-telnet')" */
static void describe(const struct ps_binding *binding, char *text, size_t size)
{
	char endpoint[PS_ENDPOINT_TEXT], action[PS_ACTION_TEXT];

	ps_endpoint_format(&binding->endpoint, endpoint);
	ps_action_format(binding, action);
	snprintf(text, size, binding->name[0] ? "%s %s (name '%s')" : "%s %s", endpoint, action,
		 binding->name);
}

void ps_conflicts_find_duplicates(struct ps_conflicts *conflicts,
				  const struct ps_duplicates *duplicates)
{
	for (size_t i = 0; i < duplicates->count; i++) {
		const struct ps_duplicate *duplicate = &duplicates->item[i];
		struct ps_conflict *conflict =
			ps_conflicts_add(conflicts, PS_DUPLICATE, PS_ERROR, &duplicate->wanted);
		char holder[256];

		describe(&duplicate->holder, holder, sizeof(holder));
		ps_endpoint_format(&duplicate->holder.endpoint, conflict->with);
		if (duplicate->is_in_table)
			ps_conflict_say(conflict, "already bound: %s; --replace changes it",
					holder);
		else if (duplicate->holder.line)
			ps_conflict_say(conflict, "bound twice here, first in line %u: %s",
					duplicate->holder.line, holder);
		else
			ps_conflict_say(conflict, "bound twice here, first: %s", holder);
	}
}

/* The rows of the directory that @endpoint is in, first to last. */
static enum ps_family first_family(const struct ps_endpoint *endpoint)
{
	return endpoint->family == PS_IPV6 ? PS_IPV6 : PS_IPV4;
}

static enum ps_family last_family(const struct ps_endpoint *endpoint)
{
	return endpoint->family == PS_IPV4 ? PS_IPV4 : PS_IPV6;
}

static const struct ps_probes *list_at(const struct ps_view *view, enum ps_family family,
				       enum ps_proto proto, __u16 port)
{
	__u32 at = ps_directory_index(0, family, proto, port);

	return &view->image->lists[view->image->entries[at].probes];
}

bool ps_view_wins(const struct ps_view *view, const struct ps_endpoint *endpoint,
		  enum ps_family family, const __u8 addr[16], __u16 port)
{
	const struct ps_probes *list = list_at(view, family, endpoint->proto, port);

	for (int i = 0; i < ps_probes_count(list); i++) {
		struct ps_endpoint key =
			ps_probe_key(&list->probe[i], family, endpoint->proto, addr, port);
		struct ps_binding winner;

		if (view->find(view->context, &key, &winner))
			return ps_endpoint_is_equal(&key, endpoint);
	}
	return false;
}

/* Ports with this list may yet have different bindings: some key is the port's own. */
static bool has_exact(const struct ps_probes *list)
{
	for (int i = 0; i < ps_probes_count(list); i++)
		if (list->probe[i].kind == PS_PROBE_EXACT)
			return true;
	return false;
}

/* Neighbours that look up the same keys are asked about once. */
void ps_view_list_won(const struct ps_view *view, const struct ps_endpoint *endpoint,
		      const struct ps_address *address, const struct ps_portset *ports,
		      struct ps_portset *ret)
{
	const struct ps_probes *last = NULL;
	int port = ps_portset_find(ports, endpoint->port_first, endpoint->port_last);
	bool wins = false;

	while (port >= 0) {
		const struct ps_probes *list =
			list_at(view, address->family, endpoint->proto, (__u16)port);

		if (list != last || has_exact(list))
			wins = ps_view_wins(view, endpoint, address->family, address->addr,
					    (__u16)port);
		if (wins)
			ps_portset_add(ret, (__u16)port, (__u16)port);
		last = list;
		port = port < endpoint->port_last
			       ? ps_portset_find(ports, (__u16)(port + 1), endpoint->port_last)
			       : -1;
	}
}

/* A binding of the same prefix at @port whose range crosses that of @binding. */
static bool find_crossing(const struct ps_view *view, const struct ps_binding *binding,
			  enum ps_family family, __u16 port, struct ps_binding *ret)
{
	const struct ps_endpoint *endpoint = &binding->endpoint;
	const struct ps_probes *list = list_at(view, family, endpoint->proto, port);

	for (int i = 0; i < ps_probes_count(list); i++) {
		struct ps_endpoint key = ps_probe_key(&list->probe[i], family, endpoint->proto,
						      endpoint->addr, port);

		if (key.prefix_len == endpoint->prefix_len && ps_ports_cross(&key, endpoint) &&
		    view->find(view->context, &key, ret))
			return true;
	}
	return false;
}

static bool find_overlap(const struct ps_view *view, const struct ps_binding *binding,
			 struct ps_binding *ret)
{
	const struct ps_endpoint *endpoint = &binding->endpoint;

	if (endpoint->port_first == endpoint->port_last)
		return false;
	for (enum ps_family family = first_family(endpoint); family <= last_family(endpoint);
	     family++)
		if (find_crossing(view, binding, family, endpoint->port_first, ret) ||
		    find_crossing(view, binding, family, endpoint->port_last, ret))
			return true;
	return false;
}

void ps_conflicts_find_overlaps(struct ps_conflicts *conflicts, const struct ps_view *view,
				const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_endpoint *mine = &bindings->item[i].endpoint;
		struct ps_conflict *conflict;
		struct ps_binding other;
		char text[256];

		if (!find_overlap(view, &bindings->item[i], &other))
			continue;
		conflict = ps_conflicts_add(conflicts, PS_OVERLAP, PS_ERROR, &bindings->item[i]);
		ps_endpoint_format(&other.endpoint, conflict->with);
		describe(&other, text, sizeof(text));
		ps_conflict_say(
			conflict,
			"shares ports %d-%d with %s, and neither range is within the other",
			mine->port_first > other.endpoint.port_first ? mine->port_first
								     : other.endpoint.port_first,
			mine->port_last < other.endpoint.port_last ? mine->port_last
								   : other.endpoint.port_last,
			text);
	}
}

/* The binding that gets packets to @port of @endpoint's addresses when @endpoint is not there. */
static bool find_next(const struct ps_view *view, const struct ps_endpoint *endpoint,
		      enum ps_family family, __u16 port, struct ps_binding *ret)
{
	const struct ps_probes *list = list_at(view, family, endpoint->proto, port);
	struct ps_probe own = ps_probe_of(endpoint);

	for (int i = 0; i < ps_probes_count(list); i++) {
		struct ps_endpoint key;

		if (ps_probe_compare(&list->probe[i], &own) <= 0)
			continue;
		key = ps_probe_key(&list->probe[i], family, endpoint->proto, endpoint->addr, port);
		if (view->find(view->context, &key, ret))
			return true;
	}
	return false;
}

/*
 * The same for the first of its ports that has one. Neighbours that look up
 * the same keys are skipped.
 */
static bool find_overridden(const struct ps_view *view, const struct ps_endpoint *endpoint,
			    struct ps_binding *ret)
{
	for (enum ps_family family = first_family(endpoint); family <= last_family(endpoint);
	     family++) {
		const struct ps_probes *last = NULL;

		for (__u32 port = endpoint->port_first; port <= endpoint->port_last; port++) {
			const struct ps_probes *list =
				list_at(view, family, endpoint->proto, (__u16)port);

			if (list != last || has_exact(list))
				if (find_next(view, endpoint, family, (__u16)port, ret))
					return true;
			last = list;
		}
	}
	return false;
}

void ps_conflicts_find_overrides(struct ps_conflicts *conflicts, const struct ps_view *view,
				 const struct ps_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++) {
		struct ps_conflict *conflict;
		struct ps_binding other;
		char text[256];

		if (!find_overridden(view, &bindings->item[i].endpoint, &other))
			continue;
		conflict = ps_conflicts_add(conflicts, PS_OVERRIDE, PS_INFO, &bindings->item[i]);
		ps_endpoint_format(&other.endpoint, conflict->with);
		describe(&other, text, sizeof(text));
		ps_conflict_say(conflict, "is more specific and overrides part of %s", text);
	}
}
