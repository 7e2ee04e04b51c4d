#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Attaching and detaching: what stays, what goes, and what is left alone.

load lib/net

setup() {
	net_setup
}

teardown() {
	net_teardown
}

# Nothing of portsteer in the host's namespace, in bpffs, on a hook.
is_clean() {
	[ ! -e "$PINS/$HOST" ]
	same '' "$(net_in "$HOST" bpftool net show | grep portsteer)"
	same '' "$(ip -n "$HOST" -d link show | grep prog/xdp)"
	same '' "$(net_in "$HOST" tc qdisc show | grep clsact)"
}

# URL
is_silent() {
	run net_get "$1"
	[ "$status" -eq 28 ]
}

@test "programs and maps outlive the command; detach and unbind leave nothing" {
	net_web "$HOST" host 80
	steer attach eth0
	steer -q bind tcp any:80 drop
	net_in "$HOST" bpftool net show >"$BATS_TEST_TMPDIR/net"
	grep portsteer_xdp "$BATS_TEST_TMPDIR/net" || grep 'eth0.* driver id' "$BATS_TEST_TMPDIR/net"
	is_silent http://192.0.2.2/
	same 'links/tc-egress-eth0 links/xdp-eth0' \
		"$(cd "$PINS/$HOST" && echo links/*)"
	says 0 "1 bindings stay in the table" steer detach eth0
	same host "$(net_get http://192.0.2.2/)"
	steer unbind tcp any:80
	is_clean
}

@test "the order does not matter: unbind first, then detach all" {
	steer attach eth0
	steer attach eth1 hook tc
	steer -q bind tcp any:80 drop
	steer unbind tcp any:80
	[ -d "$PINS/$HOST" ]
	steer detach all
	is_clean
}

@test "bindings wait for what is attached later" {
	net_web "$HOST" host 80
	says 0 "no program is attached; 'portsteer -n $HOST attach DEV' attaches one" \
		steer bind tcp any:80 drop
	same host "$(net_get http://192.0.2.2/)"
	says 0 "nothing is attached; 'portsteer -n $HOST attach DEV'" steer status
	steer attach eth0
	is_silent http://192.0.2.2/
}

@test "attaching twice is no error, another way is" {
	steer attach eth0
	id=$(steer -j status | jq '.[].interfaces[0].program_id')
	says 0 "'eth0' is already attached that way" steer attach eth0
	same "$id" "$(steer -j status | jq '.[].interfaces[0].program_id')"
	says 1 "'eth0' is attached at xdp (native) already; first: portsteer -n $HOST detach eth0" \
		steer attach eth0 mode generic
	says 1 "first: portsteer -n $HOST detach eth0" steer attach eth0 hook tc
	for _ in 1 2 3 4 5; do
		steer detach eth0
		steer attach eth0 mode generic
		steer detach eth0
		steer attach eth0
	done
}

@test "an attach or detach that was cut short is completed by the next attach" {
	steer attach eth0
	for pin in xdp-eth0 tc-egress-eth0; do # the other one stays
		rm "$PINS/$HOST/links/$pin"
		steer attach eth0
		same 'eth0 tc-egress attached eth0 xdp attached' "$(steer -j status |
			jq -r '[.[].interfaces | sort_by(.hook)[] |
				"\(.interface) \(.hook) \(.state)"] | join(" ")')"
		same 'links/tc-egress-eth0 links/xdp-eth0' "$(cd "$PINS/$HOST" && echo links/*)"
	done
	steer detach eth0
	is_clean
}

@test "several interfaces share one table and its counters" {
	net_web "$HOST" host 80
	steer attach eth0
	steer attach eth1 hook tc
	steer -q bind tcp any:80 count
	same host "$(net_get http://192.0.2.2/)"
	one=$(binding 'tcp any:80' rx_packets)
	[ "$one" -ge 4 ]
	same host "$(net_in "$BACKEND" curl -sS -m 1 http://198.51.100.1/)"
	[ "$(binding 'tcp any:80' rx_packets)" -ge $((one + 4)) ]
	same "$(binding 'tcp any:80' rx_packets)" \
		"$(($(reason xdp count) + $(reason tc-ingress count)))"
	same 'eth0 eth1' "$(steer -j status |
		jq -r '[.[].interfaces[].interface] | unique | join(" ")')"
	steer detach eth0
	same 'eth1' "$(steer -j status |
		jq -r '[.[].interfaces[].interface] | unique | join(" ")')"
}

@test "a map that a killed command replaced without saying so is taken as it is" {
	local value

	steer attach eth0
	mapfile -t value < <(bpftool -j map lookup pinned "$PINS/$HOST/meta" key 0 0 0 0 |
		jq -r '.value[]')
	[ "${value[16]}" != 0x00 ] # sent_rows: there is an egress hook
	value[16]=0x00
	bpftool map update pinned "$PINS/$HOST/meta" key 0 0 0 0 value "${value[@]}"
	says 0 "attached" steer status # who reads writes nothing
	same 0 "$(bpftool -j map dump pinned "$PINS/$HOST/meta" |
		jq '.[0].formatted.value.sent_rows')"
	steer -q bind tcp any:81 drop
	[ "$(bpftool -j map dump pinned "$PINS/$HOST/meta" |
		jq '.[0].formatted.value.sent_rows')" -gt 0 ]
}

