// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * From steps to who watches them. See progress.h.
 */
#include "base/progress.h"

static ps_progress_see watcher;
static size_t done;

void ps_progress_watch(ps_progress_see see)
{
	watcher = see;
	done = 0;
}

void ps_progress_add(size_t count)
{
	done += count;
	if (watcher)
		watcher(done);
}
