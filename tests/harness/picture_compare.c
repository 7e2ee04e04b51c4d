// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How pictures compare. See picture.h.
 */
#include <stdio.h>
#include <string.h>
#include "binding/endpoint.h"
#include "picture.h"

bool picture_is_equal(const struct picture *a, const struct picture *b)
{
	return !memcmp(&a->is_pending, &b->is_pending, sizeof(a->is_pending)) &&
	       !strcmp(a->text[PICTURE_TABLE], b->text[PICTURE_TABLE]) &&
	       !strcmp(a->text[PICTURE_HOOKS], b->text[PICTURE_HOOKS]) &&
	       !strcmp(a->text[PICTURE_FILES], b->text[PICTURE_FILES]) &&
	       !strcmp(a->text[PICTURE_SHAPES], b->text[PICTURE_SHAPES]);
}

static bool has_line(const char *text, const char *line, size_t length)
{
	for (; *text; text = strchrnul(text, '\n'), text += *text == '\n')
		if (!strncmp(text, line, length) && (!text[length] || text[length] == '\n'))
			return true;
	return false;
}

/* Calls for each line: 1 for a line of @text that neither of the others has. */
static bool has_line_beside(const char *text, const char *first, const char *second)
{
	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		if (!has_line(first, text, length) && !has_line(second, text, length))
			return true;
	}
	return false;
}

/* A line that both have, and @text has not. */
static bool lacks_common_line(const char *text, const char *first, const char *second)
{
	for (size_t length; *first; first += length + (first[length] == '\n')) {
		length = strcspn(first, "\n");
		if (has_line(second, first, length) && !has_line(text, first, length))
			return true;
	}
	return false;
}

bool picture_is_between(const struct picture *picture, const struct picture *first,
			const struct picture *second, enum picture_part part)
{
	const char *text = picture->text[part];

	return !has_line_beside(text, first->text[part], second->text[part]) &&
	       !lacks_common_line(text, first->text[part], second->text[part]);
}

static bool has_lost(const struct picture *picture, const struct ps_endpoint *endpoint,
		     __u64 packets)
{
	for (int i = 0; i < picture->counters; i++)
		if (ps_endpoint_is_equal(&picture->counter[i].endpoint, endpoint))
			return picture->counter[i].packets < packets;
	return false;
}

static bool has_lost_reasons(const struct picture *picture, __u32 prog_id, __u64 reasons)
{
	for (int i = 0; i < picture->hooks; i++)
		if (picture->hook[i].prog_id == prog_id)
			return picture->hook[i].reasons < reasons;
	return false;
}

bool picture_has_lost_count(const struct picture *picture, const struct picture *former,
			    char text[PICTURE_TEXT])
{
	char endpoint[PS_ENDPOINT_TEXT];

	for (int i = 0; i < former->counters; i++)
		if (has_lost(picture, &former->counter[i].endpoint, former->counter[i].packets)) {
			ps_endpoint_format(&former->counter[i].endpoint, endpoint);
			snprintf(text, PICTURE_TEXT, "the counter of %s", endpoint);
			return true;
		}
	for (int i = 0; i < former->hooks; i++)
		if (has_lost_reasons(picture, former->hook[i].prog_id, former->hook[i].reasons)) {
			snprintf(text, PICTURE_TEXT, "the reasons of slot %u",
				 former->hook[i].slot);
			return true;
		}
	return false;
}

static void add_lines(const char *text, const char *others, char mark, char *ret)
{
	for (size_t length; *text; text += length + (text[length] == '\n')) {
		size_t used = strlen(ret);

		length = strcspn(text, "\n");
		if (!has_line(others, text, length))
			snprintf(ret + used, PICTURE_TEXT - used, "%c %.*s\n", mark, (int)length,
				 text);
	}
}

void picture_difference(const struct picture *picture, const struct picture *wanted,
			enum picture_part part, char text[PICTURE_TEXT])
{
	add_lines(picture->text[part], wanted->text[part], '+', text);
	add_lines(wanted->text[part], picture->text[part], '-', text);
}
