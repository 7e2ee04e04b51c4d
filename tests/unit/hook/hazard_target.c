// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Whether what XDP redirects to an interface gets out of it.
 */
#include "hook/hazard.h"
#include "unit.h"

#define KNOWN .knows_features = true
#define UP .is_up = true, .mtu = 1500

static const struct {
	const char *what;
	struct ps_device target;
	struct ps_xdp_source source;
	const char *text; /* NULL: gets out */
} rows[] = {
	{ "takes frames",
	  { UP, KNOWN, .features = PS_XDP_XMIT },
	  { .mtu = 1500, .is_native = true },
	  NULL },
	{ "down",
	  { KNOWN, .features = PS_XDP_XMIT },
	  { .is_native = true },
	  "'eth1' is down, and what is redirected there is lost; ip link set eth1 up" },
	{ "down, for TC too",
	  { KNOWN },
	  { .netns = "blue" },
	  "'eth1' is down, and what is redirected there is lost; ip netns exec blue ip link set "
	  "eth1 up" },
	{ "TC and generic XDP need nothing of the driver", { UP, KNOWN }, {}, NULL },
	{ "hardware that takes none",
	  { UP, KNOWN },
	  { .is_native = true },
	  "the driver of 'eth1' takes no frames from XDP: what is redirected there is lost; 'hook "
	  "tc' redirects to every interface, and with some drivers it takes them once it is "
	  "attached: portsteer attach eth1" },
	{ "a bridge",
	  { UP, KNOWN, .kind = "bridge" },
	  { .is_native = true },
	  "the driver of 'eth1' takes no frames from XDP: what is redirected there is lost; 'hook "
	  "tc' redirects to every interface" },
	{ "a bridge, of a kernel that does not say",
	  { UP, .kind = "bridge" },
	  { .is_native = true },
	  "the driver of 'eth1' takes no frames from XDP: what is redirected there is lost; 'hook "
	  "tc' redirects to every interface" },
	{ "hardware, of a kernel that does not say", { UP }, { .is_native = true }, NULL },
	{ "veth, peer here",
	  { UP, KNOWN, .kind = "veth", .knows_peer = true, .peer = "v1", .netns_id = -1 },
	  { .is_native = true },
	  "frames that XDP redirects to 'eth1' are lost while its peer 'v1' has no XDP program; "
	  "portsteer attach v1" },
	{ "veth, both in a namespace with a name",
	  { UP, KNOWN, .kind = "veth", .knows_peer = true, .peer = "v1", .netns_id = -1 },
	  { .is_native = true, .netns = "blue" },
	  "frames that XDP redirects to 'eth1' are lost while its peer 'v1' has no XDP program; "
	  "portsteer -n blue attach v1" },
	{ "veth, peer in a namespace with a name",
	  { UP, KNOWN, .kind = "veth", .knows_peer = true, .peer = "v1", .peer_netns = "app" },
	  { .is_native = true },
	  "frames that XDP redirects to 'eth1' are lost while its peer 'v1' has no XDP program; "
	  "portsteer -n app attach v1" },
	{ "veth, peer in one without a name",
	  { UP, KNOWN, .kind = "veth", .knows_peer = true, .peer = "v1", .netns_id = 2 },
	  { .is_native = true },
	  "frames that XDP redirects to 'eth1' are lost while its peer 'v1' has no XDP program; in "
	  "the peer's namespace: portsteer -n NETNS attach v1" },
	{ "veth, of a kernel that does not say",
	  { UP, .kind = "veth", .knows_peer = true, .peer = "v1", .netns_id = -1 },
	  { .is_native = true },
	  "frames that XDP redirects to 'eth1' are lost while its peer 'v1' has no XDP program; "
	  "portsteer attach v1" },
	{ "the same, with a program",
	  { UP, .kind = "veth", .knows_peer = true, .peer_has_program = true },
	  { .is_native = true },
	  NULL },
	{ "too short",
	  { UP, KNOWN, .features = PS_XDP_XMIT },
	  { .is_native = true, .mtu = 3000, .device = "eth0" },
	  "'eth1' takes frames of at most 1500 bytes, and longer ones from 'eth0' (3000) are lost; "
	  "ip link set eth1 mtu 3000" },
	{ "too short, for generic XDP too",
	  { UP },
	  { .mtu = 3000, .device = "eth0", .netns = "blue" },
	  "'eth1' takes frames of at most 1500 bytes, and longer ones from 'eth0' (3000) are lost; "
	  "ip netns exec blue ip link set eth1 mtu 3000" },
	{ "one page only",
	  { .is_up = true, .mtu = 9000, KNOWN, .features = PS_XDP_XMIT },
	  { .is_native = true, .mtu = 9000, .device = "eth0" },
	  "the driver of 'eth1' takes no frames of more than a page from XDP, and those from "
	  "'eth0' (MTU 9000) may be longer; ip link set eth0 mtu 3498" },
	{ "several pages",
	  { .is_up = true, .mtu = 9000, KNOWN, .features = PS_XDP_XMIT | PS_XDP_XMIT_FRAGS },
	  { .is_native = true, .mtu = 9000 },
	  NULL },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ps_device target = rows[i].target;
		char text[768];
		const char *found;

		snprintf(target.name, sizeof(target.name), "eth1");
		found = ps_hazard_of_target(&target, &rows[i].source, text, sizeof(text));
		print_message("# %s\n", rows[i].what);
		assert_string_equal(found ?: "none", rows[i].text ?: "none");
	}
}

static void test_sources(void **state)
{
	const struct ps_device small = { .name = "a", .mtu = 1500 },
			       large = { .name = "b", .mtu = 9000 };
	struct ps_xdp_source source = {};

	(void)state;
	ps_xdp_source_add(&source, &small, PS_MODE_GENERIC);
	assert_false(source.is_native);
	ps_xdp_source_add(&source, &large, PS_MODE_NATIVE);
	ps_xdp_source_add(&source, &small, PS_MODE_GENERIC);
	assert_true(source.is_native);
	assert_int_equal(source.mtu, 9000);
	assert_string_equal(source.device, "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
