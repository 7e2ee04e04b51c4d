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
		steer -q apply --detached "$FILE.a" &
		steer -q apply --detached "$FILE.b"
		wait $!
		table=$(steer bindings --yaml | sed -n '/^bindings:/,$p' | tr -d ' -' | sort | md5sum)
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
~ interface eth1 hook xdp mode generic  # was: hook tc
+0 ~2 -0, generation 1' "$(steer apply "$FILE" 2>/dev/null)"
	same $'eth0 xdp generic\neth1 xdp generic' "$(attached)"
	flood 7 2
	same 5 "$(binding 'udp 192.0.2.2:7' rx_packets)"
	# Without the key they stay.
	steer -q apply - <<<'bindings: []'
	same $'eth0 xdp generic\neth1 xdp generic' "$(attached)"
	same '- interface eth0 hook xdp mode generic
- interface eth1 hook xdp mode generic
+0 ~0 -2, generation 2' "$(steer apply - <<<$'interfaces: []\nbindings: []' 2>/dev/null)"
	[ ! -e "$PINS/$HOST" ]
}

@test "the network namespace is attached as an interface is" {
	same "+ interface netns
+ tcp any:80 socket web
+2 ~0 -0, generation 1" "$(steer apply - 2>/dev/null <<<'{interfaces: [{device: netns}], bindings: [
  {endpoint: "tcp any:80", action: socket web}]}')"
	same 'netns sk-lookup none' "$(attached)"
	steer bindings --yaml >"$FILE"
	grep -qx '    action: socket web' "$FILE"
	same 'nothing to do' "$(steer apply "$FILE" 2>/dev/null)"
	same '- interface netns
- tcp any:80 socket web
+0 ~0 -2, generation 2' "$(steer apply - <<<$'interfaces: []\nbindings: []' 2>/dev/null)"
	[ ! -e "$PINS/$HOST" ]
}

@test "an interface that cannot be attached: nothing is changed" {
	steer -q attach eth1
	steer -q bind udp any:7 drop
	cat >"$FILE" <<-'END'
		interfaces: [{device: eth0}, {device: eth9}]
		bindings: []
	END
	says 1 "portsteer: $FILE:1:39: interface 'eth9' does not exist; nothing was changed; --allow-missing applies the rest" \
		steer apply "$FILE"
	says 1 "interface 'eth9' does not exist" steer apply --dry-run "$FILE"
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

@test "interfaces that come later: left out with a warning when that is allowed" {
	cat >"$FILE" <<-'END'
		interfaces: [{device: eth0}, {device: late}]
		bindings: [{endpoint: "udp any:7", action: drop}]
	END
	says 0 "portsteer: $FILE:1:39: warning: interface 'late' does not exist and is left out; apply the file again when it does" \
		steer apply --allow-missing "$FILE"
	same 'eth0 xdp native' "$(attached)"
	says 1 "interface 'late' does not exist" steer apply "$FILE"
	same 'eth0 xdp native' "$(attached)"
	ip -n "$HOST" link add late type veth peer name early
	says 0 '+ interface late' steer apply "$FILE"
	same $'eth0 xdp native\nlate xdp native' "$(attached)"
	# What is on record stays so while it is gone.
	ip -n "$HOST" link del late
	says 0 'nothing to do' steer apply --allow-missing "$FILE"
	same "[\"warning\",\"$FILE\",1,39]" "$(steer -j apply --allow-missing "$FILE" 2>&1 >/dev/null |
		jq -c '[.severity, .file, .line, .column]')"
	steer bindings --yaml >"$FILE.dump"
	grep -qx '    on-missing: skip' "$FILE.dump"
	says 0 'nothing to do' steer apply "$FILE.dump"
	says 1 "interface 'late' does not exist" steer apply "$FILE"
}

