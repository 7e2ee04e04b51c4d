// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The map of owners. See owners.h.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <portsteer/guard.h>
#include "base/memory.h"
#include "base/number.h"
#include "base/scope.h"
#include "binding/owner.h"
#include "host/cgroup.h"
#include "instance/owners.h"
#include "pins/bpffs.h"
#include "pins/pins.h"

int ps_owners_open(struct ps_instance *instance, enum ps_access access, struct ps_error *error)
{
	LIBBPF_OPTS(bpf_obj_get_opts, how, .file_flags = access == PS_READ ? BPF_F_RDONLY : 0);
	char path[PS_PATH_SIZE];

	ps_instance_pin_path(instance, PS_OWNERS_PIN, path);
	instance->owners_fd = bpf_obj_get_opts(path, &how);
	if (instance->owners_fd < 0 && errno != ENOENT)
		return ps_bpffs_error(error, errno, "open", path);
	return 0;
}

int ps_owners_need(struct ps_instance *instance, struct ps_error *error)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	PS_CLOSED_FD int fd = -1;
	char path[PS_PATH_SIZE];

	if (instance->owners_fd >= 0)
		return 0;
	ps_instance_pin_path(instance, PS_OWNERS_PIN, path);
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "owners", sizeof(__u32),
			    sizeof(struct ps_owner_entry), instance->meta->capacity, &options);
	if (fd < 0 || ps_bpffs_pin(fd, instance->path, path))
		return ps_error_errno(error, errno, "cannot make %s", path);
	instance->owners_fd = fd;
	fd = -1; /* now the instance's */
	return 0;
}

/* Nobody changes @from meanwhile. The owner that could not be copied is in @ret_entry. */
static int copy_entries(int from, int to, struct ps_owner_entry *ret_entry)
{
	__u32 key, next;
	int err = bpf_map_get_next_key(from, NULL, &next);

	while (!err) {
		struct ps_answer answer = ps_map_ask(from, &next, ret_entry);

		if (!ps_is_yes(answer))
			return -answer.err;
		key = next;
		err = bpf_map_update_elem(to, &key, ret_entry, BPF_ANY);
		if (err)
			return err;
		err = bpf_map_get_next_key(from, &key, &next);
	}
	return err == -ENOENT ? 0 : err;
}

int ps_owners_copy(const struct ps_instance *from, struct ps_instance *to, struct ps_error *error)
{
	struct ps_owner_entry entry = {};
	int err;

	if (from->owners_fd < 0)
		return 0;
	if (ps_owners_need(to, error))
		return -1;
	err = copy_entries(from->owners_fd, to->owners_fd, &entry);
	return err ? ps_error_errno(error, -err, "cannot store the owner %s", entry.text) : 0;
}

struct ps_answer ps_owners_find(const struct ps_instance *instance,
				const struct ps_binding *binding, const char **ret_owner)
{
	struct ps_owner_entry entry;
	struct ps_answer answer;

	if (instance->owners_fd < 0)
		return ps_answer_no();
	answer = ps_map_ask(instance->owners_fd, &binding->slot, &entry);
	if (!ps_is_yes(answer))
		return answer;
	if (!ps_endpoint_is_equal(&entry.endpoint, &binding->endpoint))
		return ps_answer_no();
	entry.text[PS_OWNER_SIZE - 1] = '\0';
	*ret_owner = ps_memory_intern(entry.text);
	return answer;
}

/* Of getpwnam_r() without a result; these too mean that it was not found, see getpwnam(3). */
static struct ps_answer has_user(int err)
{
	switch (err) {
	case 0:
	case ENOENT:
	case ESRCH:
	case EBADF:
	case EPERM:
		return ps_answer_no();
	default:
		return ps_answer_unknown(err);
	}
}

