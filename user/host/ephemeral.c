// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The sysctls. Each is read with one read(2) into a buffer that holds the
 * longest possible text: the kernel answers a second read of
 * ip_local_reserved_ports with end of file, wherever the first one stopped. Of
 * a write it takes no more than a page; one at the beginning of the file
 * replaces the list, any other is added to it (proc_do_large_bitmap()).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/scope.h"
#include "host/ephemeral.h"

#define RANGE_PATH "/proc/sys/net/ipv4/ip_local_port_range"
#define UNPRIVILEGED_PATH "/proc/sys/net/ipv4/ip_unprivileged_port_start"
#define RESERVED_PATH "/proc/sys/net/ipv4/ip_local_reserved_ports"
#define WRITE_MAX 4000 /* in one piece, within the smallest page */
#define TEXT_SIZE (65536 * sizeof("65535,")) /* a port takes no more, in any list */

/* Reads the file at @path without its last newline into @text. 0 or -errno. */
static int read_text(const char *path, char *text, size_t size)
{
	PS_CLOSED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return -errno;
	length = read(fd, text, size - 1);
	if (length < 0)
		return -errno;
	if ((size_t)length == size - 1)
		return -EFBIG;
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

static int parse_range(struct ps_ephemeral *ephemeral, const char *text)
{
	unsigned int first, last;

	if (sscanf(text, "%u %u", &first, &last) != 2 || first > last || last > 65535)
		return -1;
	ephemeral->first = first;
	ephemeral->last = last;
	ps_portset_add(&ephemeral->ports, first, last);
	return 0;
}

static int parse_reserved(struct ps_ephemeral *ephemeral, const char *text)
{
	if (ps_portset_parse(&ephemeral->reserved, text))
		return -1;
	ps_portset_remove_all(&ephemeral->ports, &ephemeral->reserved);
	return 0;
}

static int parse_unprivileged(struct ps_ephemeral *ephemeral, const char *text)
{
	return sscanf(text, "%u", &ephemeral->unprivileged) == 1 ? 0 : -1;
}

static int read_sysctl(struct ps_ephemeral *ephemeral, const char *path,
		       int (*parse)(struct ps_ephemeral *, const char *), struct ps_error *error)
{
	PS_FREED char *text = ps_memory_new(1, TEXT_SIZE);
	int err = read_text(path, text, TEXT_SIZE);

	if (err)
		return ps_error_errno(error, -err, "cannot read %s", path);
	if (parse(ephemeral, text))
		return ps_error_set(error, PS_EXIT_REFUSED, "%s: not understood: '%.40s'", path,
				    text);
	return 0;
}

int ps_ephemeral_read(struct ps_ephemeral *ret, struct ps_error *error)
{
	struct ps_ephemeral read = { 0 };

	if (read_sysctl(&read, RANGE_PATH, parse_range, error))
		return -1;
	if (read_sysctl(&read, RESERVED_PATH, parse_reserved, error))
		return -1;
	if (read_sysctl(&read, UNPRIVILEGED_PATH, parse_unprivileged, error))
		return -1;
	*ret = read;
	return 0;
}

/* The length of the whole ports and ranges that @text begins with, within WRITE_MAX. */
static size_t piece_length(const char *text)
{
	size_t length = strlen(text);

	if (length <= WRITE_MAX)
		return length;
	for (length = WRITE_MAX; text[length] != ','; length--)
		;
	return length;
}

/* The first piece at @offset, 0 or 1; a byte further is as good as any other place behind 0. */
static int write_pieces(int fd, const char *text, off_t offset)
{
	do {
		size_t length = piece_length(text);
		ssize_t written = pwrite(fd, length ? text : "\n", length ?: 1, offset);

		if (written < 0)
			return -errno;
		text += length + (text[length] == ',');
		offset = 1;
	} while (*text);
	return 0;
}

static int write_list(const struct ps_portset *ports, off_t offset, struct ps_error *error)
{
	PS_CLOSED_FD int fd = open(RESERVED_PATH, O_WRONLY | O_CLOEXEC);
	PS_FREED char *text = ps_memory_new(1, TEXT_SIZE);
	int err = fd < 0 ? -errno : 0;

	ps_portset_format(ports, text, TEXT_SIZE);
	err = err ?: write_pieces(fd, text, offset);
	return err ? ps_error_errno(error, -err, "cannot write %s", RESERVED_PATH) : 0;
}

int ps_ephemeral_reserve(const struct ps_portset *ports, struct ps_error *error)
{
	return ps_portset_is_empty(ports) ? 0 : write_list(ports, 1, error);
}

int ps_ephemeral_replace(const struct ps_portset *ports, struct ps_error *error)
{
	return write_list(ports, 0, error);
}
