// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * ABI 1. See v1.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/advice.h"
#include "grow/v1_layout.h"
#include "host/ask.h"
#include "instance/open.h"
#include "instance/owners.h"
#include "pins/bpffs.h"
#include "pins/pins.h"

#define ABI 1
#define HOOKS 256
#define REASONS 64
#define DIRECTIONS 2
#define FLOWS 65536

void ps_v1_path(const char *name, char ret_path[PS_PATH_SIZE])
{
	char escaped[PS_INSTANCE_NAME];

	ps_bpffs_escape(name, escaped, sizeof(escaped));
	ps_pins_path(PS_V1_DIR, escaped, ret_path);
}

/* ENOENT: there is no such map; EPROTO: it is another one. */
static int open_map(const char *directory, const struct ps_v1_kind *kind, struct bpf_map_info *ret)
{
	__u32 size = sizeof(*ret);
	char path[PS_PATH_SIZE];
	int fd;

	ps_pins_path(directory, kind->name, path);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return -errno;
	*ret = (struct bpf_map_info){};
	if (!bpf_obj_get_info_by_fd(fd, ret, &size) && ret->type == kind->type &&
	    ret->key_size == kind->key_size && ret->value_size == kind->value_size)
		return fd;
	close(fd);
	return -EPROTO;
}

static int refuse(const char *path, const char *map, int err, struct ps_error *error)
{
	if (err == -EPROTO)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "%s/%s is not the map that an earlier portsteer made there, so "
				    "what it bound cannot be moved; remove what it left: %s",
				    path, map, ps_advice_inside("", "rm -r", path, NULL));
	return ps_error_errno(error, -err, "cannot open %s/%s", path, map);
}

static int read_meta(const char *path, struct ps_v1_meta *ret, int *ret_fd, struct ps_error *error)
{
	struct ps_answer answer;
	struct bpf_map_info info;
	__u32 zero = 0;
	int fd = open_map(path, ps_v1_kind("meta"), &info);

	if (fd < 0)
		return refuse(path, "meta", fd, error);
	answer = ps_map_ask(fd, &zero, ret);
	if (!ps_is_yes(answer)) {
		close(fd);
		return refuse(path, "meta", -answer.err, error);
	}
	*ret_fd = fd;
	return 0;
}

int ps_v1_look(const char *name, enum ps_v1_state *ret, struct ps_error *error)
{
	struct ps_answer there;
	char path[PS_PATH_SIZE];
	struct ps_v1_meta meta;
	int fd;

	ps_v1_path(name, path);
	there = ps_ask_path(path);
	*ret = PS_V1_NONE;
	if (ps_is_no(there))
		return 0;
	if (ps_is_unknown(there))
		return ps_bpffs_error(error, there.err, "look at", path);
	if (read_meta(path, &meta, &fd, error))
		return -1;
	close(fd);
	if (meta.max_bindings)
		*ret = meta.abi_version == ABI ? PS_V1_WHOLE : PS_V1_MARKED;
	return 0;
}

static void *map_array(int fd, const struct bpf_map_info *info, size_t *ret_size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = (size_t)info->max_entries * ((info->value_size + 7) / 8 * 8);
	void *memory;

	size = (size + page - 1) / page * page;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return NULL;
	*ret_size = size;
	return memory;
}

/* One that is today's, too. */
static int take_map(struct ps_v1 *v1, const struct ps_v1_kind *kind, int fd,
		    const struct bpf_map_info *info)
{
	struct ps_instance *instance = &v1->instance;

	instance->map_fd[kind->today] = fd;
	if (!(kind->flags & BPF_F_MMAPABLE))
		return 0;
	instance->memory[kind->today] = map_array(fd, info, &instance->memory_size[kind->today]);
	return instance->memory[kind->today] ? 0 : -errno;
}

static int take_counts(struct ps_v1 *v1, const struct ps_v1_kind *kind, int fd,
		       const struct bpf_map_info *info)
{
	int err = 0;

	if (!strcmp(kind->name, "counters"))
		err = (v1->counters = map_array(fd, info, &v1->counters_size)) ? 0 : -errno;
	else if (!strcmp(kind->name, "reasons"))
		err = (v1->reasons = map_array(fd, info, &v1->reasons_size)) ? 0 : -errno;
	close(fd);
	return err;
}

