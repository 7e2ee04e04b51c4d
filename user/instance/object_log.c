// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What libbpf and the verifier say, kept until somebody asks. See object.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>
#include "instance/object.h"

static char log_text[16384];

void ps_object_log_add(const char *format, va_list args)
{
	char *text = NULL;
	size_t kept = strlen(log_text), length, room = sizeof(log_text) - 1;

	if (strstr(format, "ulimit -l") || /* not a cause since 5.11 */
	    vasprintf(&text, format, args) < 0)
		return;
	length = strlen(text);
	if (length > room) {
		memcpy(log_text, text + length - room, room + 1);
	} else {
		if (kept + length > room) {
			memmove(log_text, log_text + kept + length - room, room - length);
			kept = room - length;
		}
		memcpy(log_text + kept, text, length + 1);
	}
	free(text);
}

static int keep_log(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level != LIBBPF_DEBUG)
		ps_object_log_add(format, args);
	return 0;
}

const char *ps_object_log(void)
{
	return log_text;
}

void ps_object_log_start(void)
{
	log_text[0] = '\0';
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	libbpf_set_print(keep_log);
}

const char *ps_object_libbpf(void)
{
	return libbpf_version_string();
}
