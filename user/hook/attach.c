// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Attaching and detaching interfaces. See attach.h. What is looked at before is
 * check.c, one slot slot.c, what is stale adopt.c.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/advice.h"
#include "base/hook_name.h"
#include "base/notice.h"
#include "hook/adopt.h"
#include "hook/attach.h"
#include "hook/attachment.h"
#include "hook/check.h"
#include "hook/rows.h"
#include "hook/orphan.h"
#include "hook/slot.h"
#include "hook/upgrade.h"
#include "host/ask.h"
#include "instance/takers.h"
#include "pins/pending.h"

bool ps_hook_is_any(const struct ps_instance *instance)
{
	for (int i = 0; i < PS_HOOKS_MAX; i++)
		if (instance->hooks[i].hook != PS_HOOK_FREE)
			return true;
	return false;
}

bool ps_hook_is_shared(const struct ps_instance *instance, const char *device)
{
	int slot = ps_hook_index_find(instance, PS_HOOK_XDP, device);

	return slot >= 0 && instance->hooks[slot].is_shared;
}

/* How @device is attached for what arrives, or NULL. */
static const struct ps_hook_info *find_ingress(const struct ps_instance *instance,
					       const char *device)
{
	int xdp = ps_hook_index_find(instance, PS_HOOK_XDP, device);
	int tc = ps_hook_index_find(instance, PS_HOOK_TC_INGRESS, device);

	if (xdp >= 0)
		return &instance->hooks[xdp];
	return tc >= 0 ? &instance->hooks[tc] : NULL;
}

static int attach_new(struct ps_instance *instance, const struct ps_hook_info *info, __u32 priority,
		      struct ps_error *error)
{
	int slot = ps_hook_index_find(instance, PS_HOOK_FREE, NULL);

	if (slot < 0)
		slot = ps_adopt_reclaim(instance);
	if (slot < 0)
		return ps_error_set(error, PS_EXIT_REFUSED, "all %d hook slots are in use",
				    PS_HOOKS_MAX);
	return ps_hook_index_attach(instance, slot, info, priority, error);
}

/* This build's program is there, and pinned. */
static bool is_current(const struct ps_instance *instance, int slot)
{
	struct ps_attachment found;

	if (slot < 0)
		return false;
	ps_attachment_find(instance, &instance->hooks[slot], &found);
	return found.state == PS_ATTACHED && !found.is_other_build && !found.lacks_pin;
}

/* An interface without a link header may have been attached by a build that did not ask. */
static int renew(struct ps_instance *instance, int slot, const struct ps_hook_info *info,
		 enum ps_attach_result *result, struct ps_error *error)
{
	struct ps_hook_info *present = &instance->hooks[slot];
	__u8 before = present->has_no_link;

	ps_hook_rows_write(instance); /* a command that was killed may not have */
	if (is_current(instance, slot) && before == info->has_no_link)
		return 0;
	present->has_no_link = info->has_no_link; /* what the program is loaded for */
	if (ps_hook_index_renew(instance, slot, error)) {
		present->has_no_link = before;
		return -1;
	}
	if (*result == PS_ATTACH_SAME)
		*result = PS_ATTACH_SWAPPED;
	return 0;
}

/* Renews the program that is there, or attaches one. */
static int attach_one(struct ps_instance *instance, const struct ps_hook_info *info, __u32 priority,
		      enum ps_attach_result *result, struct ps_error *error)
{
	int slot = ps_hook_index_find(instance, info->hook, info->device);

	if (slot >= 0)
		return renew(instance, slot, info, result, error);
	if (attach_new(instance, info, priority, error))
		return -1;
	*result = PS_ATTACH_NEW;
	return 0;
}

/* That programs of this build know what is bound, when some of them are to be attached. */
static int check_table(const struct ps_instance *instance, const struct ps_hook_info *wanted,
		       struct ps_error *error)
{
	int ingress = ps_hook_index_find(instance, wanted->hook, wanted->device);
	int egress = ps_hook_index_find(instance, PS_HOOK_TC_EGRESS, wanted->device);

