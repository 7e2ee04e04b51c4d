// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Raw and cooked frames become Ethernet; other kinds are named.
 */
#include "frame/capture_link.h"
#include "unit.h"

/* As Ethernet, with the packet behind its header; the EtherType as @type. */
static void must_become(__u16 link_type, const void *bytes, size_t size, __u16 type, size_t payload)
{
	const struct ps_capture_interface interface = { .link_type = link_type };
	const struct ps_captured captured = { .interface = &interface,
					      .frame = { bytes, size, size + 5 } };
	struct ps_frame frame = ps_link_ethernet(&captured);

	assert_true(ps_link_is_known(link_type));
	assert_int_equal(frame.readable, 14 + payload);
	assert_int_equal(frame.length, 14 + payload + 5);
	assert_int_equal(frame.bytes[12] << 8 | frame.bytes[13], type);
	assert_memory_equal(frame.bytes + 14, (const __u8 *)bytes + size - payload, payload);
}

static void test_links(void **state)
{
	static const __u8 cooked[20] = { [14] = 0x86, 0xdd, 1, 2, 3, 4 };
	static const __u8 cooked_2[24] = { 0x08, 0x06, [20] = 1, 2, 3, 4 };
	const struct ps_capture_interface short_one = { .link_type = 113 };
	const struct ps_captured captured = { .interface = &short_one,
					      .frame = { cooked, 15, 90 } };

	(void)state;
	must_become(101, "\x45xyz", 4, 0x0800, 4);
	must_become(12, "\x60xyz", 4, 0x86dd, 4);
	must_become(101, "\x55xyz", 4, 0x0800, 4);
	must_become(228, "\x60xyz", 4, 0x0800, 4);
	must_become(229, "\x60xyz", 4, 0x86dd, 4);
	must_become(113, cooked, sizeof(cooked), 0x86dd, 4);
	must_become(276, cooked_2, sizeof(cooked_2), 0x0806, 4);
	assert_int_equal(ps_link_ethernet(&captured).readable, 0);
	assert_false(ps_link_is_known(127));
	assert_string_equal(ps_link_name(127), "radiotap");
	assert_string_equal(ps_link_name(9999), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
