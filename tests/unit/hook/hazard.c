// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Hazards: every combination of facts, against rules that are written down a
 * second time here; and the exact words of each.
 */
#include "hook/hazard.h"
#include "unit.h"

static const enum ps_hook_mode modes[] = { PS_MODE_NONE, PS_MODE_NATIVE, PS_MODE_GENERIC };
static const char *const kinds[] = { "veth", "tun", "" };

struct facts {
	struct ps_device device;
	struct ps_arrival arrival;
	bool is_veth, is_native, is_generic;
};

/* Whether the facts of @f call for a hazard of @kind; and *@bites. */
static bool expects(const struct facts *f, enum ps_hazard_kind kind, bool *bites)
{
	const struct ps_device *device = &f->device;
	const struct ps_arrival *arrival = &f->arrival;
	bool has_basic = device->features & PS_XDP_BASIC, redirects = arrival->has_redirect;
	bool is_long = device->mtu == 9000, has_frags = device->features & PS_XDP_RX_FRAGS;

	*bites = true;
	switch (kind) {
	case PS_HAZARD_LRO:
		return f->is_native && arrival->own.lro;
	case PS_HAZARD_GRO_HW:
		return f->is_native && arrival->own.gro_hw;
	case PS_HAZARD_MTU:
		*bites = device->knows_features;
		return f->is_native && is_long &&
		       (!device->knows_features || (has_basic && !has_frags));
	case PS_HAZARD_QUEUES:
		return f->is_native && f->is_veth && arrival->own.rx_queues == 1 &&
		       arrival->peer.tx_queues == 2;
	case PS_HAZARD_MERGED:
		*bites = redirects;
		return f->is_generic &&
		       (arrival->own.gro || (f->is_veth && arrival->peer.tx_segments));
	case PS_HAZARD_VLAN:
		*bites = device->has_vlans;
		return f->is_native && arrival->own.rx_vlan;
	case PS_HAZARD_CHECKSUM:
		*bites = redirects;
		return f->is_native &&
		       (!strcmp(device->kind, "tun") ||
			(f->is_veth && (!arrival->peer.is_known || arrival->peer.tx_checksum)));
	case PS_HAZARD_DOWN:
		*bites = false;
		return !device->is_up;
	case PS_HAZARD_PEER:
		*bites = false;
		return (f->is_native || f->is_generic) && f->is_veth && device->is_up &&
		       (device->knows_features ? !(device->features & PS_XDP_XMIT)
					       : !device->peer_has_program);
	case PS_HAZARD_GENERIC:
		*bites = false;
		return f->is_generic;
	case PS_HAZARD_COUNT_OF:
		break;
	}
	return false;
}

/* One bit of the combination, as long as there are some. */
static bool take(__u32 *bits)
{
	bool bit = *bits & 1;

	*bits >>= 1;
	return bit;
}

static void make_facts(struct facts *f, __u32 bits, const char *kind, enum ps_hook_mode mode)
{
	*f = (struct facts){};
	snprintf(f->device.name, sizeof(f->device.name), "eth0");
	snprintf(f->device.kind, sizeof(f->device.kind), "%s", kind);
	snprintf(f->device.peer, sizeof(f->device.peer), "peer0");
	f->device.netns_id = -1;
	f->device.knows_peer = !strcmp(kind, "veth");
	f->device.is_up = take(&bits);
	f->device.has_vlans = take(&bits);
	f->device.knows_features = take(&bits);
	f->device.mtu = take(&bits) ? 9000 : 1500;
	f->device.features = take(&bits) ? PS_XDP_BASIC : 0;
	f->device.features |= take(&bits) ? PS_XDP_RX_FRAGS : 0;
	f->device.features |= take(&bits) ? PS_XDP_XMIT : 0;
	f->device.peer_has_program = take(&bits);
	f->device.features *= f->device.knows_features;
	f->arrival.own.lro = take(&bits);
	f->arrival.own.gro_hw = f->arrival.own.lro && f->device.is_up;
	f->arrival.own.gro = take(&bits);
	f->arrival.own.rx_vlan = take(&bits);
	f->arrival.own.rx_queues = 1;
	f->arrival.peer.is_known = take(&bits);
	f->arrival.peer.tx_checksum = f->arrival.peer.is_known && take(&bits);
	f->arrival.peer.tx_segments = f->arrival.peer.is_known && take(&bits);
	f->arrival.peer.tx_queues = take(&bits) ? 2 : 1;
	f->arrival.has_redirect = take(&bits);
	f->arrival.hook = mode == PS_MODE_NONE ? PS_HOOK_TC_INGRESS : PS_HOOK_XDP;
	f->arrival.mode = mode;
	f->arrival.device = &f->device;
	f->is_veth = !strcmp(kind, "veth");
	f->is_native = mode == PS_MODE_NATIVE;
	f->is_generic = mode == PS_MODE_GENERIC;
}

