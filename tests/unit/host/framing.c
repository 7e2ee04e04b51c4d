// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which types of interfaces are read, and how.
 */
#include <linux/if_arp.h>
#include "host/framing.h"
#include "unit.h"

static const struct {
	struct ps_framing framing;
	bool is_known, has_no_link, is_bare;
	const char *name;
} rows[] = {
	{ { ARPHRD_ETHER, "" }, true, false, false, "Ethernet" },
	{ { ARPHRD_ETHER, "veth" }, true, false, false, "Ethernet" },
	{ { ARPHRD_ETHER, "tun" }, true, false, false, "Ethernet" }, /* a tap */
	{ { ARPHRD_LOOPBACK, "" }, true, false, false, "loopback" },
	{ { ARPHRD_NONE, "tun" }, true, true, true, "none" },
	{ { ARPHRD_NONE, "wireguard" }, true, true, true, "none" },
	{ { ARPHRD_NONE, "xfrm" }, true, true, false, "none" },
	{ { ARPHRD_NONE, "" }, true, true, false, "none" },
	{ { ARPHRD_PPP, "" }, true, true, true, "PPP" },
	{ { ARPHRD_RAWIP, "" }, true, true, true, "raw IP" },
	{ { ARPHRD_TUNNEL, "ipip" }, true, true, true, "IPv4 tunnel" },
	{ { ARPHRD_TUNNEL, "vti" }, true, true, false, "IPv4 tunnel" },
	{ { ARPHRD_TUNNEL6, "ip6tnl" }, true, true, true, "IPv6 tunnel" },
	{ { ARPHRD_SIT, "sit" }, true, true, true, "SIT" },
	{ { ARPHRD_IPGRE, "gre" }, true, true, false, "GRE" },
	{ { ARPHRD_IP6GRE, "ip6gre" }, true, true, false, "GRE over IPv6" },
	{ { ARPHRD_INFINIBAND, "" }, false, false, false, "InfiniBand" },
	{ { ARPHRD_IEEE80211_RADIOTAP, "" }, false, false, false, "raw 802.11" },
	{ { ARPHRD_VOID, "" }, false, false, false, "type 65535" },
	{ { 12345, "tun" }, false, false, false, "type 12345" },
};

static void test_types(void **state)
{
	char name[PS_FRAMING_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct ps_framing *framing = &rows[i].framing;

		assert_int_equal(ps_framing_is_known(framing->type), rows[i].is_known);
		assert_int_equal(ps_framing_has_no_link(framing->type), rows[i].has_no_link);
		assert_int_equal(ps_framing_is_bare(framing), rows[i].is_bare);
		assert_string_equal(ps_framing_name(framing->type, name), rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
