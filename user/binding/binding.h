/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A binding as the operator says it: endpoint, action, name. Pure. What is
 * printed can be typed back, see parse.h.
 */
#ifndef PORTSTEER_BINDING_BINDING_H
#define PORTSTEER_BINDING_BINDING_H

#include <stddef.h>
#include <stdio.h>
#include "binding/endpoint.h"

#define PS_ACTION_TEXT 512

struct ps_binding {
	struct ps_endpoint endpoint;
	struct ps_target target; /* of a redirect or socket: what was asked for, not resolved */
	enum ps_action action;
	__u8 flags;
	__u16 target_index; /* in `targets`, when read from the table or planned */
	__u32 slot; /* when read from the table or planned */
	__u32 line, column; /* of the file or batch that said so, 0: the command line */
	bool is_masked; /* the address given had bits beyond its prefix */
	bool is_hidden; /* planned: no packet looks for its shape before it is published */
	/* From ps_memory_intern(), or NULL: */
	const char *owner; /* "user:www-data"; NULL: nobody in particular */
	const char *device; /* a word for that of the target, which has no room for it */
	const char *scope; /* another word for it, behind its next hop */
	char name[PS_NAME_SIZE];
};

struct ps_bindings {
	struct ps_binding *item;
	size_t count;
	size_t room;
};

/* "redirect veth0 on-missing pass owner user:web": the words behind the endpoint, without name. */
const char *ps_action_format(const struct ps_binding *binding, char text[PS_ACTION_TEXT]);

/* "drop": the first of them. */
const char *ps_action_name(enum ps_action action);

/* The action of that word, or PS_NONE; all such words, and NULL. */
enum ps_action ps_action_find(const char *word);
extern const char *const ps_action_words[];

/* The action is done to a target, which may be missing. */
bool ps_action_has_target(enum ps_action action);

/* The action keeps packets from the sockets that would get them. */
bool ps_action_takes_away(const struct ps_binding *binding);

/* Same action on the same target. */
bool ps_action_is_equal(const struct ps_binding *a, const struct ps_binding *b);

/* What was asked for is the same; what became of it does not matter. */
bool ps_target_is_equal(const struct ps_target *a, const struct ps_target *b);

/* "interface 'x' does not exist", or NULL when packets can be sent to @target. */
const char *ps_target_problem(const struct ps_target *target, char *text, size_t size);

/* Returns the place of a new, zeroed item. Never fails: without memory the program ends. */
struct ps_binding *ps_bindings_add(struct ps_bindings *bindings);

/* Begins a list of some @count. */
void ps_bindings_expect(struct ps_bindings *bindings, size_t count);

/* Begins a list of what @file, from here on, says. */
void ps_bindings_expect_file(struct ps_bindings *bindings, FILE *file);
void ps_bindings_sort(struct ps_bindings *bindings);

/*
 * Takes over those that are not @is_left, in their order, and leaves @bindings
 * empty. Of a million that stay nothing is copied.
 */
struct ps_bindings ps_bindings_take(struct ps_bindings *bindings, const bool is_left[]);
void ps_bindings_done(struct ps_bindings *bindings);

#endif
