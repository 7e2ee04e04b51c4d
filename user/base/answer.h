/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a look-up answers: yes, no, or that it is not known. A struct, so that
 * no condition takes "not known" for one of the others by mistake: whoever asks
 * says which answer is meant. Only the kernel's own word (ENOENT, ENODEV, ENXIO)
 * is a no; what is not known changes nothing, and is said with its cause.
 */
#ifndef PORTSTEER_BASE_ANSWER_H
#define PORTSTEER_BASE_ANSWER_H

#include <stdbool.h>

struct ps_answer {
	enum { PS_IS_UNKNOWN, PS_IS_NO, PS_IS_YES } is;
	int err; /* why it is not known, a positive errno; else 0 */
};

/* Of a call that ended with @err, a positive errno: 0 is a yes. */
struct ps_answer ps_answer_of(int err);

struct ps_answer ps_answer_yes(void);
struct ps_answer ps_answer_no(void);
struct ps_answer ps_answer_unknown(int err);

bool ps_is_yes(struct ps_answer answer);
bool ps_is_no(struct ps_answer answer);
bool ps_is_unknown(struct ps_answer answer);

#endif
