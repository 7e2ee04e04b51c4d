// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Steps of the capacity. See capacity.h.
 */
#include <stdint.h>
#include <stdlib.h>
#include <portsteer/abi.h>
#include "base/number.h"
#include "pins/capacity.h"

#define FACTOR 4

/* What tests ask for by @name, else 0. */
static __u64 step_of_tests(const char *name)
{
	const char *text = getenv(name);
	long step = text ? ps_number_parse(text, UINT32_MAX) : 0;

	return step > 0 ? (__u64)step : 0;
}

static __u64 step_for(__u32 wanted)
{
	__u64 capacity = PS_CAPACITY_FIRST, step = step_of_tests("PORTSTEER_STEP");

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

__u32 ps_flow_room_first(void)
{
	__u64 step = step_of_tests("PORTSTEER_FLOWS");

	return step && step < PS_FLOWS_FIRST ? (__u32)step : PS_FLOWS_FIRST;
}

__u32 ps_flow_room_after(__u32 room)
{
	__u32 max = ps_flow_room_first() * (PS_FLOWS_MAX / PS_FLOWS_FIRST);

	return room < max / FACTOR ? room * FACTOR : room < max ? max : room;
}
