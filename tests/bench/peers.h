/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * BPF objects from files: our own baselines and those of xdp-tools.
 */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include "stage.h"

/* Opens @file of the stage's directory, or an absolute path; NULL when it cannot. */
struct bpf_object *bench_object_open(struct bench_stage *stage, const char *file);

int bench_program_fd(const struct bpf_object *object, const char *name);

#endif
