// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One frame to both opinions. See explain.h.
 */
#include <string.h>
#include "frame/shorten.h"
#include "frame/view.h"
#include "observe/explain.h"

#define WHOLE_MAX 65600 /* bytes of a frame that is run as it is */

/* For frames that are not run as they are; ps_judge() likes them 2 bytes behind a word. */
static __u8 room_and_before[WHOLE_MAX + 2] __attribute__((aligned(4)));
static __u8 *const room = room_and_before + 2;

bool ps_explain_is_current(const struct ps_instance *instance)
{
	struct ps_state state;
	__u32 key = 0;

	return ps_is_yes(ps_map_ask(instance->map_fd[PS_MAP_STATE], &key, &state)) &&
	       state.generation == instance->state->generation;
}

static void judge(const struct ps_frame *frame, struct ps_explained *explained)
{
	ps_judge(frame, &explained->judged);
	explained->is_cut = explained->judged.reason == PS_JUDGED_NOT_HERE;
	if (explained->is_cut)
		ps_judge(&(struct ps_frame){ frame->bytes, frame->readable, frame->readable },
			 &explained->judged);
}

/* The first bytes of the frame, up to @size; zeros stand for those that are not there. */
static void copy_padded(const struct ps_frame *frame, size_t size)
{
	size_t there = frame->readable < size ? frame->readable : size;

	memcpy(room, frame->bytes, there);
	memset(room + there, 0, size - there);
}

/* A shorter frame that is judged the same, in the room. */
static bool is_shortened(const struct ps_frame *frame, const struct ps_judged *judged)
{
	struct ps_judged again;

	copy_padded(frame, PS_REHEARSED_MAX);
	ps_frame_shorten(room, frame->length, PS_REHEARSED_MAX);
	ps_judge(&(struct ps_frame){ room, PS_REHEARSED_MAX, PS_REHEARSED_MAX }, &again);
	return !memcmp(&again, judged, sizeof(again));
}

/* What is run in its place. Its payload decides nothing. */
static void lay_out(const struct ps_frame *frame, const struct ps_explained *explained,
		    struct ps_rehearsed *ret)
{
	size_t length = explained->is_cut ? frame->readable : frame->length;
	struct ps_frame whole = { frame->bytes, frame->readable, length };

	*ret = (struct ps_rehearsed){ .bytes = frame->bytes, .size = length };
	if (length > PS_REHEARSED_MAX && is_shortened(&whole, &explained->judged)) {
		ret->bytes = room;
		ret->size = PS_REHEARSED_MAX;
	} else if (length > frame->readable && length <= WHOLE_MAX) {
		copy_padded(&whole, length);
		ret->bytes = room;
	} else if (length > frame->readable) {
		ret->size = frame->readable;
	}
}

/*
 * The kernel wants so many bytes. At TC it also has a link header where packets have none, so that
 * lengths are not judged as they would be.
 */
static bool can_be_rehearsed(const struct ps_arrival *arrival, const struct ps_explained *explained,
			     const __u8 *bytes, size_t size)
{
	bool has_tag = size >= PS_REHEARSED_MIN && (bytes[12] == 0x81 || bytes[12] == 0x88);
	enum ps_reason reason = explained->judged.reason;

	if (!arrival->has_no_link)
		return size >= PS_REHEARSED_MIN;
	if (has_tag) /* as no packet there has */
		return false;
	if (arrival->hook == PS_HOOK_XDP)
		return size >= 2 * PS_REHEARSED_MIN;
	return size >= PS_REHEARSED_MIN && reason != PS_REASON_TRUNCATED &&
	       reason != PS_REASON_MALFORMED;
}

int ps_explain(struct ps_rehearsal *rehearsal, const struct ps_frame *frame,
	       struct ps_explained *ret, struct ps_error *error)
{
	const struct ps_arrival *arrival = &rehearsal->arrival;
	struct ps_explained explained = { .hook = arrival->hook };
	struct ps_rehearsed rehearsed;

	judge(frame, &explained);
	if (ps_expect(&rehearsal->instance, arrival, &explained.judged, &explained.expected, error))
		return -1;
	explained.opinion = explained.expected.opinion;
	lay_out(frame, &explained, &rehearsed);
	rehearsed.slot = explained.opinion.slot;
	explained.is_rehearsed =
		can_be_rehearsed(arrival, &explained, rehearsed.bytes, rehearsed.size);
	if (explained.is_rehearsed) {
		if (ps_rehearse(rehearsal, &rehearsed, error))
			return -1;
		explained.opinion = rehearsed.opinion;
		explained.number = rehearsed.number;
		memcpy(explained.link, rehearsed.link, sizeof(explained.link));
	}
	explained.differs = !ps_opinion_is_equal(&explained.opinion, &explained.expected.opinion);
	*ret = explained;
	return explained.differs && !ps_explain_is_current(&rehearsal->instance);
}
