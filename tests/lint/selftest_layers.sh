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

rule='pure folders include no kernel, store or host header'
breach layers "$rule" user/binding/plan.c '#include <sys/stat.h>'
breach layers "$rule" user/conflict/shadowed.c '# include "host/netlink.h"'
breach layers 'only folders with bpf include libbpf' user/host/ephemeral.h '#include <bpf/bpf.h>'
rule='includes name a folder and point downward'
breach layers "$rule" user/hook/attach.c '#include "cmd/context.h"'
breach layers "$rule" user/hook/attach.c '#include "table/draft.h"'
breach layers "$rule" user/hook/attach.c '#include "slot.h"'
breach layers "$rule" user/table/draft.c '#include "socket/internal.h"'
breach layers "$rule" user/cellar/wine.c '#include "base/error.h"'
circle() {
	plant
	put user/binding/plan.h '#include "binding/diff.h"'
	put user/binding/diff.h '#include "binding/keymap.h"'
	put user/binding/keymap.h '#include "binding/plan.h"'
	[ "$(broken layers)" = 'no headers include one another' ] || echo 'not found'
}
check "layers.sh finds: a circle of headers" circle
breach layers 'only object.c, object_carry.c and object_table.c include skeletons' user/hook/attach.c '#include "xdp.skel.h"'
rule='only commands and main.c print'
breach layers "$rule" user/hook/attach.c $'\tprintf("x");'
breach layers "$rule" user/hook/attach.c $'\tfprintf(stderr, "x");'
breach layers "$rule" user/base/memory.c $'\tputs("x");'
breach layers 'memory.c prints one line' user/base/memory.c $'\tfputs("a", stderr);' \
	$'\tfputs("b", stderr);'
rule='bpf/ has no conditional compilation'
breach layers "$rule" bpf/xdp.bpf.c '#ifdef DEBUG' '#endif'
breach layers "$rule" bpf/packet.h '#ifndef PORTSTEER_PACKET_H' '#define PORTSTEER_PACKET_H' \
	'# if 1' '#endif' '#endif'
breach layers 'packet borders are only in packet.h and the hooks' bpf/count.h \
	'void *end = ctx->data_end;'
breach layers 'XDP verdicts are only in its hook' bpf/count.h 'int pass = XDP_PASS;'
breach layers 'TC verdicts are only in its hook' bpf/xdp.bpf.c 'int pass = TC_ACT_OK;'
breach layers 'TC verdicts are only in its hook' user/hook/attach.c 'int pass = TCX_NEXT;'
breach layers 'bpf/ has no macro with control flow' bpf/count.h '#define CHECK(x) if (x) return 0'
rule='elements of bindings are inserted or changed in place, never updated'
breach layers "$rule" user/table/store.c \
	$'\tbpf_map_update_elem(map_fd[PS_MAP_BINDINGS], &key, &value, BPF_ANY);'
breach layers "$rule" bpf/table.bpf.c $'\tbpf_map_update_elem(&bindings, &key, &value, BPF_EXIST);'

rule='the mark of a change is set in pending.c alone'
breach layers "$rule" user/table/store.c $'\tinstance->state->pending = 0;'
breach layers "$rule" user/hook/attach.c \
	$'\t__atomic_store_n(&instance->state->pending, 1, __ATOMIC_SEQ_CST);'
finish
