#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The guard in the file of apply.

load lib/net
load lib/cgroup

setup() {
	guard_setup
	FILE=$BATS_TEST_TMPDIR/file.yaml
}

teardown() {
	if [ -e "/run/portsteer/$HOST.trial" ]; then
		steer -q confirm
	fi
	guard_teardown
}

# What is there, in words.
guard() {
	steer -j guard | jq -r '.[] | "\(.mode) \(.cgroup) \(.state)"'
}

guard_is() {
	same "$1" "$(guard)"
}

# SECTION: writes a file with one binding and that.
file() {
	printf 'bindings:\n- {endpoint: tcp any:8080, action: drop}\n%s\n' "$1" >"$FILE"
}

@test "apply makes the guard what the file says, behind the table; without the key it stays" {
	file "guard: {mode: on, cgroup: $GROUP/inner}"
	says 10 "+ guard on $GROUP/inner" steer apply --dry-run "$FILE"
	[ ! -e "$PINS/$HOST" ]
	same "+ guard on $GROUP/inner"$'\n''+ tcp any:8080 drop' "$(steer apply "$FILE" 2>/dev/null | head -n -1)"
	guard_is "on $GROUP/inner attached"
	same EADDRINUSE "$(AT=$GROUP/inner binds tcp,0.0.0.0,8080)"
	same 'nothing to do' "$(steer apply "$FILE" 2>&1)"
	file "guard: {mode: report, cgroup: $MOUNT$GROUP/inner/}"
	same "~ guard report $GROUP/inner  # was: on $GROUP/inner" "$(steer apply "$FILE" 2>/dev/null | head -n -1)"
	same ok "$(AT=$GROUP/inner binds tcp,0.0.0.0,8080)"
	file "guard: {mode: on, cgroup: $GROUP}"
	same "~ guard on $GROUP  # was: report $GROUP/inner" "$(steer apply "$FILE" 2>/dev/null | head -n -1)"
	same EADDRINUSE "$(binds tcp,0.0.0.0,8080)"
	file ''
	says 0 'nothing to do' steer apply "$FILE"
	guard_is "on $GROUP attached"
	rm "$PINS/$HOST/links/guard-on-ipv6"
	file "guard: {mode: on, cgroup: $GROUP}"
	same '[{"change":"changed","guard":true,"words":"on '"$GROUP"'","words_before":"on '"$GROUP"', incomplete"}]' \
		"$(steer -j apply "$FILE" 2>/dev/null)"
	guard_is "on $GROUP attached"
	file 'guard: off'
	same "- guard on $GROUP" "$(steer apply --detached "$FILE" 2>/dev/null | head -n -1)"
	guard_is ''
}

@test "what bindings --yaml prints, apply takes back" {
	steer -q bind tcp any:8080 drop owner user:nobody
	steer guard on "$GROUP"
	steer bindings --yaml >"$FILE"
	same $'guard:\n  mode: "on"\n  cgroup: "'"$GROUP\"" "$(sed -n 2,4p "$FILE")"
	same 'nothing to do' "$(steer apply "$FILE" 2>&1)"
	steer guard off
	steer -q flush
	[ ! -e "$PINS/$HOST" ]
	steer -q apply "$FILE" >/dev/null
	guard_is "on $GROUP attached"
	same "$(cat "$FILE")" "$(steer bindings --yaml)"
	file 'guard: off'
	same "- guard on $GROUP" "$(steer apply --dry-run --from \
		<(steer bindings --yaml) "$FILE" | grep guard)"
}

@test "a cgroup that is not there: nothing is changed; a mode and a cgroup that are none" {
	file "guard: {mode: on, cgroup: $GROUP/gone}"
	says 4 "cannot open cgroup $MOUNT$GROUP/gone: No such file or directory" steer apply "$FILE"
	[ ! -e "$PINS/$HOST" ]
	steer -q bind tcp any:1 drop
	says 4 "cannot open cgroup" steer apply "$FILE"
	same 'tcp any:1' "$(steer -j bindings | jq -r '.[].endpoint')"
	file 'guard: {mode: over, cgroup: x}'
	says 2 "$FILE:3:15: unknown mode of the guard 'over'; valid: off, report, on" steer apply "$FILE"
	says 2 "$FILE:3:29: a cgroup begins with '/'" steer apply "$FILE"
}

@test "its cgroup is gone: the guard is put on the one that the file says" {
	steer guard on "$GROUP/inner"
	net_wait 20 rmdir "$MOUNT$GROUP/inner"
	net_wait 20 guard_is 'on  cgroup gone'
	same $'interfaces: []\n# guard: left out, since its cgroup is gone or not known to this user\nsockets: []\nbindings: []' \
		"$(steer bindings --yaml)"
	file "guard: {mode: on, cgroup: $GROUP}"
	says 0 "~ guard on $GROUP  # was: on, cgroup gone" steer apply "$FILE"
	guard_is "on $GROUP attached"
}

@test "apply --confirm takes the guard back" {
	steer guard report "$GROUP/inner"
	file "guard: {mode: on, cgroup: $GROUP}"
	steer -q apply --confirm 60 "$FILE" >/dev/null
	guard_is "on $GROUP attached"
	steer -q confirm --revert
	guard_is "report $GROUP/inner attached"
	same '[]' "$(steer -j bindings)"
	file 'guard: off'
	steer -q apply --detached --confirm 60 "$FILE" >/dev/null
	guard_is ''
	steer -q confirm --revert
	guard_is "report $GROUP/inner attached"
}
