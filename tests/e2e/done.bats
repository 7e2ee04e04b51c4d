#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What was done is reported as done, and what was not leaves nothing behind:
# system calls fail, from one on, and the file system is read-only.

load lib/net

setup() {
	net_setup_table
	TRACE=$BATS_TEST_TMPDIR/trace
}

teardown() {
	net_teardown
}

# CALL WORDS...: how often a command makes it
count_calls() {
	strace -qq -f -o "$TRACE" -e trace="$1" "$PORTSTEER" -n "$HOST" "${@:2}" >/dev/null 2>&1
	grep -c "$1(" "$TRACE"
}

# CALL:HOW WORDS...: with that call failing; says the status
fail_at() {
	local status=0

	strace -qq -f -o "$TRACE" -e trace="${1%%:*}" -e inject="$1" \
		"$PORTSTEER" -n "$HOST" "${@:2}" >"$BATS_TEST_TMPDIR/said" 2>&1 || status=$?
	echo "$status"
}

table() {
	steer -j bindings | jq -r '[.[] | .endpoint + " " + .words] | join("; ")'
}

@test "a table that is published is no failure, whatever fails behind it" {
	local calls warned=0 status

	steer -q bind tcp any:9 drop
	calls=$(count_calls bpf bind tcp any:1 drop)
	for ((at = calls - 5; at <= calls; at++)); do
		steer -q unbind tcp any:1
		status=$(fail_at "bpf:error=EIO:when=$at+" bind tcp any:1 drop)
		if [ "$status" = 0 ]; then
			same 'tcp any:1 drop; tcp any:9 drop' "$(table)"
			warned=$((warned + $(grep -c 'warning: the change is in force' "$BATS_TEST_TMPDIR/said" || [ $? -eq 1 ])))
		else
			same '1 tcp any:9 drop' "$status $(table)"
			steer -q bind tcp any:1 drop
		fi
		steer -q bind tcp any:2 drop
		same false "$(steer -j status | jq '.[0].pending')"
		steer -q unbind tcp any:2
	done
	[ "$warned" -gt 0 ]
}

@test "a first command that fails leaves no instance" {
	local calls

	calls=$(count_calls bpf bind tcp any:1 drop)
	steer flush
	for ((at = 1; at <= calls; at += 9)); do
		if [ "$(fail_at "bpf:error=ENOMEM:when=$at" bind tcp any:1 drop)" != 0 ]; then
			[ ! -e "$PINS/$HOST" ]
		else
			steer flush
		fi
	done
	calls=$(count_calls mmap bind tcp any:1 drop)
	steer flush
	for ((at = calls - 24; at <= calls; at += 3)); do
		if [ "$(fail_at "mmap:error=ENOMEM:when=$at" bind tcp any:1 drop)" != 0 ]; then
			[ ! -e "$PINS/$HOST" ]
		else
			steer flush
		fi
	done
	same 1 "$(fail_at flock:error=EIO:when=2+ bind tcp any:1 drop)"
	[ ! -e "$PINS/$HOST" ]
}

@test "what stays of an instance that is gone is a notice, and swept by the next command" {
	steer -q bind tcp any:1 drop
	same 0 "$(fail_at unlink:error=EIO:when=3+ flush)"
	grep -q "warning: the instance is gone, but not all of its pins are yet: cannot remove $PINS/%gone" \
		"$BATS_TEST_TMPDIR/said"
	[ ! -e "$PINS/$HOST" ]
	steer -q bind tcp any:1 drop
	same '' "$(ls -d "$PINS"/%gone* 2>/dev/null || [ $? -eq 2 ])"
}

@test "a BPF file system that is read-only: every command refuses before it changes anything" {
	printf 'bindings: [{endpoint: tcp any:77, action: drop}]\n' >"$BATS_TEST_TMPDIR/file.yaml"
	steer -q bind tcp any:9 drop name keep
	before=$(steer -j status)
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --propagation private bash -ec '
		mount --bind /sys/fs/bpf /sys/fs/bpf
		mount -o remount,bind,ro /sys/fs/bpf
		while read -ra words; do
			status=0
			said=$("$0" -n "$1" "${words[@]}" 2>&1) || status=$?
			if [ $status -ne 1 ] || [[ $said != *"is mounted read-only; as root: mount -o remount,rw /sys/fs/bpf" ]]; then
				echo "${words[*]}: $status $said" >&2
				exit 1
			fi
		done' "$PORTSTEER" "$HOST" <<-END
			bind tcp any:1 drop
			bind tcp any:9 pass --replace
			bind tcp any:9 drop name other --replace
			unbind tcp any:9
			unbind name keep
			apply $BATS_TEST_TMPDIR/file.yaml
			apply --confirm 9 $BATS_TEST_TMPDIR/file.yaml
			confirm
			confirm --revert
			attach lo hook tc
			attach netns
			detach all
			guard on
			guard off
			socket remove web
			reserve set
			unreserve
			refresh
			flush
		END
	same "$before" "$(steer -j status)"
	same 'tcp any:9 drop' "$(table)"
}

@test "a marker of a trial that cannot be read, or not be made" {
	steer -q bind tcp any:9 drop
	mkdir "$PINS/$HOST/trial"
	for words in 'bind tcp any:1 drop' 'detach all' confirm; do
		# shellcheck disable=SC2086 # words
		says 1 "whether a change of instance '$HOST' waits for confirmation is not known: Invalid argument" \
			steer $words
	done
	says 0 "whether a change is on trial is not known: Invalid argument" steer status
	rmdir "$PINS/$HOST/trial"
	mkdir -p "$PINS/$HOST/%trial/mine"
	says 1 "cannot make a marker in $PINS/$HOST: File exists" \
		steer apply --confirm 9 - <<<'bindings: []'
	same 'tcp any:9 drop' "$(table)"
	rmdir "$PINS/$HOST/%trial/mine" "$PINS/$HOST/%trial"
}

@test "ports that are not reserved any more are said to be, whatever becomes of the list" {
	local before

	before=$(net_in "$HOST" sysctl -n net.ipv4.ip_local_reserved_ports)
	steer -q bind tcp any:40000 drop
	steer -q reserve set
	[[ $(net_in "$HOST" sysctl -n net.ipv4.ip_local_reserved_ports) == *40000* ]]
	strace -qq -o /dev/null -P "$PINS/$HOST/reserved" -e trace=unlink,unlinkat \
		-e inject=unlink,unlinkat:error=EIO "$PORTSTEER" -n "$HOST" unreserve \
		>"$BATS_TEST_TMPDIR/said" 2>&1
	grep -q 'warning: what is not reserved any more stays on the instance.s list: ' \
		"$BATS_TEST_TMPDIR/said"
	same "$before" "$(net_in "$HOST" sysctl -n net.ipv4.ip_local_reserved_ports)"
	steer -q unreserve
	steer -q flush
	[ ! -e "$PINS/$HOST" ]
}
