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
};

/* Fills @error. Always returns -1, so that it can end a function. */
int ps_error_set(struct ps_error *error, enum ps_exit status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for invalid input: @word is the index of the word at fault. */
int ps_error_at(struct ps_error *error, int word, int offset, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same for a failed system call: appends what errno (positive) means. */
int ps_error_errno(struct ps_error *error, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "'WORD' is not one of A, B, C; did you mean B?" at @word; @valid ends with NULL. */
int ps_error_unknown(struct ps_error *error, int word, const char *given, const char *what,
		     const char *const *valid);

#endif