	if (is_current(instance, ingress) && is_current(instance, egress))
		return 0;
	return ps_upgrade_check_table(instance, error);
}

static void forget(struct ps_hook_before *before)
{
	if (before->prog_fd >= 0)
		close(before->prog_fd);
}

/* The interface is as it was before what arrives there met @result, or a notice says why not. */
static void go_back(struct ps_instance *instance, int slot, enum ps_attach_result result,
		    const struct ps_hook_before *before)
{
	struct ps_error error;

	if (result == PS_ATTACH_NEW)
		ps_hook_index_detach(instance, slot, &error);
	else if (result == PS_ATTACH_SWAPPED &&
		 ps_hook_index_put_back(instance, slot, before, &error))
		ps_notice("warning: '%s' keeps the %s program of this build: %s",
			  before->info.device, ps_hook_name(before->info.hook), error.text);
}

/* What leaves, after what arrives. */
static int attach_egress(struct ps_instance *instance, const struct ps_hook_info *ingress,
			 enum ps_attach_result *result, struct ps_error *error)
{
	struct ps_hook_info info = *ingress;

	info.hook = PS_HOOK_TC_EGRESS;
	info.mode = PS_MODE_NONE;
	info.is_shared = false;
	info.has_own_program = false;
	return attach_one(instance, &info, 0, result, error);
}

static int attach_both(struct ps_instance *instance, const struct ps_hook_info *wanted,
		       __u32 priority, enum ps_attach_result *result, struct ps_error *error)
{
	__attribute__((cleanup(forget))) struct ps_hook_before before = { .prog_fd = -1 };
	int slot = ps_hook_index_find(instance, wanted->hook, wanted->device);
	struct ps_hook_info info = *wanted;

	*result = PS_ATTACH_SAME;
	if (slot >= 0 && ps_hook_index_remember(instance, slot, &before, error))
		return -1;
	if (attach_one(instance, &info, priority, result, error))
		return -1;
	if (wanted->hook == PS_HOOK_SK_LOOKUP)
		return 0;
	slot = ps_hook_index_find(instance, info.hook, info.device);
	info.made_clsact = instance->hooks[slot].made_clsact;
	if (!attach_egress(instance, &info, result, error))
		return 0;
	go_back(instance, slot, *result, &before);
	return -1;
}

/* What a slot would say of it. */
static struct ps_hook_info wanted_of(const struct ps_attach_options *options, __u32 ifindex)
{
	struct ps_hook_info wanted = {
		.ifindex = ifindex,
		.hook = options->hook,
		.mode = options->hook == PS_HOOK_XDP ? options->mode : PS_MODE_NONE,
		.is_shared = options->is_shared,
	};

	memcpy(wanted.device, options->device, strlen(options->device));
	return wanted;
}

static int attach_netns(struct ps_instance *instance, const struct ps_attach_options *options,
			enum ps_attach_result *ret, struct ps_error *error)
{
	const struct ps_hook_info wanted = wanted_of(options, 0);

	if (ps_adopt_device(instance, options->device, error) ||
	    ps_orphans_adopt(instance, options->device, error) ||
	    ps_hook_check_pin(instance, options->hook, options->device, error))
		return -1;
	return attach_both(instance, &wanted, options->priority, ret, error);
}

static int attach_device(struct ps_instance *instance, const struct ps_attach_options *options,
			 __u32 ifindex, enum ps_attach_result *ret, struct ps_error *error)
{
	struct ps_hook_info wanted = wanted_of(options, ifindex);
	const struct ps_hook_info *present;

	if (ps_hook_check_framing(&wanted, error) ||
	    ps_adopt_device(instance, options->device, error) ||
	    ps_orphans_adopt(instance, options->device, error))
		return -1;
	present = find_ingress(instance, options->device);
	if (present ? ps_hook_check_way(&wanted, present, error)
		    : ps_hook_check_free(&wanted, error))
		return -1;
	if (ps_hook_check_pin(instance, options->hook, options->device, error) ||
	    ps_hook_check_pin(instance, PS_HOOK_TC_EGRESS, options->device, error) ||
	    check_table(instance, &wanted, error))
		return -1;
	return attach_both(instance, &wanted, options->priority, ret, error);
}

