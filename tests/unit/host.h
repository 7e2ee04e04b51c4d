/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A host that is made up, and bindings on it that are asked what they get into.
 */
#ifndef PORTSTEER_TESTS_HOST_H
#define PORTSTEER_TESTS_HOST_H

#include "conflict/conflict.h"
#include "model.h"

typedef void (*finder)(struct ps_conflicts *conflicts, const struct ps_view *view,
		       struct ps_facts *facts, const struct ps_bindings *bindings);

/* The rest of the table, beside what is asked about. */
static struct model model;

/* A host with 192.0.2.1, 2001:db8::1 and loopback. */
static struct ps_address addresses[] = {
	{ .family = PS_IPV4, .addr = { 127, 0, 0, 1 }, .ifindex = 1 },
	{ .family = PS_IPV4, .addr = { 192, 0, 2, 1 }, .ifindex = 2 },
	{ .family = PS_IPV6, .addr = { [15] = 1 }, .ifindex = 1 },
	{ .family = PS_IPV6, .addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, .ifindex = 2 },
};

static inline struct ps_facts make_facts(void)
{
	struct ps_facts facts = {
		.addresses = { addresses, COUNT_OF(addresses) },
		.ephemeral = { .first = 32768, .last = 60999 },
		.has_xdp = true,
	};

	ps_portset_add(&facts.ephemeral.ports, 32768, 60999);
	return facts;
}

/* Binds @texts (with ';' between); the last one is what is asked about. */
static inline void ask(struct ps_bindings *asked, const char *texts)
{
	char copy[256], *rest = copy, *text;
	__u16 port;

	snprintf(copy, sizeof(copy), "%s", texts);
	model_init(&model);
	while ((text = strsep(&rest, ";"))) {
		asked->count = 0;
		bind_text(asked, text);
		for (size_t i = 0; i < asked->count; i++)
			assert_int_equal(model_add(&model, &asked->item[i], &port), PS_COMPILED);
	}
}

static inline void answered(struct ps_bindings *asked, struct ps_conflicts *conflicts)
{
	ps_conflicts_done(conflicts);
	ps_bindings_done(asked);
	model_done(&model);
}

/* Runs @find; what it says is expected to be @message, or nothing. */
static inline void assert_conflict(finder find, struct ps_facts *facts, const char *texts,
				   const char *message)
{
	struct ps_conflicts conflicts = {};
	const struct ps_view view = { &model.image, model_find, &model };
	struct ps_bindings asked = {};

	ask(&asked, texts);
	find(&conflicts, &view, facts, &asked);
	if (conflicts.count != !!message)
		fail_msg("%s: %zu conflicts", texts, conflicts.count);
	if (message && strcmp(conflicts.item[0].text, message))
		fail_msg("%s: '%s'", texts, conflicts.item[0].text);
	answered(&asked, &conflicts);
}

#endif
