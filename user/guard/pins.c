// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Pins of the guard. See internal.h.
 */
#include <errno.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "guard/internal.h"
#include "pins/pins.h"

int ps_guard_pin(enum ps_guard_mode mode, int at)
{
	return (mode == PS_GUARD_ON ? PS_GUARD_PROGRAMS : 0) + at;
}

void ps_guard_pin_path(const struct ps_instance *instance, int pin, char ret[PS_PATH_SIZE])
{
	static const char *const names[PS_GUARD_PINS] = {
		PS_LINKS_DIR "/guard-report-ipv4",
		PS_LINKS_DIR "/guard-report-ipv6",
		PS_LINKS_DIR "/guard-on-ipv4",
		PS_LINKS_DIR "/guard-on-ipv6",
		PS_ATTEMPTS_PIN,
	};

	ps_instance_pin_path(instance, names[pin], ret);
}

void ps_guard_pins_close(struct ps_guard_pins *pins)
{
	for (int pin = 0; pin < PS_GUARD_PINS; pin++)
		if (pins->fd[pin] >= 0)
			close(pins->fd[pin]);
}

int ps_guard_pins_open(const struct ps_instance *instance, struct ps_guard_pins *ret,
		       struct ps_error *error)
{
	for (int pin = 0; pin < PS_GUARD_PINS; pin++) {
		char path[PS_PATH_SIZE];

		ps_guard_pin_path(instance, pin, path);
		ret->fd[pin] = bpf_obj_get(path);
		if (ret->fd[pin] < 0 && errno != ENOENT)
			return ps_error_errno(error, errno, "cannot open %s", path);
	}
	return 0;
}