static void check_facts(const struct facts *f)
{
	struct ps_hazards hazards;
	size_t at = 0;

	ps_hazards_find(&f->arrival, &hazards);
	for (int kind = 0; kind < PS_HAZARD_COUNT_OF; kind++) {
		bool bites, is_there = at < hazards.count && (int)hazards.item[at].kind == kind;

		if (expects(f, (enum ps_hazard_kind)kind, &bites) != is_there)
			fail_msg("%s: %s", ps_hazard_name((enum ps_hazard_kind)kind),
				 is_there ? "not expected" : "missing");
		if (!is_there)
			continue;
		assert_int_equal(hazards.item[at].bites, bites);
		assert_non_null(strstr(hazards.item[at].message, "; ")); /* what to do */
		at++;
	}
	assert_int_equal(at, hazards.count);
}

static void test_all_combinations(void **state)
{
	struct facts f;

	(void)state;
	for (size_t kind = 0; kind < COUNT_OF(kinds); kind++)
		for (size_t mode = 0; mode < COUNT_OF(modes); mode++)
			for (__u32 bits = 0; bits < 1 << 16; bits++) {
				make_facts(&f, bits, kinds[kind], modes[mode]);
				check_facts(&f);
			}
}

#define ALL 0xffffffff

static const struct {
	const char *kind;
	enum ps_hook_mode mode;
	enum ps_hazard_kind hazard;
	const char *message;
} words[] = {
	{ "", PS_MODE_NATIVE, PS_HAZARD_LRO,
	  "large receive offload merges frames before XDP sees them, and most drivers refuse XDP "
	  "with it; ip netns exec blue ethtool -K eth0 lro off" },
	{ "", PS_MODE_NATIVE, PS_HAZARD_GRO_HW,
	  "the hardware merges frames before XDP sees them, and some drivers refuse XDP with it; "
	  "ip netns exec blue ethtool -K eth0 rx-gro-hw off" },
	{ "", PS_MODE_NATIVE, PS_HAZARD_VLAN,
	  "VLAN tags are taken off before XDP sees a frame: tagged frames are steered as untagged "
	  "ones, and lose their tag when redirected; ip netns exec blue ethtool -K eth0 rxvlan "
	  "off" },
	{ "veth", PS_MODE_NATIVE, PS_HAZARD_QUEUES,
	  "its peer sends on 2 queues and it receives on 1, which the kernel refuses with XDP; "
	  "ip netns exec blue ethtool -L eth0 rx 2" },
	{ "veth", PS_MODE_NATIVE, PS_HAZARD_CHECKSUM,
	  "its peer leaves checksums unfinished, and the receiver of redirected frames then "
	  "drops them; ip netns exec blue ethtool -K peer0 tx off" },
	{ "tun", PS_MODE_NATIVE, PS_HAZARD_CHECKSUM,
	  "senders may leave checksums unfinished, and the receiver of redirected frames then "
	  "drops them; in the guest: ethtool -K DEV tx off" },
	{ "veth", PS_MODE_GENERIC, PS_HAZARD_MERGED,
	  "generic XDP sees packets that GRO merged: several count as one, and a merged one is "
	  "lost when redirected; ip netns exec blue ethtool -K eth0 gro off" },
	{ "", PS_MODE_GENERIC, PS_HAZARD_GENERIC,
	  "generic XDP copies each packet in the stack; the driver has XDP of its own: 'mode "
	  "native'" },
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		struct ps_hazards hazards;
		const char *found = "none";
		struct facts f;

		make_facts(&f, ALL, words[i].kind, words[i].mode);
		snprintf(f.arrival.netns, sizeof(f.arrival.netns), "blue");
		ps_hazards_find(&f.arrival, &hazards);
		for (size_t j = 0; j < hazards.count; j++)
			if (hazards.item[j].kind == words[i].hazard)
				found = hazards.item[j].message;
		assert_string_equal(found, words[i].message);
	}
}

