/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What comes before and after a command that is killed, or that fails: making
 * the instance it begins with, judging and clearing away what it leaves.
 */
#ifndef PORTSTEER_TESTS_BEFORE_AFTER_H
#define PORTSTEER_TESTS_BEFORE_AFTER_H

/* Commands, separated by ';', each of which must end with 0 or @other. */
void before_run(const char *commands, int other);

/* Confirms, unbinds and detaches all there is, which must leave nothing. */
void after_clear(const char *when);

/* The instance, if there is one, agrees with itself: see audit.h. */
void after_check_whole(const char *when);

/* Skips the test, saying why, when this command is refused; else what it makes stays. */
void before_skip_unless(const char *words);

/* Fails, with the lines that are in only one of two texts. */
void after_fail_difference(const char *when, const char *what, const char *is, const char *wanted);

#endif