static int find_user(const char *name, __u32 *ret_uid, struct ps_error *error)
{
	struct passwd entry, *found = NULL;
	char buffer[4096];
	int err = getpwnam_r(name, &entry, buffer, sizeof(buffer), &found);
	long uid;

	if (!err && found) {
		*ret_uid = found->pw_uid;
		return 0;
	}
	if (!ps_is_no(has_user(err)))
		return ps_error_errno(error, err, "owner user:%s", name);
	uid = ps_number_parse(name, UINT32_MAX - 1L);
	if (uid < 0)
		return ps_error_set(error, PS_EXIT_USAGE,
				    "owner user:%s: there is no such user; nothing was changed",
				    name);
	*ret_uid = (__u32)uid;
	return 0;
}

/* ps_owner_parse() has seen to it that the names fit. */
static void split(const char *path, struct ps_owner_entry *entry)
{
	while (*path && entry->depth < PS_OWNER_DEPTH) {
		size_t length = strcspn(path + 1, "/");

		memcpy(entry->name[entry->depth++], path + 1, length);
		path += length + 1;
	}
}

/* @targets: of the generation that @binding is of. */
static int make_entry(const struct ps_binding *binding, const struct ps_target *targets,
		      struct ps_owner_entry *ret, struct ps_error *error)
{
	struct ps_owner_entry entry = { .endpoint = binding->endpoint };

	snprintf(entry.text, sizeof(entry.text), "%s", binding->owner);
	if (ps_owner_is_process(binding->owner)) {
		entry.depth = PS_OWNER_PROCESS;
		entry.socket_name = targets[binding->target_index].socket_name;
	} else if (!strncmp(binding->owner, "cgroup:", 7)) {
		if (ps_cgroup_check(binding->owner + 7, error))
			return -1;
		split(binding->owner + 7, &entry);
	} else if (find_user(binding->owner + 5, &entry.uid, error)) {
		return -1;
	}
	*ret = entry;
	return 0;
}

int ps_owners_check(const struct ps_bindings *bindings, const struct ps_target *targets,
		    struct ps_error *error)
{
	struct ps_owner_entry entry;

	for (size_t i = 0; i < bindings->count; i++)
		if (bindings->item[i].owner &&
		    make_entry(&bindings->item[i], targets, &entry, error))
			return -1;
	return 0;
}

/* Before there is such an element: the guard looks for them only then. */
static int store(const struct ps_instance *instance, __u32 slot, const struct ps_owner_entry *entry)
{
	const struct ps_owner_entry mark = {};
	const __u32 somewhere = PS_OWNERS_SOMEWHERE;

	if (entry->endpoint.prefix_len &&
	    bpf_map_update_elem(instance->owners_fd, &somewhere, &mark, BPF_ANY))
		return -1;
	return bpf_map_update_elem(instance->owners_fd, &slot, entry, BPF_ANY);
}

int ps_owners_set(struct ps_instance *instance, const struct ps_bindings *bindings,
		  const struct ps_target *targets, struct ps_error *error)
{
	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];
		struct ps_owner_entry entry;

		if (!binding->owner)
			continue;
		if (make_entry(binding, targets, &entry, error) || ps_owners_need(instance, error))
			return -1;
		if (store(instance, binding->slot, &entry))
			return ps_error_errno(error, errno, "cannot store the owner %s",
					      binding->owner);
	}
	return 0;
}

void ps_owners_tidy(const struct ps_instance *instance, const struct ps_bindings *bindings)
{
	for (size_t i = 0; instance->owners_fd >= 0 && i < bindings->count; i++)
		if (!bindings->item[i].owner)
			bpf_map_delete_elem(instance->owners_fd, &bindings->item[i].slot);
}

void ps_owners_forget(const struct ps_instance *instance, const struct ps_bindings *bindings)
{
	for (size_t i = 0; instance->owners_fd >= 0 && i < bindings->count; i++)
		bpf_map_delete_elem(instance->owners_fd, &bindings->item[i].slot);
}
