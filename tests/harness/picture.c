// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is there. See picture.h; how pictures compare is picture_compare.c.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>
#include <portsteer/guard.h>
#include <portsteer/socket.h>
#include "base/scope.h"
#include "binding/endpoint.h"
#include "damage.h"
#include "picture.h"
#include "tool.h"

#define INSTANCE DAMAGE_INSTANCE "/"
#define CPUS_MAX 256

/* include/uapi/linux/bpf.h of 6.6 and later */
#define TCX_INGRESS 46
#define TCX_EGRESS 47

const char *const picture_parts[PICTURE_PARTS] = { "the table", "what is attached", "files",
						   "shapes" };

static const struct picture *former; /* while one is taken */
static struct picture *now;

static void add(enum picture_part part, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(enum picture_part part, const char *format, ...)
{
	char *text = now->text[part];
	size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	length += (size_t)vsnprintf(text + length, PICTURE_TEXT - length, format, args);
	va_end(args);
	assert_true(length < PICTURE_TEXT);
}

/* Whether it was there before, at whatever place; it is noted. */
static const char *tell(__u32 id)
{
	if (!id)
		return "none";
	if (now->ids < PICTURE_IDS)
		now->id[now->ids++] = id;
	for (int i = 0; former && i < former->ids; i++)
		if (former->id[i] == id)
			return "kept";
	return former ? "other" : "kept";
}

/*
 * The program that is at @place, with which a line begins. What is attached where nothing was may
 * be a program that another hook has, or one of its own, which a failing look-up ends in.
 */
static const char *tell_program(const char *place, __u32 id)
{
	const char *told = tell(id);

	return former && id && !strstr(former->text[PICTURE_HOOKS], place) ? "new" : told;
}

static int open_pin(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), INSTANCE "%s", name);
	return bpf_obj_get(path);
}

/* Element @index of an array, zeros when there is none. */
static void look_up(int fd, __u32 index, void *ret, size_t size)
{
	memset(ret, 0, size);
	if (fd >= 0 && bpf_map_lookup_elem(fd, &index, ret))
		memset(ret, 0, size);
}

static void write_target(__u64 generation, const struct ps_act *act, char *text, size_t size)
{
	PS_CLOSED_FD int fd = open_pin("targets");
	char via[PS_ADDRESS_TEXT] = "";
	struct ps_target target;

	text[0] = '\0';
	if (!act->target)
		return;
	look_up(fd, (generation & 1) * PS_TARGETS_MAX + act->target, &target, sizeof(target));
	if (target.hop == PS_HOP_SOCKET) {
		snprintf(text, size, " to %s", target.socket);
		return;
	}
	if (target.via_family)
		ps_address_format(target.via_family, target.via, via);
	snprintf(text, size, " to %.15s via '%s': state %d, interface %u, %02x%02x from %02x%02x",
		 target.device, via, target.state, target.ifindex, target.dst_mac[0],
		 target.dst_mac[5], target.src_mac[0], target.src_mac[5]);
}

static __u64 count_packets(int fd, const struct ps_meta *meta, __u32 slot)
{
	__u64 sum = 0;

	for (__u32 cpu = 0; cpu < meta->cpu_rows && cpu < CPUS_MAX; cpu++) {
		struct ps_counts counts;

		look_up(fd, ps_count_index(cpu, ps_blocks_of(meta->capacity), slot), &counts,
			sizeof(counts));
		sum += counts.count[slot % PS_BLOCK].packets;
	}
	return sum;
}

static void add_binding(const struct ps_endpoint *endpoint, const struct ps_record *record,
			__u64 generation)
{
	PS_CLOSED_FD int owners = open_pin("owners");
	const struct ps_act *act = &record->act[generation & 1];
	struct ps_owner_entry owner;
	char text[PS_ENDPOINT_TEXT], target[256];

	if (act->action == PS_NONE || record->born == (__u32)(generation + 1))
		return;
	look_up(owners, record->slot, &owner, sizeof(owner));
	if (memcmp(&owner.endpoint, endpoint, sizeof(*endpoint)))
		owner.text[0] = '\0';
	write_target(generation, act, target, sizeof(target));
	add(PICTURE_TABLE, "%s: action %d%s, flags %d, name '%.32s', owner '%.64s'\n",
	    ps_endpoint_format(endpoint, text), act->action, target, act->flags, record->name,
	    owner.text);
}

