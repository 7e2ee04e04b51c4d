// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Looking at bytes before a parser does. See text.h.
 */
#include <errno.h>
#include <string.h>
#include "base/progress.h"
#include "base/text.h"

#define MARK 0xfeff

static const unsigned char mark[PS_TEXT_MARK] = { 0xef, 0xbb, 0xbf }; /* the same */

void ps_text_init(struct ps_text *text, FILE *stream, enum ps_text_kind kind,
		  struct ps_diagnostics *diagnostics)
{
	*text = (struct ps_text){
		.stream = stream,
		.kind = kind,
		.diagnostics = diagnostics,
		.place = { 1, 1 },
	};
}

/* The first byte of a character: how many follow, and what the next may be (RFC 3629). */
static bool start_character(struct ps_text *text, unsigned char byte)
{
	text->more = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
	text->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
	text->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
	text->character = byte < 0x80 ? byte : byte & (0x3f >> text->more);
	return byte < 0x80 || (byte >= 0xc2 && byte < 0xf5);
}

static bool continue_character(struct ps_text *text, unsigned char byte)
{
	if (byte < text->low || byte > text->high)
		return false;
	text->more--;
	text->low = 0x80;
	text->high = 0xbf;
	text->character = text->character << 6 | (byte & 0x3f);
	return true;
}

static bool is_utf8(struct ps_text *text, unsigned char byte)
{
	return text->more ? continue_character(text, byte) : start_character(text, byte);
}

/* Also what YAML takes for the end of a line and editors do not. */
static bool is_control(const struct ps_text *text)
{
	__u32 character = text->character;

	if (character == '\n' || character == '\r' || character == '\t')
		return false;
	return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 ||
	       character == 0x2029 || (character & 0xfffe) == 0xfffe;
}

static void advance(struct ps_text *text, unsigned char byte)
{
	if (byte == '\n' && text->had_return)
		; /* counted with the \r */
	else if (byte == '\n' || byte == '\r')
		text->place = (struct ps_position){ text->place.line + 1, 1 };
	else if (!text->more)
		text->place.column++;
	text->had_return = byte == '\r';
}

/* Its mark, or a character of ASCII: no UTF-8 begins like that. */
static bool is_utf16(const struct ps_text *text, unsigned char byte)
{
	return (text->bytes == 1 && byte >= 0xfe) || (text->bytes <= 2 && !byte);
}

/* Why @byte cannot be here, or NULL. */
static const char *find_fault(struct ps_text *text, unsigned char byte)
{
	bool is_yaml = text->kind == PS_TEXT_YAML;

	if (text->bytes++ == PS_TEXT_BYTES_MAX && is_yaml)
		return "a file has at most 256 MiB";
	if (text->piece++ == PS_TEXT_PIECE_MAX && is_yaml)
		return "a string or comment of more than 1 MiB";
	if (is_utf16(text, byte))
		return "the file is UTF-16 or UTF-32; save it as UTF-8";
	if (!is_utf8(text, byte))
		return "a byte that is not UTF-8";
	if (byte == '\t' && is_yaml)
		return "a tab; indent and separate with spaces";
	if (!text->more && text->character == MARK)
		return "a byte order mark, which may be at the beginning of a file only";
	if (!text->more && is_control(text))
		return is_yaml ? "a control character; in double quotes it can be written as "
				 "\\u001b"
			       : "a control character";
	return NULL;
}

static void end(struct ps_text *text, const char *diagnostic)
{
	ps_diagnostics_add(text->diagnostics, text->place, "%s", diagnostic);
	text->has_ended = true;
	text->has_fault = true;
}

/* How many of these bytes the parser may see. */
static size_t inspect(struct ps_text *text, const unsigned char *buffer, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const char *diagnostic = find_fault(text, buffer[i]);

		if (diagnostic) {
			end(text, diagnostic);
			return i;
		}
		advance(text, buffer[i]);
	}
	return size;
}

/* Takes the mark off the beginning of the file. How many bytes of @buffer are left. */
static size_t skip_mark(const struct ps_text *text, unsigned char *buffer, size_t length)
{
	if (text->bytes || length < PS_TEXT_MARK || memcmp(buffer, mark, PS_TEXT_MARK))
		return length;
	memmove(buffer, buffer + PS_TEXT_MARK, length - PS_TEXT_MARK);
	return length - PS_TEXT_MARK;
}

size_t ps_text_read(struct ps_text *text, unsigned char *buffer, size_t size)
{
	size_t length, seen;

	if (text->has_ended)
		return 0;
	length = fread(buffer, 1, size, text->stream);
	ps_progress_add(length);
	seen = inspect(text, buffer, skip_mark(text, buffer, length));
	if (length == size || text->has_ended)
		return seen;
	text->has_ended = true;
	text->error = ferror(text->stream) ? errno ?: EIO : 0;
	if (!text->error && text->more)
		end(text, "the file ends within a character");
	return seen;
}
