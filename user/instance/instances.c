// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Listing instances. See instances.h. A namespace is known by its cookie, which
 * takes going there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/notice.h"
#include "host/netns_list.h"
#include "instance/instances.h"
#include "instance/open.h"
#include "pins/dir.h"

/* Network namespaces with their cookies. */
struct seen {
	struct ps_netns_list list;
	__u64 *cookie; /* of each; 0: not known */
	__u64 own;
	char own_name[PS_NETNS_TEXT];
	bool is_partial;
};

const char *ps_fate_name(enum ps_fate fate)
{
	static const char *const names[] = {
		[PS_NETNS_PRESENT] = "present",
		[PS_NETNS_GONE] = "gone",
		[PS_NETNS_REPLACED] = "replaced",
		[PS_NETNS_UNKNOWN] = "unknown",
	};

	return names[fate];
}

struct listing {
	struct ps_instances *instances;
	int wait_seconds; /* for one that is being changed */
};

static bool add(void *context, const char *name)
{
	const struct listing *listing = context;
	const struct ps_instance_options options = {
		.name = name,
		.access = PS_READ,
		.presence = PS_OUTSIDE,
		.wait_seconds = listing->wait_seconds,
		.is_shown = true,
		.reads = 1 << PS_MAP_HOOKS,
	};
	struct ps_instances *instances = listing->instances;
	struct ps_instance_item *item;
	struct ps_instance instance;
	struct ps_error error;

	if (ps_instance_open(&options, &instance, &error)) {
		if (error.status != PS_EXIT_NOT_FOUND)
			ps_notice("note: instance '%s' is left out: %s", name, error.text);
		return false;
	}
	instances->item = ps_memory_grow(instances->item, instances->count, &instances->room,
					 sizeof(*instances->item));
	item = &instances->item[instances->count++];
	*item = (struct ps_instance_item){ .meta = *instance.meta, .state = *instance.state };
	memcpy(item->name, instance.name, sizeof(item->name));
	memcpy(item->path, instance.path, sizeof(item->path));
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++)
		item->attached += instance.hooks[slot].hook != PS_HOOK_FREE;
	ps_instance_close(&instance);
	return false;
}

/* Some are elsewhere. */
static bool needs_list(const struct ps_instances *instances, __u64 own)
{
	for (size_t i = 0; i < instances->count; i++)
		if (!own || instances->item[i].meta.netns_cookie != own)
			return true;
	return false;
}

static void look_around(const struct ps_instances *instances, struct seen *ret)
{
	struct ps_error ignored;

	*ret = (struct seen){};
	ret->is_partial = ps_netns_cookie(&ret->own, &ignored);
	ps_netns_lasting_path(ret->own_name);
	if (!needs_list(instances, ret->own))
		return;
	ps_netns_list_read(&ret->list);
	ret->is_partial |= ret->list.unseen > 0;
	ret->cookie = ps_memory_new(ret->list.count + 1, sizeof(*ret->cookie));
	for (size_t i = 0; i < ret->list.count; i++)
		if (ps_is_unknown(ps_netns_visit_listed(&ret->list.item[i], &ret->cookie[i])))
			ret->is_partial = true;
}

static void look_away(struct seen *seen)
{
	ps_netns_list_done(&seen->list);
	free(seen->cookie);
}

static bool has_name(const struct seen *seen, const char *name)
{
	for (size_t i = 0; i < seen->list.count; i++)
		if (seen->cookie[i] && !strcmp(seen->list.item[i].name, name))
			return true;
	return !strcmp(ps_netns_word(seen->own_name), name);
}

static const char *find_cookie(const struct seen *seen, __u64 cookie)
{
	if (cookie == seen->own)
		return ps_netns_word(seen->own_name);
	for (size_t i = 0; i < seen->list.count; i++)
		if (seen->cookie[i] == cookie)
			return seen->list.item[i].name;
	return NULL;
}

static void judge(const struct seen *seen, struct ps_instance_item *item)
{
	__u64 cookie = item->meta.netns_cookie;
	const char *netns = cookie ? find_cookie(seen, cookie) : NULL;
	bool may_be_first = seen->list.lacks_first && !strcmp(item->name, PS_INSTANCE_DEFAULT);

	if (netns) {
		snprintf(item->netns, sizeof(item->netns), "%s", netns);
		item->fate = PS_NETNS_PRESENT;
	} else if (!cookie || seen->is_partial || may_be_first) {
		item->fate = PS_NETNS_UNKNOWN;
	} else {
		item->fate = has_name(seen, item->name) ? PS_NETNS_REPLACED : PS_NETNS_GONE;
	}
}

void ps_instances_read(const char *only, int wait_seconds, struct ps_instances *ret)
{
	struct listing listing = { .instances = ret, .wait_seconds = wait_seconds };
	struct seen seen;
	int err = 0;

	*ret = (struct ps_instances){};
	if (only)
		add(&listing, only);
	else
		err = ps_instances_walk(add, &listing);
	if (err)
		ps_notice("note: instances cannot be listed: %s", strerror(-err));
	if (!ret->count)
		return;
	look_around(ret, &seen);
	for (size_t i = 0; i < ret->count; i++)
		judge(&seen, &ret->item[i]);
	look_away(&seen);
}

void ps_instances_done(struct ps_instances *instances)
{
	free(instances->item);
	*instances = (struct ps_instances){};
}
