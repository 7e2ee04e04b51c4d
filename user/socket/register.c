// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Registering sockets and forgetting them. See registry.h.
 */
#include <string.h>
#include <bpf/bpf.h>
#include "base/advice.h"
#include "base/notice.h"
#include "host/process.h"
#include "pins/grace.h"
#include "pins/pending.h"
#include "socket/internal.h"
#include "socket/registry.h"

static void store_word(__u32 *place, __u32 word)
{
	__atomic_store_n(place, word, __ATOMIC_SEQ_CST);
}

/*
 * Takes out what does not count, when no packet can be at it any more. Packets
 * stop at the first entry without a cookie: only behind the last are there any.
 */
static int sweep(const struct ps_instance *instance, __u32 name, struct ps_error *error)
{
	struct ps_socket_info *infos = ps_socket_infos_of(instance, name);
	bool is_last = true;

	if (ps_grace_wait(instance, error))
		return -1;
	for (__u32 at = PS_SOCKETS_PER_NAME; at-- > 0;) {
		__u32 index = ps_socket_index(name, at);

		is_last = is_last && !ps_socket_counts(instance, name, at);
		if (ps_socket_counts(instance, name, at))
			continue;
		bpf_map_delete_elem(instance->map_fd[PS_MAP_SOCKETS], &index);
		store_word(&infos[at].epoch, 0);
		if (is_last)
			infos[at] = (struct ps_socket_info){};
	}
	return 0;
}

/* The same where what was asked for is done already: the next change of the name sweeps. */
static void sweep_behind(const struct ps_instance *instance, __u32 name)
{
	struct ps_error error;

	if (sweep(instance, name, &error))
		ps_notice("warning: sockets that do not count any more are still held: %s",
			  error.text);
}

/* Sockets on their way into the registry. */
struct job {
	struct ps_instance *instance;
	const struct ps_registering *registering;
	struct ps_registry_change *change;
	__u32 name;
	__u32 at; /* the next entry that may be free */
	__u32 put[PS_SOCKETS_PER_NAME]; /* entries that are filled, and do not count yet */
	size_t put_count;
	size_t kept; /* entries that will count besides */
};

/* From now on packets do not look at those that were closed. */
static void retire_closed(struct job *job)
{
	for (__u32 at = 0; at < PS_SOCKETS_PER_NAME; at++) {
		if (!ps_socket_counts(job->instance, job->name, at) ||
		    ps_socket_is_open(job->instance, job->name, at))
			continue;
		store_word(&ps_socket_infos_of(job->instance, job->name)[at].epoch, 0);
		job->change->removed++;
	}
}

/* The entry that counts of the socket of @candidate, or NULL. */
static struct ps_socket_info *find_same(const struct job *job, const struct ps_candidate *candidate)
{
	struct ps_socket_info *infos = ps_socket_infos_of(job->instance, job->name);

	for (__u32 at = 0; at < PS_SOCKETS_PER_NAME; at++)
		if (ps_socket_counts(job->instance, job->name, at) &&
		    infos[at].cookie == candidate->info.cookie)
			return &infos[at];
	return NULL;
}

/* It was taken from another process this time, or more is known of that; nobody's meanwhile. */
static void take_over_process(struct ps_socket_info *entry, const struct ps_socket_info *info)
{
	if (!info->start || (info->start == entry->start && info->pid == entry->pid))
		return;
	store_word(&entry->start, 0);
	store_word(&entry->pid, info->pid);
	memcpy(entry->command, info->command, sizeof(entry->command));
	store_word(&entry->start, info->start);
}

static size_t count_registered(const struct job *job)
{
	size_t count = 0;

	for (__u32 at = 0; at < PS_SOCKETS_PER_NAME; at++)
		count += ps_socket_counts(job->instance, job->name, at);
	return count;
}

static int put(struct job *job, const struct ps_candidate *candidate, struct ps_error *error)
{
	__u64 fd = (__u64)candidate->fd;
	__u32 index;
	int err;

	if (job->kept + job->put_count == PS_SOCKETS_MAX)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "at most %d sockets are registered by one name",
				    PS_SOCKETS_MAX);
	while (job->at < PS_SOCKETS_PER_NAME && ps_socket_counts(job->instance, job->name, job->at))
		job->at++;
	index = ps_socket_index(job->name, job->at);
	err = bpf_map_update_elem(job->instance->map_fd[PS_MAP_SOCKETS], &index, &fd, BPF_ANY);
	if (err)
		return ps_error_errno(error, -err, "the kernel does not accept the socket");
	ps_socket_infos_of(job->instance, job->name)[job->at] = candidate->info;
	job->put[job->put_count++] = job->at++;
	return 0;
}

static int put_all(struct job *job, struct ps_error *error)
{
	const struct ps_registering *registering = job->registering;

	if (registering->how == PS_REGISTER_BESIDE)
		job->kept = count_registered(job);
	for (size_t i = 0; i < registering->count; i++) {
		const struct ps_candidate *candidate = &registering->candidate[i];

		if (registering->how == PS_REGISTER_BESIDE && find_same(job, candidate))
			job->change->same++;
		else if (put(job, candidate, error))
			return -1;
	}
	job->change->added = job->put_count;
	return 0;
}

