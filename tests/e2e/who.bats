#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Who gets a port's packets, and what else has to do with it: real sockets, rules of
# netfilter, tunnels and packet sockets beside bindings.

load lib/net

setup() {
	net_setup
	CONF=$BATS_TEST_TMPDIR/nginx.conf
}

teardown() {
	net_teardown
}

# SOCKET...: a process in the host that holds them, see hold.py
hold() {
	local ready=$BATS_TEST_TMPDIR/ready.${#NET_PIDS[@]}

	net_start "$HOST" /usr/bin/python3 "$BATS_TEST_DIRNAME/lib/hold.py" "$ready" "$@"
	net_wait 10 test -e "$ready"
}

# WORD...: "all listener tcp any4:80" a line, of what who says
who() {
	steer -j who "$@" | jq -r '.[] | "\(.gets) \(.what) \(.endpoint)" | ltrimstr(" ")'
}

# WORD...: kind and severity of conflicts
kinds() {
	steer -j conflicts | jq -r '.[] | select(.kind != "ephemeral") | "\(.severity) \(.kind) \(.endpoint)"'
}

serve() {
	cat >"$CONF" <<-'END'
		daemon off; pid nginx.pid; error_log error.log; worker_processes 1;
		events {} http { access_log off; client_body_temp_path .; proxy_temp_path .;
		fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .; server { listen 443; } }
	END
	net_start "$HOST" nginx -p "$BATS_TEST_TMPDIR" -c nginx.conf
	net_wait 20 net_listens "$HOST" tcp 443
}

@test "a service, a binding, a NAT rule, in the order in which a packet meets them" {
	serve
	same $'some listener tcp any4:443\nsome refused tcp any:443\nrange tcp any:443' "$(who tcp 443)"
	same 'all listener tcp any4:443' "$(who tcp 192.0.2.2:443 | head -n 1)"
	says 0 "nginx, pids ${NET_PIDS[-1]}, $(pgrep -P "${NET_PIDS[-1]}"), user root" steer who tcp 443
	says 0 'well-known (0-1023), https' steer who tcp https
	says 0 'bind(2) needs CAP_NET_BIND_SERVICE' steer who tcp 443
	steer -q attach eth0
	steer -q attach eth1
	steer -q bind tcp any4:443 drop name web
	same $'all binding tcp any4:443\nnone listener tcp any4:443\nrange tcp 192.0.2.2:443' \
		"$(who tcp 192.0.2.2:443)"
	says 0 "drop (name 'web')" steer who tcp 443
	says 0 'at eth0 (xdp), eth1 (xdp)' steer who tcp 443
	steer -q detach eth1
	same $'some binding tcp any4:443\nsome listener tcp any4:443' "$(who tcp 192.0.2.2:443 | head -n 2)"
	net_in "$HOST" iptables -t nat -A PREROUTING -p tcp --dport 443 -j DNAT --to 198.51.100.10:8443
	same $'some binding tcp any4:443\nsome dnat tcp any4:443\nnone listener tcp any4:443' \
		"$(who tcp 192.0.2.2:443 | head -n 3)"
	says 0 '198.51.100.10:8443' steer who tcp 443
	same 'all route tcp 203.0.113.9:80' "$(who tcp 203.0.113.9:80 | head -n 1)"
	same 'all listener tcp any4:443' "$(who tcp 127.0.0.1:443 | head -n 1)"
}

@test "connected and bound sockets, one port of both protocols, and other namespaces by name" {
	hold tcp,192.0.2.2,5000 udp,192.0.2.2,5000,connect=192.0.2.1:53 udp,0.0.0.0,5001
	net_start "$CLIENT" /usr/bin/python3 -c 'import socket, time
s = socket.create_connection(("192.0.2.2", 5000)); time.sleep(60)'
	net_wait 10 has_connection
	same '' "$(who tcp 5000 | grep connected)"
	same 'connected udp 192.0.2.2:5000' "$(who -v udp 5000 | grep connected)"
	same $'all listener udp any4:5001\nrange udp any4:5001' "$(who udp any4:5001)"
	same 2 "$(who 5000 | grep -c range)"
	same listener "$("$PORTSTEER" -n "$CLIENT" -j who --all-netns tcp 5000 |
		jq -r ".[] | select(.netns == \"$HOST\") | .what")"
	says 0 "$HOST" "$PORTSTEER" -n "$CLIENT" who --all-netns tcp 5000
	same "$CLIENT" "$("$PORTSTEER" -n "$CLIENT" -j who --all-netns 5000 |
		jq -r '.[] | select(.gets != "") | .netns' | sort -u)"
}

