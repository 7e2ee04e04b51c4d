// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Looking into pins. See pin.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "pin.h"
#include "scope.h"

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

/* bpf(2) tells a descriptor's kind to nobody; its /proc entry has a line that only one kind has. */
static enum ps_pin_kind kind_of(int fd)
{
	static const char *const marks[] = {
		[PS_PIN_LINK] = "link_type:",
		[PS_PIN_PROGRAM] = "prog_type:",
		[PS_PIN_MAP] = "map_type:",
	};
	__attribute__((cleanup(close_file))) FILE *file = NULL;
	char path[64], line[128];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		for (int kind = PS_PIN_LINK; kind <= PS_PIN_MAP; kind++)
			if (!strncmp(line, marks[kind], strlen(marks[kind])))
				return kind;
	return PS_PIN_OTHER;
}

static void read_link(int fd, struct ps_pin *pin)
{
	struct bpf_link_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return;
	pin->prog_id = info.prog_id;
	pin->link_id = info.id;
	pin->ifindex = info.xdp.ifindex; /* tcx has it, and netns its inode, at the same place */
}

static void read_program(int fd, struct ps_pin *pin)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (!bpf_obj_get_info_by_fd(fd, &info, &size))
		pin->prog_id = info.id;
}

void ps_pin_read(const char *path, struct ps_pin *ret)
{
	PS_CLOSED_FD int fd = -1;
	struct stat status;

	*ret = (struct ps_pin){ .kind = PS_PIN_OTHER };
	if (stat(path, &status)) {
		ret->kind = errno == ENOENT ? PS_PIN_NONE : PS_PIN_HIDDEN;
		return;
	}
	if (!S_ISREG(status.st_mode)) /* a directory answers like a file without rights */
		return;
	fd = bpf_obj_get(path);
	if (fd >= 0)
		ret->kind = kind_of(fd);
	else if (errno == EACCES || errno == EPERM)
		ret->kind = PS_PIN_HIDDEN;
	if (ret->kind == PS_PIN_LINK)
		read_link(fd, ret);
	if (ret->kind == PS_PIN_PROGRAM)
		read_program(fd, ret);
}
