// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Units. See units.h.
 */
#include <stdio.h>
#include "base/units.h"

const char *ps_units_format(__u64 number, char text[PS_UNITS_TEXT])
{
	static const char units[] = "KMGTPE";
	unsigned int whole, rest;
	__u64 unit = 1000;
	int power = 0;

	if (number < 1000) {
		snprintf(text, PS_UNITS_TEXT, "%u", (unsigned int)number);
		return text;
	}
	while (units[power + 1] && number / unit >= 1000) {
		unit *= 1000;
		power++;
	}
	whole = (unsigned int)(number / unit) % 1000;
	rest = (unsigned int)(number % unit / (unit / 1000)) % 1000;
	if (whole < 10)
		snprintf(text, PS_UNITS_TEXT, "%u.%02u%c", whole, rest / 10, units[power]);
	else if (whole < 100)
		snprintf(text, PS_UNITS_TEXT, "%u.%u%c", whole, rest / 100, units[power]);
	else
		snprintf(text, PS_UNITS_TEXT, "%u%c", whole, units[power]);
	return text;
}
