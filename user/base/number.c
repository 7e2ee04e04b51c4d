// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Numbers. See number.h.
 */
#include <ctype.h>
#include "base/number.h"

long ps_number_parse(const char *text, long max)
{
	long value = 0;

	if (text[0] == '0' && text[1])
		return -1;
	do {
		int digit = *text - '0';

		if (!isdigit((unsigned char)*text) || digit > max || value > (max - digit) / 10)
			return -1;
		value = 10 * value + digit;
	} while (*++text);
	return value;
}

const char *ps_number_format(__u64 number, char text[PS_NUMBER_TEXT])
{
	char *at = text + PS_NUMBER_TEXT - 1;

	*at = '\0';
	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	return at;
}

const char *ps_number_plural(unsigned long count)
{
	return count == 1 ? "" : "s";
}
