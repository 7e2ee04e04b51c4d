/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The layout that kernel and user space share: what is in each pinned map.
 * Nothing here is typed a second time anywhere. A change of meaning makes a
 * new PS_ABI_VERSION, which is part of the pin path.
 *
 * Ports are in host byte order, addresses are bytes in network order.
 */
#ifndef PORTSTEER_ABI_H
#define PORTSTEER_ABI_H

#include <linux/types.h>

#define PS_ABI_VERSION 2

#define PS_ENUM8 __attribute__((packed)) /* one byte, and named in BTF */

#define PS_BINDINGS_MAX 16000000 /* --max-bindings can ask for no more */
#define PS_CAPACITY_FIRST 4096 /* that a table begins with */
#define PS_PORTS 65536
#define PS_PROBES_MAX 48 /* ways to reach one port, see struct ps_probe */
#define PS_SHAPES_MAX 262144 /* different shapes: see struct ps_shape_key */
#define PS_LISTS_MAX 16384 /* different probe lists */
#define PS_TARGETS_MAX 4096 /* different redirect targets */
#define PS_DEVICES_MAX 1024
#define PS_HOOKS_MAX 256 /* attached programs, see struct ps_hook_info */
#define PS_REASONS_MAX 64 /* room for reasons, see enum ps_reason */
#define PS_NAME_SIZE 32 /* with its NUL */
#define PS_DEV_SIZE 16 /* IFNAMSIZ, with its NUL */

enum ps_family {
	PS_ANY, /* both families; only with prefix length 0 */
	PS_IPV4,
	PS_IPV6,
} PS_ENUM8;

enum ps_proto {
	PS_NO_PROTO,
	PS_TCP,
	PS_UDP,
	PS_SCTP,
} PS_ENUM8;

#define PS_FAMILIES 2 /* that a packet can have: PS_IPV4, PS_IPV6 */
#define PS_PROTOS 3
#define PS_HALVES 2 /* of everything: see struct ps_record */

/*
 * Key of `bindings`: what a binding is for, in canonical form. Bits of addr
 * beyond prefix_len are zero; an IPv4 address is in the first four bytes.
 * port_first == port_last is one port, 0 to 65535 is any port.
 */
struct ps_endpoint {
	__u8 addr[16];
	__u16 port_first;
	__u16 port_last;
	__u8 prefix_len;
	enum ps_family family;
	enum ps_proto proto;
	__u8 zero;
} __attribute__((aligned(8)));

/* Numbers are stable; 5, 6 and 8 are kept for reject, cpu and forward. */
enum ps_action {
	PS_NONE, /* no binding in this generation */
	PS_PASS,
	PS_COUNT,
	PS_DROP,
	PS_REDIRECT,
	PS_SOCKET = 7, /* to a registered socket, by the sk_lookup hook */
} PS_ENUM8;

#define PS_ACTION_LAST PS_SOCKET /* what this build's programs know */

/*
 * Flags of an act, 3 bits, of which 0x04 is free. To a program that does not know
 * one, the binding asks for what it cannot do: PS_REASON_UNSUPPORTED.
 */
#define PS_ON_MISSING_PASS 0x01 /* pass what cannot be carried out */
#define PS_ACT_ARGUMENT 0x02 /* there are conditions: see struct ps_argument */

#define PS_FLAGS_ALL 0x07
#define PS_FLAGS_KNOWN PS_ON_MISSING_PASS /* what this build's programs know */

/* One word, so that it can be stored under packets: see act[] below. */
struct ps_act {
	enum ps_action action;
	__u8 flags;
	__u16 target; /* index in `targets` for PS_REDIRECT and PS_SOCKET, else 0 */
} __attribute__((aligned(4)));

/*
 * Value of `bindings`. A packet reads act[generation & 1] and nothing else of
 * the pair; the other word belongs to the next generation. Never update an
 * element with bpf_map_update_elem(): the kernel reuses the old one while
 * packets still read it (doc/adr/0003). portsteer_store writes words in place.
 *
 * One whose shape the directory did not have is inserted with both words: no
 * packet looks for it. Others see by `born` that it is not yet there.
 */
struct ps_record {
	struct ps_act act[2];
	__u32 slot; /* of its counters, stable while the binding lives */
	__u32 born; /* low half of the generation that it was inserted for */
	char name[PS_NAME_SIZE];
};

/*
 * One entry of `directory`: all that is known about a port of one protocol
 * and family in one generation. Zero: nothing is bound there. Index by
 * ps_directory_index().
 */
struct ps_port {
	__u64 action : 4; /* these and the slot say who wins among bindings of any address, */
	__u64 flags : 3; /* and are where a seat's word has them: see portsteer/front.h */
	__u64 target : 12;
	__u64 probes : 14; /* index in `probe_lists`, 0: none */
	__u64 exact : 1; /* its first probe is a whole address and this port */
	__u64 walk : 1; /* it has others of an address or prefix */
	__u64 zero : 3;
	__u64 slot : 24;
	__u64 zero2 : 2;
};

