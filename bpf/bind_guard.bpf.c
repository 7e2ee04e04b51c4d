// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The guard, on the post_bind hooks of a cgroup: an endpoint whose packets a
 * binding takes from the stack is in use for local processes. The kernel runs
 * it when a socket has its port, also one that it picked, and takes the port
 * back when it is refused. What is meant by an endpoint, and why bind4 and bind6
 * are not used, is in doc/adr/0020-guard.md.
 */
#include <linux/errno.h>
#include <linux/in.h>
#include "owner.h"
#include "target.h"

/* Set by the loader before a program is loaded. */
const volatile __u64 netns_cookie; /* of the instance */
const volatile __u8 only_report;

#define PROTO_MPTCP 262 /* IPPROTO_MPTCP, linux/in.h */

#define ALLOW 1
#define REFUSE 0

/* Least recently seen ones give way. Made anew each time the guard is switched on. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PS_ATTEMPTS_MAX);
	__type(key, struct ps_attempt_key);
	__type(value, struct ps_attempt_stat);
} attempts SEC(".maps");

/* Whom bindings belong to that say so. Pinned, and written by the loader. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PS_CAPACITY_FIRST);
	__type(key, __u32);
	__type(value, struct ps_owner_entry);
} owners SEC(".maps");

/* Of the kernel's types, what is read here; the loader finds where it is. */
struct sock_common {
	unsigned char skc_ipv6only : 1;
} __attribute__((preserve_access_index));

struct sock {
	struct sock_common __sk_common;
} __attribute__((preserve_access_index));

/* What a process asks for. */
struct asked {
	struct ps_packet packet; /* of which only family, proto and dst are used */
	__u8 is_any_address;
};

static __always_inline enum ps_proto proto_of(__u32 protocol)
{
	if (protocol == IPPROTO_TCP || protocol == PROTO_MPTCP)
		return PS_TCP;
	return protocol == IPPROTO_UDP ? PS_UDP : PS_NO_PROTO;
}

/* No hook takes packets to it. */
static __always_inline int is_unsteered(const struct ps_packet *packet)
{
	const __be64 *addr_be = packet->dst.addr_be;

	if (packet->family == PS_IPV4)
		return ps_unsteered_ipv4(bpf_be64_to_cpu(addr_be[0]) >> 32, 32) != PS_REASON_NONE;
	return ps_judge_ipv6(addr_be) != PS_REASON_NONE;
}

/* Sockets at every address also get what a binding gives to its owner at some address. */
struct search {
	const struct asked *asked;
	__u32 slot;
	int is_forbidden;
};

static long look_at(void *map, const void *key, void *value, void *context)
{
	const struct ps_owner_entry *owner = value;
	struct search *search = context;
	const struct ps_packet *packet = &search->asked->packet;

	(void)map;
	if (!owner->endpoint.prefix_len || owner->endpoint.family != packet->family ||
	    owner->endpoint.proto != packet->proto ||
	    owner->endpoint.port_first > packet->dst.port ||
	    owner->endpoint.port_last < packet->dst.port || ps_is_owner(owner))
		return 0;
	search->slot = *(const __u32 *)key;
	search->is_forbidden = 1;
	return 1;
}

/* The binding that @hit is of says whom it belongs to. */
static __always_inline const struct ps_owner_entry *owner_of(const struct asked *asked,
							     const struct ps_hit *hit)
{
	const struct ps_owner_entry *owner = bpf_map_lookup_elem(&owners, &hit->slot);
	__u16 port = asked->packet.dst.port;

	if (!owner || owner->endpoint.proto != asked->packet.proto ||
	    owner->endpoint.port_first > port || owner->endpoint.port_last < port)
		return 0;
	return owner;
}

/* The binding is for sockets of the calling process, among others. */
static __always_inline int is_to_own_socket(const struct ps_hit *hit)
{
	const struct ps_target *target;

	if (ps_hit_action(hit) != PS_SOCKET)
		return 0;
	target = ps_target_of(hit);
	return target && target->hop == PS_HOP_SOCKET && ps_is_registered(target->socket_name);
}

static __always_inline int forbids(const struct asked *asked, const struct ps_hit *hit)
{
	const struct ps_owner_entry *owner = owner_of(asked, hit);

	if (owner)
		return !ps_is_owner(owner);
	if (ps_hit_action(hit) == PS_NONE || ps_hit_action(hit) == PS_PASS ||
	    ps_hit_action(hit) == PS_COUNT)
		return 0;
	if (is_unsteered(&asked->packet))
		return 0;
	return !is_to_own_socket(hit);
}

/*
 * Looking at all owners takes long: what is asked first are two reads. Owners are written
 * before the generation that they are for, and nothing read of that leads to them here.
 */
static __always_inline int may_be_owned_somewhere(const struct asked *asked)
{
	const __u32 somewhere = PS_OWNERS_SOMEWHERE;

	if (!ps_is_bound_somewhere(&asked->packet, &asked->packet.dst))
		return 0;
	ps_barrier();
	return bpf_map_lookup_elem(&owners, &somewhere) != 0;
}

/* Among bindings of any address, and then among those of some address that have an owner. */
static __always_inline int forbids_any(const struct asked *asked, struct ps_hit *hit)
{
	struct search search = { .asked = asked };

	if (ps_lookup_any(&asked->packet, &asked->packet.dst, hit) == PS_REASON_NONE &&
	    forbids(asked, hit))
		return 1;
	if (!may_be_owned_somewhere(asked))
		return 0;
	bpf_for_each_map_elem(&owners, look_at, &search, 0);
	hit->slot = search.slot;
	return search.is_forbidden;
}

