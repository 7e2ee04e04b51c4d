// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Captures of either byte order and any mixture of blocks are read; those that are
 * damaged, up to the damage, which is named with its place; what is written can be read.
 */
#include "frame/capture_write.h"
#include "made_capture.h"
#include "unit.h"

/* Reads @size bytes to their end: the frames, and the error behind them, if any. */
static int read_all(size_t size, struct ps_captured ret[], struct ps_error *error)
{
	FILE *file = size ? fmemopen(made.bytes, size, "r") : fopen("/dev/null", "r");
	struct ps_capture *capture;
	int count = 0, result;

	assert_non_null(file);
	error->text[0] = '\0';
	capture = ps_capture_open(file, "f", error);
	while (capture && (result = ps_capture_next(capture, &ret[count], error)) > 0)
		if (ret[count].frame.readable == 16)
			assert_memory_equal(ret[count++].frame.bytes, FRAME, 16);
		else
			count++;
	if (capture && !result)
		error->text[0] = '\0';
	ps_capture_close(capture);
	fclose(file);
	return count;
}

static void test_pcap(void **state)
{
	static const __u32 magics[] = { 0xa1b2c3d4, 0xa1b23c4d };
	struct ps_captured frame[8];
	struct ps_error error;

	(void)state;
	for (int i = 0; i < 4; i++) {
		begin(i & 1);
		put_pcap(magics[i / 2], 1);
		put_record(1700000000, 5, 16, 16);
		put_record(1700000001, 999999, 16, 1500);
		put_record(1700000001, 999999, 16, 3); /* shorter than what is there */
		assert_int_equal(read_all(made.size, frame, &error), 3);
		assert_string_equal(error.text, "");
		assert_int_equal(frame[0].number, 1);
		assert_int_equal(frame[0].seconds, 1700000000);
		assert_int_equal(frame[0].nanoseconds, i < 2 ? 5000 : 5);
		assert_int_equal(frame[1].frame.length, 1500);
		assert_int_equal(frame[2].frame.length, 16);
	}
}

static void test_mixture(void **state)
{
	struct ps_captured frame[8];
	struct ps_error error;

	(void)state;
	begin(false);
	put_section();
	put_interface(1, "eth0", -1, 0);
	put_interface(101, "tun0", 9, 0);
	put_enhanced(1, 1700000000123456789, 16, 16);
	put32(0x80000bad), put32(16), put32(0), put32(16); /* a block of somebody's own */
	put_enhanced(0, 1700000000123456, 16, 17);
	made.is_swapped = true; /* from here on */
	put_section();
	put_interface(1, "eth7", 0x80 | 4, 10);
	put32(3), put32(16 + 12), put32(50), put(FRAME, 10), put("\0", 2), put32(28); /* simple */
	put_enhanced(0, 1700000000ULL * 16 + 4, 16, 16);
	assert_int_equal(read_all(made.size, frame, &error), 4);
	assert_string_equal(error.text, "");
	assert_int_equal(frame[0].seconds, 1700000000);
	assert_int_equal(frame[0].nanoseconds, 123456789);
	assert_int_equal(frame[0].index, 1);
	assert_int_equal(frame[1].nanoseconds, 123456000);
	assert_false(frame[2].has_time);
	assert_int_equal(frame[2].frame.readable, 10);
	assert_int_equal(frame[2].frame.length, 50);
	assert_int_equal(frame[2].index, 2);
	assert_int_equal(frame[3].seconds, 1700000000);
	assert_int_equal(frame[3].nanoseconds, 250000000);
}

