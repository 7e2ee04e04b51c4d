// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who has an endpoint. See who.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "apply/facts.h"
#include "apply/internal.h"
#include "apply/who.h"
#include "base/memory.h"
#include "host/netns_list.h"
#include "instance/blank.h"
#include "instance/open.h"
#include "instance/reserved.h"
#include "table/probe.h"
#include "table/read.h"

static struct ps_facts *add_host(struct ps_who *who)
{
	who->host = ps_memory_grow(who->host, who->host_count, &who->host_room, sizeof(*who->host));
	return who->host[who->host_count++] = ps_memory_new(1, sizeof(**who->host));
}

/* A packet for what is asked may be one of the binding's. */
static bool meets(const struct ps_endpoint *binding, const struct ps_endpoint *asked)
{
	return binding->proto == asked->proto && ps_ports_meet(binding, asked) &&
	       (ps_prefix_covers(binding, asked) || ps_prefix_covers(asked, binding));
}

static void take_binding(void *context, const struct ps_binding *binding)
{
	struct ps_who *who = context;

	for (int i = 0; i < who->count; i++)
		if (meets(&binding->endpoint, &who->asked[i].question.endpoint))
			*ps_bindings_add(&who->asked[i].known.bindings) = *binding;
}

static int compare_bindings(const void *left, const void *right)
{
	const struct ps_binding *a = left, *b = right;
	int order = ps_precedence_compare(&a->endpoint, &b->endpoint);

	return order ?: ps_endpoint_compare(&a->endpoint, &b->endpoint);
}

/* Nothing of the table is said when it cannot be read whole. */
static void read_bindings(struct ps_who *who, const struct ps_instance *instance,
			  struct ps_facts *facts)
{
	struct ps_error error;
	bool failed = ps_table_visit(instance, take_binding, who, &error);

	if (failed)
		ps_unchecked_add(&facts->unchecked, PS_NO_PROTO, "the bindings are not known: %s",
				 error.text);
	for (int i = 0; i < who->count; i++) {
		struct ps_bindings *bindings = &who->asked[i].known.bindings;

		bindings->count = failed ? 0 : bindings->count;
		if (bindings->count)
			qsort(bindings->item, bindings->count, sizeof(*bindings->item),
			      compare_bindings);
	}
}

static void read_reserved(struct ps_who *who, const struct ps_instance *instance,
			  struct ps_facts *facts)
{
	struct ps_portset reserved = {};
	struct ps_error error;

	if (ps_reserved_read(instance, &reserved, &error))
		ps_unchecked_add(&facts->unchecked, PS_NO_PROTO,
				 "which ports are reserved for this instance is not known: %s",
				 error.text);
	for (int i = 0; i < who->count; i++)
		who->asked[i].known.reserved = reserved;
}

/* Without an instance, or one that may be read, there is still the host. */
static void read_here(struct ps_who *who, struct ps_facts *facts)
{
	struct ps_error kept = *who->apply->error;
	struct ps_instance instance;
	int opened = ps_apply_read(who->apply, PS_DRAFT_READS, &instance);

	if (opened)
		ps_instance_blank(who->apply->instance, 1, &instance);
	ps_facts_read(&instance, facts);
	ps_facts_read_ways(facts);
	if (opened < 0)
		ps_unchecked_add(&facts->unchecked, PS_NO_PROTO, "the bindings are not known: %s",
				 who->apply->error->text);
	if (!opened) {
		read_bindings(who, &instance, facts);
		read_reserved(who, &instance, facts);
	}
	ps_instance_close(&instance);
	*who->apply->error = kept;
}

static void read_connections(struct ps_who_asked *asked, struct ps_facts *facts)
{
	const struct ps_endpoint *endpoint = &asked->question.endpoint;
	enum ps_connections which =
		asked->question.has_connected ? PS_CONNECTED_TOO : PS_BOUND_ONLY;
	int err = 0;

	if (endpoint->proto == PS_TCP)
		err = ps_connections_read(endpoint->port_first, which, &asked->known.connections);
	if (err)
		ps_unchecked_add(&facts->unchecked, PS_TCP,
				 "the connections could not be listed: %s", strerror(-err));
}

static void ask_here(struct ps_who *who)
{
	struct ps_facts *here = add_host(who);

	read_here(who, here);
	for (int i = 0; i < who->count; i++) {
		struct ps_who_asked *asked = &who->asked[i];

		read_connections(asked, here);
		ps_who_find(&asked->rows, &asked->question, here, &asked->known);
	}
	ps_facts_find_processes(here);
	for (int i = 0; i < who->count; i++) {
		struct ps_listeners *connections = &who->asked[i].known.connections;

		ps_listeners_find_processes(connections);
		here->listeners.has_unseen |= connections->has_unseen;
		here->listeners.sees_machine |= connections->sees_machine;
	}
}

static void ask_elsewhere(struct ps_who *who, const struct ps_netns *netns)
{
	struct ps_facts *facts = add_host(who);
	struct ps_error error;

	if (ps_netns_enter_path(netns->path, netns->name, &error))
		ps_facts_miss_elsewhere(netns->name, &error, facts);
	else
		ps_facts_read_elsewhere(netns->name, facts);
	for (int i = 0; i < who->count; i++)
		ps_who_find_elsewhere(&who->asked[i].rows, &who->asked[i].question, facts);
	ps_facts_find_processes(facts);
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(((const struct ps_netns *)left)->name,
		      ((const struct ps_netns *)right)->name);
}

void ps_who_ask(struct ps_who *who)
{
	struct ps_netns_list list = {};

	if (who->is_everywhere)
		ps_netns_list_read(&list);
	ask_here(who);
	if (list.count)
		qsort(list.item, list.count, sizeof(*list.item), compare_names);
	for (size_t i = 0; i < list.count; i++)
		ask_elsewhere(who, &list.item[i]);
	if (list.unseen)
		ps_report_note(who->apply->report,
			       "note: the network namespaces of %zu processes were not looked at "
			       "(needs CAP_SYS_PTRACE)",
			       list.unseen);
	ps_netns_list_done(&list);
}

void ps_who_done(struct ps_who *who)
{
	for (int i = 0; i < who->count; i++) {
		ps_who_rows_done(&who->asked[i].rows);
		ps_bindings_done(&who->asked[i].known.bindings);
		ps_listeners_done(&who->asked[i].known.connections);
	}
	for (size_t i = 0; i < who->host_count; i++) {
		ps_facts_done(who->host[i]);
		free(who->host[i]);
	}
	free(who->host);
}