static __always_inline void record(const struct asked *asked, const struct ps_hit *hit)
{
	struct ps_attempt_stat fresh = { .is_allowed = only_report };
	struct ps_attempt_key key = {
		.slot = hit->slot,
		.port = asked->packet.dst.port,
		.family = asked->packet.family,
		.proto = asked->packet.proto,
	};
	struct ps_attempt_stat *attempt;
	__u64 now = bpf_ktime_get_ns();

	__builtin_memcpy(key.addr, asked->packet.dst.addr_be, sizeof(key.addr));
	fresh.first_ns = now;
	attempt = bpf_map_lookup_elem(&attempts, &key);
	if (!attempt) {
		bpf_map_update_elem(&attempts, &key, &fresh, BPF_NOEXIST);
		attempt = bpf_map_lookup_elem(&attempts, &key);
	}
	if (!attempt)
		return;
	__sync_fetch_and_add(&attempt->count, 1);
	attempt->last_ns = now;
	attempt->cgroup_id = bpf_get_current_cgroup_id();
	attempt->pid = bpf_get_current_pid_tgid() >> 32;
	attempt->uid = (__u32)bpf_get_current_uid_gid();
	attempt->is_allowed = only_report;
	bpf_get_current_comm(attempt->command, sizeof(attempt->command));
}

/* 1 when a binding forbids it, which is then recorded. */
__attribute__((noinline)) int ps_judge_bind(struct asked *asked)
{
	struct ps_hit hit = {};
	int is_forbidden;

	if (!asked)
		return 0;
	if (asked->is_any_address)
		is_forbidden = forbids_any(asked, &hit);
	else
		is_forbidden =
			ps_lookup(&asked->packet, &asked->packet.dst, &hit) == PS_REASON_NONE &&
			forbids(asked, &hit);
	if (!is_forbidden)
		return 0;
	record(asked, &hit);
	return 1;
}

/* The port has no binding of any kind: what nearly all calls of bind(2) are about. */
static __always_inline int is_unbound(enum ps_family family, enum ps_proto proto, __u16 port)
{
	const struct ps_packet packet = { .family = family, .proto = proto };
	const struct ps_side side = { .port = port };

	return !ps_is_bound(&packet, &side);
}

static __always_inline int answer(int is_forbidden)
{
	if (!is_forbidden || only_report)
		return ALLOW;
	bpf_set_retval(-EADDRINUSE);
	return REFUSE;
}

static __always_inline int judge_ipv4(enum ps_proto proto, __u16 port, __be32 addr_be)
{
	struct asked asked = {
		.packet.family = PS_IPV4,
		.packet.proto = proto,
		.packet.dst.port = port,
		.is_any_address = !addr_be,
	};

	((__be32 *)asked.packet.dst.addr_be)[0] = addr_be;
	return ps_judge_bind(&asked);
}

static __always_inline int judge_ipv6(enum ps_proto proto, __u16 port, const __be32 addr_be[4])
{
	struct asked asked = {
		.packet.family = PS_IPV6,
		.packet.proto = proto,
		.packet.dst.port = port,
	};

	__builtin_memcpy(asked.packet.dst.addr_be, addr_be, sizeof(asked.packet.dst.addr_be));
	asked.is_any_address = !asked.packet.dst.addr_be[0] && !asked.packet.dst.addr_be[1];
	return ps_judge_bind(&asked);
}

/* IPv6 sockets at every address get IPv4 as well, unless they were told not to. */
static __always_inline int is_ipv6_only(struct bpf_sock *ctx)
{
	const struct sock *sk = (const void *)ctx; /* which it is, behind the verifier's back */

	return (int)BPF_CORE_READ_BITFIELD_PROBED(sk, __sk_common.skc_ipv6only);
}

static __always_inline int judge_address(enum ps_proto proto, __u16 port, const __be32 addr_be[4])
{
	if (!addr_be[0] && !addr_be[1] && addr_be[2] == bpf_htonl(0xffff))
		return judge_ipv4(proto, port, addr_be[3]);
	return judge_ipv6(proto, port, addr_be);
}

static __always_inline int is_any_address(const __be32 addr_be[4])
{
	return !addr_be[0] && !addr_be[1] && !addr_be[2] && !addr_be[3];
}

SEC("cgroup/post_bind4")
int portsteer_bind4(struct bpf_sock *ctx)
{
	enum ps_proto proto = proto_of(ctx->protocol);
	__u16 port = (__u16)ctx->src_port;

	if (proto == PS_NO_PROTO || is_unbound(PS_IPV4, proto, port))
		return ALLOW;
	if (bpf_get_netns_cookie(ctx) != netns_cookie)
		return ALLOW;
	return answer(judge_ipv4(proto, port, ctx->src_ip4));
}

SEC("cgroup/post_bind6")
int portsteer_bind6(struct bpf_sock *ctx)
{
	enum ps_proto proto = proto_of(ctx->protocol);
	__u16 port = (__u16)ctx->src_port;
	__be32 addr_be[4];
	int is_forbidden;

	if (proto == PS_NO_PROTO ||
	    (is_unbound(PS_IPV6, proto, port) && is_unbound(PS_IPV4, proto, port)))
		return ALLOW;
	if (bpf_get_netns_cookie(ctx) != netns_cookie)
		return ALLOW;
	addr_be[0] = ctx->src_ip6[0];
	addr_be[1] = ctx->src_ip6[1];
	addr_be[2] = ctx->src_ip6[2];
	addr_be[3] = ctx->src_ip6[3];
	is_forbidden = judge_address(proto, port, addr_be);
	if (!is_forbidden && is_any_address(addr_be) && !is_ipv6_only(ctx))
		is_forbidden = judge_ipv4(proto, port, 0);
	return answer(is_forbidden);
}

char _license[] SEC("license") = "Dual BSD/GPL";