@test "other names of an interface, also long ones, are that interface" {
	local long=enp0s31f6-very-long-altname

	ip -n "$HOST" link property add dev eth1 altname enp3s0f0 altname "$long"
	steer attach "$long"
	says 0 "is already attached that way" steer attach enp3s0f0
	same 'eth1 xdp native' "$(attached)"
	cat >"$FILE" <<-END
		interfaces: [{device: enp3s0f0}]
		bindings: [{endpoint: "tcp any:9", action: redirect $long via fe80::1%eth1}]
	END
	steer -q apply "$FILE"
	same 'redirect eth1 via fe80::1' "$(binding 'tcp any:9' words)"
	same 'nothing to do' "$(steer apply "$FILE" 2>/dev/null)"
	says 0 "tcp any:9 is already bound that way" \
		steer bind tcp any:9 redirect enp3s0f0 via "fe80::1%$long"
	says 0 "tcp any:9 is already bound that way" steer bind tcp any:9 redirect eth1 via \
		"fe80::1%$(ip -n "$HOST" -j link show dev eth1 | jq .[0].ifindex)"
	says 2 "'%eth0' is not the interface 'enp3s0f0' that is redirected to; leave it out" \
		steer bind tcp any:10 redirect enp3s0f0 via fe80::1%eth0
	says 4 "there is no interface 'enp0s31f6-very-long-altnome', an alternative name (they alone have more than 15 bytes); only one that exists can be bound" \
		steer bind tcp any:10 redirect enp0s31f6-very-long-altnome
	says 4 "portsteer: <stdin>:1:1: there is no interface 'enp0s31f6-very-long-altnome'" \
		steer bind --batch - <<<'tcp any:10 redirect enp0s31f6-very-long-altnome'
	sed -i 's/{device: enp3s0f0}/&, {device: eth1}/' "$FILE"
	says 2 "portsteer: $FILE:1:43: 'eth1' is the interface 'eth1', which line 1 names already" steer apply "$FILE"
	ip -n "$HOST" link set dev eth1 down
	ip -n "$HOST" link set dev eth1 name back
	sed -i 's/, {device: eth1}//; s/%eth1/%back/' "$FILE"
	says 0 '~ tcp any:9 redirect back via fe80::1  # was: redirect eth1 via fe80::1' steer apply "$FILE"
	steer bindings --yaml >"$FILE.dump"
	grep -qx '  - device: back' "$FILE.dump"
	same 'nothing to do' "$(steer apply "$FILE.dump" 2>/dev/null)"
	steer -q flush
	steer detach "$long"
	same '' "$(attached)"
}

@test "a device that does not exist: the nearest one, and nothing with --strict" {
	steer -q attach eth0
	says 0 "interface 'eht1' does not exist" steer bind tcp any:9 redirect eht1
	says 0 "; did you mean 'eth1'?" steer bind tcp any:10 redirect eht1
	says 3 "unreachable: tcp any:11: " steer bind --strict tcp any:11 redirect eht1
	says 3 "unreachable: udp 224.0.0.251:5353: " steer bind --strict udp 224.0.0.251:5353 drop
	same 2 "$(steer -j bindings | jq length)"
	steer detach all
	says 3 "unreachable: tcp any:12: no program is attached" steer bind --strict tcp any:12 drop
	steer -q flush
	cat >"$FILE" <<-'END'
		interfaces: [{device: eth0}, {device: netns}]
		sockets: [{name: web, listening: tcp any4:8080}]
		bindings: [{endpoint: "tcp any:80", action: socket web}, {endpoint: "tcp any:9", action: drop}]
	END
	net_web "$HOST" web 8080
	says 10 '+5 ~0 -0' steer apply --dry-run --strict "$FILE" # what is attached first counts
	steer -q bind tcp any:12 drop
	says 10 '+5 ~0 -1' steer apply --dry-run --strict "$FILE"
	says 0 '+5 ~0 -1' steer apply --strict "$FILE"
	says 4 "'eht0' is not attached; 'portsteer -n $HOST status' shows what is; did you mean 'eth0'?" \
		steer detach eht0
	steer -q bind tcp any:23 drop name no-telnet
	says 4 "no binding has the name 'no-telent'; did you mean 'no-telnet'?" steer unbind name no-telent
}