static void add_counter(const struct ps_endpoint *endpoint, __u32 slot, int fd,
			const struct ps_meta *meta)
{
	if (now->counters == PICTURE_BINDINGS)
		return;
	now->counter[now->counters].endpoint = *endpoint;
	now->counter[now->counters++].packets = count_packets(fd, meta, slot);
}

static void add_bindings(void)
{
	PS_CLOSED_FD int bindings = open_pin("bindings");
	PS_CLOSED_FD int states = open_pin("state");
	PS_CLOSED_FD int metas = open_pin("meta");
	PS_CLOSED_FD int counters = open_pin("counters");
	struct ps_endpoint key;
	struct ps_record record;
	struct ps_state state;
	struct ps_meta meta;

	look_up(states, 0, &state, sizeof(state));
	look_up(metas, 0, &meta, sizeof(meta));
	now->is_pending = state.pending;
	for (void *from = NULL; bindings >= 0 && !bpf_map_get_next_key(bindings, from, &key);
	     from = &key) {
		if (bpf_map_lookup_elem(bindings, &key, &record))
			continue;
		add_binding(&key, &record, state.generation);
		add_counter(&key, record.slot, counters, &meta);
	}
}

/* How many bindings have each shape: a number that is left over is seen by no packet. */
static void add_shapes(void)
{
	PS_CLOSED_FD int fd = open_pin("shapes");
	struct ps_shape_key key;
	__u32 count;

	for (void *from = NULL; fd >= 0 && !bpf_map_get_next_key(fd, from, &key); from = &key)
		if (!bpf_map_lookup_elem(fd, &key, &count))
			add(PICTURE_SHAPES, "shape /%u of family %d, protocol %d, %u-%u: %u\n",
			    key.prefix_len, key.family, key.proto, key.port_first, key.port_last,
			    count);
}

/* One line for each socket that is registered by a name and still there. */
static void add_sockets(void)
{
	PS_CLOSED_FD int names = open_pin("socket_names");
	PS_CLOSED_FD int infos = open_pin("socket_infos");
	PS_CLOSED_FD int sockets = open_pin("sockets");

	for (__u32 at = 0; names >= 0 && at < PS_SOCKET_NAMES_MAX; at++) {
		struct ps_socket_name name;
		struct ps_socket_info info;

		look_up(names, at, &name, sizeof(name));
		for (__u32 i = 0; name.name[0] && i < PS_SOCKETS_PER_NAME; i++) {
			__u32 index = ps_socket_index(at, i);
			__u64 cookie;

			look_up(infos, index, &info, sizeof(info));
			if (!info.epoch || info.epoch != name.epoch)
				continue;
			look_up(sockets, index, &cookie, sizeof(cookie));
			add(PICTURE_TABLE, "socket %.32s: port %u of protocol %d, %s\n", name.name,
			    info.port, info.proto, cookie == info.cookie ? "in its place" : "gone");
		}
	}
}

static __u64 count_reasons(int fd, const struct ps_meta *meta, __u32 slot)
{
	__u64 sum = 0;

	for (__u32 row = 0; row < PS_REASONS_CPU + meta->cpu_rows && row < CPUS_MAX; row++) {
		struct ps_reasons reasons;

		look_up(fd, ps_reasons_index(row, slot), &reasons, sizeof(reasons));
		for (__u32 reason = 0; reason < PS_REASON_COUNT_OF; reason++)
			sum += reasons.count[reason];
	}
	return sum;
}

static void add_slots(void)
{
	PS_CLOSED_FD int hooks = open_pin("hooks");
	PS_CLOSED_FD int reasons = open_pin("reasons");
	PS_CLOSED_FD int metas = open_pin("meta");
	struct ps_hook_info info;
	struct ps_meta meta;
	char place[64];

	look_up(metas, 0, &meta, sizeof(meta));
	for (__u32 slot = 0; hooks >= 0 && slot < PS_HOOKS_MAX; slot++) {
		look_up(hooks, slot, &info, sizeof(info));
		if (info.hook == PS_HOOK_FREE)
			continue;
		snprintf(place, sizeof(place), "slot of %.16s: hook %d,", info.device, info.hook);
		add(PICTURE_HOOKS, "%s mode %d, shared %d, program %s, link %s\n", place, info.mode,
		    info.is_shared, tell_program(place, info.prog_id), tell(info.link_id));
		now->hook[now->hooks].slot = slot;
		now->hook[now->hooks].prog_id = info.prog_id;
		now->hook[now->hooks++].reasons = count_reasons(reasons, &meta, slot);
	}
}

