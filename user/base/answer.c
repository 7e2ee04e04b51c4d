// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Answers of look-ups. See answer.h.
 */
#include <errno.h>
#include "base/answer.h"

struct ps_answer ps_answer_yes(void)
{
	return (struct ps_answer){ .is = PS_IS_YES };
}

struct ps_answer ps_answer_no(void)
{
	return (struct ps_answer){ .is = PS_IS_NO };
}

struct ps_answer ps_answer_unknown(int err)
{
	return (struct ps_answer){ .is = PS_IS_UNKNOWN, .err = err };
}

struct ps_answer ps_answer_of(int err)
{
	if (!err)
		return ps_answer_yes();
	if (err == ENOENT || err == ENODEV || err == ENXIO)
		return ps_answer_no();
	return ps_answer_unknown(err);
}

bool ps_is_yes(struct ps_answer answer)
{
	return answer.is == PS_IS_YES;
}

bool ps_is_no(struct ps_answer answer)
{
	return answer.is == PS_IS_NO;
}

bool ps_is_unknown(struct ps_answer answer)
{
	return answer.is == PS_IS_UNKNOWN;
}
