/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A frame for the packet fuzzers, and its text, which is what corpus files and
 * reproductions hold. Lines of hex digits; '#' begins a comment; "linear N":
 * only the first N bytes are in the buffer that a program can read directly;
 * "frame WORDS": in place of hex, the words of tests/harness/frame.h.
 */
#ifndef PORTSTEER_FUZZ_SAMPLE_H
#define PORTSTEER_FUZZ_SAMPLE_H

#include <stdbool.h>
#include "frame.h"

#define SAMPLE_WHOLE FRAME_MAX
#define SAMPLE_TEXT_MAX (FRAME_MAX / 32 * 66 + 128)

struct sample {
	size_t size; /* not 0 */
	size_t linear; /* bytes that a program can read directly; beyond the size: all */
	__u8 data[FRAME_MAX];
};

/* What a parser makes of a sample. Addresses are laid out as in struct ps_endpoint. */
struct parsed {
	enum ps_reason reason; /* PS_REASON_NONE: all of the rest is set */
	enum ps_family family;
	enum ps_proto proto;
	bool opens_flow;
	__u16 sport, dport;
	__u8 src[16], dst[16];
	size_t ip_end; /* of the reference: where the IP packet ends by its own length; 0: unsaid */
};

/* Bytes that a program can read directly. */
static inline size_t sample_readable(const struct sample *sample)
{
	return sample->linear < sample->size ? sample->linear : sample->size;
}

/* Reads @size bytes of @text; false when that is no sample. */
bool sample_read(const char *text, size_t size, struct sample *ret);

/* Writes @sample to @text as a string; its length. */
size_t sample_write(const struct sample *sample, char text[SAMPLE_TEXT_MAX]);

/* Builds it from the words of tests/harness/frame.h. */
void sample_build(const char *words, struct sample *ret);

/* Its transport may be there and was not found; what becomes of it depends on the family. */
static inline bool parsed_is_unfound(enum ps_reason reason)
{
	return reason == PS_REASON_VLAN_LIMIT || reason == PS_REASON_EXT_LIMIT ||
	       reason == PS_REASON_UNREADABLE;
}

/* The same reason, and where there is none, the same endpoints. */
bool parsed_is_equal(const struct parsed *a, const struct parsed *b);

/* "udp 192.0.2.1 port 5 to ..., opens a flow", or the name of the reason. */
const char *parsed_format(const struct parsed *parsed, char *text, size_t size);

#endif
