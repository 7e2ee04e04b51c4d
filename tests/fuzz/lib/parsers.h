/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two parsers of frames: bpf/packet.h compiled for this machine, and one that
 * shares nothing with it. They must agree on every sample.
 */
#ifndef PORTSTEER_FUZZ_PARSERS_H
#define PORTSTEER_FUZZ_PARSERS_H

#include "sample.h"

/*
 * bpf/packet.h, on a copy of the bytes that a program can read directly, which ends
 * there; headers beyond are loaded, of the first @loadable bytes. With and without the
 * way for plain packets, with and without the frame's length; PS_REASON_BROKEN: these differ.
 */
void native_parse(const struct sample *sample, size_t loadable, struct parsed *ret);

/* The family of what goes the way for plain packets; PS_ANY: it does not. */
enum ps_family native_plain(const struct sample *sample);

/*
 * Straight from the manual page and the standards; slow and obvious. Only the first
 * @readable bytes can be read, no matter how.
 */
void reference_parse(const struct sample *sample, size_t readable, struct parsed *ret);

#endif
