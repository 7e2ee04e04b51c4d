// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Captures. Frames are whole and in order, and damage has a place in the file; what
 * the file would be when it ended earlier begins with the same frames; what is read
 * and written again is read as the same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "frame/capture_link.h"
#include "frame/capture_read.h"
#include "frame/capture_write.h"
#include "frame/view.h"
#include "text.h"

#define NAME "f"
#define COMMENT "as it was"

/* A file that is read, and written again on the way; @frames of it, with a sum of each. */
struct reading {
	const uint8_t *data;
	size_t size;
	FILE *copy; /* NULL: not written */
	size_t interfaces; /* that were written */
	uint64_t *sum;
	size_t frames;
	bool is_whole; /* no error ended it */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t add_to_sum(uint64_t sum, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * 0x100000001b3ULL;
	return sum;
}

/* All that a copy keeps: times are counted in nanoseconds, and everything has one. */
static uint64_t sum_of(const struct ps_captured *captured)
{
	const struct ps_capture_interface *interface = captured->interface;
	uint64_t ticks = (uint64_t)captured->seconds * 1000000000 + captured->nanoseconds;
	uint64_t sum = add_to_sum(captured->number, &ticks, sizeof(ticks));

	sum = add_to_sum(sum, &interface->link_type, sizeof(interface->link_type));
	sum = add_to_sum(sum, &interface->snaplen, sizeof(interface->snaplen));
	sum = add_to_sum(sum, interface->name, strlen(interface->name));
	sum = add_to_sum(sum, &captured->frame.length, sizeof(captured->frame.length));
	return add_to_sum(sum, captured->frame.bytes, captured->frame.readable);
}

/* The same as Ethernet, as far as it is understood, and what it shows. */
static void look_at(const struct ps_captured *captured)
{
	struct ps_frame frame;
	struct ps_view view;

	if (!ps_link_is_known(captured->interface->link_type))
		return;
	frame = ps_link_ethernet(captured);
	text_must(frame.readable <= frame.length, "there is no more of a frame than it has");
	ps_view_frame(frame.bytes, frame.readable, &view);
	text_must(view.network <= frame.readable && view.transport <= frame.readable,
		  "what is shown of a frame is in it");
}

static void check_frame(const struct ps_capture *capture, const struct ps_captured *captured,
			const struct reading *reading)
{
	text_must(captured->number == reading->frames + 1, "frames are counted");
	text_must(captured->interface == ps_capture_interface(capture, captured->index),
		  "a frame has the interface of its index");
	text_must(strlen(captured->interface->name) < PS_CAPTURE_NAME, "a name ends");
	text_must(captured->frame.readable <= captured->frame.length &&
			  captured->frame.readable <= PS_FRAME_READABLE_MAX,
		  "a frame is no longer than it may be");
	text_must(captured->frame.readable < reading->size, "a frame is in the file");
	text_must(captured->nanoseconds < 1000000000, "nanoseconds are part of a second");
	look_at(captured);
}

static void write_again(struct reading *reading, const struct ps_capture *capture,
			const struct ps_captured *captured)
{
	struct ps_capture_note note = { .comment = COMMENT, .judge = captured->number % 3 };

	for (; reading->interfaces <= captured->index; reading->interfaces++)
		ps_capture_write_interface(reading->copy,
					   ps_capture_interface(capture, reading->interfaces));
	ps_capture_write_frame(reading->copy, captured, &note);
}

static void keep(struct reading *reading, const struct ps_captured *captured)
{
	reading->sum = realloc(reading->sum, (reading->frames + 1) * sizeof(*reading->sum));
	if (!reading->sum)
		abort();
	reading->sum[reading->frames++] = sum_of(captured);
}

static void check_error(const struct reading *reading, const struct ps_error *error)
{
	unsigned long long at;

	text_must(error->status == PS_EXIT_USAGE, "an error of input has the status for it");
	text_must(!strncmp(error->text, NAME " ", 2) && error->text[2], "an error names the file");
	if (sscanf(error->text, NAME " is damaged at byte %llu:", &at) == 1)
		text_must(at < reading->size, "damage is in the file");
	else
		text_must(!reading->frames, "what is no capture has no frames");
}

static void read_frames(struct reading *reading, struct ps_capture *capture)
{
	struct ps_captured captured;
	struct ps_error error = {};
	int result;

	while ((result = ps_capture_next(capture, &captured, &error)) > 0) {
		check_frame(capture, &captured, reading);
		if (reading->copy)
			write_again(reading, capture, &captured);
		keep(reading, &captured);
	}
	reading->is_whole = !result;
	if (result < 0)
		check_error(reading, &error);
}

static void read_all(struct reading *reading)
{
	FILE *file = fmemopen((void *)reading->data, reading->size, "r");
	struct ps_error error = {};
	struct ps_capture *capture;

	if (!file)
		abort();
	capture = ps_capture_open(file, NAME, &error);
	if (capture)
		read_frames(reading, capture);
	else
		check_error(reading, &error);
	ps_capture_close(capture);
	fclose(file);
}

static void must_begin_same(const struct reading *reading, const struct reading *other)
{
	text_must(other->frames <= reading->frames, "there are no other frames");
	for (size_t i = 0; i < other->frames; i++)
		text_must(other->sum[i] == reading->sum[i], "each frame is the same");
}

static void must_read_back(const struct reading *reading, const char *text, size_t size)
{
	struct reading again = { .data = (const uint8_t *)text, .size = size };

	read_all(&again);
	text_must(again.is_whole && again.frames == reading->frames, "what is written is read");
	must_begin_same(reading, &again);
	free(again.sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading reading = { .data = data, .size = size }, cut = { .data = data };
	size_t written;
	char *text;

	if (!size)
		return 0;
	reading.copy = open_memstream(&text, &written);
	if (!reading.copy)
		abort();
	ps_capture_write_head(reading.copy, "fuzz");
	read_all(&reading);
	fclose(reading.copy);
	must_read_back(&reading, text, written);
	cut.size = size - data[size - 1] % size;
	read_all(&cut);
	must_begin_same(&reading, &cut);
	free(cut.sum);
	free(reading.sum);
	free(text);
	return 0;
}