# HOOK INTERFACE: what of it was counted there as dropped.
dropped() {
	steer -j reasons | jq "[.[] | select(.interface == \"$2\" and .hook == \"$1\" and
		.reason == \"drop\") | .packets] | add // 0"
}

# COMMAND...: curl, which waits in vain: a SYN was dropped.
unanswered() {
	local code=0

	"$@" || code=$?
	same 28 "$code"
}

@test "one program serves many interfaces, each of which counts its own reasons" {
	local before

	steer attach eth0 mode generic
	steer attach eth1 mode generic
	same 1 "$(steer -j status | jq '[.[].interfaces[] | select(.hook == "xdp") |
		.program_id] | unique | length')"
	same 1 "$(steer -j status | jq '[.[].interfaces[] | select(.hook == "tc-egress") |
		.program_id] | unique | length')"
	steer -q bind tcp any:80 drop
	unanswered net_get http://192.0.2.2/
	before=$(dropped xdp eth0)
	[ "$before" -ge 1 ]
	same 0 "$(dropped xdp eth1)"
	unanswered net_in "$BACKEND" curl -sS -m 1 http://198.51.100.1/
	[ "$(dropped xdp eth1)" -ge 1 ]
	same "$before" "$(dropped xdp eth0)"
	steer detach eth0 # the other one's program is the same one, and stays
	before=$(dropped xdp eth1)
	unanswered net_in "$BACKEND" curl -sS -m 1 http://198.51.100.1/
	[ "$(dropped xdp eth1)" -gt "$before" ]
	steer attach eth0 mode generic
	same 0 "$(dropped xdp eth0)"
	unanswered net_get http://192.0.2.2/
	[ "$(dropped xdp eth0)" -ge 1 ]
}

@test "a program of many interfaces is found where no slot says that it is" {
	local key=(1 0 0 0) value

	steer attach eth0 mode generic
	steer attach eth1 mode generic
	mapfile -t value < <(bpftool -j map lookup pinned "$PINS/$HOST/hooks" key 9 0 0 0 |
		jq -r '.value[]')
	mapfile -t key < <(bpftool -j map dump pinned "$PINS/$HOST/hooks" |
		jq -r 'first(.[] | select(.formatted.value.device == "eth1" and
			.formatted.value.hook == "PS_HOOK_XDP")) | .key[]')
	bpftool map update pinned "$PINS/$HOST/hooks" key "${key[@]}" value "${value[@]}"
	says 0 "a program of this instance is attached, and not on record" steer status
	says 0 "the xdp program on 'eth1' is one of this instance that was not on record" \
		steer attach eth1 mode generic
	same '' "$(steer -j status | jq -r '.[].interfaces[] | select(.state != "attached")')"
}

# PIN: the id of the program in the link, or itself where clsact has no links.
pinned_program() {
	bpftool -j link show pinned "$1" | jq -e '.prog_id // empty' ||
		bpftool -j prog show pinned "$1" | jq .id
}

@test "what is loaded can be recognised" {
	steer attach eth0
	steer attach eth1 hook tc
	bpftool -j prog show >"$BATS_TEST_TMPDIR/progs"
	for at in xdp-eth0:portsteer_xdp tc-egress-eth0:portsteer_out \
		tc-ingress-eth1:portsteer_in tc-egress-eth1:portsteer_out; do
		id=$(pinned_program "$PINS/$HOST/links/${at%:*}")
		same "${at#*:}" "$(jq -r ".[] | select(.id == $id) | .name" \
			"$BATS_TEST_TMPDIR/progs")"
	done
	for map in bindings front counters reasons flows targets meta; do
		same "$map" "$(bpftool -j map show pinned "$PINS/$HOST/$map" | jq -r .name)"
	done
	# variables, which libbpf names after their sections
	same ps_table.bss "$(bpftool -j map show pinned "$PINS/$HOST/directory" | jq -r .name)"
	same .data.state "$(bpftool -j map show pinned "$PINS/$HOST/state" | jq -r .name)"
}

# A program of somebody else, in $BATS_TEST_TMPDIR/pass.o
make_foreign() {
	printf '%s\n' '__attribute__((section("xdp"), used)) int somebody_else(void *ctx)' \
		'{ return 2; }' 'char _license[] __attribute__((section("license"), used)) = "GPL";' \
		>"$BATS_TEST_TMPDIR/pass.c"
	clang -O2 -g -target bpf -c "$BATS_TEST_TMPDIR/pass.c" -o "$BATS_TEST_TMPDIR/pass.o"
}

