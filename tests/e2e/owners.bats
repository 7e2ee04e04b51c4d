#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Owners of bindings: who may bind while the guard is on, and that they are kept.

load lib/net
load lib/cgroup

setup() {
	guard_setup
}

teardown() {
	guard_teardown
}

@test "owners: users may bind what is theirs, whatever the action, and nobody else" {
	local no=EADDRINUSE action

	steer guard on "$GROUP"
	for action in pass drop count; do
		steer -q bind tcp any:8080 "$action" owner user:nobody
		same "$no ok" "$(binds tcp,0.0.0.0,8080) $(AS=65534 binds tcp,0.0.0.0,8080)"
		same "$no ok" "$(binds tcp,127.0.0.1,8080) $(AS=65534 binds tcp,::,8080)"
		same "ok ok" "$(binds tcp,0.0.0.0,8081) $(binds udp,0.0.0.0,8080)"
		steer unbind tcp any:8080
		same ok "$(binds tcp,0.0.0.0,8080)"
	done
	steer -q bind tcp any:8080 drop owner user:65534
	same "$no ok" "$(binds tcp,0.0.0.0,8080) $(AS=65534 binds tcp,0.0.0.0,8080)"
	steer -q bind tcp any:8080 drop owner user:root --replace
	same "ok $no" "$(binds tcp,0.0.0.0,8080) $(AS=65534 binds tcp,0.0.0.0,8080)"
	steer -q bind tcp any:8080 pass --replace # says nothing of the owner, as of the name
	same "pass owner user:root" "$(binding 'tcp any:8080' words)"
	steer unbind tcp any:8080
	steer -q bind tcp any:8081 pass # in the slot of the one that had an owner
	same "ok" "$(AS=65534 binds tcp,0.0.0.0,8081)"
}

@test "owners: a cgroup, what is below it, and a service that is started again" {
	local no=EADDRINUSE

	steer guard on "$GROUP"
	steer -q bind tcp any:8080 pass owner "cgroup:$GROUP/inner"
	same "$no" "$(binds tcp,0.0.0.0,8080)"
	same ok "$(AT=$GROUP/inner binds tcp,0.0.0.0,8080)"
	mkdir "$MOUNT$GROUP/inner/deep" "$MOUNT$GROUP/innerx"
	same ok "$(AT=$GROUP/inner/deep binds tcp,0.0.0.0,8080)"
	same "$no" "$(AT=$GROUP/innerx binds tcp,0.0.0.0,8080)"
	net_wait 20 rmdir "$MOUNT$GROUP/inner/deep"
	net_wait 20 rmdir "$MOUNT$GROUP/inner"
	mkdir "$MOUNT$GROUP/inner" # another number, the same name
	same ok "$(AT=$GROUP/inner binds tcp,0.0.0.0,8080)"
	steer -q bind udp any:53 drop owner "cgroup:$GROUP/later" # not there yet
	same "$no" "$(AT=$GROUP/inner binds udp,0.0.0.0,53)"
	mkdir "$MOUNT$GROUP/later"
	same ok "$(AT=$GROUP/later binds udp,0.0.0.0,53)"
}

@test "owners: of one address, against sockets at every address" {
	local no=EADDRINUSE

	steer guard on "$GROUP"
	steer -q bind tcp 192.0.2.2:8080 pass owner user:nobody
	steer -q bind tcp '[2001:db8:1::/64]:8081' drop owner user:nobody
	same "$no $no $no ok" "$(binds tcp,192.0.2.2,8080 tcp,0.0.0.0,8080 tcp,::,8080 tcp,::,8080,v6only)"
	same "ok $no ok" "$(binds tcp,0.0.0.0,8081 tcp,::,8081 tcp,127.0.0.1,8080)"
	same "ok ok ok" "$(AS=65534 binds tcp,192.0.2.2,8080 tcp,0.0.0.0,8080 tcp,::,8081)"
	same 'tcp 192.0.2.2:8080 tcp any4:8080' "$(tried endpoint with | grep any4)"
}

@test "owners are kept: printed, typed back, applied, in both halves of a change, reserved for" {
	local file="$BATS_TEST_TMPDIR/file"

	steer -q bind tcp any:8080 drop owner user:nobody name web
	steer -q bind udp 192.0.2.2:53 redirect eth0 on-missing pass owner "cgroup:/a/b.service"
	steer -q bind tcp any:40000 pass owner user:nobody
	steer -q bind tcp any:40001 pass
	same 40000 "$(steer -j reserve | jq -r '.[0].claimed')"
	same "redirect eth0 on-missing pass owner cgroup:/a/b.service" \
		"$(binding 'udp 192.0.2.2:53' words)"
	same user:nobody "$(binding 'tcp any:8080' owner)"
	same '' "$(binding 'tcp any:40001' owner)"
	steer bindings --yaml >"$file"
	says 0 'nothing to do' steer apply --dry-run "$file"
	steer -q flush
	[ ! -e "$PINS/$HOST" ]
	steer -q apply "$file" >/dev/null
	same "$(cat "$file")" "$(steer bindings --yaml)"
	sed -i 's/user:nobody/user:root/' "$file"
	says 10 '~ tcp any:8080 drop owner user:root name web  # was: drop owner user:nobody name web' \
		steer apply --dry-run "$file"
	steer -q apply "$file" >/dev/null
	same user:root "$(binding 'tcp any:8080' owner)"
	sed -i '/owner:/d' "$file"
	steer -q apply "$file" >/dev/null
	same '' "$(binding 'tcp any:8080' owner)"
}

@test "a pin that a kill left on its way: removed by what changes next" {
	steer bind udp any:53 drop
	bpftool map create "$PINS/$HOST/owners%new" type array key 4 value 4 entries 1 name left
	steer bind udp any:54 drop
	[ ! -e "$PINS/$HOST/owners%new" ]
	bpftool map create "$PINS/$HOST/owners%new" type array key 4 value 4 entries 1 name left
	steer bind udp any:55 drop owner user:root
	same "640 owners" "$(cd "$PINS/$HOST" && stat -c '%a %n' owners*)"
}

@test "owners that are refused" {
	says 2 "owner user:nosuchuser: there is no such user; nothing was changed" \
		steer bind tcp any:1 drop owner user:nosuchuser
	says 2 "'root' is not a valid owner; an owner is user:NAME, cgroup:/PATH or pid" \
		steer bind tcp any:1 drop owner root
	says 2 "'user:' is not a valid owner;" steer bind tcp any:1 drop owner user:
	says 2 'an owner has at most 127 bytes, letters, digits and _.:@/+-' \
		steer bind tcp any:1 drop owner 'user:a b'
	says 2 'a cgroup is a path of 1 to 8 names, such as /system.slice/nginx.service' \
		steer bind tcp any:1 drop owner cgroup:a/b
	says 2 'a cgroup is a path of 1 to 8 names' steer bind tcp any:1 drop owner cgroup:/1/2/3/4/5/6/7/8/9
	says 2 'a cgroup has names of 1 to 63 bytes' steer bind tcp any:1 drop owner cgroup:/
	says 2 'a cgroup has names of 1 to 63 bytes' steer bind tcp any:1 drop owner "cgroup:/a//b"
	says 2 "a second owner, 'user:root'" steer bind tcp any:1 drop owner user:root owner user:root
	says 2 "must be followed by the binding's owner" steer bind tcp any:1 drop owner
	[ ! -e "$PINS/$HOST" ]
}
