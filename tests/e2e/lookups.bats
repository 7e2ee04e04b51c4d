#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What could not be looked up is not taken for what is not there: the command fails before it
# changes anything, or what was there stays and that is said.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, with a status of its own
load lib/net
load lib/cgroup
load lib/inject

setup() {
	guard_setup
	ip -n "$HOST" neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev eth0 nud permanent
}

teardown() {
	guard_teardown
}

problems() {
	steer -j bindings | jq -r '[.[] | select(.problem)] | length'
}

@test "an unrelated bind leaves redirects alone, whatever cannot be looked up" {
	local call number count status failed=0 said=0

	steer -q bind tcp any:80 redirect eth0 via 192.0.2.7
	steer -q bind tcp any:81 redirect eth0
	same 0 "$(problems)"
	for call in socket sendto recvmsg ioctl bind; do
		count=$(calls $call "$PORTSTEER" -n "$HOST" -q bind tcp any:1 drop)
		steer unbind tcp any:1
		for number in $(chosen 3 "$count"); do
			status=0
			failing $call ENOBUFS "$number" "$PORTSTEER" -n "$HOST" bind tcp any:1 drop \
				>"$BATS_TEST_TMPDIR/said" 2>&1 || status=$?
			[ "$status" -le 1 ]
			same 0 "$(problems)"
			same "$((status == 0))" "$(steer -j bindings | jq '[.[] | select(.endpoint == "tcp any:1")] | length')"
			if grep -q "note: redirects to 'eth0'.* keep the interface and addresses that they had" \
				"$BATS_TEST_TMPDIR/said"; then
				said=$((said + 1))
			fi
			failed=$((failed + 1))
			[ "$status" != 0 ] || steer unbind tcp any:1
		done
	done
	echo "# $failed calls failed, $said times redirects were kept" >&3
	[ "$said" -gt 0 ]
}

@test "a redirect whose interface cannot be looked up is refused; one that is gone is not" {
	local number

	number=$(call_with ioctl SIOCGIFINDEX "$PORTSTEER" -n "$HOST" -q bind tcp any:80 redirect eth0)
	steer unbind tcp any:80
	says 1 "cannot look up 'eth0' or its neighbour, to redirect there; nothing was changed: " \
		failing ioctl EMFILE "$number+" "$PORTSTEER" -n "$HOST" bind tcp any:80 redirect eth0
	same '[]' "$(steer -j bindings)"
	steer -q bind tcp any:80 redirect nosuch
	same 1 "$(problems)"
	steer -q bind --replace tcp any:80 redirect eth0 via 192.0.2.7
	number=$(call_with ioctl SIOCGIFINDEX "$PORTSTEER" -n "$HOST" refresh)
	says 1 'not every interface and next hop could be looked up; nothing was changed' \
		failing ioctl EMFILE "$number" "$PORTSTEER" -n "$HOST" refresh
	same 0 "$(problems)"
	ip -n "$HOST" link delete eth0
	steer -q refresh
	same 1 "$(problems)"
}

@test "an interface that XDP may not be let send to: the command fails" {
	local number count said=''

	steer -q bind tcp any:1 drop
	count=$(calls bpf "$PORTSTEER" -n "$HOST" -q bind tcp any:80 redirect eth0)
	number=$(call_with bpf BPF_MAP_UPDATE_ELEM "$PORTSTEER" -n "$HOST" -q bind --replace tcp any:80 redirect eth1)
	for number in $(seq "$number" "$count"); do
		steer unbind tcp any:80
		run failing bpf ENOMEM "$number" "$PORTSTEER" -n "$HOST" -q bind tcp any:80 redirect eth0
		if [[ $output = *"cannot let XDP send to 'eth0'"* ]]; then
			same 1 "$status"
			same 1 "$(steer -j bindings | jq length)"
			said=yes
			break
		fi
		same 0 "$(problems)"
		[ "$status" = 0 ] || steer -q bind tcp any:80 pass
	done
	same yes "$said"
}