@test "a foreign XDP program is refused by name and left alone; TC works beside it" {
	net_web "$HOST" host 80
	make_foreign
	bpftool prog load "$BATS_TEST_TMPDIR/pass.o" "/sys/fs/bpf/$NET-pass"
	net_in "$HOST" bpftool net attach xdpdrv pinned "/sys/fs/bpf/$NET-pass" dev eth0
	rm "/sys/fs/bpf/$NET-pass"
	id=$(ip -n "$HOST" -j -d link show eth0 | jq '.[0].xdp.prog.id')
	says 3 "program 'somebody_else' (id $id, " steer attach eth0
	says 3 "attached by netlink, is on the XDP hook of 'eth0' already; it is left alone" \
		steer attach eth0
	says 3 "'hook tc' works beside it" steer attach eth0 mode generic
	same "$id" "$(ip -n "$HOST" -j -d link show eth0 | jq '.[0].xdp.prog.id')"
	[ ! -e "$PINS/$HOST" ]
	steer attach eth0 hook tc
	steer -q bind tcp any:80 drop
	is_silent http://192.0.2.2/
	steer flush
	steer detach eth0
	same "$id" "$(ip -n "$HOST" -j -d link show eth0 | jq '.[0].xdp.prog.id')"
	ip -n "$HOST" link set dev eth0 xdp off
	is_clean
}

@test "somebody else cannot take our hook by netlink" {
	make_foreign
	steer attach eth0
	bpftool prog load "$BATS_TEST_TMPDIR/pass.o" "/sys/fs/bpf/$NET-pass"
	run net_in "$HOST" bpftool net attach xdpdrv pinned "/sys/fs/bpf/$NET-pass" dev eth0 overwrite
	rm "/sys/fs/bpf/$NET-pass"
	[ "$status" -ne 0 ]
	same portsteer_xdp "$(ip -n "$HOST" -j -d link show eth0 | jq -r '.[0].xdp.prog.name')"
}

@test "inside 'ip netns exec' it says what to do instead" {
	says 1 "run it from outside instead: portsteer -n $HOST" \
		ip netns exec "$HOST" "$PORTSTEER" attach eth0
	says 1 "use: portsteer -n $HOST" net_in "$HOST" "$PORTSTEER" attach eth0
	[ ! -e "$PINS/$HOST" ]
}

@test "an interface that is not there, a namespace that is not there" {
	says 4 "there is no interface 'eth7'" steer attach eth7
	says 4 "there is no network namespace 'nowhere$$'" \
		"$PORTSTEER" -n "nowhere$$" attach eth0
	says 4 "nothing is attached or bound in instance '$HOST'" steer status
	says 4 "there is nothing to detach: instance '$HOST' does not exist" steer detach all
	[ ! -e "$PINS/$HOST" ]
}

@test "an interface made anew: stale, and 'attach' repairs it" {
	net_web "$HOST" host 80
	steer attach eth0
	steer -q bind tcp any:80 drop
	ip -n "$HOST" link delete eth0
	same 'stale stale' "$(steer -j status | jq -r '[.[].interfaces[].state] | join(" ")')"
	net_link "$CLIENT" eth0 02:00:00:00:00:01 "$HOST" eth0 02:00:00:00:00:02 1500
	net_address "$CLIENT" eth0 192.0.2.1/24 2001:db8:1::1/64
	net_address "$HOST" eth0 192.0.2.2/24 2001:db8:1::2/64
	same host "$(net_get http://192.0.2.2/)"
	same 'stale stale' "$(steer -j status | jq -r '[.[].interfaces[].state] | join(" ")')"
	steer attach eth0
	same 'attached attached' "$(steer -j status | jq -r '[.[].interfaces[].state] | join(" ")')"
	is_silent http://192.0.2.2/
}

@test "an interface renamed: its programs go on, and it can be attached by its new name" {
	net_web "$HOST" host 80
	steer attach eth0
	steer -q bind tcp any:80 drop
	ip -n "$HOST" link set eth0 down
	ip -n "$HOST" link set eth0 name front
	ip -n "$HOST" link set front up
	is_silent http://192.0.2.2/
	steer attach front
	same 'front front' "$(steer -j status | jq -r '[.[].interfaces[].interface] | join(" ")')"
	is_silent http://192.0.2.2/
}

@test "a namespace made anew under the old name: stale, flush and detach remove it" {
	steer attach eth0
	steer -q bind tcp any:80 drop
	ip netns delete "$HOST"
	same 'tcp any:80' "$(steer -j bindings | jq -r '.[].endpoint')"
	ip netns add "$HOST"
	ip -n "$HOST" link add eth0 type veth peer name eth1
	same 'stale stale' "$(steer -j status | jq -r '[.[].interfaces[].state] | join(" ")')"
	steer flush
	steer detach all
	is_clean
	steer attach eth0
}

@test "a namespace that is gone: its instance can be shown and removed" {
	steer attach eth0
	steer -q bind tcp any:80 drop
	ip netns delete "$HOST"
	same 'tcp any:80' "$(steer -j bindings | jq -r '.[].endpoint')"
	steer flush
	steer detach all
	[ ! -e "$PINS/$HOST" ]
	ip netns add "$HOST"
}
