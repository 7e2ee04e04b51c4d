/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A table in plain memory, compiled step by step as a draft is, and random
 * bindings of a small universe to fill it with.
 */
#ifndef PORTSTEER_TESTS_MODEL_H
#define PORTSTEER_TESTS_MODEL_H

#include "binding/plan.h"
#include "table/compile.h"
#include "unit.h"

struct model {
	struct ps_bindings bindings;
	struct ps_port *entries;
	struct ps_probes *lists;
	struct ps_image image;
};

/* A ps_binding_find; @context is the model. */
static inline bool model_find(void *context, const struct ps_endpoint *endpoint,
			      struct ps_binding *ret)
{
	const struct model *model = context;

	for (size_t i = 0; i < model->bindings.count; i++) {
		if (!ps_endpoint_is_equal(&model->bindings.item[i].endpoint, endpoint))
			continue;
		*ret = model->bindings.item[i];
		return true;
	}
	return false;
}

static inline struct ps_winner model_winner(void *context, const struct ps_endpoint *endpoint)
{
	struct ps_binding binding;

	return model_find(context, endpoint, &binding) ? ps_winner_of(&binding)
						       : (struct ps_winner){};
}

static inline void model_init(struct model *model)
{
	*model = (struct model){
		.entries = calloc(PS_HALF_PORTS, sizeof(*model->entries)),
		.lists = calloc(PS_LISTS_MAX, sizeof(*model->lists)),
	};
	ps_image_init(&model->image, model->entries, model->lists, model_winner, model);
}

/* The next change begins with what is in memory, as a later command does. */
static inline void model_reopen(struct model *model)
{
	ps_image_done(&model->image);
	ps_image_init(&model->image, model->entries, model->lists, model_winner, model);
}

static inline void model_done(struct model *model)
{
	ps_image_done(&model->image);
	ps_bindings_done(&model->bindings);
	free(model->entries);
	free(model->lists);
}

/* How many probe lists are in use. */
static inline __u32 model_lists(const struct model *model)
{
	__u32 count = 0;

	for (__u32 number = 1; number < PS_LISTS_MAX; number++)
		count += model->image.taken[number];
	return count;
}

/* How many bindings have the shape of @endpoint. */
static inline int model_shapes(const struct model *model, const struct ps_endpoint *endpoint)
{
	int count = 0;

	for (size_t i = 0; i < model->bindings.count; i++) {
		struct ps_endpoint other = model->bindings.item[i].endpoint;

		memcpy(other.addr, endpoint->addr, sizeof(other.addr));
		count += ps_endpoint_is_equal(&other, endpoint);
	}
	return count;
}

static inline enum ps_compile_result model_add(struct model *model,
					       const struct ps_binding *binding, __u16 *ret_port)
{
	enum ps_compile_result result = PS_COMPILED;

	if (!model_shapes(model, &binding->endpoint))
		result = ps_image_add_shape(&model->image, &binding->endpoint, ret_port);
	if (result)
		return result;
	*ps_bindings_add(&model->bindings) = *binding;
	if (ps_endpoint_is_any_address(&binding->endpoint))
		ps_image_update_winner(&model->image, &binding->endpoint);
	return PS_COMPILED;
}

static inline void model_remove(struct model *model, size_t index)
{
	struct ps_endpoint gone = model->bindings.item[index].endpoint;
	__u16 port;

	model->bindings.item[index] = model->bindings.item[--model->bindings.count];
	if (!model_shapes(model, &gone))
		assert_int_equal(ps_image_remove_shape(&model->image, &gone, &port), PS_COMPILED);
	if (ps_endpoint_is_any_address(&gone))
		ps_image_update_winner(&model->image, &gone);
}

static inline void model_add_text(struct model *model, const char *text)
{
	struct ps_binding binding = binding_of(text);
	__u16 port;

	binding.slot = (__u32)model->bindings.count + 1;
	assert_int_equal(model_add(model, &binding, &port), PS_COMPILED);
}

static inline bool model_has(const struct model *model, const struct ps_endpoint *endpoint)
{
	struct ps_binding binding;

	return model_find((void *)model, endpoint, &binding);
}

/* One of a few prefixes that are inside one another or side by side. */
static inline void draw_prefix(struct ps_endpoint *endpoint)
{
	static const char *const prefixes[] = {
		"any",		 "any",		"any4",	       "any6",	   "10.0.0.0/8",
		"11.0.0.0/8",	 "10.1.0.0/16", "11.1.0.0/16", "10.1.2.3", "[2001:db8::/32]",
		"[2001:db8::1]",
	};
	char text[64];

	snprintf(text, sizeof(text), "tcp %s:1", prefixes[draw(COUNT_OF(prefixes))]);
	*endpoint = endpoint_of(text);
}

/* A binding for some of ports 1 to 8, or any; its slot is not 0. */
static inline struct ps_binding draw_binding(void)
{
	struct ps_binding binding = {
		.action = (enum ps_action)(PS_PASS + draw(PS_REDIRECT)),
		.flags = (__u8)draw(2),
		.slot = 1 + draw(PS_BINDINGS_MAX - 1),
	};
	struct ps_endpoint *endpoint = &binding.endpoint;

	draw_prefix(endpoint);
	if (!draw(5))
		binding.action = PS_SOCKET;
	if (ps_action_has_target(binding.action))
		binding.target_index = (__u16)(1 + draw(PS_TARGETS_MAX - 1));
	endpoint->proto = (enum ps_proto)(PS_TCP + draw(2));
	endpoint->port_first = (__u16)(1 + draw(8));
	endpoint->port_last = endpoint->port_first;
	if (draw(2))
		endpoint->port_last =
			(__u16)(endpoint->port_first + draw(9u - endpoint->port_first));
	if (!draw(8)) {
		endpoint->port_first = 0;
		endpoint->port_last = 65535;
	}
	return binding;
}

#endif
