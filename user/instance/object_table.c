// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The object of the table: all maps, or one of them, and portsteer_store. See object.h.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <portsteer/abi.h> /* types of variables in skeletons */
#include "instance/internal.h"
#include "instance/object.h"
#include "pins/bpffs.h"
#include "pins/pins.h"
#include "table.skel.h"

static int pin_table(const struct ps_table *table, const char *path, struct ps_error *error)
{
	char pin[PS_PATH_SIZE];
	int err;

	if (ps_object_pin_maps(table->obj, path, error))
		return -1;
	ps_pins_path(path, PS_STORE_PIN, pin);
	err = bpf_program__pin(table->progs.portsteer_store, pin);
	return err ? ps_error_errno(error, -err, "cannot pin %s", pin) : 0;
}

static void close_table(struct ps_table **table)
{
	ps_table__destroy(*table);
}

/* What a table is made of. */
struct making {
	const struct ps_table_size *size;
	const struct ps_instance *former; /* NULL: nothing is kept */
	__u32 flags; /* of `bindings`, beside those of the object */
};

/* 0 or -errno. */
static int load_table(const struct making *making, struct ps_table **ret)
{
	__attribute__((cleanup(close_table))) struct ps_table *table = ps_table__open();
	int err;

	if (!table)
		return -errno;
	ps_object_set_sizes(table->obj, making->size);
	bpf_map__set_map_flags(table->maps.bindings,
			       bpf_map__map_flags(table->maps.bindings) | making->flags);
	err = making->former ? ps_object_keep_maps(table->obj, making->size, making->former) : 0;
	err = err ?: ps_table__load(table);
	if (!err && !(bpf_map__map_flags(table->maps.bss) & BPF_F_MMAPABLE))
		err = -EOPNOTSUPP; /* the kernel refused, and libbpf made it all the same */
	if (err)
		return err;
	*ret = table;
	table = NULL; /* now the caller's */
	return 0;
}

/*
 * Buckets that are known beforehand are filled in their order (table/bucket.h). The kernel wants
 * CAP_SYS_ADMIN for that; without, the table is no other.
 */
int ps_object_make_table(const char *path, const struct ps_table_size *size,
			 const struct ps_instance *former, struct ps_error *error)
{
	__attribute__((cleanup(close_table))) struct ps_table *table = NULL;
	int err;

	ps_object_log_start();
	err = load_table(&(struct making){ size, former, BPF_F_ZERO_SEED }, &table);
	if (err == -EPERM || err == -EINVAL) {
		ps_object_log_start();
		err = load_table(&(struct making){ size, former, 0 }, &table);
	}
	if (err)
		return ps_object_load_error(error, err, "the table");
	return pin_table(table, path, error);
}

/* The map, and all else of the table is let be. */
static int load_only(struct ps_table *table, const char *name, const struct ps_table_size *size,
		     int *ret_fd)
{
	struct bpf_map *map, *wanted = bpf_object__find_map_by_name(table->obj, name);
	int err;

	bpf_object__for_each_map(map, table->obj)
	{
		err = map == wanted ? 0 : bpf_map__set_autocreate(map, false);
		if (err)
			return err;
	}
	bpf_program__set_autoload(table->progs.portsteer_store, false);
	ps_object_set_sizes(table->obj, size);
	err = bpf_object__load(table->obj); /* ps_table__load() would map variables */
	if (err)
		return err;
	*ret_fd = dup(bpf_map__fd(wanted));
	return *ret_fd < 0 ? -errno : 0;
}

int ps_object_make_map(enum ps_map map, const struct ps_table_size *size, int *ret_fd,
		       struct ps_error *error)
{
	__attribute__((cleanup(close_table))) struct ps_table *table = NULL;
	int err;

	ps_object_log_start();
	table = ps_table__open();
	err = table ? load_only(table, ps_map_name(map), size, ret_fd) : -errno;
	return err ? ps_object_load_error(error, err, "a map of the table") : 0;
}
