#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# conflicts FILE: a file against itself and against this host; the table is
# neither needed nor touched, and root is not either.

load lib/net

setup() {
	net_setup
	FILE=$BATS_TEST_TMPDIR/file.yaml
}

teardown() {
	net_teardown
}

# "LINE KIND ENDPOINT" of each conflict of $FILE, in its order.
kinds() {
	steer -q -j conflicts "$FILE" | jq -r 'sort_by(.line) | .[] |
		"\(.line):\(.column) \(.kind) \(.endpoint)"'
}

@test "a file against itself" {
	cat >"$FILE" <<-'END'
		bindings:
		- {endpoint: tcp any4:1-10, action: drop}
		- {endpoint: tcp any4:5-15, action: drop}
		- {endpoint: udp 192.0.2.0/24:9, action: drop}
		- {endpoint: udp 192.0.2.0/25:9, action: pass}
		- {endpoint: udp 192.0.2.128/25:9, action: pass}
		- {endpoint: udp 192.0.2.7/24:9, action: pass}
	END
	says 3 "bound twice here, first in line 4: udp 192.0.2.0/24:9 drop" steer conflicts "$FILE"
	same '2:14 overlap tcp any4:1-10
2:14 override tcp any4:1-10
3:14 overlap tcp any4:5-15
4:14 shadowed udp 192.0.2.0/24:9
5:14 override udp 192.0.2.0/25:9
6:14 override udp 192.0.2.128/25:9
7:14 duplicate udp 192.0.2.0/24:9' "$(kinds)"
	[ ! -e "$PINS/$HOST" ]
}

@test "a file against this host" {
	net_echo "$HOST" 7
	cat >"$FILE" <<-'END'
		interfaces: [{device: eth0}]
		bindings:
		- {endpoint: udp any4:7, action: drop}
		- {endpoint: udp any4:8, action: drop}
		- {endpoint: tcp 192.0.2.2:40000, action: drop}
		- {endpoint: udp any4:10, action: redirect eth1 peer}
		- {endpoint: udp any4:11, action: redirect eth9}
		- {endpoint: udp any4:12, action: redirect eth1 via 198.51.100.10}
	END
	says 3 "a local socket listens on udp any4:7 (socat, pid" steer conflicts "$FILE"
	same '3:14 listener udp any4:7
5:14 ephemeral tcp 192.0.2.2:40000
6:14 unreachable udp any4:10
7:14 unreachable udp any4:11
8:14 unreachable udp any4:12' "$(kinds)"
	says 3 "frames that XDP redirects to 'eth1' are lost" steer conflicts "$FILE"
	sed -i 's/device: eth0/&, hook: tc/' "$FILE" # which can redirect to a peer
	[[ $(kinds) != *any4:10* ]]
	[ ! -e "$PINS/$HOST" ]
}

@test "the live table is not looked at, but what is attached, when the file does not say" {
	steer -q attach eth0
	steer -q bind tcp any:1-10 drop
	steer bindings --yaml >"$BATS_TEST_TMPDIR/before"
	echo 'bindings: [{endpoint: "tcp any:5-15", action: drop}, {endpoint: "udp any:10", action: redirect eth1 peer}]' \
		>"$FILE"
	same '1:66 unreachable udp any:10' "$(kinds)"
	same 0 "$(diff "$BATS_TEST_TMPDIR/before" <(steer bindings --yaml) | wc -l)"
}

@test "without root, and what cannot be checked is said" {
	local as=(setpriv --reuid 65534 --regid 65534 --clear-groups)

	net_echo "$HOST" 7
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	cp "$PORTSTEER" "$BATS_TEST_TMPDIR/portsteer"
	echo 'bindings: [{endpoint: udp any4:7, action: drop}, {endpoint: udp any4:8, action: drop}]' >"$FILE"
	run net_in "$HOST" "${as[@]}" "$BATS_TEST_TMPDIR/portsteer" conflicts "$FILE"
	same 3 "$status"
	[[ $output == *'note: nothing is known to be attached'* ]]
	[[ $output == *'a local socket listens on udp any4:7 (owner unknown'* ]]
	echo 'bindings: [{endpoint: udp any4:8, action: drop}]' >"$FILE"
	run net_in "$HOST" "${as[@]}" "$BATS_TEST_TMPDIR/portsteer" -q conflicts "$FILE"
	same 0 "$status"
	[[ $output == *'unchecked '*'whether NAT rules change the destination of packets is not known (needs CAP_NET_ADMIN)' ]]
	same 2 "$(wc -l <<<"$output")"
	run net_in "$HOST" "${as[@]}" "$BATS_TEST_TMPDIR/portsteer" -q conflicts - <<<'bindings: [{}]'
	same 2 "$status"
}
