#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The systemd units: well-formed, closed, and enough for what they start. There
# need be no systemd that runs.

load lib/net

setup() {
	net_setup
	ROOT=$BATS_TEST_TMPDIR/root
	make -C "$BATS_TEST_DIRNAME/../.." -s install DESTDIR="$ROOT" PREFIX=/usr
	UNITS=("$ROOT"/usr/lib/systemd/system/*.service)
}

teardown() {
	net_teardown
}

# KEY: its values in the first unit, one a line.
unit_values() {
	sed -n "s/^$1=//p" "${UNITS[0]}"
}

@test "systemd finds nothing wrong with the units" {
	command -v systemd-analyze || skip "needs systemd-analyze"
	same 2 "${#UNITS[@]}"
	run systemd-analyze verify --man=no --root="$ROOT" "${UNITS[@]##*/}"
	# Units of the system that the root does not have are none of ours.
	same '' "$(grep portsteer <<<"$output" | grep -v 'Unit .* not found')"
}

@test "the units may do next to nothing: systemd's exposure is at most 3.0" {
	command -v systemd-analyze || skip "needs systemd-analyze"
	local unit

	for unit in "${UNITS[@]}"; do
		systemd-analyze security --offline=true --threshold=30 "$unit" | tail -n 1
	done
	run systemd-analyze security --offline=true --threshold=10 "${UNITS[0]}"
	[ "$status" -ne 0 ] # the threshold is one
}

@test "with the capabilities of the units, what they start works" {
	local caps file=$BATS_TEST_TMPDIR/file.yaml

	caps=$(unit_values CapabilityBoundingSet)
	same 'CAP_BPF CAP_NET_ADMIN CAP_PERFMON' "$caps"
	caps=$(sed 's/CAP_/+/g; s/ /,/g' <<<"-all $caps" | tr '[:upper:]' '[:lower:]')
	cat >"$file" <<-'END'
		interfaces: [{device: eth0}, {device: eth1, hook: tc}]
		bindings:
		- {endpoint: udp any:7, action: drop}
		- {endpoint: udp any:8, action: redirect eth1 via 198.51.100.10}
	END
	net_echo "$HOST" 7
	as() {
		net_in "$HOST" setpriv --bounding-set="$caps" --inh-caps=-all --no-new-privs \
			"$PORTSTEER" -n "$HOST" "$@"
	}
	says 0 "owner unknown" as apply "$file"
	same 4 "$(steer -j status | jq '.[0].interfaces | length')"
	net_in "$CLIENT" bash -c 'for i in 1 2 3; do echo >/dev/udp/192.0.2.2/7; done'
	same 3 "$(binding 'udp any:7' rx_packets)"
	same '' "$(binding 'udp any:8' problem | grep -v null)"
	as refresh
	as detach all
	as flush
	[ ! -e "$PINS/$HOST" ]
}

@test "the units start words that the tool takes" {
	local line

	sed -n 's/^Exec[A-Z][a-z]*=-\?//p' "${UNITS[@]}" | sort -u >"$BATS_TEST_TMPDIR/lines"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/lines")" -ge 4 ]
	while read -r line; do
		read -ra words <<<"$line"
		same /usr/sbin/portsteer "${words[0]}"
		run steer "${words[@]:1}"
		[ "$status" -ne 2 ]
	done <"$BATS_TEST_TMPDIR/lines"
}
