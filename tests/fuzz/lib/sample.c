// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Frames as text, and what parsers made of them. See sample.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/reason.h"
#include "binding/endpoint.h"
#include "sample.h"

#define BYTES_A_LINE 32

static int digit(char byte)
{
	if (!isxdigit((unsigned char)byte))
		return -1;
	return isdigit((unsigned char)byte) ? byte - '0' : (byte | 0x20) - 'a' + 10;
}

/* Appends the bytes of a line of hex digits. */
static bool read_hex(const char *line, struct sample *sample)
{
	int high = -1;

	for (; *line; line++) {
		int value = digit(*line);

		if (isspace((unsigned char)*line))
			continue;
		if (value < 0 || sample->size == FRAME_MAX)
			return false;
		if (high < 0) {
			high = value;
			continue;
		}
		sample->data[sample->size++] = (__u8)(high << 4 | value);
		high = -1;
	}
	return high < 0;
}

void sample_build(const char *words, struct sample *ret)
{
	static struct frame frame;

	frame_build(words, 0, &frame);
	ret->size = frame.size;
	ret->linear = SAMPLE_WHOLE;
	memcpy(ret->data, frame.data, frame.size);
}

static bool read_line(const char *line, struct sample *sample, size_t *linear)
{
	if (line[0] == '#')
		return true;
	if (!strncmp(line, "linear ", 7)) {
		*linear = strtoul(line + 7, NULL, 10);
		return true;
	}
	if (strncmp(line, "frame ", 6))
		return read_hex(line, sample);
	sample_build(line + 6, sample);
	return true;
}

bool sample_read(const char *text, size_t size, struct sample *ret)
{
	char *copy = strndup(text, size), *rest = copy, *line;
	size_t linear = SAMPLE_WHOLE;
	bool good = true;

	ret->size = 0;
	while (good && (line = strsep(&rest, "\n")))
		good = read_line(line, ret, &linear);
	free(copy);
	ret->linear = linear;
	return good && ret->size;
}

size_t sample_write(const struct sample *sample, char text[SAMPLE_TEXT_MAX])
{
	static const char digits[] = "0123456789abcdef";
	char *at = text;

	if (sample->linear < sample->size)
		at += sprintf(at, "linear %zu\n", sample->linear);
	for (size_t i = 0; i < sample->size; i++) {
		*at++ = digits[sample->data[i] >> 4];
		*at++ = digits[sample->data[i] & 15];
		if (i % BYTES_A_LINE == BYTES_A_LINE - 1 || i + 1 == sample->size)
			*at++ = '\n';
	}
	*at = '\0';
	return (size_t)(at - text);
}

bool parsed_is_equal(const struct parsed *a, const struct parsed *b)
{
	if (a->reason || b->reason)
		return a->reason == b->reason &&
		       (a->family == b->family || !parsed_is_unfound(a->reason));
	return a->family == b->family && a->proto == b->proto && a->opens_flow == b->opens_flow &&
	       a->sport == b->sport && a->dport == b->dport && !memcmp(a->src, b->src, 16) &&
	       !memcmp(a->dst, b->dst, 16);
}

const char *parsed_format(const struct parsed *parsed, char *text, size_t size)
{
	char src[PS_ADDRESS_TEXT], dst[PS_ADDRESS_TEXT];

	if (parsed->reason) {
		snprintf(text, size, "%s", ps_reason_name(parsed->reason));
		return text;
	}
	ps_address_format(parsed->family, parsed->src, src);
	ps_address_format(parsed->family, parsed->dst, dst);
	snprintf(text, size, "%s %s port %u to %s port %u%s", ps_proto_name(parsed->proto), src,
		 parsed->sport, dst, parsed->dport, parsed->opens_flow ? ", opens a flow" : "");
	return text;
}
