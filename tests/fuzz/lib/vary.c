// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A stream of frames. See vary.h.
 */
#include <string.h>
#include "compose.h"
#include "mutate.h"
#include "vary.h"

#define VARIANTS 8 /* mutations of one frame before the next */

/* One frame, whole or changed up to three times. */
static void vary(struct dice *dice, const struct sample *base, struct sample *ret)
{
	ret->size = base->size;
	ret->linear = base->linear;
	memcpy(ret->data, base->data, base->size);
	for (unsigned int i = dice_roll(dice, 4); i; i--)
		mutate_sample(dice, ret, FRAME_MAX);
}

void vary_next(struct dice *dice, __u64 number, struct sample *base, struct sample *ret)
{
	if (number < compose_seeds()) {
		compose_seed((unsigned int)number, ret);
		return;
	}
	if (number % VARIANTS == 0 || number == compose_seeds())
		compose_sample(dice, base);
	vary(dice, base, ret);
}
