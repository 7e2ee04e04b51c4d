/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Texts in the syntax of something else, so that they can be read back. Pure.
 */
#ifndef PORTSTEER_FILE_QUOTE_H
#define PORTSTEER_FILE_QUOTE_H

#include "binding/binding.h"

#define PS_QUOTED_TEXT (6 * PS_ACTION_TEXT) /* of a name or an action */

/*
 * As a text of YAML (and, within quotes, of JSON), in a block. Returns @text, or
 * NULL when @plain is no UTF-8: YAML cannot say it.
 */
const char *ps_quote_yaml(const char *plain, char text[PS_QUOTED_TEXT]);

#endif
