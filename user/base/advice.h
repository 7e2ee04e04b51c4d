/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Commands that are printed so that they are copied: each is made here, its words
 * quoted for a shell, and with the -n of what it is about. Pure. Whoever makes a
 * text asks for the command that stands in it, which is its "fix" in JSON.
 *
 * In all of them the first words are literal, and what follows up to NULL is
 * data. A result is valid until PS_ADVICE_KEPT others are made.
 */
#ifndef PORTSTEER_BASE_ADVICE_H
#define PORTSTEER_BASE_ADVICE_H

#define PS_ADVICE_KEPT 8
#define PS_ADVICE_NUMBER 12

/* From now on portsteer's own commands are said with -n @netns; NULL: without. */
void ps_advice_speak_for(const char *netns);

/* "portsteer -n blue detach 'a b'": for the instance that this command is about. */
const char *ps_advice(const char *words, ...) __attribute__((sentinel));

/* The same for that of @netns, which -n takes; "" or "default": the machine's own. */
const char *ps_advice_for(const char *netns, const char *words, ...) __attribute__((sentinel));

/*
 * "ip netns exec blue ethtool -K eth0 lro off": of others, within @netns, a name
 * or a path; "": as it is.
 */
const char *ps_advice_inside(const char *netns, const char *words, ...) __attribute__((sentinel));

/* @number as a word of these. Returns @text. */
const char *ps_advice_number(unsigned int number, char text[PS_ADVICE_NUMBER]);

/* What takes the instance @name away: "portsteer flush && portsteer detach all". */
const char *ps_advice_remove(const char *name);

/* Made anew from a text that is kept elsewhere, so that it is found; NULL: none. */
void ps_advice_again(const char *command);

/* The one that stands in @text as a whole, "" when there is none. */
const char *ps_advice_find(const char *text);

#endif
