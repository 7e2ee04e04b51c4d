// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * CPUs of this machine. See cpus.h.
 */
#include <stdio.h>
#include <string.h>
#include "base/number.h"
#include "host/cpus.h"

#define CPUS_MAX 65536 /* more than any kernel is built for */

/* They are in order, so it is the last one. */
long ps_cpus_highest(const char *list)
{
	size_t length = strspn(list, "0123456789-,"), first = length;
	char number[8] = "";

	while (first && list[first - 1] >= '0' && list[first - 1] <= '9')
		first--;
	if (length - first >= sizeof(number))
		return -1;
	memcpy(number, list + first, length - first);
	return ps_number_parse(number, CPUS_MAX - 1);
}

unsigned int ps_cpus_present(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/present", "re");
	char line[4096] = "";

	if (!file)
		return 0;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	return (unsigned int)(ps_cpus_highest(line) + 1);
}
