/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel and the file system hold of the instance `default`, as text to
 * compare, read from the maps and hooks themselves: nothing of portsteer is asked.
 */
#ifndef PORTSTEER_TESTS_PICTURE_H
#define PORTSTEER_TESTS_PICTURE_H

#include <stdbool.h>
#include <portsteer/abi.h>

#define PICTURE_BINDINGS 64
#define PICTURE_IDS 128
#define PICTURE_TEXT 8192

/* What each part holds is one line of text for each thing in it. */
enum picture_part {
	PICTURE_TABLE, /* bindings with what they do, their names and owners; sockets */
	PICTURE_HOOKS, /* what is attached, by slot, by pin and by hook; reserved ports */
	PICTURE_FILES, /* pins, and files of /run/portsteer */
	PICTURE_SHAPES, /* how many bindings have each; counted anew while a change is pending */
	PICTURE_PARTS,
};

struct picture {
	char text[PICTURE_PARTS][PICTURE_TEXT];
	bool is_pending; /* a command still has to finish a change */
	struct {
		struct ps_endpoint endpoint;
		__u64 packets;
	} counter[PICTURE_BINDINGS];
	int counters;
	struct {
		__u32 slot, prog_id;
		__u64 reasons; /* counted by that program */
	} hook[PS_HOOKS_MAX];
	int hooks;
	__u32 id[PICTURE_IDS]; /* of programs and links */
	int ids;
};

extern const char *const picture_parts[PICTURE_PARTS];

/*
 * Programs and links that are in @former, if there is one, are "kept", else "other"; a program
 * where
 * @former has none is "new".
 */
void picture_take(const struct picture *former, struct picture *ret);

bool picture_is_equal(const struct picture *a, const struct picture *b);

/* Every line of @part is in @first or in @second, and nothing of both is missing. */
bool picture_is_between(const struct picture *picture, const struct picture *first,
			const struct picture *second, enum picture_part part);

/* What was counted for a binding, or by a program that stayed, is less: says which. */
bool picture_has_lost_count(const struct picture *picture, const struct picture *former,
			    char text[PICTURE_TEXT]);

/* Adds "+ LINE" and "- LINE" for what @part has, and has not, against @wanted. */
void picture_difference(const struct picture *picture, const struct picture *wanted,
			enum picture_part part, char text[PICTURE_TEXT]);

#endif
