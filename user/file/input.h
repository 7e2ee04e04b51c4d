/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The bytes of a file on their way to the YAML parser: what no parser should
 * see is found here, with its place, and memory is bounded here. Pure but for
 * reading the stream.
 */
#ifndef PORTSTEER_FILE_INPUT_H
#define PORTSTEER_FILE_INPUT_H

#include <stdbool.h>
#include <stdio.h>
#include "base/diagnostic.h"

#define PS_FILE_BYTES_MAX (256u << 20)
#define PS_FILE_PIECE_MAX (1u << 20) /* of one scalar or comment */

struct ps_file_input {
	FILE *stream;
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

void ps_file_input_init(struct ps_file_input *input, FILE *stream,
			struct ps_diagnostics *diagnostics);

/*
 * Reads at most @size bytes. 0 at the end, which a diagnostic may be: then it is in
 * input->diagnostics, and what is before it was handed out.
 */
size_t ps_file_input_read(struct ps_file_input *input, unsigned char *buffer, size_t size);

#endif
