// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * That an instance is opened for the network namespace it belongs to
 * (doc/adr/0032). What is not known to be so changes nothing.
 */
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/notice.h"
#include "host/netns_list.h"
#include "instance/find.h"
#include "instance/netns.h"

static bool is_default(const char *name)
{
	return !strcmp(name, PS_INSTANCE_DEFAULT);
}

/* To change the table, or to judge it by the sockets of a namespace, is for its own alone. */
static bool is_for_all(const struct ps_instance_options *options)
{
	return options->access == PS_REMOVE || (options->access == PS_READ && options->is_shown);
}

static int say_other(struct ps_answer is_first, struct ps_error *error)
{
	char path[PS_NETNS_TEXT], name[PS_NETNS_NAME];

	ps_netns_lasting_path(path);
	if (ps_is_unknown(is_first))
		return ps_error_errno(
			error, is_first.err,
			"cannot tell whether this is the first network namespace, to which "
			"instance 'default' belongs; name the one that is meant: "
			"%s",
			ps_advice_for(path, "...", NULL));
	if (ps_is_yes(ps_netns_name(name, sizeof(name))))
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "this is the network namespace '%s'; from outside or inside, "
				    "use: %s",
				    name, ps_advice_for(name, "...", NULL));
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "instance 'default' belongs to the first network namespace, and this "
			    "is another; use: %s",
			    ps_advice_for(path, "...", NULL));
}

int ps_instance_check_default(const struct ps_instance_options *options, struct ps_error *error)
{
	struct ps_answer first, is_ours;
	struct ps_meta meta;

	if (!is_default(options->name) || options->presence != PS_HERE)
		return 0;
	first = ps_netns_is_first();
	if (ps_is_yes(first))
		return 0;
	is_ours = ps_instance_peek(options->name, &meta);
	if (ps_is_yes(is_ours))
		is_ours = ps_netns_has_cookie(meta.netns_cookie);
	if (ps_is_yes(is_ours) && (ps_is_unknown(first) || is_for_all(options)))
		return 0; /* else: of an earlier portsteer, to be taken away */
	return say_other(first, error);
}

static int refuse_other(const struct ps_instance *instance,
			const struct ps_instance_options *options, struct ps_error *error)
{
	const char *remove = ps_advice_remove(instance->name);

	if (options->presence == PS_OUTSIDE)
		return ps_error_set(
			error, PS_EXIT_REFUSED,
			"instance '%s' is changed from within its network namespace, which "
			"this process may not enter",
			instance->name);
	if (!instance->meta->netns_cookie)
		return ps_error_set(
			error, PS_EXIT_REFUSED,
			"instance '%s' has no network namespace on record: it was made by "
			"an earlier portsteer, which could not tell it; remove it first: %s",
			instance->name, remove);
	if (options->presence == PS_NOWHERE)
		return ps_error_set(
			error, PS_EXIT_REFUSED,
			"the network namespace of instance '%s' is gone, or has another "
			"name now; to remove what is left: %s",
			instance->name, remove);
	if (is_default(instance->name))
		return ps_error_set(
			error, PS_EXIT_REFUSED,
			"instance 'default' was made in another network namespace, by an "
			"earlier portsteer; remove it first: %s",
			remove);
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "instance '%s' was made in an earlier network namespace of that name; "
			    "remove it first: %s",
			    instance->name, remove);
}

static int say_living(const struct ps_instance *instance, const struct ps_netns *there,
		      struct ps_error *error)
{
	return ps_error_set(
		error, PS_EXIT_REFUSED,
		"instance '%s' belongs to the network namespace %s, which had that name before; "
		"use: %s",
		instance->name, there->name, ps_advice_for(there->name, "...", NULL));
}

/* A name that another has now does not stand for what lives on under another one. */
static int refuse_taken(const struct ps_instance *instance,
			const struct ps_instance_options *options, struct ps_error *error)
{
	struct ps_netns there;

	if (options->presence == PS_HERE && !is_default(instance->name) &&
	    ps_is_yes(ps_netns_find_cookie(instance->meta->netns_cookie, &there)))
		return say_living(instance, &there, error);
	return refuse_other(instance, options, error);
}

/* Whoever removes goes where the programs are, if that can still be found. */
static int go_to_remove(const struct ps_instance *instance,
			const struct ps_instance_options *options, struct ps_error *error)
{
	struct ps_netns there;
	struct ps_answer found = ps_netns_find_cookie(instance->meta->netns_cookie, &there);

	if (ps_is_yes(found) && options->presence == PS_HERE && !is_default(instance->name))
		return say_living(instance, &there, error);
	if (ps_is_yes(found) && ps_netns_enter_path(there.path, there.name, error))
		return -1;
	if (ps_is_yes(found))
		ps_notice("note: instance '%s' is of the network namespace %s", instance->name,
			  there.path);
	else if (options->presence == PS_HERE)
		ps_notice("note: instance '%s' was made in another network namespace",
			  instance->name);
	return 0;
}

static int check_other(const struct ps_instance *instance,
		       const struct ps_instance_options *options, struct ps_error *error)
{
	struct ps_error note;

	if (!is_for_all(options))
		return refuse_taken(instance, options, error);
	if (options->access == PS_READ) {
		refuse_taken(instance, options, &note);
		ps_notice("note: %s", note.text);
		return 0;
	}
	return instance->meta->netns_cookie ? go_to_remove(instance, options, error) : 0;
}

int ps_instance_check_netns(struct ps_instance *instance, const struct ps_instance_options *options,
			    struct ps_error *error)
{
	__u64 cookie;

	instance->presence = options->presence;
	if (options->presence == PS_OUTSIDE && is_for_all(options))
		return 0;
	if (options->presence == PS_HERE) {
		if (ps_netns_cookie(&cookie, error))
			return -1;
		if (cookie == instance->meta->netns_cookie)
			return 0;
		if (instance->meta->netns_cookie)
			instance->presence = PS_NOWHERE;
		else
			instance->presence = PS_OUTSIDE; /* nobody knows */
	}
	return check_other(instance, options, error);
}

int ps_instance_check_record(const struct ps_instance *instance, struct ps_error *error)
{
	if (instance->meta->netns_cookie)
		return 0;
	return ps_error_set(error, PS_EXIT_REFUSED,
			    "instance '%s' has no network namespace on record", instance->name);
}