@test "sockets and processes that cannot be looked at are not said to be something else" {
	local number

	net_start "$HOST" socat tcp4-listen:8080,fork /dev/null
	net_wait 20 net_listens "$HOST" tcp 8080
	number=$(call_with getsockopt SO_DOMAIN "$PORTSTEER" -n "$HOST" socket add web --listening tcp any4:8080)
	steer socket remove web
	says 1 'cannot tell what socket descriptor ' failing getsockopt EIO "$number" \
		"$PORTSTEER" -n "$HOST" socket add web --listening tcp any4:8080
	says 1 'cannot list the processes in /proc: Too many open files' failing_at /proc openat EMFILE \
		"$PORTSTEER" -n "$HOST" socket add web --listening tcp any4:8080
	says 1 "cannot look into process ${NET_PIDS[0]}: Input/output error" \
		failing_at "/proc/${NET_PIDS[0]}/fd" openat EIO \
		"$PORTSTEER" -n "$HOST" socket add web --pid "${NET_PIDS[0]}" --listening tcp any4:8080
	same '[]' "$(steer -j sockets)"
}

# ERROR COMMAND...: each of its bpf(2) calls fails; it says so, or has done what it was asked for
each_bpf() {
	local error=$1 number count

	shift
	count=$(calls bpf "$@")
	for number in $(chosen 5 "$count"); do
		run failing bpf "$error" "$number" "$@"
		[ "$status" -le 1 ]
		echo "$status"
	done
}

@test "an owner that cannot be looked up is not lost" {
	local before number count

	steer -q bind tcp any:443 pass owner user:nobody
	steer -q bind tcp any:444 drop
	before=$(steer bindings --yaml)
	count=$(calls bpf "$PORTSTEER" -n "$HOST" bindings --yaml)
	for number in $(chosen 10 "$count"); do
		run --separate-stderr failing bpf ENOMEM "$number" "$PORTSTEER" -n "$HOST" bindings --yaml
		[ "$status" = 1 ] || same "$before" "$output"
	done
	says 1 'cannot look up a binding or its owner: Cannot allocate memory' \
		failing bpf ENOMEM "$count" "$PORTSTEER" -n "$HOST" bindings --yaml
	each_bpf ENOMEM "$PORTSTEER" -n "$HOST" -q bind --replace tcp any:443 count name b
	same user:nobody "$(binding 'tcp any:443' owner)"
	each_bpf EIO "$PORTSTEER" -n "$HOST" -q bind --replace tcp any:443 pass name c
	same user:nobody "$(binding 'tcp any:443' owner)"
}

@test "a binding that cannot be looked up is not said to be unbound" {
	local number count

	steer -q bind tcp any:443 pass
	count=$(calls bpf "$PORTSTEER" -n "$HOST" unbind tcp any:443)
	steer -q bind tcp any:443 pass
	for number in $(chosen 5 "$count"); do
		run failing bpf ENOMEM "$number" "$PORTSTEER" -n "$HOST" unbind tcp any:443
		[ "$status" -le 1 ] # never 4, that it is not bound
		[ "$status" = 1 ] || steer -q bind tcp any:443 pass
	done
}

@test "whether the guard is on: not known is not off" {
	local words number count

	steer -q bind tcp any:8081 drop
	steer guard on "$GROUP"
	for words in guard 'bindings --yaml' status; do
		# shellcheck disable=SC2086 # words
		count=$(calls access "$PORTSTEER" -n "$HOST" $words)
		for number in $(seq "$count"); do
			# shellcheck disable=SC2086
			run failing access ENOMEM "$number" "$PORTSTEER" -n "$HOST" $words
			[ "$status" -le 1 ]
			[ "$status" = 1 ] || [ "$words" = status ] || [[ $output = *"$GROUP"* ]]
		done
	done
	says 1 'cannot tell whether the guard is on: ' \
		failing access ENOMEM 1+ "$PORTSTEER" -n "$HOST" guard
	number=$(call_with bpf guard-on-ipv4 "$PORTSTEER" -n "$HOST" guard)
	says 1 'cannot tell whether the guard is on, or where: ' \
		failing bpf EMFILE "$number" "$PORTSTEER" -n "$HOST" guard
	steer -q unbind tcp any:8081
	steer guard off
	[ ! -e "$PINS/$HOST" ]
}

