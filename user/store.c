// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The single steps of publishing. See store.h.
 */
#include <errno.h>
#include <string.h>
#include <bpf/bpf.h>
#include "memory.h"
#include "slot.h"
#include "store.h"

int ps_store_wait(const struct ps_instance *instance, struct ps_error *error)
{
	__u32 zero = 0;
	int err = bpf_map_update_elem(instance->map_fd[PS_MAP_GRACE], &zero,
				      &instance->map_fd[PS_MAP_GRACE_INNER], BPF_ANY);

	return err ? ps_error_errno(error, -err, "cannot wait for packets") : 0;
}

static struct ps_act act_of(const struct ps_binding *binding)
{
	return (struct ps_act){ binding->action, binding->flags, binding->target_index };
}

static int insert_record(const struct ps_instance *instance, const struct ps_binding *binding,
			 __u32 half, struct ps_error *error)
{
	struct ps_record record = { .slot = binding->slot };
	int err;

	record.act[half] = act_of(binding);
	memcpy(record.name, binding->name, sizeof(record.name));
	err = bpf_map_update_elem(instance->map_fd[PS_MAP_BINDINGS], &binding->endpoint, &record,
				  BPF_NOEXIST);
	return err ? ps_error_errno(error, -err, "cannot insert a binding") : 0;
}

int ps_store_insert(const struct ps_instance *instance, const struct ps_bindings *bindings,
		    __u32 half, struct ps_error *error)
{
	struct ps_front front = ps_instance_front(instance);

	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];

		if (insert_record(instance, binding, half, error))
			return -1;
		ps_front_insert(front, &binding->endpoint, binding->slot, half, act_of(binding));
	}
	return 0;
}

/* Runs portsteer_store over the first @count elements of `changes`. */
static int run_store(const struct ps_instance *instance, __u32 count, struct ps_error *error)
{
	struct ps_store_args args = { .count = count };
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &args, .ctx_size_in = sizeof(args));
	int err = bpf_prog_test_run_opts(instance->store_fd, &run);

	if (err)
		return ps_error_errno(error, -err, "cannot run portsteer_store");
	if (args.done != count)
		return ps_error_set(error, PS_EXIT_REFUSED,
				    "%u of %u bindings vanished while they were changed",
				    count - args.done, count);
	return 0;
}

static void write_change(struct ps_change *change, const struct ps_binding *binding, __u32 half,
			 enum ps_store_what what)
{
	*change = (struct ps_change){ .endpoint = binding->endpoint, .half = (__u8)half };
	if (what == PS_STORE_NOTHING)
		return;
	change->act = act_of(binding);
	change->set_name = what == PS_STORE_ALL;
	memcpy(change->name, binding->name, sizeof(change->name));
}

int ps_store_words(const struct ps_instance *instance, const struct ps_bindings *bindings,
		   __u32 half, enum ps_store_what what, struct ps_error *error)
{
	struct ps_front front = ps_instance_front(instance);

	for (size_t done = 0; done < bindings->count;) {
		__u32 count = 0;

		for (; count < PS_CHANGES_MAX && done < bindings->count; count++, done++) {
			struct ps_change *change = &instance->changes[count];

			write_change(change, &bindings->item[done], half, what);
			ps_front_store(front, &change->endpoint, half, change->act);
		}
		if (run_store(instance, count, error))
			return -1;
	}
	return 0;
}

int ps_store_delete(const struct ps_instance *instance, const struct ps_bindings *bindings,
		    struct ps_error *error)
{
	struct ps_front front = ps_instance_front(instance);

	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_endpoint *endpoint = &bindings->item[i].endpoint;
		int err;

		ps_front_remove(front, endpoint);
		err = bpf_map_delete_elem(instance->map_fd[PS_MAP_BINDINGS], endpoint);
		if (err && err != -ENOENT)
			return ps_error_errno(error, -err, "cannot delete a binding");
	}
	return 0;
}

int ps_store_spec(const struct ps_instance *instance, const struct ps_spec *spec, __u32 count,
		  struct ps_error *error)
{
	int fd = instance->map_fd[PS_MAP_SPECS];
	int err = count ? bpf_map_update_elem(fd, spec, &count, BPF_ANY)
			: bpf_map_delete_elem(fd, spec);

	if (err && err != -ENOENT)
		return ps_error_errno(error, -err, "cannot count bindings");
	return 0;
}

void ps_store_forget_flows(const struct ps_instance *instance, const struct ps_bindings *bindings)
{
	PS_FREED __u64 *gone = ps_memory_new((instance->meta->max_bindings + 63) / 64, 8);
	int fd = instance->map_fd[PS_MAP_FLOWS];
	struct ps_flow_key key, next;
	bool any = false;

	for (size_t i = 0; i < bindings->count; i++) {
		any |= bindings->item[i].action == PS_COUNT;
		ps_slot_mark(gone, bindings->item[i].slot);
	}
	if (!any || bpf_map_get_next_key(fd, NULL, &next))
		return;
	for (int more = 1; more;) {
		key = next;
		more = !bpf_map_get_next_key(fd, &key, &next);
		if (gone[key.slot / 64] >> key.slot % 64 & 1)
			bpf_map_delete_elem(fd, &key);
	}
}
