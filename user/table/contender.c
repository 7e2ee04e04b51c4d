// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The probe list of a port, looked up as packets would. See contender.h.
 */
#include <stdio.h>
#include "instance/snapshot.h"
#include "pins/records.h"
#include "table/contender.h"
#include "table/probe.h"

static const struct ps_probes *list_of(const struct ps_instance *instance,
				       const struct ps_spot *spot)
{
	__u32 at = ps_directory_index(0, spot->family, spot->proto, spot->port);
	const struct ps_port *half = ps_instance_ports(instance, ps_instance_half(instance));

	return &instance->probe_lists[half[at].probes];
}

static struct ps_answer find_record(const struct ps_instance *instance,
				    const struct ps_endpoint *endpoint, struct ps_record *ret)
{
	const struct ps_record *found;

	if (!instance->snapshot)
		return ps_map_ask(instance->map_fd[PS_MAP_BINDINGS], endpoint, ret);
	found = ps_snapshot_find(instance->snapshot, endpoint);
	if (!found)
		return ps_answer_no();
	*ret = *found;
	return ps_answer_yes();
}

static int look_up(const struct ps_instance *instance, const struct ps_endpoint *endpoint,
		   struct ps_contender *ret, struct ps_error *error)
{
	__u32 half = ps_instance_half(instance);
	struct ps_contender contender = { .binding.endpoint = *endpoint };
	struct ps_record record;
	struct ps_answer answer = find_record(instance, endpoint, &record);

	if (ps_is_unknown(answer))
		return ps_error_errno(error, answer.err, "cannot look up a binding");
	if (ps_is_yes(answer) && ps_record_is_live(&record, instance->state->generation)) {
		contender.is_bound = true;
		contender.binding = ps_record_binding(endpoint, &record, half);
	}
	if (contender.is_bound && ps_action_has_target(contender.binding.action))
		contender.binding.target =
			ps_instance_targets(instance, half)[contender.binding.target_index];
	*ret = contender;
	return 0;
}

static struct ps_endpoint key_of(const struct ps_spot *spot, const struct ps_probe *probe)
{
	return ps_probe_key(probe, spot->family, spot->proto, spot->addr, spot->port);
}

int ps_contenders_find(const struct ps_instance *instance, const struct ps_spot *spot,
		       struct ps_contenders *ret, struct ps_error *error)
{
	const struct ps_probes *list = list_of(instance, spot);

	*ret = (struct ps_contenders){ .count = ps_probes_count(list), .winner = -1 };
	for (int i = 0; i < ret->count; i++) {
		struct ps_endpoint key = key_of(spot, &list->probe[i]);

		if (look_up(instance, &key, &ret->item[i], error))
			return -1;
		if (ret->item[i].is_bound && ret->winner < 0)
			ret->winner = i;
	}
	return 0;
}

int ps_contender_find_winner(const struct ps_instance *instance, const struct ps_spot *spot,
			     struct ps_binding *ret, struct ps_error *error)
{
	const struct ps_probes *list = list_of(instance, spot);

	for (int i = 0; i < ps_probes_count(list); i++) {
		struct ps_endpoint key = key_of(spot, &list->probe[i]);
		struct ps_contender contender;

		if (look_up(instance, &key, &contender, error))
			return -1;
		if (!contender.is_bound)
			continue;
		*ret = contender.binding;
		return 1;
	}
	return 0;
}

static bool is_any_port(const struct ps_endpoint *endpoint)
{
	return endpoint->port_first == 0 && endpoint->port_last == 65535;
}

static int width(const struct ps_endpoint *endpoint)
{
	return endpoint->port_last - endpoint->port_first;
}

/* Of two with equally long prefixes. */
static void say_why_of_ports(const struct ps_endpoint *winner, const struct ps_endpoint *loser,
			     int number, char text[PS_WHY_TEXT])
{
	if (width(winner) == width(loser))
		snprintf(text, PS_WHY_TEXT, "as many ports, but they begin higher than those of %d",
			 number);
	else if (is_any_port(loser))
		snprintf(text, PS_WHY_TEXT, "any port; %d is for %s", number,
			 width(winner) ? "fewer ports" : "exactly this port");
	else if (!width(winner))
		snprintf(text, PS_WHY_TEXT, "a range; %d is for exactly this port", number);
	else
		snprintf(text, PS_WHY_TEXT, "a wider range than that of %d", number);
}

const char *ps_contender_why(const struct ps_endpoint *winner, const struct ps_endpoint *loser,
			     int number, char text[PS_WHY_TEXT])
{
	if (winner->prefix_len != loser->prefix_len && !loser->prefix_len)
		snprintf(text, PS_WHY_TEXT, "any address");
	else if (winner->prefix_len != loser->prefix_len)
		snprintf(text, PS_WHY_TEXT, "/%d is shorter than /%d", loser->prefix_len,
			 winner->prefix_len);
	else if (width(winner) == width(loser) && winner->family != loser->family)
		snprintf(text, PS_WHY_TEXT, "both families; %d is for %s alone", number,
			 winner->family == PS_IPV4 ? "IPv4" : "IPv6");
	else
		say_why_of_ports(winner, loser, number, text);
	return text;
}
