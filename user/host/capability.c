// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Capabilities. See capability.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include "host/capability.h"

/* CAP_SYS_ADMIN stands for @is_in_admin ones, as it did before Linux 5.8. */
static const struct capability {
	unsigned int need;
	int number;
	bool is_in_admin;
	const char *name;
} capabilities[] = {
	{ PS_NEED_BPF, CAP_BPF, true, "CAP_BPF" },
	{ PS_NEED_NET_ADMIN, CAP_NET_ADMIN, false, "CAP_NET_ADMIN" },
	{ PS_NEED_PERFMON, CAP_PERFMON, true, "CAP_PERFMON" },
	{ PS_NEED_ADMIN, CAP_SYS_ADMIN, false, "CAP_SYS_ADMIN" },
};

#define CAPABILITIES (int)(sizeof(capabilities) / sizeof(*capabilities))

static unsigned long long read_effective(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	if (syscall(SYS_capget, &header, data))
		return 0;
	return data[0].effective | (unsigned long long)data[1].effective << 32;
}

static unsigned int find_missing(unsigned int needs)
{
	unsigned long long effective = read_effective();
	bool is_admin = effective >> CAP_SYS_ADMIN & 1;
	unsigned int missing = 0;

	for (int i = 0; i < CAPABILITIES; i++) {
		const struct capability *capability = &capabilities[i];

		if (needs & capability->need && !(effective >> capability->number & 1) &&
		    !(is_admin && capability->is_in_admin))
			missing |= capability->need;
	}
	return missing;
}

/* "CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON" */
static void name_missing(unsigned int missing, char *text, size_t size)
{
	size_t length = 0;

	for (int i = 0; i < CAPABILITIES; i++) {
		unsigned int need = capabilities[i].need;
		const char *between = !length ? "" : missing >= need << 1 ? ", " : " and ";

		if (missing & need)
			length += (size_t)snprintf(text + length, size - length, "%s%s", between,
						   capabilities[i].name);
	}
}

/* Capabilities in a user namespace do not count for BPF. */
static bool is_in_user_namespace(void)
{
	unsigned int inside, outside, count;
	FILE *map = fopen("/proc/self/uid_map", "re");
	bool is_first = map && fscanf(map, "%u %u %u", &inside, &outside, &count) == 3 && !inside &&
			!outside && count == 4294967295U;

	if (map)
		fclose(map);
	return map && !is_first;
}

bool ps_capability_is_missing(unsigned int needs)
{
	return find_missing(needs);
}

int ps_capability_error(struct ps_error *error, int err, unsigned int needs, const char *what)
{
	unsigned int missing = find_missing(needs);
	char names[64];

	if (err != EPERM && err != EACCES)
		return ps_error_errno(error, err, "%s", what);
	if (missing) {
		name_missing(missing, names, sizeof(names));
		return ps_error_errno(error, err, "%s: needs %s", what, names);
	}
	if (err == EACCES) /* of the verifier */
		return ps_error_errno(error, err, "%s", what);
	if (is_in_user_namespace())
		return ps_error_errno(error, err,
				      "%s: capabilities of a user namespace do not count for BPF",
				      what);
	return ps_error_errno(error, err,
			      "%s: no capability is missing, so a security module, a seccomp "
			      "filter or kernel lockdown forbids it",
			      what);
}
