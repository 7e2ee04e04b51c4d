/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whose an instance is: finding that of a network namespace, and the namespace
 * of an instance.
 */
#ifndef PORTSTEER_INSTANCE_FIND_H
#define PORTSTEER_INSTANCE_FIND_H

#include "base/answer.h"
#include "pins/instance.h"

enum ps_entering {
	PS_ENTER, /* the process is in the namespace from then on */
	PS_ENTER_IF_MAY, /* or, when it cannot go there, an instance of that name will do */
	PS_ENTER_BRIEFLY, /* the same, and it comes back */
};

/* An instance, and where this process is. */
struct ps_whose {
	char name[PS_INSTANCE_NAME];
	enum ps_presence presence;
};

/* The instance of the namespace that @word stands for, which need not be there yet. */
int ps_whose_find(const char *word, enum ps_entering entry, struct ps_whose *ret,
		  struct ps_error *error);

/* Reads the facts of the instance @name without opening it. */
struct ps_answer ps_instance_peek(const char *name, struct ps_meta *ret);

#endif
