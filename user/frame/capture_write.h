/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Captured frames into a file of pcapng, each with a comment and the verdict of a
 * program. Pure.
 */
#ifndef PORTSTEER_FRAME_CAPTURE_WRITE_H
#define PORTSTEER_FRAME_CAPTURE_WRITE_H

#include "frame/capture_read.h"

/* Whose number a verdict is, as epb_verdict has it. */
enum ps_capture_judge {
	PS_JUDGE_NONE,
	PS_JUDGE_TC,
	PS_JUDGE_XDP,
};

struct ps_capture_note {
	const char *comment; /* "": none */
	enum ps_capture_judge judge;
	__u64 verdict; /* of a judge, as the program returned it */
};

/* The beginning of the file, made by @program. What cannot be written is known by ferror(). */
void ps_capture_write_head(FILE *file, const char *program);

/* An interface; frames mean them by their order in the file. */
void ps_capture_write_interface(FILE *file, const struct ps_capture_interface *interface);

/* A frame as it was read, of the interface with its index. */
void ps_capture_write_frame(FILE *file, const struct ps_captured *captured,
			    const struct ps_capture_note *note);

#endif
