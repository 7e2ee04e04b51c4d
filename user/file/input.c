// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Looking at bytes before the YAML parser does. See input.h.
 */
#include <errno.h>
#include "base/progress.h"
#include "file/input.h"

void ps_file_input_init(struct ps_file_input *input, FILE *stream,
			struct ps_diagnostics *diagnostics)
{
	*input = (struct ps_file_input){
		.stream = stream,
		.diagnostics = diagnostics,
		.place = { 1, 1 },
	};
}

/* The first byte of a character: how many follow, and what the next may be (RFC 3629). */
static bool start_character(struct ps_file_input *input, unsigned char byte)
{
	input->more = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
	input->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
	input->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
	input->character = byte < 0x80 ? byte : byte & (0x3f >> input->more);
	return byte < 0x80 || (byte >= 0xc2 && byte < 0xf5);
}

static bool continue_character(struct ps_file_input *input, unsigned char byte)
{
	if (byte < input->low || byte > input->high)
		return false;
	input->more--;
	input->low = 0x80;
	input->high = 0xbf;
	input->character = input->character << 6 | (byte & 0x3f);
	return true;
}

static bool is_utf8(struct ps_file_input *input, unsigned char byte)
{
	return input->more ? continue_character(input, byte) : start_character(input, byte);
}

/* Also what YAML takes for the end of a line and editors do not. */
static bool is_control(const struct ps_file_input *input)
{
	__u32 character = input->character;

	if (character == '\n' || character == '\r')
		return false;
	return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 ||
	       character == 0x2029 || (character == 0xfeff && input->bytes > 3) ||
	       (character & 0xfffe) == 0xfffe;
}

static void advance(struct ps_file_input *input, unsigned char byte)
{
	if (byte == '\n' && input->had_return)
		; /* counted with the \r */
	else if (byte == '\n' || byte == '\r')
		input->place = (struct ps_position){ input->place.line + 1, 1 };
	else if (!input->more)
		input->place.column++;
	input->had_return = byte == '\r';
}

/* Why @byte cannot be here, or NULL. */
static const char *find_fault(struct ps_file_input *input, unsigned char byte)
{
	if (input->bytes++ == PS_FILE_BYTES_MAX)
		return "a file has at most 256 MiB";
	if (input->piece++ == PS_FILE_PIECE_MAX)
		return "a string or comment of more than 1 MiB";
	if (!is_utf8(input, byte))
		return "a byte that is not UTF-8";
	if (byte == '\t')
		return "a tab; indent and separate with spaces";
	if (!input->more && is_control(input))
		return "a control character; in double quotes it can be written as \\u001b";
	return NULL;
}

static void end(struct ps_file_input *input, const char *diagnostic)
{
	ps_diagnostics_add(input->diagnostics, input->place, "%s", diagnostic);
	input->has_ended = true;
	input->has_fault = true;
}

/* How many of these bytes the parser may see. */
static size_t inspect(struct ps_file_input *input, const unsigned char *buffer, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const char *diagnostic = find_fault(input, buffer[i]);

		if (diagnostic) {
			end(input, diagnostic);
			return i;
		}
		advance(input, buffer[i]);
	}
	return size;
}

size_t ps_file_input_read(struct ps_file_input *input, unsigned char *buffer, size_t size)
{
	size_t length, seen;

	if (input->has_ended)
		return 0;
	length = fread(buffer, 1, size, input->stream);
	ps_progress_add(length);
	seen = inspect(input, buffer, length);
	if (length == size || input->has_ended)
		return seen;
	input->has_ended = true;
	input->error = ferror(input->stream) ? errno ?: EIO : 0;
	if (!input->error && input->more)
		end(input, "the file ends within a character");
	return seen;
}
