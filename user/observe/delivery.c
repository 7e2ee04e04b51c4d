// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * BPF_PROG_TEST_RUN of the program at sk_lookup. See delivery.h.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/scope.h"
#include "observe/delivery.h"
#include "observe/rehearsal.h"
#include "socket/registry.h"

/* The sockets that a packet may be handed to are live; what is known of each is a copy. */
static int copy_infos(const struct ps_instance *instance, int fd, struct ps_error *error)
{
	size_t size = ps_map_entries(PS_MAP_SOCKET_INFOS, &(struct ps_table_size){}) *
		      sizeof(struct ps_socket_info);
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		return ps_error_errno(error, errno, "cannot map '%s' into memory",
				      ps_map_name(PS_MAP_SOCKET_INFOS));
	memcpy(memory, instance->socket_infos, size);
	munmap(memory, size);
	return 0;
}

static void fill(const struct ps_judged *judged, struct bpf_sk_lookup *ret)
{
	bool is_ipv4 = judged->family == PS_IPV4;

	*ret = (struct bpf_sk_lookup){
		.family = is_ipv4 ? AF_INET : AF_INET6,
		.protocol = judged->proto == PS_TCP ? IPPROTO_TCP : IPPROTO_UDP,
		.remote_port = htons(judged->source_port),
		.local_port = judged->destination_port,
	};
	if (is_ipv4) {
		memcpy(&ret->remote_ip4, judged->source, 4);
		memcpy(&ret->local_ip4, judged->destination, 4);
	} else {
		memcpy(ret->remote_ip6, judged->source, 16);
		memcpy(ret->local_ip6, judged->destination, 16);
	}
}

/* The cookie of the socket that was chosen, 0: none. */
static int run(int program_fd, const struct ps_judged *judged, bool *ret_passes, __u64 *ret_cookie,
	       struct ps_error *error)
{
	struct bpf_sk_lookup context, after = {};
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &context, .ctx_size_in = sizeof(context),
		    .ctx_out = &after, .ctx_size_out = sizeof(after), .repeat = 1);
	int err;

	fill(judged, &context);
	err = bpf_prog_test_run_opts(program_fd, &options);
	if (err)
		return ps_error_errno(error, -err, "cannot run the program that chooses sockets");
	*ret_passes = options.retval == SK_PASS;
	*ret_cookie = after.cookie;
	return 0;
}

static bool is_of(const struct ps_registered *registered, const struct ps_judged *judged,
		  const char name[PS_NAME_SIZE])
{
	return registered->is_open && !strncmp(registered->name, name, PS_NAME_SIZE) &&
	       registered->info.proto == judged->proto &&
	       (registered->info.family == PS_ANY || registered->info.family == judged->family);
}

/* What was chosen, and whether it could be expected. */
static void compare(const struct ps_instance *instance, const struct ps_judged *judged,
		    const char name[PS_NAME_SIZE], __u64 cookie, struct ps_delivery *delivery)
{
	struct ps_registry registry;
	bool is_any = false;

	ps_registry_read(instance, &registry);
	for (size_t i = 0; i < registry.count; i++) {
		const struct ps_registered *registered = &registry.item[i];

		is_any |= is_of(registered, judged, name);
		if (cookie && registered->info.cookie == cookie)
			delivery->socket = *registered;
	}
	delivery->differs = cookie ? !is_of(&delivery->socket, judged, name) : is_any;
	ps_registry_done(&registry);
}

static void conclude(bool passes, __u64 cookie, struct ps_opinion *ret)
{
	if (cookie)
		*ret = (struct ps_opinion){ PS_VERDICT_PASS, PS_REASON_SOCKET, true, 0 };
	else if (passes)
		*ret = (struct ps_opinion){ PS_VERDICT_PASS, PS_REASON_NO_SOCKET_PASS, true, 0 };
	else
		*ret = (struct ps_opinion){ PS_VERDICT_DROP, PS_REASON_NO_SOCKET, true, 0 };
}

int ps_delivery_rehearse(const struct ps_instance *instance, const struct ps_judged *judged,
			 const struct ps_binding *binding, struct ps_delivery *ret,
			 struct ps_error *error)
{
	struct ps_rehearsal rehearsal;
	struct ps_delivery delivery = {};
	const struct ps_arrival arrival = { .hook = PS_HOOK_SK_LOOKUP };
	bool passes = false;
	__u64 cookie = 0;
	int failed = ps_rehearsal_open(&rehearsal, instance, &arrival, error) ||
		     copy_infos(instance, rehearsal.own_fd[PS_MAP_SOCKET_INFOS], error) ||
		     run(rehearsal.program_fd, judged, &passes, &cookie, error);

	ps_rehearsal_close(&rehearsal);
	if (failed)
		return -1;
	conclude(passes, cookie, &delivery.opinion);
	compare(instance, judged, binding->target.socket, cookie, &delivery);
	*ret = delivery;
	return 0;
}
