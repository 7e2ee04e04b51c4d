// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings as values: printing, comparing and keeping them. Reading words is
 * in parse.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/advice.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "binding/binding.h"
#include "binding/device.h"

const char *const ps_action_words[] = { "pass", "count", "drop", "redirect", "socket", NULL };
#define SHORTEST "tcp any:1 drop\n" /* that a file can say */

static const enum ps_action actions[] = { PS_PASS, PS_COUNT, PS_DROP, PS_REDIRECT, PS_SOCKET };

const char *ps_action_name(enum ps_action action)
{
	for (size_t i = 0; ps_action_words[i]; i++)
		if (actions[i] == action)
			return ps_action_words[i];
	return "none";
}

enum ps_action ps_action_find(const char *word)
{
	for (size_t i = 0; ps_action_words[i]; i++)
		if (!strcmp(word, ps_action_words[i]))
			return actions[i];
	return PS_NONE;
}

static size_t format_hop(const struct ps_target *target, char *text, size_t size)
{
	const __u8 *mac = target->dst_mac;
	char address[PS_ADDRESS_TEXT];
	int length = 0;

	switch (target->hop) {
	case PS_HOP_UNCHANGED:
		break;
	case PS_HOP_VIA:
		ps_address_format(target->via_family, target->via, address);
		length = snprintf(text, size, " via %s", address);
		break;
	case PS_HOP_MAC:
		length = snprintf(text, size, " mac %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
				  mac[2], mac[3], mac[4], mac[5]);
		break;
	case PS_HOP_PEER:
		length = snprintf(text, size, " peer");
		break;
	case PS_HOP_SOCKET:
		break;
	}
	return (size_t)length;
}

const char *ps_action_format(const struct ps_binding *binding, char text[PS_ACTION_TEXT])
{
	size_t length =
		(size_t)snprintf(text, PS_ACTION_TEXT, "%s", ps_action_name(binding->action));

	if (binding->action == PS_REDIRECT) {
		length += (size_t)snprintf(text + length, PS_ACTION_TEXT - length, " %.127s",
					   ps_device_word(binding));
		length += format_hop(&binding->target, text + length, PS_ACTION_TEXT - length);
	}
	if (binding->action == PS_SOCKET)
		length += (size_t)snprintf(text + length, PS_ACTION_TEXT - length, " %.31s",
					   binding->target.socket);
	if (binding->flags & PS_ON_MISSING_PASS)
		length += (size_t)snprintf(text + length, PS_ACTION_TEXT - length,
					   " on-missing pass");
	if (binding->owner)
		snprintf(text + length, PS_ACTION_TEXT - length, " owner %s", binding->owner);
	return text;
}

bool ps_action_has_target(enum ps_action action)
{
	return action == PS_REDIRECT || action == PS_SOCKET;
}

bool ps_action_takes_away(const struct ps_binding *binding)
{
	return binding->action == PS_DROP || ps_action_has_target(binding->action);
}

bool ps_target_is_equal(const struct ps_target *a, const struct ps_target *b)
{
	if (a->hop != b->hop)
		return false;
	if (a->hop == PS_HOP_SOCKET)
		return !memcmp(a->socket, b->socket, PS_NAME_SIZE); /* padded with zeros */
	if (strncmp(a->device, b->device, PS_DEV_SIZE))
		return false;
	if (a->hop == PS_HOP_MAC)
		return !memcmp(a->dst_mac, b->dst_mac, sizeof(a->dst_mac));
	return a->hop != PS_HOP_VIA ||
	       (a->via_family == b->via_family && !memcmp(a->via, b->via, sizeof(a->via)));
}

const char *ps_target_problem(const struct ps_target *target, char *text, size_t size)
{
	char address[PS_ADDRESS_TEXT];

	switch (target->state) {
	case PS_TARGET_NO_DEVICE:
		if (target->has_no_link && target->hop != PS_HOP_UNCHANGED) {
			ps_utf8_print(text, size,
				      "interface '%.15s' has no link addresses; redirect to it "
				      "without 'via' or 'mac'",
				      target->device);
			return text;
		}
		ps_utf8_print(text, size,
			      target->ifindex
				      ? "interface '%.15s' is gone or cannot be sent to; "
					"when it can: %s"
				      : "interface '%.15s' does not exist; when it does: %s",
			      target->device, ps_advice("refresh", NULL));
		return text;
	case PS_TARGET_NO_NEIGHBOUR:
		ps_address_format(target->via_family, target->via, address);
		ps_utf8_print(text, size,
			      "no answer from neighbour %s on '%.15s'; when it is up: %s", address,
			      target->device, ps_advice("refresh", NULL));
		return text;
	case PS_TARGET_FREE:
	case PS_TARGET_OK:
		break;
	}
	return NULL;
}

bool ps_action_is_equal(const struct ps_binding *a, const struct ps_binding *b)
{
	return a->action == b->action && a->flags == b->flags && a->device == b->device &&
	       (!ps_action_has_target(a->action) || ps_target_is_equal(&a->target, &b->target));
}

struct ps_binding *ps_bindings_add(struct ps_bindings *bindings)
{
	struct ps_binding *binding;

	bindings->item = ps_memory_grow(bindings->item, bindings->count, &bindings->room,
					sizeof(*bindings->item));
	binding = &bindings->item[bindings->count++];
	memset(binding, 0, sizeof(*binding));
	return binding;
}

void ps_bindings_expect(struct ps_bindings *bindings, size_t count)
{
	if (!bindings->room && count)
		bindings->item = ps_memory_expect(count, &bindings->room, sizeof(*bindings->item));
}

void ps_bindings_expect_file(struct ps_bindings *bindings, FILE *file)
{
	long at = ftell(file), size = -1;
	size_t count = 0;

	if (at >= 0 && !fseek(file, 0, SEEK_END))
		size = ftell(file);
	if (at >= 0 && !fseek(file, at, SEEK_SET) && size > at)
		count = (size_t)(size - at) / strlen(SHORTEST);
	if (count > PS_BINDINGS_MAX) /* and of a directory the length is no number of bytes */
		count = PS_BINDINGS_MAX;
	ps_bindings_expect(bindings, count);
}

static int compare(const void *a, const void *b)
{
	return ps_endpoint_compare(&((const struct ps_binding *)a)->endpoint,
				   &((const struct ps_binding *)b)->endpoint);
}

void ps_bindings_sort(struct ps_bindings *bindings)
{
	if (bindings->count)
		qsort(bindings->item, bindings->count, sizeof(*bindings->item), compare);
}

struct ps_bindings ps_bindings_take(struct ps_bindings *bindings, const bool is_left[])
{
	struct ps_bindings taken = *bindings;

	taken.count = 0;
	for (size_t i = 0; i < bindings->count; i++)
		if (!is_left[i] && taken.count++ < i)
			taken.item[taken.count - 1] = taken.item[i];
	*bindings = (struct ps_bindings){};
	return taken;
}

void ps_bindings_done(struct ps_bindings *bindings)
{
	free(bindings->item);
	*bindings = (struct ps_bindings){};
}
