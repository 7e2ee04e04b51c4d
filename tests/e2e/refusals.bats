#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# System calls that fail, by strace(1): the message names what was tried, the
# exit status is 1, and the next command works as if nothing had been.

load lib/net

setup() {
	net_setup
	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null true || skip "may not trace"
	PLACE=$PINS/$HOST
}

teardown() {
	net_teardown
}

# CALL ERROR NUMBER WORD...: portsteer, whose call of that number fails; 9 when there is none.
refused() {
	local call=$1 error=$2 number=$3

	shift 3
	run strace -qq -o "$BATS_TEST_TMPDIR/trace" -e "trace=$call" \
		-e "inject=$call:error=$error:when=$number" "$PORTSTEER" -n "$HOST" -q "$@"
	grep -q INJECTED "$BATS_TEST_TMPDIR/trace" || status=9
}

# Detaches and empties all, and nothing is left.
is_repaired() {
	run steer detach all
	run steer flush
	same 0 "$status"
	[ ! -e "$PLACE" ]
}

@test "each tenth call of bpf(2) that attach makes: a message or no harm, and no trace" {
	local number messages=0 step

	step=$(net_often 10 30)
	for ((number = 3; ; number += step)); do
		refused bpf ENOMEM "$number" attach eth0
		[ "$status" -ne 9 ] || break
		[ "$status" -le 1 ]
		if [ "$status" -eq 1 ]; then
			[[ $output == 'portsteer: cannot '*': '* ]]
			messages=$((messages + 1))
		fi
		is_repaired
	done
	[ "$messages" -ge "$(net_often 5 2)" ]
}

@test "each message by its words" {
	local call error number text rest words

	while IFS='|' read -r call error words text; do
		for ((number = 1; ; number++)); do
			# shellcheck disable=SC2086 # words
			refused "$call" "$error" "$number" $words
			[ "$status" -ne 9 ] || {
				echo "$call $words: '$text' was not said, but '$rest'" >&2
				return 1
			}
			rest=${output//"$PLACE"/PLACE}
			rest=${rest//"$PINS/%fresh"/FRESH}
			is_repaired
			[[ $rest != "portsteer: $text"* ]] || break
		done
	done <<-'END'
		flock|EIO|attach eth0|cannot lock FRESH: Input/output error
		rename|EIO|bind tcp any:1 drop|cannot rename a fresh directory to PLACE: Input/output error
		setns|EPERM|bind tcp any:1 drop|cannot enter network namespace
	END
}

@test "an instance that cannot be mapped, as libbpf makes it when the kernel refuses to say" {
	steer -q bind tcp any:1 drop
	rm "$PLACE/state"
	bpftool map create "$PLACE/state" type array key 4 value 16 entries 1 name state
	says 1 "map 'state' of instance '$HOST' cannot be mapped into memory: it was not made whole; rm -r $PLACE" \
		steer flush
	rm -r "$PLACE"
	steer -q bind tcp any:1 drop
}

# MAP WORD...: a map of that kind in the place of MAP is refused by all commands, and stays.
is_no_map_of_ours() {
	local map=$1 words

	steer -q bind tcp any:1 drop
	mv "$PLACE/$map" "$PLACE/kept"
	bpftool map create "$PLACE/$map" "${@:2}" name other
	for words in bindings status "bind tcp any:2 drop" "attach eth0" flush "detach all"; do
		# shellcheck disable=SC2086 # words
		says 1 "$PLACE/$map is not the map that portsteer made there; rm -r $PLACE" steer $words
	done
	mv "$PLACE/kept" "$PLACE/$map"
	is_repaired
}

@test "a map of another kind or size in the place of ours: refused before anything is read" {
	local page=1024 # BPF_F_MMAPABLE

	is_no_map_of_ours bindings type hash key 24 value 8 entries 4
	is_no_map_of_ours bindings type hash key 24 value 4000 entries 65536
	is_no_map_of_ours bindings type hash key 24 value 48 entries 4
	is_no_map_of_ours directory type array key 4 value 8 entries 1 flags $page
	is_no_map_of_ours state type array key 4 value 4000 entries 1 flags $page
	is_no_map_of_ours slots type array key 4 value 8 entries 1 flags $page
	is_no_map_of_ours hooks type array key 4 value 8 entries 256 flags $page
	is_no_map_of_ours meta type array key 4 value 8 entries 1 flags $page
	is_no_map_of_ours shapes type hash key 8 value 16 entries 65536
}