# BEFORE AFTER COMMAND...: the command that makes one of the other, with each of its calls failed;
# of its bpf(2) calls, tests/prog/faults fails some each time
each_guard_step() {
	local before=$1 after=$2 call number count state

	shift 2
	for call in ${LONG:+bpf} rename unlink; do
		# shellcheck disable=SC2086 # words
		steer $before
		count=$(calls $call "$@")
		for number in $(chosen 2 "$count"); do
			steer guard off
			# shellcheck disable=SC2086 # words
			steer $before
			run failing $call ENOMEM "$number" "$@"
			state=$(steer -j guard | jq -r 'if . == [] then "off" else
				.[0] | select(.state == "attached") | "\(.mode) \(.cgroup)" end')
			if [ "$status" = 0 ]; then
				same "$after" "$state"
			else
				same "${before#guard }" "$state"
			fi
		done
		steer guard off
	done
	same "$LINKS" "$(bpftool cgroup show "$MOUNT$GROUP"; bpftool cgroup show "$MOUNT$GROUP/inner")"
}

@test "a guard that cannot be switched is what it was" {
	local number

	steer -q bind tcp any:8081 drop
	LINKS=$(bpftool cgroup show "$MOUNT$GROUP"; bpftool cgroup show "$MOUNT$GROUP/inner")
	each_guard_step 'guard off' "on $GROUP" "$PORTSTEER" -n "$HOST" guard on "$GROUP"
	each_guard_step "guard report $GROUP" "on $GROUP" "$PORTSTEER" -n "$HOST" guard on "$GROUP"
	each_guard_step "guard on $GROUP" off "$PORTSTEER" -n "$HOST" guard off
	steer guard report "$GROUP"
	number=$(call_with rename links/guard "$PORTSTEER" -n "$HOST" guard on "$GROUP")
	steer guard report "$GROUP"
	says 1 ", nor put back what was there; 'guard' shows what is left" \
		failing rename ENOMEM "$number+" "$PORTSTEER" -n "$HOST" guard on "$GROUP"
	steer guard on "$GROUP"
	printf 'bindings: [{endpoint: "tcp any:8081", action: drop}]\nguard: {mode: "on", cgroup: %s}\n' \
		"$GROUP/inner" >"$BATS_TEST_TMPDIR/file"
	each_guard_step "guard on $GROUP" "on $GROUP/inner" "$PORTSTEER" -n "$HOST" apply --detached "$BATS_TEST_TMPDIR/file"
}

@test "failing ioctls and answers of netlink, under sanitizers" {
	local tool call error number count tried=0

	tool=$(realpath "$BATS_TEST_DIRNAME/../../build/asan/portsteer")
	[ -x "$tool" ] || skip "needs the tool with sanitizers"
	ip -n "$HOST" link set eth1 up
	for call in ioctl recvmsg sendto; do
		count=$(calls $call "$tool" -n "$HOST" attach eth0)
		steer -q detach all
		for error in ENODEV EOPNOTSUPP ENOBUFS EMFILE; do
			for number in $(chosen 1 "$count"); do
				run failing $call $error "$number" "$tool" -n "$HOST" attach eth0
				[ "$status" -lt 128 ]
				[[ $output != *Sanitizer* && $output != *'runtime error'* ]]
				run steer detach all
				tried=$((tried + 1))
			done
		done
	done
	echo "# $tried calls failed" >&3
}

@test "a UNIX socket at which nobody answers is waited for as long as --wait says" {
	local door=$BATS_TEST_TMPDIR/door

	net_start "$HOST" /usr/bin/python3 -c 'import socket, sys, time
for name, backlog, clients in ((sys.argv[1], 0, 3), (sys.argv[2], 5, 0)):
    s = socket.socket(socket.AF_UNIX); s.bind(name); s.listen(backlog); globals()[name] = [s]
    for i in range(clients):
        c = socket.socket(socket.AF_UNIX); c.setblocking(False); globals()[name].append(c)
        c.connect_ex(name)
open(sys.argv[1] + ".ready", "w")
time.sleep(600)' "$door.full" "$door.mute"
	net_wait 20 test -e "$door.full.ready"
	says 1 "cannot connect to $door.full: the connection was not accepted within 1 s" \
		timeout 20 "$PORTSTEER" -n "$HOST" --wait 1 socket add web --unix "$door.full"
	says 1 "$door.mute sent nothing within 1 s" \
		timeout 20 "$PORTSTEER" -n "$HOST" --wait 1 socket add web --unix "$door.mute"
}
