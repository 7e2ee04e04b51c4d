#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What cannot be looked at is neither there nor gone: nothing that is attached is
# forgotten or taken off for it, the exit status is true, and the next command
# works. Programs that no slot knows are known by the map that they use. Each call of each
# command is made to fail in tests/prog/faults; here it is what is said.

load lib/net
load lib/foreign

setup() {
	net_setup
	foreign_setup
	PLACE=$PINS/$HOST
}

teardown() {
	foreign_teardown
	net_teardown
}

ATTACHED="eth0 tc-egress attached, eth0 xdp attached"

states() {
	steer -j status | jq -r '[.[].interfaces[] | "\(.interface) \(.hook) \(.state)"] |
		sort | join(", ")'
}

# The same, and nothing without an instance.
known() {
	[ ! -e "$PLACE" ] || states
}

# The program on the XDP hook of the host's eth0, 0 without.
xdp() {
	ip -n "$HOST" -j link show eth0 | jq '.[0].xdp.prog.id // 0'
}

# How many programs for interfaces the kernel has that use the map of number STATE.
programs() {
	bpftool -j prog show | jq --argjson state "$STATE" '[.[] |
		select(.type == "xdp" or .type == "sched_cls") |
		select(.map_ids // [] | index($state))] | length'
}

remember() {
	STATE=$(bpftool -j map show pinned "$PLACE/state" | jq .id)
}

has_programs() {
	[ "$(programs)" -eq "$1" ]
}

# Those that were taken off go a moment later.
nothing_stays() {
	same 0 "$(xdp)"
	net_wait 10 has_programs 0
}

without_proc() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount bash -c 'mount -t tmpfs none /proc; "$@"' - "$PORTSTEER" -n "$HOST" "$@"
}

# CALL ERROR NUMBER WORD...: portsteer, whose call of that number fails; 9 when there is none. Calls
# of the dynamic loader come first: 127. With $ONLY, those on this path alone are counted.
refused() {
	local call=$1 error=$2 number=$3 only=()

	shift 3
	[ -z "${ONLY:-}" ] || only=(-P "$ONLY")
	status=0
	output=$(strace -f --seccomp-bpf -qq -o "$BATS_TEST_TMPDIR/trace" "${only[@]}" -e "trace=$call" \
		-e "inject=$call:error=$error:when=$number" \
		"$PORTSTEER" -n "$HOST" "$@" 2>&1) || status=$?
	grep -q INJECTED "$BATS_TEST_TMPDIR/trace" || status=9
}

traced() {
	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null true || skip "may not trace"
}

# Clears the slots of what is attached, as if no command had ever noted it.
forget() {
	local slot zeros

	zeros=$(printf '0 %.0s' $(seq "$(bpftool -j map show pinned "$PLACE/hooks" | jq .bytes_value)"))
	for slot in 0 1; do
		# shellcheck disable=SC2086 # bytes
		bpftool map update pinned "$PLACE/hooks" key $slot 0 0 0 value $zeros
	done
}

@test "without /proc: known, not attached twice, and taken off" {
	steer attach eth0
	same "$ATTACHED" "$(without_proc -j status | jq -r '[.[].interfaces[] |
		"\(.interface) \(.hook) \(.state)"] | sort | join(", ")')"
	says 0 "'eth0' is already attached that way" without_proc attach eth0
	remember
	says 0 "" without_proc detach eth0
	nothing_stays
	[ ! -e "$PLACE" ]
}

@test "a pin that cannot be looked at: detach refuses, and attach, by its cause" {
	traced
	steer attach eth0
	ONLY=$PLACE/links/xdp-eth0
	for words in "detach eth0" "detach all" "attach eth0"; do
		# shellcheck disable=SC2086 # words
		refused stat,newfstatat,statx EIO 1 $words
		same "1 portsteer: cannot tell what is pinned at $ONLY, so it is left as it is: Input/output error" \
			"$status $output"
		same "$ATTACHED" "$(states)"
	done
}

# What a command with status $1 did whose refused call did no harm, or was not made; what it
# attached is gone, so that the next one looks at as much.
undo() {
	[ "$1" -eq 0 ] || [ "$1" -eq 9 ] || return 0
	run steer -q unbind tcp any:10
	run steer -q detach eth1
	net_wait 10 has_programs 2
}

