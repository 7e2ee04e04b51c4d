// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What frames show of themselves that programs would not go by: fragments, headers that
 * are cut off, extension headers, tags without end.
 */
#include "frame/build.h"
#include "frame/view.h"
#include "unit.h"

static __u8 bytes[PS_FRAME_MAX];

static size_t build(enum ps_family family, int vlans)
{
	struct ps_frame_plan plan = {
		.family = family,
		.proto = PS_TCP,
		.source_port = 40000,
		.destination_port = 443,
		.vlans = vlans,
		.vlan = { 5, 6, 7, 8 },
	};

	return ps_frame_build(&plan, bytes);
}

static struct ps_view view_of(size_t size)
{
	__u8 *copy = malloc(size ?: 1); /* for the sanitizer to see what is read */
	struct ps_view view;

	memcpy(copy, bytes, size);
	ps_view_frame(copy, size, &view);
	free(copy);
	return view;
}

/* Of every beginning: addresses once the IP header is there, ports once they are. */
static void test_cut_anywhere(void **state)
{
	(void)state;
	for (enum ps_family family = PS_IPV4; family <= PS_IPV6; family++) {
		size_t ip = family == PS_IPV4 ? 20 : 40, size = build(family, 2);

		for (size_t cut = 0; cut <= size; cut++) {
			struct ps_view view = view_of(cut);

			assert_int_equal(view.vlans, cut < 18 ? 0 : cut < 22 ? 1 : 2);
			assert_int_equal(view.family, cut < 22 + ip ? PS_ANY : family);
			assert_int_equal(view.has_ports, cut >= 22 + ip + 4);
		}
	}
}

static void test_fragments(void **state)
{
	struct ps_view view;
	size_t size = build(PS_IPV4, 0);

	(void)state;
	bytes[14 + 6] = 0x20; /* the first */
	assert_true(view_of(size).has_ports);
	bytes[14 + 7] = 1;
	view = view_of(size);
	assert_false(view.has_ports);
	assert_int_equal(view.proto, PS_TCP);
	assert_int_equal(view.family, PS_IPV4);
}

/* The TCP header of @size bytes goes behind an extension header of 8 bytes. */
static size_t extend(size_t size, __u8 kind, const __u8 header[8])
{
	memmove(bytes + 62, bytes + 54, size - 54);
	memcpy(bytes + 54, header, 8);
	bytes[54] = 6;
	bytes[20] = kind;
	bytes[19] = (__u8)(bytes[19] + 8);
	return size + 8;
}

static void test_extension_headers(void **state)
{
	static const __u8 kinds[] = { 0, 43, 60 };
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds); i++) {
		size = extend(build(PS_IPV6, 0), kinds[i], (const __u8[8]){ 0 });
		assert_int_equal(view_of(size).destination_port, 443);
	}
	size = extend(build(PS_IPV6, 0), 44, (const __u8[8]){ 0, 0, 0, 1 });
	assert_int_equal(view_of(size).destination_port, 443); /* the first fragment */
	size = extend(build(PS_IPV6, 0), 44, (const __u8[8]){ 0, 0, 0, 8 });
	assert_false(view_of(size).has_ports);
	assert_int_equal(view_of(size).proto, PS_TCP);
	size = extend(build(PS_IPV6, 0), 60,
		      (const __u8[8]){ 0, 200 }); /* longer than the packet */
	assert_false(view_of(size).has_ports);
	size = extend(build(PS_IPV6, 0), 50, (const __u8[8]){ 0 }); /* ESP */
	assert_int_equal(view_of(size).proto, PS_NO_PROTO);
}

static void test_no_ip(void **state)
{
	struct ps_view view;
	size_t size = build(PS_IPV4, 0);

	(void)state;
	bytes[12] = 0x08, bytes[13] = 0x06;
	view = view_of(size);
	assert_int_equal(view.family, PS_ANY);
	size = build(PS_IPV4, 0);
	bytes[14] = 0x55; /* version 5 */
	assert_int_equal(view_of(size).family, PS_ANY);
	size = build(PS_IPV4, 0);
	bytes[14] = 0x44; /* a header of 16 bytes */
	view = view_of(size);
	assert_int_equal(view.family, PS_IPV4);
	assert_false(view.has_ports);
}

static void test_tags_without_end(void **state)
{
	(void)state;
	for (size_t i = 12; i < 1000; i += 2)
		bytes[i] = 0x81, bytes[i + 1] = 0;
	assert_int_equal(view_of(1000).vlans, PS_VIEW_VLANS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_anywhere),	  cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_extension_headers), cmocka_unit_test(test_no_ip),
		cmocka_unit_test(test_tags_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
