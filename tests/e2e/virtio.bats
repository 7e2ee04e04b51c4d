#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A network card of a virtual machine: virtio_net between client and host.
# VIRTIO_PAIR names two such devices that are joined and free; a guest of tests/vm has them.

load lib/net

setup() {
	if [ -z "${VIRTIO_PAIR:-}" ]; then
		skip "needs two virtio_net devices that are joined; 'make check-kernels' has them"
	fi
	export NET_VIRTIO=$VIRTIO_PAIR
	net_setup
}

teardown() {
	if [ -n "${VIRTIO_PAIR:-}" ]; then
		net_teardown
	fi
}

# URL: nobody answers.
is_silent() {
	run net_get "$1"
	[ "$status" -eq 28 ]
}

# bats test_tags=smoke
@test "native: a program in the driver drops and counts what arrives" {
	net_web "$HOST" host 80 81
	same virtio_net "$(net_in "$HOST" ethtool -i eth0 | sed -n 's/^driver: //p')"
	steer attach eth0
	same native "$(steer -j status | jq -r '.[].interfaces[] | select(.hook == "xdp") | .mode')"
	same 1 "$(ip -n "$HOST" -j -d link show eth0 | jq '.[0].xdp.mode')" # XDP_ATTACHED_DRV
	same host "$(net_get http://192.0.2.2/)"
	steer -q bind tcp 192.0.2.2:80 drop
	is_silent http://192.0.2.2/
	same host "$(net_get http://192.0.2.2:81/)"
	same host "$(net_get 'http://[2001:db8:1::2]/')"
	[ "$(reason xdp drop)" -ge 1 ]
	same "$(reason xdp drop)" "$(binding 'tcp 192.0.2.2:80' rx_packets)"
	steer -q bind tcp 192.0.2.2:80 count --replace
	same host "$(net_get http://192.0.2.2/)"
	[ "$(binding 'tcp 192.0.2.2:80' tx_packets)" -ge 3 ]
	steer detach eth0
	same null "$(ip -n "$HOST" -j -d link show eth0 | jq '.[0].xdp.prog')"
}

@test "redirect from virtio_net to veth" {
	ip -n "$HOST" rule add iif eth0 blackhole
	net_web "$BACKEND" backend 80
	"$PORTSTEER" -n "$BACKEND" attach eth0
	steer attach eth0
	is_silent http://198.51.100.10/
	steer -q bind tcp 198.51.100.10:80 redirect eth1 via 198.51.100.10
	same backend "$(net_get http://198.51.100.10/)"
	[ "$(reason xdp redirect)" -ge 4 ]
}

@test "redirect from veth to virtio_net, which takes frames while it has a program" {
	ip -n "$HOST" rule add iif eth1 blackhole
	net_web "$CLIENT" client 80
	steer attach eth1
	steer -q bind tcp 192.0.2.1:80 redirect eth0 via 192.0.2.1
	run net_in "$BACKEND" curl -sS -m 1 http://192.0.2.1/
	[ "$status" -eq 28 ]
	steer attach eth0
	same client "$(net_in "$BACKEND" curl -sS -m 1 http://192.0.2.1/)"
}
