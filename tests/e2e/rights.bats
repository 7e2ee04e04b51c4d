#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Who may do what: root changes, a group may be let read, others get an error
# that says what is missing.

load ../lib/net

setup() {
	net_setup_table
	ip -n "$HOST" link add eth0 type veth peer name eth1
	# readable for everybody, wherever the tool was built
	TOOL=$(mktemp -d "/tmp/$NET.XXXXXX")
	chmod 755 "$TOOL"
	cp "$PORTSTEER" "$TOOL/portsteer"
}

teardown() {
	rm -r "$TOOL"
	net_teardown
}

# GROUP COMMAND...: without any right but those of the group
as_user() {
	setpriv --reuid=65534 --regid="$1" --clear-groups --inh-caps=-all -- \
		"$TOOL/portsteer" "${@:2}"
}

@test "an ordinary user is told what a change needs" {
	says 1 "needs CAP_SYS_ADMIN" as_user 65534 -n "$HOST" bind tcp any:7 drop
	steer -q bind tcp any:7 drop
	says 1 "needs CAP_SYS_ADMIN" as_user 65534 -n "$HOST" bindings
	# -n is refused before; this is the path without a namespace
	run as_user 65534 attach lo
	same 1 "$status"
	[[ $output == *"ermission denied"* || $output == *"needs root"* ]]
}

@test "directories are 0750, maps 0640" {
	steer attach eth0
	same 750 "$(stat -c %a "$PINS/$HOST")"
	same 750 "$(stat -c %a "$PINS/$HOST/links")"
	for map in bindings directory counters meta state; do
		same 640 "$(stat -c %a "$PINS/$HOST/$map")"
	done
}

@test "a member of the group reads bindings, flows and reasons, and changes nothing" {
	if [ "$(stat -c %A /sys/fs/bpf | cut -c10)" = - ]; then
		skip "/sys/fs/bpf cannot be entered by others"
	fi
	steer attach eth0
	steer -q bind tcp any:7 drop
	for at in "${PINS%/*}" "$PINS" "$PINS/$HOST"; do
		if [ "$(stat -c %g "$at")" -ne 0 ]; then
			skip "$at belongs to another group already"
		fi
	done
	chgrp 64123 "${PINS%/*}" "$PINS"
	chgrp -R 64123 "$PINS/$HOST"
	run as_user 64123 -n "$HOST" -j bindings
	first=$output
	run as_user 64123 -n "$HOST" reasons -v
	second=$status
	run as_user 64123 -n "$HOST" flush
	third=$status
	chgrp 0 "${PINS%/*}" "$PINS"
	same '[{"endpoint":"tcp any:7"' "${first%%,*}"
	same 0 "$second"
	[ "$third" -ne 0 ]
	same 'tcp any:7' "$(steer -j bindings | jq -r '.[].endpoint')"
}