static bool link_holds(const struct bpf_link_info *info)
{
	switch (info->type) {
	case BPF_LINK_TYPE_XDP:
		return info->xdp.ifindex;
	case BPF_LINK_TYPE_NETNS:
		return info->netns.netns_ino;
	case BPF_LINK_TYPE_CGROUP:
		return info->cgroup.cgroup_id;
	default:
		return info->xdp.ifindex; /* of TCX it is at the same place */
	}
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_links(void)
{
	struct dirent **list;
	int count = scandir(INSTANCE "links", &list, NULL, compare_names);

	for (int i = 0; i < count; i++) {
		struct bpf_link_info info = {};
		__u32 size = sizeof(info);
		char name[280], place[300];

		snprintf(name, sizeof(name), "links/%s", list[i]->d_name);
		snprintf(place, sizeof(place), "%s:", name);
		if (list[i]->d_name[0] != '.') {
			PS_CLOSED_FD int fd = open_pin(name);

			/* one that is off has a pin still to be removed: see the files */
			if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && info.prog_id &&
			    link_holds(&info))
				add(PICTURE_HOOKS, "%s program %s, link %s\n", place,
				    tell_program(place, info.prog_id), tell(info.id));
		}
		free(list[i]);
	}
	if (count >= 0)
		free(list);
}

/* What is at the hooks of an interface, whoever put it there. */
static void add_device(const char *device)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, xdp);
	int ifindex = (int)if_nametoindex(device);
	char place[64];

	if (!ifindex || bpf_xdp_query(ifindex, 0, &xdp))
		return;
	snprintf(place, sizeof(place), "XDP of %s:", device);
	if (xdp.prog_id)
		add(PICTURE_HOOKS, "%s mode %d, program %s\n", place, xdp.attach_mode,
		    tell_program(place, xdp.prog_id));
	for (int type = TCX_INGRESS; type <= TCX_EGRESS; type++) {
		__u32 ids[8], count = 8;

		if (bpf_prog_query(ifindex, (enum bpf_attach_type)type, 0, NULL, ids, &count))
			continue;
		snprintf(place, sizeof(place), "TCX %d of %s:", type, device);
		for (__u32 i = 0; i < count; i++)
			add(PICTURE_HOOKS, "%s program %s\n", place, tell_program(place, ids[i]));
	}
}

static void add_reserved(void)
{
	FILE *file = fopen("/proc/sys/net/ipv4/ip_local_reserved_ports", "re");
	char line[1024] = "";

	if (file && fgets(line, sizeof(line), file))
		add(PICTURE_HOOKS, "reserved: %s", line);
	if (file)
		fclose(file);
}

static int add_file(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	if (ftw->level || type != FTW_D)
		add(PICTURE_FILES, "%s%s %o\n", path, type == FTW_D ? "/" : "",
		    status->st_mode & 07777);
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Hashes and directories have no order. */
static void sort_lines(char text[PICTURE_TEXT])
{
	char copy[PICTURE_TEXT], *line[512], *rest = NULL;
	size_t count = 0;

	strcpy(copy, text);
	for (char *part = strtok_r(copy, "\n", &rest); part; part = strtok_r(NULL, "\n", &rest))
		if (count < 512)
			line[count++] = part;
	if (count)
		qsort(line, count, sizeof(*line), compare_lines);
	text[0] = '\0';
	for (size_t i = 0, length = 0; i < count; i++)
		length += (size_t)sprintf(text + length, "%s\n", line[i]);
}

void picture_take(const struct picture *earlier, struct picture *ret)
{
	memset(ret, 0, sizeof(*ret));
	former = earlier;
	now = ret;
	add_bindings();
	add_shapes();
	add_sockets();
	add_slots();
	add_links();
	add_device("eth0");
	add_device("eth2");
	add_reserved();
	nftw(TOOL_ROOT "/v2", add_file, 16, FTW_PHYS);
	nftw("/run/portsteer", add_file, 16, FTW_PHYS);
	for (int part = 0; part < PICTURE_PARTS; part++)
		sort_lines(ret->text[part]);
}
