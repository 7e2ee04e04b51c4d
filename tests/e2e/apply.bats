#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# apply under packets: counters of what stays go on to the last packet, two at
# once end as one of the files, and interfaces become what the file says.

load lib/net

setup() {
	net_setup
	FILE=$BATS_TEST_TMPDIR/file.yaml
}

teardown() {
	net_teardown
}

# PORT COUNT: the client's datagrams to 192.0.2.2.
flood() {
	net_in "$CLIENT" bash -c "for ((i = 0; i < $2; i++)); do echo x >/dev/udp/192.0.2.2/$1; done"
}

# FIRST LAST ACTION: a file with these ports of 192.0.2.2, for UDP.
ports() {
	echo 'bindings:'
	for ((port = $1; port <= $2; port++)); do
		printf -- '- endpoint: udp 192.0.2.2:%s\n  action: %s\n' "$port" "$3"
	done
}

# How the host's interfaces are attached, one a line.
attached() {
	steer -j status | jq -r '.[0].interfaces[] | select(.hook != "tc-egress") |
		.interface + " " + .hook + " " + .mode' | sort
}

@test "what stays counts every packet, whatever is applied around it" {
	ports 7 7 drop >"$FILE"
	ports 7 400 drop >"$FILE.more"
	steer -q attach eth0
	steer -q apply "$FILE"
	flood 7 3000 &
	for _ in {1..15}; do
		steer -q apply "$FILE.more"
		steer -q apply "$FILE"
	done
	wait $!
	same 3000 "$(binding 'udp 192.0.2.2:7' rx_packets)"
	steer -q apply - <<<'bindings: [{endpoint: udp 192.0.2.2:7, action: pass, name: changed}]'
	flood 7 5
	same 3005 "$(binding 'udp 192.0.2.2:7' rx_packets)"
	same changed "$(binding 'udp 192.0.2.2:7' name)"
}

@test "a packet that both tables drop is never passed" {
	net_start "$HOST" socat -u udp4-recvfrom:8,fork system:'echo passed'
	net_wait 20 net_listens "$HOST" udp 8
	ports 8 300 drop >"$FILE"
	{
		ports 500 700 drop
		printf -- '- {endpoint: "udp 192.0.2.0/24:any", action: drop}\n'
	} >"$FILE.other"
	steer -q attach eth0
	steer -q apply "$FILE"
	flood 8 2000 &
	for _ in {1..10}; do
		steer -q apply "$FILE.other"
		steer -q apply "$FILE"
	done
	wait $!
	run ! grep passed "$BATS_TEST_TMPDIR/started.log"
	steer flush
	flood 8 1
	net_wait 20 grep passed "$BATS_TEST_TMPDIR/started.log"
}

@test "two at once: one after the other, and the table is one of the files" {
	local table

	ports 1 300 drop >"$FILE.a"
	ports 200 500 pass >"$FILE.b"
	for _ in {1..8}; do
		steer -q apply "$FILE.a" &
		steer -q apply "$FILE.b"
		wait $!
		table=$(steer bindings --yaml | tr -d ' -' | sort | md5sum)
		[ "$table" = "$(tr -d ' -' <"$FILE.a" | sort | md5sum)" ] ||
			[ "$table" = "$(tr -d ' -' <"$FILE.b" | sort | md5sum)" ]
	done
}

@test "interfaces become what the file says, and go when it says so" {
	cat >"$FILE" <<-'END'
		interfaces:
		- device: eth0
		- {device: eth1, hook: tc}
		- {device: eth7, on-missing: skip}
		bindings:
		- {endpoint: udp 192.0.2.2:7, action: drop}
	END
	says 0 "'eth7' does not exist and is skipped" steer apply "$FILE"
	same $'eth0 xdp native\neth1 tc-ingress '"$(net_tc_mode)" "$(attached)"
	flood 7 3
	same 3 "$(binding 'udp 192.0.2.2:7' rx_packets)"
	same 'nothing to do' "$(steer apply "$FILE" 2>/dev/null)"
	sed -i 's/hook: tc}/mode: generic}/; s/device: eth0/&\n  mode: generic/' "$FILE"
	same '~ interface eth0 hook xdp mode generic  # was: hook xdp mode native
~ interface eth1 hook xdp mode generic  # was: hook tc' "$(steer apply "$FILE" 2>/dev/null)"
	same $'eth0 xdp generic\neth1 xdp generic' "$(attached)"
	flood 7 2
	same 5 "$(binding 'udp 192.0.2.2:7' rx_packets)"
	# Without the key they stay.
	steer -q apply - <<<'bindings: []'
	same $'eth0 xdp generic\neth1 xdp generic' "$(attached)"
	same '- interface eth0 hook xdp mode generic
- interface eth1 hook xdp mode generic' "$(steer apply - <<<$'interfaces: []\nbindings: []' 2>/dev/null)"
	[ ! -e "$PINS/$HOST" ]
}

@test "the network namespace is attached as an interface is" {
	same "+ interface netns
+ tcp any:80 socket web" "$(steer apply - 2>/dev/null <<<'{interfaces: [{device: netns}], bindings: [
  {endpoint: "tcp any:80", action: socket web}]}')"
	same 'netns sk-lookup none' "$(attached)"
	steer bindings --yaml >"$FILE"
	grep -qx '    action: socket web' "$FILE"
	same 'nothing to do' "$(steer apply "$FILE" 2>/dev/null)"
	same '- interface netns
- tcp any:80 socket web' "$(steer apply - <<<$'interfaces: []\nbindings: []' 2>/dev/null)"
	[ ! -e "$PINS/$HOST" ]
}

@test "an interface that cannot be attached: nothing is changed" {
	steer -q attach eth1
	steer -q bind udp any:7 drop
	cat >"$FILE" <<-'END'
		interfaces: [{device: eth0}, {device: eth9}]
		bindings: []
	END
	says 4 "there is no interface 'eth9'" steer apply "$FILE"
	same 'eth1 xdp native' "$(attached)"
	same 1 "$(steer -j bindings | jq length)"
	# Nor when the table is refused, after they were attached.
	cat >"$FILE" <<-'END'
		interfaces: [{device: eth0}, {device: eth1}]
		bindings: [{endpoint: "udp any:8", action: drop}]
	END
	net_echo "$HOST" 8
	says 3 "listener: udp any:8" steer apply --strict "$FILE"
	same 'eth1 xdp native' "$(attached)"
	says 0 "listener: udp any:8" steer apply "$FILE"
	same $'eth0 xdp native\neth1 xdp native' "$(attached)"
}
