// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which interfaces get what arrives at others: made up ones, and real ones in
 * a network namespace of this program's own.
 */
#include <string.h>
#include "host/reach.h"
#include "namespace.h"

static void test_spread(void **state)
{
	/* eth0 (1) in bond0 (2), bond0.5 (3) on it, in vrf (4); eth1 (5) beside, eth1.5 (6) on it
	 */
	struct ps_device items[] = {
		{ .ifindex = 3, .link = 2, .master = 4, .kind = "vlan", .netns_id = -1 },
		{ .ifindex = 1, .master = 2, .netns_id = -1 },
		{ .ifindex = 2, .kind = "bond", .netns_id = -1 },
		{ .ifindex = 4, .kind = "vrf", .netns_id = -1 },
		{ .ifindex = 5, .netns_id = -1 },
		{ .ifindex = 6, .link = 5, .kind = "vlan", .netns_id = -1 },
		/* A veth's link is beside it, a tunnel's carries it wrapped up, this one is
		   elsewhere. */
		{ .ifindex = 7, .link = 1, .kind = "veth", .netns_id = -1 },
		{ .ifindex = 8, .link = 1, .kind = "gre", .netns_id = -1 },
		{ .ifindex = 9, .link = 1, .kind = "macvlan", .netns_id = 3 },
	};
	struct ps_devices devices = { items, 9 };

	(void)state;
	ps_reach_spread(&devices);
	for (int i = 0; i < 9; i++)
		assert_false(items[i].is_reached);
	items[1].is_reached = true;
	ps_reach_spread(&devices);
	for (int i = 0; i < 9; i++)
		assert_int_equal(items[i].is_reached, items[i].ifindex <= 4);
}

static struct ps_device *named(const struct ps_devices *devices, const char *name)
{
	__u32 ifindex = if_nametoindex(name);

	for (size_t i = 0; i < devices->count; i++)
		if (devices->item[i].ifindex == ifindex)
			return &devices->item[i];
	fail_msg("%s is not there", name);
	return NULL;
}

static void test_read(void **state)
{
	struct ps_error error;
	struct ps_devices devices;

	(void)state;
	need_namespace();
	run_ip("link add bridge0 type bridge\n"
	       "link add va type veth peer name vb\n"
	       "link set vb master bridge0\n"
	       "link add mv link va type macvlan\n");
	assert_int_equal(ps_devices_read(&devices, &error), 0);
	assert_int_equal(named(&devices, "vb")->master, if_nametoindex("bridge0"));
	named(&devices, "va")->is_reached = true;
	ps_reach_spread(&devices);
	assert_true(named(&devices, "mv")->is_reached);
	assert_false(named(&devices, "vb")->is_reached);
	assert_false(named(&devices, "bridge0")->is_reached);
	assert_false(named(&devices, "lo")->is_reached);
	ps_devices_done(&devices);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
