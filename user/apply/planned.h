/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which hooks a file would be for, if it was applied.
 */
#ifndef PORTSTEER_APPLY_PLANNED_H
#define PORTSTEER_APPLY_PLANNED_H

#include "apply/apply.h"
#include "base/answer.h"

/*
 * What would be attached: as the file says, or else what is. An interface that is not there has no
 * index. No: the file does not say, and nothing is attached; not known: what is cannot be read, for
 * which apply->error has the cause. @ret is all zeros before.
 */
struct ps_answer ps_planned_hooks(struct ps_apply *apply, const struct ps_file *file,
				  struct ps_hook_info ret[PS_HOOKS_MAX]);

#endif