/* Ends anywhere: what is whole is read, and else it is said where it ends. */
static void test_cut_anywhere(void **state)
{
	struct ps_captured frame[8];
	struct ps_error error;
	size_t head, first;

	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		begin(kind);
		if (kind) {
			put_section();
			put_interface(1, "eth0", 9, 0);
		} else {
			put_pcap(0xa1b2c3d4, 1);
		}
		head = made.size;
		if (kind)
			put_enhanced(0, 1, 16, 16);
		else
			put_record(1, 1, 16, 16);
		first = made.size;
		memcpy(made.bytes + first, made.bytes + head, first - head);
		made.size += first - head;
		for (size_t cut = 0; cut <= made.size; cut++) {
			int wanted = cut >= made.size ? 2 : cut >= first ? 1 : 0;
			bool is_whole = cut == made.size || cut == first || cut == head ||
					(kind && cut == 28);

			assert_int_equal(read_all(cut, frame, &error), wanted);
			assert_int_equal(!*error.text, is_whole);
		}
	}
}

static void damage_block(size_t at, __u32 length)
{
	begin(false);
	put_section();
	put_interface(1, "eth0", -1, 0);
	put_enhanced(0, 1, 16, 16);
	put_enhanced(0, 1, 16, 16);
	memcpy(made.bytes + at, &length, sizeof(length));
}