# The command is given with each of its calls refused, from the last, until it gives this cause; a
# socket with all that come after it, but where the row says `once`.
@test "each cause by its words" {
	local call error number text words said after

	traced
	steer -q bind tcp any:9 drop
	steer attach eth0
	remember
	while IFS='|' read -r call error words text; do
		after=
		case $call in
		socket) after=+ ;;
		*' once') call=${call% once} ;;
		esac
		said=() rounds=3 # of others' programs, which are asked for as well, some come and go
		# shellcheck disable=SC2086 # words
		refused "$call" "$error" 9999 $words
		number=$(grep -cE "^[0-9]+ +$call\\(" "$BATS_TEST_TMPDIR/trace")
		undo "$status"
		until # shellcheck disable=SC2086 # words
			refused "$call" "$error" "$number$after" $words
			[[ $output == *"$text"* ]]; do
			said+=("$number: $status $output"$'\n')
			if [ $((--number)) -eq 0 ] && [ $((--rounds)) -gt 0 ]; then
				number=$(($(grep -cE "^[0-9]+ +$call\\(" "$BATS_TEST_TMPDIR/trace") + 5))
			fi
			if [ "$number" -eq 0 ]; then
				echo "$call $words: '$text' was not said, but:" "${said[@]}" >&2
				return 1
			fi
			undo "$status"
		done
		steer -q attach eth0
	done <<-END
		bpf|ENOMEM|flows|cannot read the flows: Cannot allocate memory
		bpf|ENOMEM|bind tcp any:10 drop|cannot look up a binding: Cannot allocate memory
		ioctl|EMFILE|attach eth0|cannot look for the interface 'eth0': Too many open files
		socket|EMFILE|attach eth0|program of 'eth0' is still attached; nothing was changed: Too many open files
		bpf|ENOMEM|attach eth0|cannot look up the program of $PLACE/links/xdp-eth0: Cannot allocate memory
		socket once|EMFILE|attach eth1|cannot tell what is on the XDP hook of 'eth1': Too many open files
		socket|EMFILE|detach front|cannot tell whether 'front' is attached: Too many open files
		bpf|ENOMEM|attach eth0|cannot tell whether programs of this instance are attached that are not on record: Cannot allocate memory
	END
}

@test "status: what could not be asked is said, and is not stale" {
	local number unknown=0

	traced
	steer attach eth0
	for ((number = 1; number < 30; number++)); do
		refused socket EMFILE "$number+" status
		[ "$status" -ne 9 ] || break
		[[ $output != *stale* ]]
		[[ $output != *'not known: Too many open files'* ]] || unknown=$((unknown + 1))
	done
	[ "$unknown" -ge 1 ]
	refused socket EMFILE 1 conflicts
	[[ $output != *stale* ]]
}

@test "programs that no slot knows: said, and attach takes them over" {
	local id

	steer -q bind tcp any:80 drop
	steer attach eth0
	remember
	id=$(xdp)
	forget
	says 0 "stale: a program of this instance is attached, and not on record; portsteer -n $HOST attach eth0" \
		steer status
	says 0 "'eth0': a program of this instance is attached, and not on record; fix it: portsteer -n $HOST attach eth0" \
		steer conflicts
	same "$id" "$(xdp)"
	says 0 "the xdp program on 'eth0' is one of this instance that was not on record, and is now" \
		steer attach eth0
	same "$ATTACHED" "$(states)"
	same 2 "$(find "$PLACE/links" -type f | wc -l)"
	net_wait 10 has_programs 2
	steer detach eth0
	nothing_stays
	steer unbind tcp any:80
	[ ! -e "$PLACE" ]
}

@test "programs that no slot knows, pinned nowhere or under another name: attach pins them" {
	steer attach eth0 hook tc
	remember
	forget
	mv "$PLACE/links/tc-ingress-eth0" "$PLACE/links/lost"
	steer -q attach eth0 hook tc
	same "tc-egress-eth0 tc-ingress-eth0" \
		"$(find "$PLACE/links" -type f -printf '%f\n' | sort | xargs)"
	net_wait 10 has_programs 2
}

@test "programs that no slot knows: detach takes them off, by name or all" {
	local name

	for name in eth0 all; do
		steer attach eth0
		remember
		forget
		says 0 "" steer detach $name
		nothing_stays
		[ ! -e "$PLACE" ]
	done
	steer attach netns
	forget
	says 0 "" steer detach netns
	[ ! -e "$PLACE" ]
}

@test "programs that no slot knows: flush keeps the maps that they use" {
	steer -q bind tcp any:80 drop
	steer attach eth0
	remember
	forget
	says 0 "note: programs of this instance are attached that are not on record" steer flush
	same 2 "$(programs)"
	steer detach all
	nothing_stays
	[ ! -e "$PLACE" ]
}

@test "a link whose pin somebody moved: attach pins it again, detach takes it off" {
	local id

	net_kernel 6.6 || skip "TC has no links here"
	steer attach eth0
	id=$(xdp)
	mv "$PLACE/links/xdp-eth0" "$FOREIGN/kept"
	steer -q attach eth0
	same "$id" "$(xdp)"
	[ -e "$PLACE/links/xdp-eth0" ]
	rm "$PLACE/links/xdp-eth0"
	steer detach eth0
	same 0 "$(xdp)"
}

@test "programs of others, whatever their names and pins: never touched" {
	foreign_program portsteer_xdp xdp 2
	steer -q bind tcp any:80 drop
	steer attach netns
	foreign_link portsteer_xdp eth0 xdp
	mv "$FOREIGN/portsteer_xdp-link" "$PLACE/links/xdp-eth0"
	id=$(xdp)
	says 3 "program 'portsteer_xdp'" steer attach eth0
	says 4 "'eth0' is not attached" steer detach eth0
	says 0 "" steer detach all
	says 0 "links/xdp-eth0 is not portsteer's" steer flush
	same "$id" "$(xdp)"
	[ -e "$PLACE/links/xdp-eth0" ]
}
