#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The recipes of README.md and of the pages, from start to end, on the topology that they describe:
#
#   client eth0 192.0.2.1/24 -- 192.0.2.10/24 eth0 host veth-app 10.0.0.1/24 -- 10.0.0.2/24 eth0 app

load ../e2e/lib/net
load commands

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export NET_PIDS=() NET_MADE=() # of net_setup, for tests without it
	PYTHON=/usr/bin/python3
}

teardown() {
	doc_teardown
}

serve() {
	net_start "$1" "$PYTHON" tests/doc/server.py "${@:2}"
}

recipes_setup() {
	doc_setup
	ip -n "$CLIENT" address add 192.0.2.1/24 dev eth0
	ip -n "$CLIENT" route add 198.51.100.0/24 via 192.0.2.10
	ip -n "$CLIENT" route add 203.0.113.10 via 192.0.2.10
	net_in "$HOST" sysctl -qw net.ipv4.ip_forward=0 net.ipv4.conf.{all,veth-app}.rp_filter=0 \
		net.ipv4.conf.{all,veth-app}.accept_local=0
	serve "$HOST" nginx 'the host at {}' 0.0.0.0:80 127.0.0.1:8080 0.0.0.0:9000
	serve "$BACKEND" app 'the container' 0.0.0.0:8080
	net_wait 20 net_listens "$HOST" tcp 9000
	net_wait 20 net_listens "$BACKEND" tcp 8080
	mkdir "$DOC_HOME/etc"
	export HOST CLIENT BACKEND DOC_HOME DOC_ROOT NET PORTSTEER
}

# What README begins with, as a recipe.
first_words() {
	echo '### What it is for'
	sed -n '/^```console$/,/^```$/p; /^## /q' README.md
}

@test "README.md" {
	recipes_setup
	doc_at host 'portsteer attach eth0 hook tc'
	first_words | "$PYTHON" tests/doc/recipes.py 'What it is for'
	sed -n '/^## Recipes$/,/^## [^R]/p' README.md | "$PYTHON" tests/doc/recipes.py \
		'Send ports to a container' 'Serve a whole prefix by one socket' \
		'Move a service to another port' 'Keep the table in a file' 'Keep it over a reboot' \
		'Keep processes off a port'
}

# SECTION: its blocks in portsteer(7), each a recipe with its number.
page_recipes() {
	mandoc -T ascii -O width=200 doc/man/portsteer.7 | sed 's/.\x08//g' |
		sed -n "/^$1\$/,/^[A-Z]/p" | awk -v section="$1" '
		!sub(/^           /, "") { if (shown) print "```"; shown = 0; next }
		!shown { print "### " section " " ++count "\n```"; shown = 1 }
		{ print }'
}

@test "portsteer(7)" {
	recipes_setup
	page_recipes REDIRECTS | "$PYTHON" tests/doc/recipes.py 'REDIRECTS 1' 'REDIRECTS 2'
	page_recipes SOCKETS | "$PYTHON" tests/doc/recipes.py 'SOCKETS 1'
}

# The address of this host is redirected as it is, and the printed command is followed.
@test "a redirected address of this host is unreachable until replies come back" {
	local fix missing

	recipes_setup
	ip -n "$BACKEND" address add 192.0.2.10/32 dev lo
	ip -n "$BACKEND" route add default via 10.0.0.1
	net_in "$HOST" sysctl -qw net.ipv4.conf.veth-app.rp_filter=1
	steer attach eth0 hook tc
	says 0 "unreachable: tcp 192.0.2.10:8080: the address is one of this host" \
		steer bind tcp 192.0.2.10:8080 redirect veth-app peer
	run net_get http://192.0.2.10:8080/
	[ "$status" -ne 0 ]
	fix=$(steer -j conflicts | jq -r '.[] | select(.kind == "unreachable") | .fix')
	eval "$fix" >&2
	same '[]' "$(steer -j conflicts)"
	same 'the container' "$(net_get http://192.0.2.10:8080/)"
	for missing in ip_forward=0 conf.veth-app.accept_local=0 conf.veth-app.rp_filter=1; do
		net_in "$HOST" sysctl -qw "net.ipv4.$missing"
		same unreachable "$(steer -j conflicts | jq -r '.[].kind')"
		eval "$fix" >&2
	done
	steer -q bind tcp '[2001:db8::53]:8080' redirect veth-app peer
	fix=$(steer -j conflicts | jq -r '.[] | select(.kind == "unreachable") | .fix')
	eval "$fix" >&2
	same '[]' "$(steer -j conflicts)"
}
