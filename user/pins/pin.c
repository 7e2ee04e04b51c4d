// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Looking into pins. See pin.h.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "base/answer.h"
#include "base/scope.h"
#include "pins/bpffs.h"
#include "pins/pin.h"

/*
 * bpf(2) tells a descriptor's kind to nobody, and its entry in /proc may be out
 * of reach. But a call that names two descriptors looks at the first one first:
 * when the other one is none, EBADF means that the first was of the right kind,
 * EINVAL that it was not. Nothing is ever changed.
 */
static struct ps_answer answer_of(int result)
{
	int err = result ? errno : 0;

	if (err == EBADF)
		return ps_answer_yes();
	return err == EINVAL ? ps_answer_no() : ps_answer_unknown(err ?: EIO);
}

static struct ps_answer is_link(int fd)
{
	return answer_of(bpf_link_update(fd, -1, NULL));
}

static struct ps_answer is_program(int fd)
{
	return answer_of(bpf_prog_bind_map(fd, -1, NULL));
}

static struct ps_pin unknown(int err)
{
	return (struct ps_pin){ .kind = PS_PIN_UNKNOWN, .err = err };
}

static struct ps_pin read_link(int fd)
{
	struct bpf_link_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return unknown(errno);
	return (struct ps_pin){
		.kind = PS_PIN_LINK,
		.prog_id = info.prog_id,
		.link_id = info.id,
		.ifindex = info.xdp.ifindex, /* tcx has it, and netns its inode, at this place */
	};
}

static struct ps_pin read_program(int fd)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return unknown(errno);
	return (struct ps_pin){ .kind = PS_PIN_PROGRAM, .prog_id = info.id };
}

static struct ps_pin read_object(int fd)
{
	struct ps_answer answer = is_link(fd);

	if (ps_is_yes(answer))
		return read_link(fd);
	if (ps_is_no(answer))
		answer = is_program(fd);
	if (ps_is_yes(answer))
		return read_program(fd);
	return ps_is_no(answer) ? (struct ps_pin){ .kind = PS_PIN_OTHER } : unknown(answer.err);
}

static struct ps_pin missing(int err)
{
	return ps_is_no(ps_answer_of(err)) ? (struct ps_pin){ .kind = PS_PIN_NONE } : unknown(err);
}

static struct ps_pin read_pin(const char *path)
{
	PS_CLOSED_FD int fd = -1;
	struct stat status;

	if (stat(path, &status))
		return missing(errno);
	if (!S_ISREG(status.st_mode)) /* a directory answers like a file without rights */
		return (struct ps_pin){ .kind = PS_PIN_OTHER };
	fd = bpf_obj_get(path);
	return fd < 0 ? missing(errno) : read_object(fd);
}

void ps_pin_read(const char *path, struct ps_pin *ret)
{
	*ret = read_pin(path);
}

int ps_pin_look(const char *path, struct ps_pin *ret, struct ps_error *error)
{
	const struct ps_pin pin = read_pin(path);

	if (pin.kind != PS_PIN_UNKNOWN) {
		*ret = pin;
		return 0;
	}
	if (pin.err == EACCES)
		return ps_bpffs_error(error, pin.err, "open", path);
	return ps_error_errno(error, pin.err,
			      "cannot tell what is pinned at %s, so it is left as it is", path);
}
