// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Owners as text. See owner.h.
 */
#include <stdlib.h>
#include <string.h>
#include <portsteer/guard.h>
#include "base/memory.h"
#include "binding/owner.h"

#define EXPECTED "an owner is user:NAME, cgroup:/PATH or pid"

static const char **texts;
static size_t text_count, text_room;

const char *ps_owner_intern(const char *text)
{
	for (size_t i = 0; i < text_count; i++)
		if (!strcmp(texts[i], text))
			return texts[i];
	texts = ps_memory_grow(texts, text_count, &text_room, sizeof(*texts));
	return texts[text_count++] = strdup(text);
}

/* "/system.slice/nginx.service", without empty names; those of the root are everybody. */
static int check_path(const char *path, struct ps_error *error)
{
	int depth = 0;

	for (; *path == '/'; depth++) {
		size_t length = strcspn(path + 1, "/");

		if (!length || length >= PS_OWNER_NAME)
			return ps_error_at(error, 0, 0,
					   "a cgroup has names of 1 to %d bytes between its '/'",
					   PS_OWNER_NAME - 1);
		path += length + 1;
	}
	if (!depth || *path || depth > PS_OWNER_DEPTH)
		return ps_error_at(error, 0, 0,
				   "a cgroup is a path of 1 to %d names, such as "
				   "/system.slice/nginx.service",
				   PS_OWNER_DEPTH);
	return 0;
}

bool ps_owner_is_process(const char *owner)
{
	return owner && !strcmp(owner, "pid");
}

bool ps_owner_fits(const char *owner, enum ps_action action)
{
	return !ps_owner_is_process(owner) || action == PS_SOCKET;
}

static int parse_process(struct ps_binding *binding, struct ps_error *error)
{
	if (binding->action != PS_NONE && !ps_owner_fits("pid", binding->action))
		return ps_error_at(error, 0, 0,
				   "'owner pid' needs the action 'socket NAME', and means the "
				   "processes whose sockets have that name; use user:NAME or "
				   "cgroup:/PATH here");
	binding->owner = ps_owner_intern("pid");
	return 0;
}

int ps_owner_parse(const char *word, struct ps_binding *binding, struct ps_error *error)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.:@/+-";
	bool is_cgroup = !strncmp(word, "cgroup:", 7);

	if (ps_owner_is_process(word))
		return parse_process(binding, error);
	if (!is_cgroup && strncmp(word, "user:", 5))
		return ps_error_at(error, 0, 0, "'%s' is not a valid owner; " EXPECTED, word);
	if (strlen(word) >= PS_OWNER_SIZE || word[strspn(word, allowed)])
		return ps_error_at(error, 0, 0,
				   "an owner has at most %d bytes, letters, digits and _.:@/+-",
				   PS_OWNER_SIZE - 1);
	if (is_cgroup && check_path(word + 7, error))
		return -1;
	if (!is_cgroup && !word[5])
		return ps_error_at(error, 0, 0, "'%s' is not a valid owner; " EXPECTED, word);
	binding->owner = ps_owner_intern(word);
	return 0;
}
