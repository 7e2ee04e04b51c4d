// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Drawing tables. See random_table.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include "model.h"
#include "random_table.h"

void random_seed(void)
{
	const char *seed = getenv("SEED");
	unsigned int start = seed ? (unsigned int)strtoul(seed, NULL, 0) : (unsigned int)time(NULL);

	print_message("# SEED=%u\n", start);
	srandom(start);
}

unsigned int dice(unsigned int sides)
{
	return (unsigned int)random() % sides;
}

__u16 random_port(const struct random_table *drawn)
{
	static const __u16 ports[] = { 1, 2, 79, 80, 81, 82, 90, 100, 1000, 65534, 65535 };

	return drawn->is_narrow ? (__u16)(79 + dice(3)) : PICK(ports);
}

static void random_ports(const struct random_table *drawn, struct ps_endpoint *endpoint)
{
	__u16 a = random_port(drawn), b = random_port(drawn);

	switch (dice(4)) {
	case 0:
		endpoint->port_first = 0;
		endpoint->port_last = 65535;
		break;
	case 1:
		endpoint->port_first = a < b ? a : b;
		endpoint->port_last = a < b ? b : a;
		break;
	default:
		endpoint->port_first = endpoint->port_last = a;
	}
}

/* Few addresses, that share few prefixes. */
void random_address(enum ps_family family, __u8 addr[16])
{
	static const __u8 high[] = { 0x20, 0x21, 0x28 };
	static const __u8 low[] = { 0x00, 0x01, 0x80 };

	memset(addr, 0, 16);
	addr[0] = PICK(high);
	addr[1] = PICK(low);
	addr[family == PS_IPV4 ? 2 : 7] = PICK(low);
	addr[family == PS_IPV4 ? 3 : 8] = PICK(low);
	if (family == PS_IPV6)
		addr[15] = PICK(low);
}

void random_endpoint(const struct random_table *drawn, struct ps_endpoint *endpoint)
{
	static const __u8 lengths4[] = { 0, 0, 1, 8, 9, 16, 24, 25, 31, 32, 32, 32 };
	static const __u8 lengths6[] = { 0, 0, 1, 8, 63, 64, 65, 72, 127, 128, 128, 128 };

	*endpoint = (struct ps_endpoint){ .proto = drawn->is_narrow ? PS_TCP : PS_TCP + dice(2) };
	random_ports(drawn, endpoint);
	endpoint->family = drawn->is_narrow ? PS_IPV6 : dice(4) ? PS_IPV4 + dice(2) : PS_ANY;
	if (endpoint->family == PS_ANY)
		return;
	random_address(endpoint->family, endpoint->addr);
	endpoint->prefix_len = endpoint->family == PS_IPV4 ? PICK(lengths4) : PICK(lengths6);
	ps_address_mask(endpoint->addr, endpoint->prefix_len);
}

static struct ps_binding *find(const struct ps_bindings *in, const struct ps_endpoint *endpoint)
{
	for (size_t i = 0; i < in->count; i++)
		if (ps_endpoint_is_equal(&in->item[i].endpoint, endpoint))
			return &in->item[i];
	return NULL;
}

static bool overlaps_any(const struct ps_bindings *in, const struct ps_endpoint *endpoint)
{
	for (size_t i = 0; i < in->count; i++)
		if (model_overlaps(&in->item[i].endpoint, endpoint))
			return true;
	return false;
}

/* New bindings, and some that are there with other words. */
static void choose_added(const struct random_table *drawn, struct ps_bindings *wanted)
{
	const struct ps_bindings *table = &drawn->table;
	unsigned int room = (unsigned int)(drawn->max - table->count);

	for (unsigned int i = room ? dice(room) / 2 + 1 : 0; i; i--) {
		struct ps_binding binding = {};

		random_endpoint(drawn, &binding.endpoint);
		if (table->count && !dice(4))
			binding.endpoint = table->item[dice((unsigned int)table->count)].endpoint;
		if (find(wanted, &binding.endpoint) || overlaps_any(wanted, &binding.endpoint) ||
		    overlaps_any(table, &binding.endpoint))
			continue;
		drawn->draw_words(&binding);
		*ps_bindings_add(wanted) = binding;
	}
}

static void add_some(struct random_table *drawn)
{
	struct ps_bindings wanted = {};
	struct ps_error error;

	choose_added(drawn, &wanted);
	if (steer_add(drawn->steer, &wanted, PS_REPLACE, &error)) {
		if (!strstr(error.text, "may look up"))
			fail_msg("%s", error.text);
		drawn->refused++;
		wanted.count = 0;
	} else {
		drawn->publishes++;
	}
	for (size_t i = 0; i < wanted.count; i++) {
		struct ps_binding *present = find(&drawn->table, &wanted.item[i].endpoint);
		struct ps_binding former = present ? *present : (struct ps_binding){};

		if (!present)
			present = ps_bindings_add(&drawn->table);
		*present = wanted.item[i];
		present->line = former.line;
		present->owner = present->owner ?: former.owner;
	}
	ps_bindings_done(&wanted);
}

static void remove_some(struct random_table *drawn)
{
	struct ps_bindings gone = {}, *table = &drawn->table;
	struct ps_error error;

	for (size_t i = 0; i < table->count;) {
		if (dice(3)) {
			i++;
			continue;
		}
		*ps_bindings_add(&gone) = table->item[i];
		table->item[i] = table->item[--table->count];
	}
	drawn->publishes++;
	if (steer_remove(drawn->steer, &gone, &error))
		fail_msg("%s", error.text);
	ps_bindings_done(&gone);
}

void random_change(struct random_table *drawn)
{
	if (drawn->table.count > 5 && !dice(3))
		remove_some(drawn);
	else
		add_some(drawn);
}

void random_clear(struct random_table *drawn)
{
	steer_set(drawn->steer, "");
	drawn->table.count = 0;
}

void random_done(struct random_table *drawn)
{
	ps_bindings_done(&drawn->table);
}
