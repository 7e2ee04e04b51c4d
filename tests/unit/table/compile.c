// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Directory and probe lists, compiled on plain memory: for every port the
 * winner and the list are what a look at all bindings says.
 */
#include "model.h"
#include "table/probe.h"

/* One port of one protocol and family. */
struct spot {
	enum ps_family family;
	enum ps_proto proto;
	__u16 port;
};

static bool is_for(const struct ps_endpoint *endpoint, const struct spot *spot)
{
	return endpoint->proto == spot->proto && endpoint->port_first <= spot->port &&
	       spot->port <= endpoint->port_last &&
	       (endpoint->family == PS_ANY || endpoint->family == spot->family);
}

/* Straight from the words: prefix, then ports, then one family before both. */
static bool is_preferred(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	int width_a = a->port_last - a->port_first, width_b = b->port_last - b->port_first;

	if (a->prefix_len != b->prefix_len)
		return a->prefix_len > b->prefix_len;
	if (width_a != width_b)
		return width_a < width_b;
	if ((a->family == PS_ANY) != (b->family == PS_ANY))
		return b->family == PS_ANY;
	return a->port_first < b->port_first;
}

/* The bindings for @spot in order of precedence, one of each shape. */
static int list_bindings(const struct model *model, const struct spot *spot,
			 const struct ps_binding *ret[64])
{
	int count = 0;

	for (size_t i = 0; i < model->bindings.count; i++) {
		const struct ps_binding *binding = &model->bindings.item[i];
		bool is_known = false;
		int at = 0;

		if (!is_for(&binding->endpoint, spot))
			continue;
		for (int j = 0; j < count; j++) {
			at += is_preferred(&ret[j]->endpoint, &binding->endpoint);
			is_known |= !is_preferred(&ret[j]->endpoint, &binding->endpoint) &&
				    !is_preferred(&binding->endpoint, &ret[j]->endpoint);
		}
		if (is_known)
			continue;
		memmove(&ret[at + 1], &ret[at], (size_t)(count - at) * sizeof(*ret));
		ret[at] = binding;
		count++;
	}
	return count;
}

static void assert_spot(const struct model *model, const struct spot *spot)
{
	__u32 at = ps_directory_index(0, spot->family, spot->proto, spot->port);
	const struct ps_port *entry = &model->entries[at];
	const struct ps_probe *probe = model->lists[entry->probes].probe;
	const struct ps_binding none = {}, *winner = &none, *list[64];
	int count = list_bindings(model, spot, list);

	for (int i = 0; i < count; i++) {
		const struct ps_endpoint *endpoint = &list[i]->endpoint;
		bool is_exact = endpoint->port_first == endpoint->port_last;

		assert_int_equal(probe[i].kind, is_exact ? PS_PROBE_EXACT : PS_PROBE_RANGE);
		assert_int_equal(probe[i].prefix_len, endpoint->prefix_len);
		assert_int_equal(probe[i].family, endpoint->family);
		assert_int_equal(probe[i].port_first, is_exact ? 0 : endpoint->port_first);
		assert_int_equal(probe[i].port_last, is_exact ? 0 : endpoint->port_last);
		if (winner == &none && !endpoint->prefix_len)
			winner = list[i];
	}
	assert_true(count == PS_PROBES_MAX || probe[count].kind == PS_PROBE_END);
	assert_int_equal(!entry->probes, !count);
	assert_int_equal(entry->action, winner->action);
	assert_int_equal(entry->slot, winner->slot);
	assert_int_equal(entry->flags, winner->flags);
	assert_int_equal(entry->target, winner->target_index);
}

/* Every port below @ports, and the last one. */
static void assert_image(const struct model *model, __u32 ports)
{
	for (enum ps_family family = PS_IPV4; family <= PS_IPV6; family++)
		for (enum ps_proto proto = PS_TCP; proto <= PS_SCTP; proto++) {
			for (__u32 port = 0; port < ports; port++)
				assert_spot(model, &(struct spot){ family, proto, (__u16)port });
			assert_spot(model, &(struct spot){ family, proto, 65535 });
		}
}

/* No two lists that are in use are equal. */
static void assert_shared(const struct model *model)
{
	__u8 *used = calloc(PS_LISTS_MAX, 1);
	__u32 lists[512], count = 0;

	for (size_t i = 0; i < PS_HALF_PORTS; i++) {
		__u32 number = (__u32)model->entries[i].probes;

		if (!number || used[number])
			continue;
		used[number] = 1;
		assert_uint_in_range(count, 0, COUNT_OF(lists) - 1);
		lists[count++] = number;
	}
	for (__u32 i = 0; i < count; i++)
		for (__u32 j = 0; j < i; j++)
			assert_memory_not_equal(&model->lists[lists[i]], &model->lists[lists[j]],
						sizeof(*model->lists));
	free(used);
}

/* Adds or removes one binding; too few are there for a list to be full. */
static void change(struct model *model, size_t max)
{
	struct ps_binding binding = draw_binding();
	__u16 port;

	if (model->bindings.count && (model->bindings.count == max || !draw(3)))
		model_remove(model, draw((__u32)model->bindings.count));
	else if (!model_has(model, &binding.endpoint))
		assert_int_equal(model_add(model, &binding, &port), PS_COMPILED);
}

static void test_random_tables(void **state)
{
	(void)state;
	for (int round = 0; round < 15; round++) {
		struct model model;

		model_init(&model);
		for (int step = 0; step < 150; step++) {
			change(&model, PS_PROBES_MAX);
			assert_image(&model, 12);
			if (!draw(10))
				model_reopen(&model);
		}
		assert_image(&model, PS_PORTS);
		assert_shared(&model);
		while (model.bindings.count)
			model_remove(&model, draw((__u32)model.bindings.count));
		for (size_t i = 0; i < PS_HALF_PORTS; i++)
			assert_memory_equal(&model.entries[i], &(struct ps_port){}, 8);
		model_reopen(&model);
		assert_int_equal(model_lists(&model), 0);
		model_done(&model);
	}
}