/* Index in `directory` of a port of the half `generation & 1`. */
static inline __attribute__((always_inline)) __u32
ps_directory_index(__u32 half, enum ps_family family, enum ps_proto proto, __u16 port)
{
	__u32 row = (half * PS_FAMILIES + (family - PS_IPV4)) * PS_PROTOS + (proto - PS_TCP);

	return row * PS_PORTS + port;
}

#define PS_HALF_PORTS (PS_FAMILIES * PS_PROTOS * PS_PORTS)

#define PS_INTERFACES 8192 /* interface numbers that do not share a struct ps_hook_rows */

/*
 * Where programs on an interface count their reasons, so that one program serves
 * many interfaces: at its number modulo PS_INTERFACES. When another interface is
 * there, a program uses the hook index that is baked into it.
 */
struct ps_hook_rows {
	__u32 ifindex;
	__u8 hook_index[4]; /* by enum ps_hook, of XDP and TC; a hook that is not there: 0 */
};

/*
 * The only element of `directory`. Most packets are for ports that nothing is
 * bound to: one bit says so, in 8 KiB for all ports of a protocol and family,
 * which stay in the nearest cache. A bit that is set says nothing.
 */
struct ps_directory {
	struct ps_port entry[2 * PS_HALF_PORTS];
	__u64 bound[PS_HALF_PORTS / 64]; /* bit of a port: in either half is an entry of it */
	struct ps_hook_rows rows[PS_INTERFACES];
};

enum ps_probe_kind {
	PS_PROBE_END, /* of the list */
	PS_PROBE_EXACT, /* the packet's own port */
	PS_PROBE_RANGE, /* port_first to port_last */
} PS_ENUM8;

/* A kind of key that may be in `bindings` for a port: how to look it up. */
struct ps_probe {
	__u16 port_first; /* both 0 when exact, so that ports can share lists */
	__u16 port_last;
	__u8 prefix_len;
	enum ps_family family; /* PS_ANY only with prefix length 0 */
	enum ps_probe_kind kind;
	__u8 zero;
};

/*
 * Element of `probe_lists`, in order of precedence. Packets stop at prefix
 * length 0: the directory entry itself has that answer. What is behind is for
 * user space, which computes a port's next entry from its present list.
 */
struct ps_probes {
	struct ps_probe probe[PS_PROBES_MAX];
};

enum ps_target_state {
	PS_TARGET_FREE,
	PS_TARGET_OK,
	PS_TARGET_NO_DEVICE,
	PS_TARGET_NO_NEIGHBOUR,
} PS_ENUM8;

enum ps_next_hop {
	PS_HOP_UNCHANGED, /* frame leaves as it came */
	PS_HOP_MAC, /* link address given */
	PS_HOP_VIA, /* link address of a neighbour, resolved when publishing */
	PS_HOP_PEER, /* TC only: into the namespace of the device's peer */
	PS_HOP_SOCKET, /* no hop: the target of PS_SOCKET */
} PS_ENUM8;

/*
 * How many bindings take traffic away: what becomes of a frame whose transport
 * cannot be found. In element 0 of each half of `targets`, which no binding uses.
 */
struct ps_takers {
	__u64 generation; /* that it was counted for; another: by a build that did not count */
	__u32 bindings[PS_FAMILIES]; /* those of any family in both */
};

/* Element of `targets`, in two halves like the directory. */
struct ps_target {
	__u32 ifindex; /* 0 while the device is missing */
	__u32 bindings; /* how many use it; 0 frees it */
	enum ps_target_state state;
	enum ps_next_hop hop;
	enum ps_family via_family;
	__u8 has_no_link; /* its packets have no link header, see struct ps_hook_info */
	__u8 dst_mac[6]; /* written over the frame's, in this order */
	__u8 src_mac[6];
	union {
		struct {
			char device[PS_DEV_SIZE];
			__u8 via[16];
		};
		char socket[PS_NAME_SIZE]; /* PS_HOP_SOCKET: what it is registered by */
		struct ps_takers takers; /* element 0 */
	};
	__u32 socket_name; /* PS_HOP_SOCKET: index in `socket_names` */
	__u32 zero2;
};

enum ps_direction {
	PS_RX, /* to the endpoint */
	PS_TX, /* what it sent, counted by TC egress */
} PS_ENUM8;

#define PS_DIRECTIONS 2

#include <portsteer/count.h>

/*
 * What a binding asks beyond its endpoint, and what becomes of packets that do
 * not fulfil it. Where an act has PS_ACT_ARGUMENT; else nothing reads it. Each
 * index is of a map of its own, where 0 is none.
 */
struct ps_argument {
	__u16 sources; /* a set of networks that senders are in */
	__u8 is_not; /* or, 1, that they are not in */
	enum ps_action otherwise; /* what the others get */
	__u16 limit; /* a rate */
	__u16 interfaces; /* a set of hook indexes that packets come by */
	__u16 vlan; /* their outermost tag, PS_VLAN_NONE: that they have none; 0: any */
	__u16 lease; /* a deadline, from which on the binding counts as absent */
	__u32 otherwise_slot; /* that counts the others */
};