has_connection() {
	[ "$(who -v tcp 5000 | grep -c 'connected tcp 192.0.2.2:5000')" = 1 ]
}

@test "without root and without an instance: what cannot be seen is said" {
	local as=(setpriv --reuid 65534 --regid 65534 --clear-groups)

	hold tcp,0.0.0.0,5000
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	cp "$PORTSTEER" "$BATS_TEST_TMPDIR/portsteer"
	run net_in "$HOST" "${as[@]}" "$BATS_TEST_TMPDIR/portsteer" who tcp 5000
	same 0 "$status"
	[[ $output == *'listener  tcp any4:5000 owner unknown, user root'* ]]
	[[ $output == *'unchecked tcp any:5000'*'whether NAT rules change the destination'* ]]
	[[ $output == *'unchecked tcp any:5000'*'the bindings are not known: '* ]]
	[ ! -e "$PINS/$HOST" ]
	says 2 "'any:1-2' is not one port at one address, or at any" steer who tcp any:1-2
	says 2 "who needs a port or an endpoint" steer who
}

@test "conflicts: NAT, tunnels of the kernel, DHCP, sockets of others, what the guard does not see" {
	hold tcp,0.0.0.0,443 tcp,0.0.0.0,80
	ip -n "$HOST" link add vx0 type vxlan id 42 dstport 4789 local 192.0.2.2 remote 192.0.2.1 dev eth0
	ip -n "$HOST" link set vx0 up
	net_start "$HOST" tcpdump -i eth0 -n --immediate-mode ip
	net_in "$HOST" nft -f - <<-'END'
		table inet box {
			chain pre {
				type nat hook prerouting priority dstnat
				tcp dport { 8080, 8081 } dnat ip to 198.51.100.10:80
				ip saddr 192.0.2.1 udp dport 9 dnat ip to 198.51.100.10
			}
		}
	END
	steer -q attach eth0
	says 3 'sends packets for tcp any4:8080 to 198.51.100.10:80' steer bind --strict tcp any:8080 drop
	steer -q bind tcp any:8080 drop
	steer -q bind tcp any:8082 drop
	steer -q bind udp any:9 drop
	same $'error dnat tcp any:8080\nwarning dnat udp any:9' "$(kinds | grep dnat)"
	steer -q flush

	says 0 "(the kernel itself, for vxlan 'vx0'); this binding drops" steer bind udp any:4789 drop
	same 'vxlan vx0' "$(steer -j conflicts | jq -r '.[] | select(.kind == "listener") | .listener.kernel')"
	steer -q flush

	net_wait 10 is_read
	says 3 "a packet socket on 'eth0' (tcpdump, pid" steer bind --strict udp any:68 drop
	steer -q bind tcp any:1 drop
	same 'info packet-socket ' "$(kinds | grep packet)"
	says 0 "does not see what bindings take away there" steer who tcp 1
	steer -q flush

	steer -q bind tcp any:443 pass owner user:nobody
	steer -q bind tcp any:80 pass owner user:root
	same 'error not-owner tcp any:443' "$(kinds | grep not-owner)"
	same $'info unguarded tcp any:80\ninfo unguarded tcp any:443' "$(kinds | grep unguarded)"
	says 3 '; the owner of this binding is user:daemon' \
		steer bind --strict --replace tcp any:443 pass owner user:daemon
}

is_read() {
	[ "$(who tcp 1 | grep -c packet-socket)" = 1 ]
}
