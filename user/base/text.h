/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The bytes of a file on their way to a parser: what no parser should see is
 * found here, with its place, and what editors put there without being asked (a
 * byte order mark) goes no further. Lines end with LF, CR LF or CR. Pure but for
 * reading the stream.
 */
#ifndef PORTSTEER_BASE_TEXT_H
#define PORTSTEER_BASE_TEXT_H

#include <stdbool.h>
#include <stdio.h>
#include "base/diagnostic.h"

#define PS_TEXT_BYTES_MAX (256u << 20) /* of YAML, which is kept */
#define PS_TEXT_PIECE_MAX (1u << 20) /* of one scalar or comment */

enum ps_text_kind {
	PS_TEXT_YAML, /* without tabs; in memory for a while, so its size has bounds */
	PS_TEXT_LINES, /* of words */
};

struct ps_text {
	FILE *stream;
	enum ps_text_kind kind;
	struct ps_diagnostics *diagnostics;
	struct ps_position place; /* of the next character */
	size_t bytes; /* read */
	size_t piece; /* read since the parser last had something to show; it sets this to 0 */
	int error; /* errno of reading */
	bool has_ended; /* by a diagnostic, or by the end of the stream */
	bool has_fault; /* which ended it */
	__u32 character; /* that the last byte belongs to, as far as it was read */
	unsigned char more, low, high; /* its bytes to come, and the bounds of the next */
	bool had_return; /* the last byte was \r */
};

void ps_text_init(struct ps_text *text, FILE *stream, enum ps_text_kind kind,
		  struct ps_diagnostics *diagnostics);

/*
 * Reads at most @size bytes, of which there are at least PS_TEXT_MARK. 0 at the end, which a
 * diagnostic may be: then it is in text->diagnostics, and what is before it was handed out.
 */
#define PS_TEXT_MARK 3
size_t ps_text_read(struct ps_text *text, unsigned char *buffer, size_t size);

#endif
