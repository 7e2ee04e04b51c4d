#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# fuzz.sh [TARGET...]: each file of the target's corpus once, then new inputs for
# the target's share of FUZZ_TIME seconds (40 for all targets; 600 where LONG is set). Prints TAP. SEED=N
# repeats a run as far as time allows. What fails is kept in build/fuzz/failed,
# what is worth keeping in build/fuzz/corpus.
set -u
cd "$(dirname "$0")/../.." || exit 1
seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
seconds=${FUZZ_TIME:-${LONG:+600}}
seconds=${seconds:-40}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
tests=0 failed=0

# "PERCENT BYTES" of the time, and of an input at most.
share() {
	case $1 in
	endpoint) echo 6 256 ;;
	binding) echo 8 512 ;;
	batch) echo 8 4096 ;;
	capture) echo 10 4096 ;;
	packet) echo 22 20000 ;;
	frames) echo 38 0 ;;
	plain) echo 8 0 ;;
	*) echo "fuzz.sh: no target '$1'" >&2 && exit 2 ;;
	esac
}

# report STATUS NAME: one TAP line; with what was printed when it failed.
report() {
	tests=$((tests + 1))
	[ "$1" = 0 ] && echo "ok $tests - $2" && return
	failed=1
	echo "not ok $tests - $2"
	grep -vE 'INFO:|Running:|Executed|fuzzer::|^stat::|libc_start|_start ' "$log" | tail -n 30 |
		sed 's/^/# /'
}

# libFuzzer's targets print what they found in their own way.
run_libfuzzer() {
	local target=$1 run=build/tests/fuzz/$1 time=$2 longest=$3 runs status files
	files=(tests/fuzz/corpus/"$target"/*)
	"$run" "${files[@]}" >"$log" 2>&1
	report $? "$target: each of ${#files[@]} corpus files"
	"$run" -seed="$seed" -max_total_time="$time" -max_len="$longest" -timeout=10 \
		-artifact_prefix="build/fuzz/failed/$target-" -print_final_stats=1 \
		-dict=tests/fuzz/words.dict "build/fuzz/corpus/$target" \
		"tests/fuzz/corpus/$target" >"$log" 2>&1
	status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
	report $status "$target: new inputs"
	echo "# $target: SEED=$seed, ${runs:-?} inputs in $time s"
	[ $status = 0 ] || sed -n "s|.*Test unit written to |# again: $run |p" "$log"
}

# Their corpus is that of the packet parser, and their output TAP.
run_frames() {
	build/tests/fuzz/frames tests/fuzz/corpus/packet/*.txt || failed=1
	SEED=$seed FUZZ_SECONDS=$1 build/tests/fuzz/frames || failed=1
}

run_target() {
	local percent longest time
	read -r percent longest < <(share "$1")
	time=$(((seconds * percent + 99) / 100))
	mkdir -p "build/fuzz/failed" "build/fuzz/corpus/$1"
	if [ "$1" = frames ]; then
		run_frames $time
	elif [ "$1" = plain ]; then
		SEED=$seed FUZZ_SECONDS=$time build/tests/fuzz/plain || failed=1
	else
		run_libfuzzer "$1" $time "$longest"
	fi
}

[ $# -gt 0 ] || set -- endpoint binding batch capture packet frames plain
for target; do
	share "$target" >/dev/null || exit 2
	run_target "$target"
done
[ $tests = 0 ] || echo "1..$tests"
exit $failed
