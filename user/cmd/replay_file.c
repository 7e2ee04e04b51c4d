// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The file that frames are written to. See replay.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/version.h"
#include "cmd/replay.h"
#include "frame/capture_write.h"

static FILE *open_beside(const char *path, struct ps_replay_file *file)
{
	mode_t mask = umask(0);
	FILE *stream = NULL;
	int fd;

	umask(mask);
	if ((size_t)snprintf(file->temporary, sizeof(file->temporary), "%s.XXXXXX", path) >=
	    sizeof(file->temporary)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	fd = mkostemp(file->temporary, O_CLOEXEC);
	if (fd >= 0 && !fchmod(fd, 0666 & ~mask))
		stream = fdopen(fd, "we");
	return stream;
}

/* Devices and pipes are written as they are. */
static bool is_replaced(const char *path)
{
	struct stat status;

	return stat(path, &status) || S_ISREG(status.st_mode);
}

int ps_replay_open(const char *path, struct ps_replay_file *ret, struct ps_error *error)
{
	*ret = (struct ps_replay_file){ .path = path };
	if (!strcmp(path, "-"))
		ret->file = stdout;
	else if (is_replaced(path))
		ret->file = open_beside(path, ret);
	else
		ret->file = fopen(path, "we");
	if (!ret->file)
		return ps_error_errno(error, errno, "cannot make %s", path);
	ps_capture_write_head(ret->file, "portsteer " PS_VERSION);
	return 0;
}

static int refuse(const struct ps_replay_file *file, struct ps_error *error)
{
	return ps_error_errno(error, errno ?: EIO, "cannot write %s", file->path);
}

static void write_interfaces(struct ps_replay_file *file, const struct ps_capture *capture,
			     size_t last)
{
	for (; file->interfaces <= last; file->interfaces++)
		ps_capture_write_interface(file->file,
					   ps_capture_interface(capture, file->interfaces));
}

int ps_replay_write(struct ps_replay_file *file, const struct ps_capture *capture,
		    const struct ps_captured *captured, const struct ps_explained *explained,
		    struct ps_error *error)
{
	char text[PS_REPLAY_TEXT], comment[PS_REPLAY_TEXT + 16] = "";
	struct ps_capture_note note = { .comment = comment };

	if (!file->file)
		return 0;
	if (explained)
		snprintf(comment, sizeof(comment), "portsteer: %s",
			 ps_replay_format(explained, text));
	if (explained && explained->is_rehearsed) {
		note.judge = explained->hook == PS_HOOK_XDP ? PS_JUDGE_XDP : PS_JUDGE_TC;
		note.verdict = (__u64)(__s64)explained->number;
	}
	write_interfaces(file, capture, captured->index);
	ps_capture_write_frame(file->file, captured, &note);
	return ferror(file->file) ? refuse(file, error) : 0;
}

int ps_replay_close(struct ps_replay_file *file, struct ps_error *error)
{
	FILE *stream = file->file;

	if (!stream)
		return 0;
	if (fflush(stream) || ferror(stream))
		return refuse(file, error);
	file->file = NULL;
	if (stream != stdout && fclose(stream))
		return refuse(file, error);
	if (*file->temporary && rename(file->temporary, file->path))
		return refuse(file, error);
	*file->temporary = '\0';
	return 0;
}

void ps_replay_abandon(struct ps_replay_file *file)
{
	if (file->file && file->file != stdout)
		fclose(file->file);
	if (*file->temporary)
		unlink(file->temporary);
}