/* By the name that the interface has, which may have others. */
static int attach(struct ps_instance *instance, const struct ps_attach_options *options,
		  enum ps_attach_result *ret, struct ps_error *error)
{
	struct ps_attach_options named = *options;
	char device[IF_NAMESIZE];
	struct ps_answer known;
	__u32 ifindex;

	known = ps_ask_index(options->device, &ifindex);
	if (ps_is_yes(known))
		known = ps_ask_name(ifindex, device);
	if (ps_is_unknown(known))
		return ps_error_errno(error, known.err, "cannot look for the interface '%s'",
				      options->device);
	if (ps_is_no(known))
		return ps_error_set(error, PS_EXIT_NOT_FOUND,
				    "there is no interface '%s' in this network namespace",
				    options->device);
	named.device = device;
	return attach_device(instance, &named, ifindex, ret, error);
}

int ps_hook_attach(struct ps_instance *instance, const struct ps_attach_options *options,
		   enum ps_attach_result *ret, struct ps_error *error)
{
	int failed;

	ps_pending_begin(instance);
	if (ps_takers_repair(instance, error))
		failed = -1;
	else if (options->hook == PS_HOOK_SK_LOOKUP)
		failed = attach_netns(instance, options, ret, error);
	else
		failed = attach(instance, options, ret, error);
	ps_pending_end(instance);
	return failed;
}

/* By the name that was attached, or the one that the interface has now. */
static struct ps_answer is_meant(const struct ps_instance *instance, int slot, const char *device)
{
	const struct ps_hook_info *info = &instance->hooks[slot];
	struct ps_attachment found;

	if (info->hook == PS_HOOK_FREE)
		return ps_answer_no();
	if (!device || !strncmp(info->device, device, PS_DEV_SIZE))
		return ps_answer_yes();
	if (ps_attachment_is_of_other(instance, info, device))
		return ps_answer_no();
	ps_attachment_find(instance, info, &found);
	if (!strncmp(found.now, device, PS_DEV_SIZE))
		return ps_answer_yes();
	return found.is_checked ? ps_answer_no() : ps_answer_unknown(found.err);
}

static int say_not_attached(const char *device, struct ps_error *error)
{
	if (!device)
		return ps_error_set(error, PS_EXIT_NOT_FOUND, "nothing is attached");
	return ps_error_set(error, PS_EXIT_NOT_FOUND, "'%s' is not attached; '%s' shows what is",
			    device, ps_advice("status", NULL));
}

static int detach(struct ps_instance *instance, const char *device, struct ps_error *error)
{
	size_t found = 0, unrecorded;
	int err = 0;

	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		struct ps_answer meant = is_meant(instance, slot, device);

		if (ps_is_unknown(meant))
			err = meant.err;
		if (!ps_is_yes(meant))
			continue;
		found++;
		if (ps_hook_index_detach(instance, slot, error))
			return -1;
	}
	if (ps_orphans_detach(instance, device, &unrecorded, error)) {
		if (found) /* that is done */
			ps_notice("warning: %s", error->text);
		return found ? 0 : -1;
	}
	if (found + unrecorded)
		return 0;
	if (err && err != EPERM && err != EACCES)
		return ps_error_errno(error, err, "cannot tell whether '%s' is attached", device);
	return say_not_attached(device, error);
}

int ps_hook_detach(struct ps_instance *instance, const char *device, struct ps_error *error)
{
	int failed;

	ps_pending_begin(instance);
	failed = detach(instance, device, error);
	ps_pending_end(instance);
	return failed;
}
