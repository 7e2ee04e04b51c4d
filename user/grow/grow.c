// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Growing. See grow.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "base/notice.h"
#include "grow/exchange.h"
#include "grow/fill.h"
#include "grow/grow.h"
#include "grow/stage.h"
#include "hook/loss.h"
#include "host/ask.h"
#include "instance/make.h"
#include "instance/open.h"
#include "pins/bpffs.h"
#include "pins/capacity.h"
#include "pins/dir.h"
#include "pins/grace.h"
#include "pins/lock.h"
#include "pins/pending.h"

/* What counts losses of redirects does so in `reasons`, which comes anew when CPUs have come. */
static int watch_losses(const struct ps_instance *former, const struct ps_instance *next,
			struct ps_error *error)
{
	if (former->meta->cpu_rows == next->meta->cpu_rows || ps_is_no(ps_loss_is_watched(next)))
		return 0;
	return ps_loss_watch(next, error);
}

/* The instance as it will be, beside what it is. Nobody sees it yet. */
static int make(const struct ps_instance *former, __u32 capacity, const char *path,
		struct ps_instance *ret, struct ps_error *error)
{
	struct ps_table_size size = ps_instance_fresh_size(capacity, capacity);
	__u64 inode;

	size.sent_rows = former->meta->sent_rows ? size.cpu_rows : 0;
	size.carried_slots = former->meta->capacity;
	size.argument_slots = former->meta->argument_slots ? capacity : 0;
	if (ps_instance_inode(former->path, &inode, error) ||
	    ps_stage_make(former, &size, path, error) ||
	    ps_instance_open_at(path, former, ret, error))
		return -1;
	ps_stage_describe(ret, former->meta, &size);
	ret->meta->growth++;
	ret->meta->grown_from = inode;
	return 0;
}

/* The two change places, and the path of each is the other's. */
static int swap(struct ps_instance *former, struct ps_instance *next, struct ps_error *error)
{
	char path[PS_PATH_SIZE];

	if (renameat2(AT_FDCWD, next->path, AT_FDCWD, former->path, RENAME_EXCHANGE))
		return ps_bpffs_error(error, errno, "exchange", former->path);
	memcpy(path, former->path, sizeof(path));
	memcpy(former->path, next->path, sizeof(path));
	memcpy(next->path, path, sizeof(path));
	return 0;
}

/* Everything that can be refused, before anybody sees anything. */
static int prepare(struct ps_instance *former, __u32 capacity, const char *path,
		   struct ps_instance *next, struct ps_error *error)
{
	if (make(former, capacity, path, next, error))
		return -1;
	if (ps_fill(next, former, error) || ps_exchange_rehearse(next, error) ||
	    ps_lock_take(path, 0, &next->lock_fd, error) || swap(former, next, error)) {
		ps_instance_close(next);
		return -1;
	}
	return 0;
}

/* Behind the swap: @former is where @next was made. */
static int complete(struct ps_instance *former, struct ps_instance *next, struct ps_error *error)
{
	struct ps_error left;

	if (ps_exchange(next, error) || watch_losses(former, next, error) ||
	    ps_grace_wait(next, error) || ps_fill_counts(next, former, error))
		return -1;
	if (ps_instance_discard(former->path, &left))
		ps_notice("warning: the table has grown, but the old maps are not all removed; "
			  "the next change removes them: %s",
			  left.text);
	return 0;
}

static int grow(struct ps_instance *instance, __u32 wanted, struct ps_error *error)
{
	__u32 capacity = ps_capacity_for(wanted, instance->limit);
	struct ps_instance former = *instance, next;
	char path[PS_PATH_SIZE];
	struct ps_error ignored;
	__u64 inode;
	int failed;

	if (ps_instance_inode(former.path, &inode, error))
		return -1;
	ps_instance_beside(inode, path);
	ps_pending_begin(&former);
	if (prepare(&former, capacity, path, &next, error)) {
		ps_bpffs_remove(path, &ignored); /* else the next command does */
		ps_pending_end(&former);
		return -1;
	}
	failed = complete(&former, &next, error);
	ps_instance_close(&former);
	*instance = next;
	if (failed)
		ps_pending_keep(instance);
	else
		ps_pending_end(instance);
	return failed;
}

int ps_grow(struct ps_instance *instance, size_t wanted, struct ps_error *error)
{
	if (wanted <= instance->meta->capacity || wanted > instance->limit)
		return 0;
	return grow(instance, (__u32)wanted, error);
}

/* @path is what the instance was before it grew. */
static int go_on(struct ps_instance *instance, const char *path, struct ps_error *error)
{
	struct ps_instance former;
	int failed;

	if (ps_instance_open_at(path, instance, &former, error))
		return -1;
	failed = complete(&former, instance, error);
	ps_instance_close(&former);
	return failed;
}

int ps_grow_finish(struct ps_instance *instance, struct ps_error *error)
{
	char beside[PS_PATH_SIZE], before[PS_PATH_SIZE];
	struct ps_answer was;
	__u64 inode;

	if (ps_instance_inode(instance->path, &inode, error))
		return -1;
	ps_instance_beside(inode, beside);
	if (ps_is_yes(ps_ask_path(beside)) && ps_bpffs_remove(beside, error))
		return -1;
	if (!instance->meta->grown_from)
		return 0;
	ps_instance_beside(instance->meta->grown_from, before);
	was = ps_ask_path(before);
	if (ps_is_unknown(was))
		return ps_bpffs_error(error, was.err, "look at", before);
	return ps_is_yes(was) ? go_on(instance, before, error) : 0;
}