static void test_damaged(void **state)
{
	/* The second frame begins at byte 108, after 28 and 32 and 48. */
	static const struct {
		size_t at;
		__u32 value;
		int frames;
		const char *why;
	} rows[] = {
		{ 112, 0, 1, "108: a length that is too short for a block" },
		{ 112, 7, 1, "108: a length that is too short for a block" },
		{ 112, 46, 1, "108: a length that is not a multiple of 4" },
		{ 112, 52, 1, "108: the file ends within it" },
		{ 112, 0xfffffffc, 1, "108: the file ends within it" },
		{ 112, 44, 1, "108: its two lengths differ" },
		{ 152, 44, 1, "108: its two lengths differ" },
		{ 116, 1, 1, "108: a frame of an interface that was not described" },
		{ 128, 17, 1, "108: a frame that is longer than its block" },
		{ 128, 262145, 1, "108: a frame of more than 262144 bytes" },
		{ 8, 0x11223344, 0, "0: a section without its byte order" },
		{ 4, 24, 0, "0: a length that is too short for a block" },
		{ 12, 2, 0, "0: a version of pcapng that is not known" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ps_captured frame[8];
		struct ps_error error;
		char wanted[128];

		damage_block(rows[i].at, rows[i].value);
		snprintf(wanted, sizeof(wanted), "f is damaged at byte %s", rows[i].why);
		assert_int_equal(read_all(made.size, frame, &error), rows[i].frames);
		assert_string_equal(error.text, wanted);
		assert_int_equal(error.status, PS_EXIT_USAGE);
	}
}

static void test_more_damage(void **state)
{
	struct ps_captured frame[8];
	struct ps_error error;

	(void)state;
	begin(false);
	put_section();
	put_enhanced(0, 1, 16, 16); /* before any interface */
	assert_int_equal(read_all(made.size, frame, &error), 0);
	assert_string_equal(error.text, "f is damaged at byte 28: a frame of an interface that "
					"was not described");
	begin(false);
	put_section();
	put32(6), put32(12), put32(12);
	assert_int_equal(read_all(made.size, frame, &error), 0);
	assert_string_equal(error.text,
			    "f is damaged at byte 28: a block that is too short for its kind");
	begin(true);
	put_pcap(0xa1b2c3d4, 1);
	put_record(1, 1, 16, 16);
	put_record(1, 1, 262145, 262145);
	assert_int_equal(read_all(made.size, frame, &error), 1);
	assert_string_equal(error.text,
			    "f is damaged at byte 56: a frame of more than 262144 bytes");
	begin(false), put_section();
	put_interface(1, "", -1, 0), put_interface(1, "eth0", -1, 0);
	made.bytes[74] = 12; /* so the name would reach behind its block: it has none */
	put_enhanced(1, 1, 16, 16);
	assert_true(read_all(made.size, frame, &error) == 1 && !frame[0].index);
}

/* However many there are, what a frame costs has a bound. */
static void test_many_interfaces(void **state)
{
	struct ps_captured frame[8];
	struct ps_error error;
	char name[16], damage[100];
	size_t last = 0;

	(void)state;
	begin(false);
	put_section();
	for (int i = 0; i < 1025; i++) {
		snprintf(name, sizeof(name), "eth%d", i);
		last = made.size;
		put_interface(1, name, -1, 0);
		if (i < 3)
			put_enhanced(0, 1, 16, 16);
	}
	snprintf(damage, sizeof(damage),
		 "f is damaged at byte %zu: an interface beyond the 1024 that are read", last);
	assert_int_equal(read_all(made.size, frame, &error), 3);
	assert_string_equal(error.text, damage);
}

static void test_no_capture(void **state)
{
	static const struct {
		const char *bytes, *why;
	} rows[] = {
		{ "", "f is empty" },
		{ "text that is no capture", "f is neither pcap nor pcapng" },
		{ "abc", "f is neither pcap nor pcapng" },
		{ "\x1f\x8b\x08\x01 and so on", "f is compressed; try: gzip -dc FILE | ... -r -" },
		{ "\x28\xb5\x2f\xfd and so on", "f is compressed; try: zstd -dc FILE | ... -r -" },
		{ "\x34\xcd\xb2\xa1 and so on",
		  "f is a modified pcap, which is not read; editcap can convert it" },
		{ "snoop\1\1\1", "f is a capture of snoop, which is not read; editcap can convert "
				 "it" },
		{ "\xd4\xc3\xb2\xa1\3\1\4\1", "f is damaged at byte 0: a version of pcap that is "
					      "not known" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ps_captured frame[8];
		struct ps_error error;

		begin(false);
		put(rows[i].bytes, strlen(rows[i].bytes));
		assert_int_equal(read_all(made.size, frame, &error), 0);
		assert_string_equal(error.text, rows[i].why);
	}
}

/* Each with its comment and verdict, where they are to be. */
static void test_written_is_read(void **state)
{
	const struct ps_capture_interface interfaces[] = {
		{ .link_type = 1, .name = "eth0", .resolution = 9 },
		{ .link_type = 101, .name = "", .resolution = 9, .snaplen = 96 },
	};
	const struct ps_capture_note note = { "portsteer: drop: drop", PS_JUDGE_XDP, 1 };
	const struct ps_capture_note none = { "", PS_JUDGE_NONE, 0 };
	struct ps_captured frame[8], one = { .index = 1,
					     .has_time = true,
					     .seconds = 1700000000,
					     .nanoseconds = 123456789,
					     .frame = { (const __u8 *)FRAME, 16, 1500 } };
	struct ps_captured other = { .index = 0, .frame = { (const __u8 *)FRAME, 15, 15 } };
	FILE *file = fmemopen(made.bytes, sizeof(made.bytes), "w");
	struct ps_error error;

	(void)state;
	ps_capture_write_head(file, "portsteer");
	ps_capture_write_interface(file, &interfaces[0]);
	ps_capture_write_interface(file, &interfaces[1]);
	ps_capture_write_frame(file, &one, &note);
	ps_capture_write_frame(file, &other, &none);
	made.size = (size_t)ftell(file);
	fclose(file);
	assert_int_equal(read_all(made.size, frame, &error), 2);
	assert_string_equal(error.text, "");
	assert_int_equal(frame[0].seconds, 1700000000);
	assert_int_equal(frame[0].nanoseconds, 123456789);
	assert_int_equal(frame[0].index, 1);
	assert_int_equal(frame[0].frame.length, 1500);
	assert_int_equal(frame[1].index, 0);
	assert_int_equal(frame[1].frame.readable, 15);
	assert_non_null(memmem(made.bytes, made.size, "\1\0\x15\0portsteer: drop: drop\0\0\0", 28));
	assert_non_null(memmem(made.bytes, made.size, "\7\0\x9\0\2\1\0\0\0\0\0\0\0\0\0\0", 16));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap),	     cmocka_unit_test(test_mixture),
		cmocka_unit_test(test_cut_anywhere), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_more_damage),  cmocka_unit_test(test_many_interfaces),
		cmocka_unit_test(test_no_capture),   cmocka_unit_test(test_written_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
