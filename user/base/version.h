/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef PORTSTEER_BASE_VERSION_H
#define PORTSTEER_BASE_VERSION_H

#define PS_VERSION "0.1.0"

#endif
