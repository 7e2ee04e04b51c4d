// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Steps of the capacity. See capacity.h.
 */
#include <stdint.h>
#include <stdlib.h>
#include "base/number.h"
#include <portsteer/abi.h>
#include "pins/capacity.h"

#define FACTOR 4

/* What tests ask for, else 0. */
static __u64 step_of_tests(void)
{
	const char *text = getenv("PORTSTEER_STEP");
	long step = text ? ps_number_parse(text, UINT32_MAX) : 0;

	return step > 0 ? (__u64)step : 0;
}

static __u64 step_for(__u32 wanted)
{
	__u64 capacity = PS_CAPACITY_FIRST, step = step_of_tests();

	if (step)
		return wanted <= step ? step : (wanted + step - 1) / step * step;
	while (capacity < wanted)
		capacity *= FACTOR;
	return capacity;
}

__u32 ps_capacity_for(__u32 wanted, __u32 max)
{
	__u64 capacity = step_for(wanted);

	return capacity < max ? (__u32)capacity : max;
}
