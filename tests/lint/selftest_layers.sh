#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# selftest_layers.sh: as selftest.sh, the rules of layers.sh.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/tap.bash
. "$here/tap.bash"

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
# shellcheck source=tests/lint/plant.bash
. "$here/plant.bash"

rule='pure modules include no kernel, store or host header'
breach layers "$rule" user/plan.c '#include <bpf/bpf.h>'
breach layers "$rule" user/plan.h '#include "store.h"'
breach layers "$rule" user/shadow.c '# include "listener.h"'
breach layers 'headers of host facts include no more than pure ones' user/ephemeral.h \
	'#include <libmnl/libmnl.h>'
breach layers 'only object.c includes skeletons' user/hook.c '#include "xdp.skel.h"'
rule='only commands, main.c and output.c print'
breach layers "$rule" user/hook.c $'\tprintf("x");'
breach layers "$rule" user/hook.c $'\tfprintf(stderr, "x");'
breach layers "$rule" user/memory.c $'\tputs("x");'
breach layers 'memory.c prints one line' user/memory.c $'\tfputs("a", stderr);' \
	$'\tfputs("b", stderr);'
rule='bpf/ has no conditional compilation'
breach layers "$rule" bpf/xdp.bpf.c '#ifdef DEBUG' '#endif'
breach layers "$rule" bpf/packet.h '#ifndef PORTSTEER_PACKET_H' '#define PORTSTEER_PACKET_H' \
	'# if 1' '#endif' '#endif'
breach layers 'packet borders are only in packet.h and the hooks' bpf/count.h \
	'void *end = ctx->data_end;'
breach layers 'XDP verdicts are only in its hook' bpf/count.h 'int pass = XDP_PASS;'
breach layers 'TC verdicts are only in its hook' bpf/xdp.bpf.c 'int pass = TC_ACT_OK;'
breach layers 'TC verdicts are only in its hook' user/hook.c 'int pass = TCX_NEXT;'
breach layers 'bpf/ has no macro with control flow' bpf/count.h '#define CHECK(x) if (x) return 0'
rule='elements of bindings are inserted or changed in place, never updated'
breach layers "$rule" user/store.c \
	$'\tbpf_map_update_elem(map_fd[PS_MAP_BINDINGS], &key, &value, BPF_ANY);'
breach layers "$rule" bpf/table.bpf.c $'\tbpf_map_update_elem(&bindings, &key, &value, BPF_EXIST);'

rule='the mark of a change is set in pending.c alone'
breach layers "$rule" user/store.c $'\tinstance->state->pending = 0;'
breach layers "$rule" user/hook.c \
	$'\t__atomic_store_n(&instance->state->pending, 1, __ATOMIC_SEQ_CST);'
finish
