// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Names of interfaces. See devices.h.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include "apply/internal.h"
#include "base/memory.h"
#include "base/number.h"
#include "host/ask.h"

static int compare(const void *a, const void *b)
{
	const struct ps_device_name *first = a, *second = b;

	return strcmp(first->word, second->word);
}

static struct ps_device_name *look_up(const char *word)
{
	struct ps_device_name *name = ps_memory_new(1, sizeof(*name));

	_Static_assert(PS_DEV_SIZE == IF_NAMESIZE, "a name is one");
	name->word = ps_memory_new(1, strlen(word) + 1);
	strcpy(name->word, word);
	name->answer = ps_ask_device(word, &name->ifindex, name->name);
	return name;
}

const struct ps_device_name *ps_device_names_find(struct ps_device_names *names, const char *word)
{
	struct ps_device_name sought = { .word = (char *)word }, **found;

	if (names->last && !strcmp(names->last->word, word))
		return names->last;
	found = tsearch(&sought, &names->root, compare);
	if (*found == &sought)
		*found = look_up(word);
	return names->last = *found;
}

static void forget(void *item)
{
	struct ps_device_name *name = item;

	free(name->word);
	free(name);
}

void ps_device_names_done(struct ps_device_names *names)
{
	tdestroy(names->root, forget);
	*names = (struct ps_device_names){};
}

void ps_device_names_take(struct ps_device_names *names, struct ps_binding *binding)
{
	const struct ps_device_name *name;

	if (binding->action != PS_REDIRECT)
		return;
	name = ps_device_names_find(names, ps_device_word(binding));
	if (ps_is_yes(name->answer))
		ps_device_set(binding, name->name);
}

/* What is behind the % of a next hop: its interface, by a name or by its number. */
static int check_scope(struct ps_device_names *names, const struct ps_binding *binding,
		       const struct ps_device_name *device, struct ps_error *error)
{
	const struct ps_device_name *scope = ps_device_names_find(names, binding->scope);
	bool is_same = ps_is_yes(scope->answer) && scope->ifindex == device->ifindex;
	long number = ps_number_parse(binding->scope, 0x7fffffff);

	if (ps_is_no(scope->answer) && number > 0)
		is_same = (__u32)number == device->ifindex;
	if (ps_is_yes(device->answer) && is_same)
		return 0;
	return ps_error_set(error, PS_EXIT_USAGE,
			    "'%%%s' is not the interface '%s' that is redirected to; leave it out",
			    binding->scope, ps_device_word(binding));
}

static int refuse(const struct ps_device_name *name, struct ps_error *error)
{
	char like[PS_NEAREST_TEXT];

	if (ps_is_unknown(name->answer))
		return ps_error_errno(error, name->answer.err,
				      "cannot look for the interface '%s'; nothing was changed",
				      name->word);
	return ps_error_set(error, PS_EXIT_NOT_FOUND,
			    "there is no interface '%s', an alternative name (they alone have more "
			    "than 15 bytes); only one that exists can be bound%s",
			    name->word, ps_ask_like(name->word, like));
}

static int take(struct ps_device_names *names, struct ps_binding *binding, struct ps_error *error)
{
	const struct ps_device_name *name = ps_device_names_find(names, ps_device_word(binding));

	if (!ps_is_yes(name->answer) && binding->device)
		return refuse(name, error);
	if (binding->scope && check_scope(names, binding, name, error))
		return -1;
	ps_device_names_take(names, binding);
	return 0;
}

int ps_device_names_take_all(struct ps_device_names *names, struct ps_bindings *wanted,
			     struct ps_apply *apply)
{
	for (size_t i = 0; i < wanted->count; i++) {
		struct ps_binding *binding = &wanted->item[i];

		if (binding->action == PS_REDIRECT && take(names, binding, apply->error))
			return ps_apply_locate(
				apply, (struct ps_position){ binding->line, binding->column });
	}
	return 0;
}
