// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Frames that are made: what they show is what was asked for, their checksums are right,
 * and a shorter one shows the same.
 */
#include "frame/build.h"
#include "frame/shorten.h"
#include "frame/view.h"
#include "unit.h"

static struct ps_frame_plan draw_plan(void)
{
	struct ps_frame_plan plan = {
		.family = draw(2) ? PS_IPV4 : PS_IPV6,
		.proto = (enum ps_proto)(PS_TCP + draw(3)),
		.source_port = (__u16)draw(65536),
		.destination_port = (__u16)draw(65536),
		.vlans = (int)draw(PS_FRAME_VLANS + 1),
		.tcp_flags = (__u8)draw(256),
	};

	for (int i = 0; i < (plan.family == PS_IPV4 ? 4 : 16); i++) {
		plan.source[i] = (__u8)draw(256);
		plan.destination[i] = (__u8)draw(256);
	}
	for (int i = 0; i < plan.vlans; i++)
		plan.vlan[i] = (__u16)draw(4095);
	if (draw(2))
		plan.length = (__u32)(ps_frame_least(&plan) + draw(200));
	return plan;
}

static void must_show(const struct ps_view *view, const struct ps_frame_plan *plan)
{
	assert_int_equal(view->family, plan->family);
	assert_int_equal(view->proto, plan->proto);
	assert_memory_equal(view->source, plan->source, 16);
	assert_memory_equal(view->destination, plan->destination, 16);
	assert_true(view->has_ports);
	assert_int_equal(view->source_port, plan->source_port);
	assert_int_equal(view->destination_port, plan->destination_port);
	assert_int_equal(view->vlans, plan->vlans);
	assert_memory_equal(view->vlan, plan->vlan, (size_t)plan->vlans * sizeof(plan->vlan[0]));
}

static __u32 add(const __u8 *at, size_t size, __u32 sum)
{
	for (size_t i = 0; i < size; i++)
		sum += i & 1 ? at[i] : (__u32)at[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* A checksum that is right makes all of what it is about 0xffff. */
static void must_be_sound(const __u8 *bytes, size_t size, const struct ps_view *view)
{
	const __u8 *ip = bytes + view->network, *transport = bytes + view->transport;
	size_t address = view->family == PS_IPV4 ? 4 : 16, left = size - view->transport;
	__u32 sum = (__u32)left + (view->proto == PS_TCP ? 6 : 17);

	if (view->family == PS_IPV4)
		assert_int_equal(add(ip, 20, 0), 0xffff);
	if (view->proto == PS_SCTP)
		return;
	sum = add(view->destination, address, add(view->source, address, sum));
	assert_int_equal(add(transport, left, sum), 0xffff);
}

static void test_shows_what_was_asked_for(void **state)
{
	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct ps_frame_plan plan = draw_plan();
		__u8 bytes[PS_FRAME_MAX];
		size_t size = ps_frame_build(&plan, bytes);
		struct ps_view view;

		assert_int_equal(size, plan.length ?: ps_frame_least(&plan));
		ps_view_frame(bytes, size, &view);
		must_show(&view, &plan);
		must_be_sound(bytes, size, &view);
	}
}

/* Its chunk takes what there is. */
static void test_sctp_is_as_wide_as_its_frame(void **state)
{
	struct ps_frame_plan plan = { .family = PS_IPV4, .proto = PS_SCTP, .length = 90 };
	__u8 bytes[PS_FRAME_MAX];

	(void)state;
	assert_int_equal(ps_frame_least(&plan), 14 + 20 + 32);
	assert_int_equal(ps_frame_build(&plan, bytes), 90);
	assert_int_equal(bytes[34 + 12], 1);
	assert_int_equal(bytes[34 + 15], 90 - 34 - 12);
}

static void test_shorter_shows_the_same(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct ps_frame_plan plan = draw_plan();
		__u8 bytes[PS_FRAME_MAX];
		struct ps_view view;
		size_t size, limit = 200 + draw(1000);

		plan.length = (__u32)(limit + 1 + draw(3000));
		size = ps_frame_build(&plan, bytes);
		ps_frame_shorten(bytes, size, limit);
		ps_view_frame(bytes, limit, &view);
		must_show(&view, &plan);
		if (plan.family == PS_IPV4)
			assert_int_equal(bytes[view.network + 2] << 8 | bytes[view.network + 3],
					 limit - view.network);
		if (plan.proto == PS_UDP)
			assert_int_equal(bytes[view.transport + 4] << 8 | bytes[view.transport + 5],
					 limit - view.transport);
	}
}

/* Lengths that lie go on doing so. */
static void test_shorter_lies_the_same(void **state)
{
	struct ps_frame_plan plan = { .family = PS_IPV4, .proto = PS_UDP, .length = 1000 };
	__u8 bytes[PS_FRAME_MAX];

	(void)state;
	ps_frame_build(&plan, bytes);
	bytes[16] = 0xff; /* IP: 65 506 bytes and more */
	bytes[38] = 0xff; /* UDP: the same */
	ps_frame_shorten(bytes, 1000, 500);
	assert_int_equal(bytes[16], 0xff);
	assert_int_equal(bytes[38], 0xff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shows_what_was_asked_for),
		cmocka_unit_test(test_sctp_is_as_wide_as_its_frame),
		cmocka_unit_test(test_shorter_shows_the_same),
		cmocka_unit_test(test_shorter_lies_the_same),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}
