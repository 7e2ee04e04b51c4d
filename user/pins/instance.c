// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is where in an open instance. See instance.h.
 */
#include "pins/instance.h"

void ps_instance_name_arrays(struct ps_instance *instance)
{
#define POINT(NAME, pin, ...) instance->pin = instance->memory[PS_MAP_##NAME];
#define NOTHING(...)
	PS_MAPS(POINT, NOTHING)
}

__u32 ps_instance_half(const struct ps_instance *instance)
{
	return __atomic_load_n(&instance->state->generation, __ATOMIC_ACQUIRE) & 1;
}

struct ps_port *ps_instance_ports(const struct ps_instance *instance, __u32 half)
{
	return instance->directory->entry + (size_t)half * PS_HALF_PORTS;
}

struct ps_target *ps_instance_targets(const struct ps_instance *instance, __u32 half)
{
	return instance->targets + (size_t)half * PS_TARGETS_MAX;
}
