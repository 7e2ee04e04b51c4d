/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Asking the system: the calls whose failure is so easily taken for "no", each
 * with three answers. tests/lint keeps them from being called elsewhere. Values of
 * maps are asked for by pins/maps.h.
 */
#ifndef PORTSTEER_HOST_ASK_H
#define PORTSTEER_HOST_ASK_H

#include <net/if.h>
#include "base/answer.h"
#include "base/nearest.h"

/* Whether there is a file at @path. */
struct ps_answer ps_ask_path(const char *path);

/* The index of the interface @name, an alternative name too, in this network namespace. */
struct ps_answer ps_ask_index(const char *name, unsigned int *ret_index);

/* The name of the interface @index in this network namespace. */
struct ps_answer ps_ask_name(unsigned int index, char ret_name[IF_NAMESIZE]);

/* The index and the name of the interface that @word is any name of. */
struct ps_answer ps_ask_device(const char *word, unsigned int *ret_index,
			       char ret_name[IF_NAMESIZE]);

/* "; did you mean 'eth0'?", of the interfaces that there are; "" when none is like @word. */
const char *ps_ask_like(const char *word, char text[PS_NEAREST_TEXT]);

#endif
