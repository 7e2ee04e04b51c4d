/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Why something was not done, in words for the operator, and the exit status
 * that says so to scripts. Filled where the cause is known, printed once, by
 * main.c. Functions that take one return 0 or -1 and fill it when they fail.
 */
#ifndef PORTSTEER_BASE_ERROR_H
#define PORTSTEER_BASE_ERROR_H

enum ps_exit {
	PS_EXIT_DONE = 0,
	PS_EXIT_REFUSED = 1, /* by the kernel or the system */
	PS_EXIT_USAGE = 2, /* or invalid input */
	PS_EXIT_CONFLICT = 3,
	PS_EXIT_NOT_FOUND = 4, /* or not attached */
	PS_EXIT_DIFFERS = 10, /* a dry run found something to do */
	PS_EXIT_LOCKED = 75, /* lock timeout, EX_TEMPFAIL of sysexits.h */
};

struct ps_error {
	enum ps_exit status;
	int word; /* index of the offending word, -1: none in particular */
	int offset; /* of the fault within that word, in bytes */
	char text[1024];
	char fix[512]; /* the command that stands in the text, "" when there is none */
	char file[256]; /* that is at fault, "" when none is */
	unsigned int line, column; /* of it, from 1; 0: of no line in particular */
};

/* What kind of error it is, in a word for programs: "usage". */
const char *ps_exit_name(enum ps_exit status);

/* Fills @error. Always returns -1, so that it can end a function. */
int ps_error_set(struct ps_error *error, enum ps_exit status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for invalid input: @word is the index of the word at fault. */
int ps_error_at(struct ps_error *error, int word, int offset, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same for a failed system call: appends what errno (positive) means. */
int ps_error_errno(struct ps_error *error, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "FILE:LINE:COLUMN: " before its text. Returns -1 as well. */
int ps_error_locate(struct ps_error *error, const char *file, unsigned int line,
		    unsigned int column);

/* A word that others use, and what is said of it: "'drop' does that". */
struct ps_synonym {
	const char *word;
	const char *answer;
};

/* Words that may stand somewhere. All lists end with NULL. */
struct ps_vocabulary {
	const char *what; /* "action": what they are */
	const char *const *valid;
	const char *const *harmful; /* those of them that are never suggested; NULL: none is */
	const struct ps_synonym *synonyms; /* NULL: none */
};

/*
 * "unknown action 'WORD'; valid: A, B, C; did you mean 'B'?" at @word. Who typed something unknown
 * is not led to what destroys: that is listed, and not suggested.
 */
int ps_error_unknown_in(struct ps_error *error, int word, const char *given,
			const struct ps_vocabulary *vocabulary);

/* The same where nothing is harmful, and others use no other words. */
int ps_error_unknown(struct ps_error *error, int word, const char *given, const char *what,
		     const char *const *valid);

#endif
