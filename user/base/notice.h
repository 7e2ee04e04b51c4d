/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a module has to say beside its result: what it did unasked, or what it
 * could not look at and therefore left alone. Pure: it knows nobody who listens.
 */
#ifndef PORTSTEER_BASE_NOTICE_H
#define PORTSTEER_BASE_NOTICE_H

/* @text is one line, without its end. */
typedef void (*ps_notice_hear)(void *to, const char *text);

/* From now on @hear is called with @to for every notice; NULL: nobody is. */
void ps_notice_listen(ps_notice_hear hear, void *to);

void ps_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