static int take_all(struct ps_v1 *v1, struct ps_error *error)
{
	for (size_t i = 0; i < PS_V1_KINDS; i++) {
		const struct ps_v1_kind *kind = &ps_v1_kinds[i];
		struct bpf_map_info info;
		int fd = open_map(v1->instance.path, kind, &info), err;

		if (fd < 0)
			return refuse(v1->instance.path, kind->name, fd, error);
		err = kind->today == PS_V1_NOT_TODAY ? take_counts(v1, kind, fd, &info)
						     : take_map(v1, kind, fd, &info);
		if (err)
			return ps_error_errno(error, -err, "cannot map '%s' into memory",
					      kind->name);
	}
	return 0;
}

static void say_facts(struct ps_v1 *v1, const struct ps_v1_meta *meta)
{
	v1->cpus = meta->cpus;
	v1->facts = (struct ps_meta){
		.abi_version = PS_ABI_VERSION,
		.max_bindings = meta->max_bindings,
		.capacity = meta->max_bindings,
		.flow_room = FLOWS,
		.netns_cookie = meta->netns_cookie,
	};
	v1->instance.memory[PS_MAP_META] = NULL;
	ps_instance_name_arrays(&v1->instance);
	v1->instance.meta = &v1->facts;
}

int ps_v1_open(const char *name, struct ps_v1 *ret, struct ps_error *error)
{
	struct ps_v1 v1 = { .meta_fd = -1,
			    .instance = { .lock_fd = -1, .store_fd = -1, .owners_fd = -1 } };
	struct ps_v1_meta meta;

	memset(v1.instance.map_fd, -1, sizeof(v1.instance.map_fd));
	snprintf(v1.instance.name, sizeof(v1.instance.name), "%s", name);
	ps_v1_path(name, v1.instance.path);
	if (read_meta(v1.instance.path, &meta, &v1.meta_fd, error) || take_all(&v1, error) ||
	    ps_owners_open(&v1.instance, PS_CHANGE, error)) {
		ps_v1_close(&v1);
		return -1;
	}
	*ret = v1;
	say_facts(ret, &meta);
	return 0;
}

void ps_v1_close(struct ps_v1 *v1)
{
	if (v1->counters)
		munmap((void *)v1->counters, v1->counters_size);
	if (v1->reasons)
		munmap((void *)v1->reasons, v1->reasons_size);
	if (v1->meta_fd >= 0)
		close(v1->meta_fd);
	ps_instance_close(&v1->instance);
}

int ps_v1_mark(struct ps_v1 *v1, struct ps_error *error)
{
	struct ps_v1_meta meta = {};
	__u32 zero = 0;
	struct ps_answer answer = ps_map_ask(v1->meta_fd, &zero, &meta);
	int err = answer.err;

	meta.abi_version = PS_ABI_VERSION;
	if (ps_is_yes(answer))
		err = -bpf_map_update_elem(v1->meta_fd, &zero, &meta, BPF_ANY);
	return err ? ps_error_errno(error, err, "cannot write %s/meta", v1->instance.path) : 0;
}

struct ps_count ps_v1_count(const struct ps_v1 *v1, enum ps_direction direction, __u32 slot)
{
	struct ps_count sum = {};

	for (size_t cpu = 0; cpu < v1->cpus; cpu++) {
		size_t row = cpu * DIRECTIONS + direction;
		const struct ps_count *count = &v1->counters[row * v1->facts.max_bindings + slot];

		sum.packets += count->packets;
		sum.bytes += count->bytes;
	}
	return sum;
}

__u64 ps_v1_reason(const struct ps_v1 *v1, __u32 hook, __u32 reason)
{
	__u64 sum = 0;

	for (size_t cpu = 0; cpu < v1->cpus; cpu++)
		sum += v1->reasons[(cpu * HOOKS + hook) * REASONS + reason];
	return sum;
}