/* Packets still read the old half, so lists that it uses stay as they are. */
static void test_lists_in_use_stay(void **state)
{
	struct model model;

	(void)state;
	model_init(&model);
	for (int round = 0; round < 60; round++) {
		struct ps_probes *before = calloc(PS_LISTS_MAX, sizeof(*before));
		struct ps_port *old = calloc(PS_HALF_PORTS, sizeof(*old));

		model_reopen(&model);
		memcpy(before, model.lists, PS_LISTS_MAX * sizeof(*before));
		memcpy(old, model.entries, PS_HALF_PORTS * sizeof(*old));
		for (int step = 0; step < 20; step++)
			change(&model, PS_PROBES_MAX);
		for (size_t i = 0; i < PS_HALF_PORTS; i++)
			if (memcmp(&model.lists[old[i].probes], &before[old[i].probes],
				   sizeof(*before)))
				fail_msg("list %u was overwritten", (unsigned int)old[i].probes);
		free(before);
		free(old);
	}
	model_done(&model);
}

static void test_ports_share_lists(void **state)
{
	struct model model;

	(void)state;
	model_init(&model);
	model_add_text(&model, "tcp 10.0.0.0/8:1000-1999 drop");
	assert_int_equal(model_lists(&model), 1);
	for (int port = 1; port < 900; port++) {
		char text[64];

		snprintf(text, sizeof(text), "tcp 192.0.2.1:%d drop", port);
		model_add_text(&model, text);
	}
	assert_int_equal(model_lists(&model), 2);
	model_add_text(&model, "udp 192.0.2.1:53 drop");
	assert_int_equal(model_lists(&model), 2);
	model_done(&model);
}

/* A binding that changes keeps its shape; only the winner is looked up again. */
static void test_changed_winner(void **state)
{
	__u32 at = ps_directory_index(0, PS_IPV6, PS_TCP, 85);
	struct model model;

	(void)state;
	model_init(&model);
	model_add_text(&model, "tcp any:80-90 drop");
	model_add_text(&model, "tcp any:any pass");
	assert_int_equal(model.entries[at].action, PS_DROP);
	model.bindings.item[0].action = PS_COUNT;
	ps_image_update_winner(&model.image, &model.bindings.item[0].endpoint);
	assert_int_equal(model.entries[at].action, PS_COUNT);
	assert_int_equal(model.entries[at].slot, 1);
	model_remove(&model, 0);
	assert_int_equal(model.entries[at].action, PS_PASS);
	assert_int_equal(model.entries[at].slot, 2);
	model_done(&model);
}

static void test_too_deep(void **state)
{
	struct ps_binding more = binding_of("tcp 10.0.0.0/20:70-90 drop");
	struct ps_binding beside = binding_of("tcp 10.0.0.0/21:81 drop");
	struct model model;
	__u16 port = 0;
	char text[64];

	(void)state;
	model_init(&model);
	for (int way = 1; way <= PS_PROBES_MAX; way++) {
		snprintf(text, sizeof(text),
			 way <= 32 ? "tcp 128.0.0.0/%d:80 drop" : "tcp 128.0.0.0/%d:79-80 drop",
			 way <= 32 ? way : way - 32);
		model_add_text(&model, text);
	}
	assert_int_equal(model_add(&model, &beside, &port), PS_COMPILED);
	assert_int_equal(model_add(&model, &more, &port), PS_COMPILE_TOO_DEEP);
	assert_int_equal(port, 80);
	/* the same shape as one that is there needs no more look-ups */
	model_add_text(&model, "tcp 0.0.0.0/1:80 drop");
	/* and another family or protocol has its own */
	model_add_text(&model, "tcp [2001::/20]:80 drop");
	model_add_text(&model, "udp 10.0.0.0/20:80 drop");
	more = binding_of("tcp any:80 drop");
	assert_int_equal(model_add(&model, &more, &port), PS_COMPILE_TOO_DEEP);
	model_done(&model);
}

static struct ps_endpoint pair(__u32 number)
{
	struct ps_endpoint endpoint = endpoint_of("tcp any6:1-2");

	endpoint.port_first = (__u16)(1 + 2 * number);
	endpoint.port_last = (__u16)(2 + 2 * number);
	return endpoint;
}

static void test_too_many_lists(void **state)
{
	struct ps_endpoint last = pair(PS_LISTS_MAX - 1), first = pair(0);
	struct model model;
	__u16 port = 0;

	(void)state;
	model_init(&model);
	for (__u32 i = 0; i < PS_LISTS_MAX - 1; i++) {
		struct ps_endpoint endpoint = pair(i);

		assert_int_equal(ps_image_add_shape(&model.image, &endpoint, &port), PS_COMPILED);
	}
	assert_int_equal(model_lists(&model), PS_LISTS_MAX - 1);
	assert_int_equal(ps_image_add_shape(&model.image, &last, &port), PS_COMPILE_TOO_MANY);
	assert_int_equal(port, last.port_first);
	assert_int_equal(ps_image_remove_shape(&model.image, &first, &port), PS_COMPILED);
	model_reopen(&model); /* only now its list is free */
	assert_int_equal(ps_image_add_shape(&model.image, &last, &port), PS_COMPILED);
	model_done(&model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_tables),	  cmocka_unit_test(test_lists_in_use_stay),
		cmocka_unit_test(test_ports_share_lists), cmocka_unit_test(test_changed_winner),
		cmocka_unit_test(test_too_deep),	  cmocka_unit_test(test_too_many_lists),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}
