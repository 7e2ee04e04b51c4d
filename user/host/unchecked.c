// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Checks that could not be made. See unchecked.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include "base/utf8.h"
#include "host/unchecked.h"

void ps_unchecked_add(struct ps_unchecked *unchecked, enum ps_proto proto, const char *format, ...)
{
	va_list args;

	if (unchecked->count == PS_UNCHECKED_MAX)
		return;
	va_start(args, format);
	ps_utf8_format(unchecked->item[unchecked->count].text, sizeof(unchecked->item->text),
		       format, args);
	va_end(args);
	unchecked->item[unchecked->count++].proto = proto;
}