/* All that are to be registered are, and nobody else. */
static bool is_done(const struct job *job)
{
	const struct ps_registering *registering = job->registering;

	for (size_t i = 0; i < registering->count; i++)
		if (!find_same(job, &registering->candidate[i]))
			return false;
	return count_registered(job) == registering->count;
}

/*
 * Pids of one name are numbers of one pid namespace. Processes of another one, of
 * sockets that were registered before, are nobody from now on.
 */
static void set_pid_namespace(struct job *job)
{
	struct ps_socket_name *name = &job->instance->socket_names[job->name];
	__u32 namespace = ps_process_namespace();

	if (name->pid_namespace == namespace)
		return;
	for (__u32 at = 0; at < PS_SOCKETS_PER_NAME; at++)
		if (ps_socket_counts(job->instance, job->name, at))
			ps_socket_infos_of(job->instance, job->name)[at].start = 0;
	name->pid_namespace = namespace;
}

/* Whose the sockets are that were registered already. */
static void identify(struct job *job)
{
	const struct ps_registering *registering = job->registering;

	set_pid_namespace(job);
	for (size_t i = 0; i < registering->count; i++) {
		struct ps_socket_info *entry = find_same(job, &registering->candidate[i]);

		if (entry)
			take_over_process(entry, &registering->candidate[i].info);
	}
}

/* What was put counts from now on; with another epoch, nothing else does. */
static void commit(struct job *job)
{
	struct ps_socket_name *name = &job->instance->socket_names[job->name];
	__u32 epoch = name->epoch;

	identify(job);
	if (job->registering->how == PS_REGISTER_INSTEAD)
		epoch = ps_registry_next_epoch(job->instance, job->name);
	for (size_t i = 0; i < job->put_count; i++)
		store_word(&ps_socket_infos_of(job->instance, job->name)[job->put[i]].epoch, epoch);
	if (epoch == name->epoch)
		return;
	job->change->removed += count_registered(job);
	store_word(&name->epoch, epoch);
	sweep_behind(job->instance, job->name);
}

static int add(struct job *job, struct ps_error *error)
{
	struct ps_error ignored;

	retire_closed(job);
	if (sweep(job->instance, job->name, error))
		return -1;
	if (is_done(job)) {
		job->change->same = job->registering->count;
		identify(job);
		return 0;
	}
	if (put_all(job, error)) {
		sweep(job->instance, job->name, &ignored);
		return -1;
	}
	commit(job);
	return 0;
}

int ps_registry_add(struct ps_instance *instance, const struct ps_registering *registering,
		    struct ps_registry_change *ret, struct ps_error *error)
{
	struct job job = { .instance = instance, .registering = registering, .change = ret };
	int name, failed;

	*ret = (struct ps_registry_change){};
	ps_pending_begin(instance);
	name = ps_registry_take_name(instance, registering->name, error);
	job.name = (__u32)name;
	failed = name < 0 || add(&job, error);
	ps_pending_end(instance);
	return failed ? -1 : 0;
}

static bool is_candidate(const struct ps_registering *registering, __u64 cookie)
{
	for (size_t i = 0; i < registering->count; i++)
		if (registering->candidate[i].info.cookie == cookie)
			return true;
	return false;
}

int ps_registry_drop(struct ps_instance *instance, const struct ps_registering *registering,
		     struct ps_error *error)
{
	int name = ps_registry_find_name(instance->socket_names, registering->name), failed;

	if (name < 0)
		return 0;
	ps_pending_begin(instance);
	for (__u32 at = 0; at < PS_SOCKETS_PER_NAME; at++) {
		struct ps_socket_info *info = &ps_socket_infos_of(instance, (__u32)name)[at];

		if (ps_socket_counts(instance, (__u32)name, at) &&
		    is_candidate(registering, info->cookie))
			store_word(&info->epoch, 0);
	}
	failed = sweep(instance, (__u32)name, error);
	ps_pending_end(instance);
	return failed;
}

int ps_registry_remove(struct ps_instance *instance, const char *text, size_t *ret_open,
		       struct ps_error *error)
{
	int found = ps_registry_find_name(instance->socket_names, text);
	__u32 name = (__u32)found;
	size_t open = 0;

	if (found < 0 || !ps_registry_has_any(instance, name))
		return ps_error_set(error, PS_EXIT_NOT_FOUND,
				    "no socket is registered as '%s'; '%s' lists what is", text,
				    ps_advice("sockets", NULL));
	for (__u32 at = 0; at < PS_SOCKETS_PER_NAME; at++)
		open += ps_socket_counts(instance, name, at) &&
			ps_socket_is_open(instance, name, at);
	ps_pending_begin(instance);
	store_word(&instance->socket_names[name].epoch, ps_registry_next_epoch(instance, name));
	sweep_behind(instance, name);
	if (!ps_registry_bindings(instance, name))
		memset(instance->socket_names[name].name, 0, PS_NAME_SIZE);
	ps_pending_end(instance);
	*ret_open = open;
	return 0;
}
