// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Losses of redirects. See loss.h.
 */
#include <stdio.h>
#include <unistd.h>
#include "loss.h"
#include "object.h"

struct pins {
	char refused[PS_PATH_SIZE + 32];
	char dropped[PS_PATH_SIZE + 32];
};

static struct pins pins_of(const struct ps_instance *instance)
{
	struct pins pins;

	snprintf(pins.refused, sizeof(pins.refused), "%s/watch-refused", instance->path);
	snprintf(pins.dropped, sizeof(pins.dropped), "%s/watch-dropped", instance->path);
	return pins;
}

static void unpin(const struct pins *pins)
{
	unlink(pins->refused);
	unlink(pins->dropped);
}

bool ps_loss_is_watched(const struct ps_instance *instance)
{
	const struct pins pins = pins_of(instance);

	return !access(pins.refused, F_OK) && !access(pins.dropped, F_OK);
}

int ps_loss_watch(const struct ps_instance *instance, struct ps_error *error)
{
	const struct pins pins = pins_of(instance);
	const char *const paths[] = { pins.refused, pins.dropped };

	unpin(&pins); /* those of another build would count as well */
	return ps_object_watch_losses(instance, paths, error);
}

void ps_loss_tidy(const struct ps_instance *instance)
{
	const struct pins pins = pins_of(instance);

	for (int i = 0; i < PS_HOOKS_MAX; i++)
		if (instance->hooks[i].hook == PS_HOOK_XDP)
			return;
	unpin(&pins);
}
