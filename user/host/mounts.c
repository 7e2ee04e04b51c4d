// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Mounts. See mounts.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "host/mounts.h"

#define ROOT_FIELD 3 /* counted from 0 */
#define POINT_FIELD 4
#define OPTIONAL_FIELDS 6 /* the first of them; "-" ends them */

/* Undoes "\040": the kernel writes blanks and backslashes as three octal digits. */
static void unescape(char *text)
{
	char *to = text;
	unsigned int byte;

	for (; *text; *to++ = (char)byte) {
		byte = (unsigned char)*text;
		if (*text == '\\' && sscanf(text + 1, "%3o", &byte) == 1)
			text += 3;
		text++;
	}
	*to = '\0';
}

/* False when the line is none of a mount. */
static bool read_mount(char *line, struct ps_mount *ret)
{
	const char *field[3] = {}, **tail = NULL; /* behind the optional ones */
	struct ps_mount mount = {};
	char *rest = line, *word;

	for (int i = 0; (word = strsep(&rest, " ")); i++) {
		if (i == ROOT_FIELD || i == POINT_FIELD)
			unescape(word);
		if (i == ROOT_FIELD)
			mount.root = word;
		if (i == POINT_FIELD)
			mount.point = word;
		if (tail && tail < field + 3)
			*tail++ = word;
		if (i >= OPTIONAL_FIELDS && !tail && !strcmp(word, "-"))
			tail = field;
	}
	if (!field[1])
		return false;
	mount.type = field[0];
	mount.source = field[1];
	*ret = mount;
	return true;
}

int ps_mounts_walk(ps_mounts_see see, void *seer)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	PS_FREED char *line = NULL;
	struct ps_mount mount;
	size_t size = 0;
	int failed;

	if (!file)
		return -errno;
	while (getline(&line, &size, file) >= 0)
		if (read_mount(line, &mount) && see(seer, &mount))
			break;
	failed = ferror(file) ? -EIO : 0;
	fclose(file);
	return failed;
}
