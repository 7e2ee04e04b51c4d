// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Asking the system. See ask.h.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "host/ask.h"

struct ps_answer ps_ask_path(const char *path)
{
	return ps_answer_of(access(path, F_OK) ? errno : 0);
}

struct ps_answer ps_ask_index(const char *name, unsigned int *ret_index)
{
	unsigned int index = if_nametoindex(name);

	if (!index)
		return ps_answer_of(errno ?: EIO);
	*ret_index = index;
	return ps_answer_yes();
}

struct ps_answer ps_ask_name(unsigned int index, char ret_name[IF_NAMESIZE])
{
	char name[IF_NAMESIZE];

	if (!if_indextoname(index, name))
		return ps_answer_of(errno ?: EIO);
	memcpy(ret_name, name, sizeof(name));
	return ps_answer_yes();
}
