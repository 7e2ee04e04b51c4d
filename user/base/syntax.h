/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What may be typed next, by the syntax that help prints: "DEV [hook xdp|tc]".
 * Pure. A word is itself, one of several (xdp|tc), or, in capitals, a place for
 * something; brackets hold what may be left out, several in any order; a |
 * between blanks parts whole alternatives.
 */
#ifndef PORTSTEER_BASE_SYNTAX_H
#define PORTSTEER_BASE_SYNTAX_H

/* A place that has a syntax of its own. */
struct ps_syntax_part {
	const char *place; /* "ACTION"; NULL ends the list */
	const char *syntax;
};

/* Gets each word or place that may come, some of them twice. */
typedef void (*ps_syntax_offer)(void *context, const char *word);

struct ps_syntax {
	const struct ps_syntax_part *parts;
	ps_syntax_offer offer;
	void *context;
};

/* What may come behind @words, @count of them. */
void ps_syntax_next(const struct ps_syntax *syntax, const char *text, int count,
		    const char *const words[]);

#endif
