// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Other programs in the guard's links. See attach.h.
 */
#include <errno.h>
#include <bpf/bpf.h>
#include "guard/attach.h"
#include "guard/internal.h"
#include "instance/object.h"

/* Into the links that are pinned, of the mode @mode. */
static int renew_links(const struct ps_instance *instance, enum ps_guard_mode mode,
		       const struct ps_guard_pins *pins, const struct ps_guard_pins *programs,
		       struct ps_error *error)
{
	char path[PS_PATH_SIZE];

	for (int at = 0; at < PS_GUARD_PROGRAMS; at++) {
		int link_fd = pins->fd[ps_guard_pin(mode, at)];

		if (link_fd < 0 || !bpf_link_update(link_fd, programs->fd[at], NULL))
			continue;
		if (errno == ENOLINK) /* its cgroup is gone */
			continue;
		ps_guard_pin_path(instance, ps_guard_pin(mode, at), path);
		return ps_error_errno(error, errno, "cannot exchange the program of %s", path);
	}
	return 0;
}

static bool has_links(const struct ps_guard_pins *pins, enum ps_guard_mode mode)
{
	return pins->fd[ps_guard_pin(mode, 0)] >= 0 || pins->fd[ps_guard_pin(mode, 1)] >= 0;
}

static int renew(const struct ps_instance *instance, enum ps_renewal renewal,
		 enum ps_guard_mode mode, struct ps_error *error)
{
	__attribute__((cleanup(ps_guard_pins_close))) struct ps_guard_pins pins = PS_GUARD_NO_PINS,
									   programs =
										   PS_GUARD_NO_PINS;
	char attempts[PS_PATH_SIZE];

	if (ps_guard_pins_open(instance, &pins, error))
		return -1;
	if (!has_links(&pins, mode))
		return 0;
	ps_guard_pin_path(instance, PS_GUARD_ATTEMPTS, attempts);
	if (ps_object_load_guard(instance, mode, attempts, programs.fd, error))
		return -1;
	return renewal == PS_RENEW_REHEARSED ? 0
					     : renew_links(instance, mode, &pins, &programs, error);
}

int ps_guard_renew(const struct ps_instance *instance, enum ps_renewal renewal,
		   struct ps_error *error)
{
	return renew(instance, renewal, PS_GUARD_REPORT, error) ||
			       renew(instance, renewal, PS_GUARD_ON, error)
		       ? -1
		       : 0;
}