static void expect(const struct facts *f, enum ps_hazard_kind kind, const char *message)
{
	struct ps_hazards hazards;

	ps_hazards_find(&f->arrival, &hazards);
	for (size_t i = 0; i < hazards.count; i++) {
		if (hazards.item[i].kind != kind)
			continue;
		assert_string_equal(hazards.item[i].message, message);
		return;
	}
	fail_msg("no %s", ps_hazard_name(kind));
}

/* What is worded by what is known. */
static void test_variants(void **state)
{
	struct facts f;

	(void)state;
	make_facts(&f, 0, "veth", PS_MODE_NATIVE);
	f.device.mtu = 9000;
	f.device.netns_id = 3;
	expect(&f, PS_HAZARD_MTU,
	       "with an MTU of 9000 frames do not fit a page, and the driver may not hand on "
	       "frames in pieces to XDP; ip link set eth0 mtu 3498");
	expect(&f, PS_HAZARD_DOWN,
	       "the interface is down, so nothing arrives; ip link set eth0 up");
	expect(&f, PS_HAZARD_CHECKSUM,
	       "its peer may leave checksums unfinished, and the receiver of redirected frames "
	       "then drops them; in the peer's namespace: ip netns exec NETNS "
	       "ethtool -K peer0 tx off");
	f.arrival.mode = PS_MODE_GENERIC;
	expect(&f, PS_HAZARD_GENERIC,
	       "generic XDP copies each packet in the stack; the driver may have XDP of its own: "
	       "try 'mode native'");
	f.arrival.mode = PS_MODE_NATIVE;
	f.device.knows_features = true;
	f.device.features = PS_XDP_BASIC;
	f.device.is_up = true;
	snprintf(f.device.peer_netns, sizeof(f.device.peer_netns), "green");
	expect(&f, PS_HAZARD_MTU,
	       "with an MTU of 9000 frames do not fit a page, and the driver does not hand on "
	       "frames in pieces to XDP; ip link set eth0 mtu 3498");
	expect(&f, PS_HAZARD_CHECKSUM,
	       "its peer may leave checksums unfinished, and the receiver of redirected frames "
	       "then drops them; ip netns exec green ethtool -K peer0 tx off");
	expect(&f, PS_HAZARD_PEER,
	       "frames that XDP redirects to 'eth0' are lost while its peer 'peer0' has no XDP "
	       "program; portsteer -n green attach peer0");
	f.arrival.mode = PS_MODE_GENERIC;
	f.arrival.peer.tx_segments = true;
	f.device.features = 0;
	expect(&f, PS_HAZARD_MERGED,
	       "its peer sends unsegmented packets: several count as one, and are lost when "
	       "redirected; ip netns exec green ethtool -K peer0 tso off gso off");
	expect(&f, PS_HAZARD_GENERIC,
	       "generic XDP copies each packet in the stack; 'hook tc' does the same at lower "
	       "cost");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_combinations),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_variants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
