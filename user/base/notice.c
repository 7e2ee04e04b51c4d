// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Notices. See notice.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include "base/notice.h"
#include "base/utf8.h"

static ps_notice_hear hears;
static void *hears_as;

void ps_notice_listen(ps_notice_hear hear, void *to)
{
	hears = hear;
	hears_as = to;
}

void ps_notice(const char *format, ...)
{
	char text[2048];
	va_list args;

	if (!hears)
		return;
	va_start(args, format);
	ps_utf8_format(text, sizeof(text), format, args);
	va_end(args);
	hears(hears_as, text);
}
