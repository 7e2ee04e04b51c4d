#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# smoke.sh: what differs most between kernels, in minutes, as part of `make check`: under
# each of KERNELS the verifier takes every object, the rows of frames, native XDP in
# virtio_net, and the dispatcher; without LONG=1 under one of them, which SEED chooses,
# without it the clock. Where no guest can be had, or is too slow, that is skipped, with
# the reason. The short form of `make check-kernels`. VM_NEEDS: purposes of .ci/packages.
set -u
cd "$(dirname "$0")/../.." || exit 1
limit=${SMOKE_LIMIT:-600} # seconds for each kernel, of which a quiet machine needs 80
clangs=()

# In the guest. The first line says that it is there.
inside() {
	local failed=0
	echo "# Linux $(uname -r)"
	export CMOCKA_MESSAGE_OUTPUT=TAP
	tests/lint/compilers.sh || failed=1
	build/tests/prog/rows || failed=1
	bats --tap --filter-tags smoke tests/e2e/virtio.bats tests/e2e/dispatcher.bats \
		tests/e2e/shared.bats || failed=1
	return $failed
}

# COMPILER DIRECTORY: its objects, which `make tests` built, where compilers.sh looks
# for those of clang-14.
lend_objects() {
	local name object
	name=clang-$("$1" -dumpversion | sed 's/\..*//')
	mkdir -p "$work/$name/bpf"
	for object in bpf/*.bpf.c; do
		object=$(basename "$object" .bpf.c).o
		cp "$2/$object" "$work/$name/bpf/" || return
	done
	clangs+=("$name")
}

# KERNEL: runs it all; its TAP goes to $work/log.
boot() {
	tests/vm/boot.sh "$1" "$limit" env BUILT="$work" CLANGS="${clangs[*]}" \
		tests/vm/smoke.sh --inside >"$work/log" 2>"$work/errors"
}

# skip SERIES REASON
skip() {
	echo "ok - Linux $1 # skip $2"
}

# SERIES: what the guest said, without the plans of its tests: together they have none.
report() {
	grep -v '^1\.\.' "$work/log" | sed -E "s/^(ok|not ok) [0-9]+ (- )?/\1 - Linux $1: /"
}

# SERIES
smoke() {
	local kernel status
	if ! kernel=$(tests/vm/kernel.sh "$1" "${VM_CACHE:-build/kernels}" 2>"$work/errors"); then
		skip "$1" "no kernel: $(tail -n 1 "$work/errors")"
		return
	fi
	boot "$kernel"
	status=$?
	if ! grep -q '^# Linux' "$work/log"; then
		skip "$1" "no guest: $(head -n 1 "$work/errors")"
		return
	fi
	report "$1"
	if [ $status = 124 ]; then
		skip "$1" "the rest: not done after $limit seconds"
	elif [ $status != 0 ] && ! grep -q '^not ok' "$work/log"; then
		echo "not ok - Linux $1: the guest ended with status $status"
		tail -n 30 "$work/errors" | sed 's/^/# /'
	fi
}

if [ "${1:-}" = --inside ]; then
	inside
	exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2086 # a list of words
if ! .ci/need ${VM_NEEDS:-} >"$work/errors" 2>&1; then
	skip any "what it needs cannot be installed: $(tail -n 1 "$work/errors")"
	exit
fi
if ! command -v qemu-system-x86_64 >/dev/null; then
	skip any "needs QEMU; 'make check' installs it"
	exit
fi
lend_objects "${CLANG:-clang}" build/bpf
[ ! -d build/fuzz/second ] || lend_objects "${SECOND_CLANG:-clang-19}" build/fuzz/second
read -ra all <<<"${KERNELS:-6.1 6.12}"
if [ -z "${LONG:-}" ]; then
	all=("${all[${SEED:-$(date +%s)} % ${#all[@]}]}")
fi
for series in "${all[@]}"; do
	smoke "$series"
done