#define PS_VLAN_NONE 4095 /* no tag has this number */

/* Element of `arguments`, by slot, in two halves like everything that packets see. */
struct ps_arguments {
	struct ps_argument half[PS_HALVES];
};

/*
 * Key of `shapes`, which counts the bindings of each shape: an endpoint without
 * its address. What follows the address in struct ps_endpoint is laid out so.
 */
struct ps_shape_key {
	__u16 port_first;
	__u16 port_last;
	__u8 prefix_len;
	enum ps_family family;
	enum ps_proto proto;
	__u8 zero;
};

#include <portsteer/flow.h>

/* The only element of `state`. */
struct ps_state {
	__u64 generation; /* which half of everything packets use */
	__u32 pending; /* who changes it or was killed at that: its process id, else 0 */
	__u32 bindings;
};

/*
 * The only element of `meta`: facts of the instance, fixed when it is made, and
 * how large its maps are. Three are made with one element, which says nothing,
 * and replaced by one of the right size when they are needed.
 */
struct ps_meta {
	__u32 abi_version;
	__u32 max_bindings; /* that it may have */
	__u32 capacity; /* that its maps have room for */
	__u32 cpu_rows; /* of `counters` and `reasons` */
	__u32 sent_rows; /* of `sent`: 0, or as many */
	__u32 carried_slots; /* that `carried` has room for: 0, or more */
	__u32 argument_slots; /* the same of `arguments` */
	__u32 growth; /* how many times it grew */
	__u64 netns_cookie; /* of the network namespace it is for */
	char tool_version[32];
	__u64 grown_from; /* inode of the directory that it was in before */
	__u32 flow_room; /* that `flows` has */
	__u8 zero[44];
};

enum ps_hook {
	PS_HOOK_FREE,
	PS_HOOK_XDP,
	PS_HOOK_TC_INGRESS,
	PS_HOOK_TC_EGRESS,
	PS_HOOK_SK_LOOKUP, /* of the network namespace: its device is PS_HOOK_NETNS */
} PS_ENUM8;

#define PS_HOOK_NETNS "netns"

enum ps_hook_mode {
	PS_MODE_NONE,
	PS_MODE_NATIVE, /* XDP in the driver */
	PS_MODE_GENERIC, /* XDP in the stack */
	PS_MODE_TCX,
	PS_MODE_CLSACT,
} PS_ENUM8;

/* Element of `hooks`: an attached program. */
struct ps_hook_info {
	__u32 ifindex;
	__u32 prog_id;
	__u32 link_id; /* of the pinned link; 0: none, or never learnt */
	__u32 build; /* hash of the object that the program is from */
	__u64 attached_ns; /* CLOCK_REALTIME */
	__u8 tag[8];
	char device[PS_DEV_SIZE];
	enum ps_hook hook;
	enum ps_hook_mode mode;
	__u8 made_clsact; /* we made the qdisc, so we take it away */
	__u8 is_shared; /* in libxdp's dispatcher, beside others */
	enum ps_action last_action; /* that the program knows */
	__u8 has_no_link; /* packets begin with their IP header: tun, WireGuard, PPP, tunnels */
	__u8 known_flags; /* of acts, that the program knows */
	__u8 has_own_program; /* which no other hook has: this one's index is baked into it */
};

_Static_assert(sizeof(struct ps_endpoint) == 24, "key of bindings");
_Static_assert(sizeof(struct ps_shape_key) == 8 &&
		       __builtin_offsetof(struct ps_shape_key, proto) + 16 ==
			       __builtin_offsetof(struct ps_endpoint, proto),
	       "the tail of an endpoint");
_Static_assert(sizeof(struct ps_act) == 4, "stored as one word");
_Static_assert(sizeof(struct ps_record) == 48, "element fits 128 bytes of slab");
_Static_assert(sizeof(struct ps_port) == 8, "eight ports in a cache line");
_Static_assert(sizeof(struct ps_hook_rows) == 8, "no holes");
_Static_assert(PS_HOOKS_MAX <= 1 << 8, "indexes of hooks fit struct ps_hook_rows");
_Static_assert(sizeof(struct ps_probes) == 384, "six cache lines");
_Static_assert(sizeof(struct ps_target) == 64, "one cache line");
_Static_assert(sizeof(struct ps_argument) == 16, "no holes");
_Static_assert(sizeof(struct ps_meta) == 128, "no holes");
_Static_assert(PS_TARGETS_MAX <= 1 << 12, "targets fit struct ps_entry");
_Static_assert(PS_LISTS_MAX <= 1 << 14, "lists fit struct ps_entry");
_Static_assert(PS_BINDINGS_MAX <= 1 << 24, "slots fit struct ps_entry");

#endif
