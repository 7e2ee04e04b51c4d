/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is printed, and written, of the frames of a capture.
 */
#ifndef PORTSTEER_CMD_REPLAY_H
#define PORTSTEER_CMD_REPLAY_H

#include <limits.h>
#include "cmd/context.h"
#include "frame/capture_read.h"
#include "observe/explain.h"
#include "observe/tally.h"

/* explain -r FILE. */
int ps_replay_run(struct ps_context *context);

/* One line of what became of a frame, as text or as an object. */
void ps_replay_print(const struct ps_context *context, const struct ps_captured *captured,
		     const struct ps_frame *frame, const struct ps_explained *explained);

/* "drop: drop, by tcp any:443 (web)": what became of it, for people. Returns @text. */
#define PS_REPLAY_TEXT 256
const char *ps_replay_format(const struct ps_explained *explained, char text[PS_REPLAY_TEXT]);

/* The sums, on stderr. */
void ps_replay_print_tally(const struct ps_context *context, struct ps_tally *tally);

/* A file that appears whole, or not at all, in the place of one that may be there. */
struct ps_replay_file {
	const char *path;
	FILE *file; /* NULL: there is none */
	char temporary[PATH_MAX]; /* "": it is written in its place, as devices are */
	size_t interfaces; /* that were written */
};

int ps_replay_open(const char *path, struct ps_replay_file *ret, struct ps_error *error);

/* The frame with what became of it; NULL: nothing is known. */
int ps_replay_write(struct ps_replay_file *file, const struct ps_capture *capture,
		    const struct ps_captured *captured, const struct ps_explained *explained,
		    struct ps_error *error);

/* Puts it into its place. */
int ps_replay_close(struct ps_replay_file *file, struct ps_error *error);

/* Forgets it, when it was not closed. */
void ps_replay_abandon(struct ps_replay_file *file);

#endif
