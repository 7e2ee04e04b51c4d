// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Warnings before harm: what an interface does that will bite once it is
 * attached, or once something is redirected.
 */
#include <string.h>
#include "apply/internal.h"
#include "hook/attach.h"
#include "hook/hazard.h"
#include "host/ask.h"

static bool has_redirect_target(const struct ps_target *targets)
{
	for (int i = 1; i < PS_TARGETS_MAX; i++)
		if (targets[i].bindings && targets[i].hop != PS_HOP_SOCKET)
			return true;
	return false;
}

static struct ps_arrival look_at(const struct ps_device *device,
				 const struct ps_attach_options *options,
				 const struct ps_xdp_source *source)
{
	struct ps_arrival arrival = {
		.device = device,
		.own = ps_offloads_read(device->name),
		.peer = ps_offloads_read_peer(device),
		.hook = options->hook,
		.mode = options->mode,
	};

	memcpy(arrival.netns, source->netns, sizeof(arrival.netns));
	return arrival;
}

static void say_hazards(const struct ps_report *report, const struct ps_arrival *arrival)
{
	struct ps_hazards hazards;

	ps_hazards_find(arrival, &hazards);
	for (size_t i = 0; i < hazards.count; i++)
		if (hazards.item[i].bites || report->is_verbose)
			ps_report_note(report, "%s: %s: %s: %s",
				       hazards.item[i].bites ? "warning" : "note",
				       arrival->device->name, ps_hazard_name(hazards.item[i].kind),
				       hazards.item[i].message);
}

/* It needs its interface to send to. */
static bool is_sent_by(const struct ps_target *target, __u32 ifindex)
{
	return target->bindings && target->hop != PS_HOP_PEER && target->ifindex == ifindex;
}

/* One interface may be several targets, with a next hop each. */
static bool is_first(const struct ps_target *targets, int number)
{
	for (int i = 1; i < number; i++)
		if (is_sent_by(&targets[i], targets[number].ifindex))
			return false;
	return true;
}

/* What is redirected already, and would be lost when it comes from @source. */
static void say_losses(const struct ps_report *report, const struct ps_devices *devices,
		       const struct ps_target *targets, const struct ps_xdp_source *source)
{
	char text[768];

	for (int i = 1; i < PS_TARGETS_MAX; i++) {
		const struct ps_device *device = ps_devices_find(devices, targets[i].ifindex);

		if (device && is_sent_by(&targets[i], device->ifindex) &&
		    ps_hazard_of_target(device, source, text, sizeof(text)) && is_first(targets, i))
			ps_report_note(report, "warning: redirect: %s", text);
	}
}

void ps_apply_warn_attach(const struct ps_report *report, const struct ps_instance *instance,
			  const struct ps_attach_options *options)
{
	const struct ps_target *targets = ps_instance_targets(instance, ps_instance_half(instance));
	const struct ps_device *device;
	struct ps_xdp_source source;
	struct ps_devices devices;
	struct ps_answer known;
	struct ps_error error;
	unsigned int index = 0;

	if (ps_devices_read(&devices, &error))
		ps_report_note(report, "warning: '%s' was not checked: %s", options->device,
			       error.text);
	ps_facts_read_source(instance, &devices, &source);
	known = ps_ask_index(options->device, &index);
	if (ps_is_unknown(known))
		ps_report_note(report, "warning: '%s' was not checked: %s", options->device,
			       strerror(known.err));
	device = ps_devices_find(&devices, index);
	if (device) {
		struct ps_arrival arrival = look_at(device, options, &source);

		arrival.has_redirect = has_redirect_target(targets);
		say_hazards(report, &arrival);
		if (options->hook == PS_HOOK_XDP)
			ps_xdp_source_add(&source, device, options->mode);
		say_losses(report, &devices, targets, &source);
	}
	ps_devices_done(&devices);
}

/* What bites only because something is redirected. */
static void say_new_hazards(const struct ps_report *report, struct ps_arrival *arrival)
{
	struct ps_hazards before, now;

	ps_hazards_find(arrival, &before);
	arrival->has_redirect = true;
	ps_hazards_find(arrival, &now);
	for (size_t i = 0; i < now.count; i++) /* the same ones, in the same order */
		if (now.item[i].bites && !before.item[i].bites)
			ps_report_note(report, "warning: %s: %s: %s", arrival->device->name,
				       ps_hazard_name(now.item[i].kind), now.item[i].message);
}

void ps_apply_warn_redirect(const struct ps_report *report, const struct ps_draft *draft,
			    const struct ps_facts *facts)
{
	const struct ps_instance *instance = draft->instance;

	if (has_redirect_target(ps_instance_targets(instance, ps_instance_half(instance))) ||
	    !has_redirect_target(draft->targets))
		return;
	for (int i = 0; i < PS_HOOKS_MAX; i++) {
		const struct ps_hook_info *hook = &instance->hooks[i];
		const struct ps_attach_options options = { .hook = hook->hook, .mode = hook->mode };
		const struct ps_device *device = ps_devices_find(&facts->devices, hook->ifindex);

		if (hook->hook == PS_HOOK_XDP && device) {
			struct ps_arrival arrival = look_at(device, &options, &facts->source);

			say_new_hazards(report, &arrival);
		}
	}
}
