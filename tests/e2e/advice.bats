#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Commands that are printed are followed as they stand, by a shell: they do what
# they say, where they say it. Names are what others chose.

load lib/net

setup() {
	net_setup
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$PORTSTEER" "$BATS_TEST_TMPDIR/bin/portsteer"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

teardown() {
	net_teardown
}

# The command of what COMMAND... says in JSON.
fix() {
	"$PORTSTEER" -n "$HOST" -j "$@" 2>&1 >/dev/null | jq -r '.fix // empty' | tail -n 1
}

# Of the row of 'conflicts' whose message holds $1.
fix_row() {
	{ steer -j conflicts || [ $? = 3 ]; } |
		jq -r --arg text "$1" '[.[] | select(.message | contains($text))][0].fix'
}

@test "the hint of detach empties this table, and no other" {
	steer attach eth0
	steer -q bind tcp any:23 drop
	net_in "$CLIENT" true
	"$PORTSTEER" -n "$CLIENT" -q bind tcp any:23 drop
	says 0 "1 bindings stay in the table; 'portsteer -n $HOST flush' removes them" steer detach eth0
	steer attach eth0
	command=$(fix detach eth0)
	same "portsteer -n $HOST flush" "$command"
	eval "$command"
	same '[]' "$(steer -j bindings)"
	same 1 "$("$PORTSTEER" -n "$CLIENT" -j bindings | jq length)"
	"$PORTSTEER" -n "$CLIENT" -q flush
}

@test "attached another way: the command makes room" {
	steer attach eth0
	command=$(fix attach eth0 hook tc)
	same "portsteer -n $HOST detach eth0" "$command"
	eval "$command"
	steer attach eth0 hook tc
}

@test "what is looked at: each command runs" {
	steer -q bind tcp any:23 drop
	for words in 'detach eth0' 'unbind tcp any:24' 'socket remove web' '--bogus bindings'; do
		# shellcheck disable=SC2086 # words
		command=$(fix $words)
		[[ $command == "portsteer -n $HOST "* || $words == --bogus* ]]
		eval "$command" >/dev/null
	done
}

@test "a row of conflicts has the command of its message" {
	steer -q bind tcp any:23 drop
	same "portsteer -n $HOST attach DEV" "$(fix_row 'no program is attached')"
	steer -q bind tcp any:24 socket web
	same "portsteer -n $HOST attach netns" "$(fix_row "'socket' needs")"
	eval "$(fix_row "'socket' needs")"
	same "portsteer -n $HOST socket add web --listening tcp ADDRESS:PORT" \
		"$(fix_row 'no socket is registered')"
	steer -q bind tcp any:25 redirect nosuch
	same "portsteer -n $HOST refresh" "$(fix_row "'nosuch' does not exist")"
	eval "$(fix_row "'nosuch' does not exist")"
	same '' "$({ steer -j conflicts || [ $? = 3 ]; } |
		jq -r '.[] | select((.message | test("portsteer -n|ip netns")) and .fix == "") | .message')"
}

# The peer of $HOST's $1 is $2, which is in $CLIENT; the command attaches there.
peer_is_attached() {
	ip -n "$HOST" link add "$1" type veth peer name "$2" netns "$CLIENT"
	ip -n "$HOST" link set "$1" up
	ip -n "$CLIENT" link set "$2" up
	steer -q attach "$1"
	steer -q bind tcp any:9 redirect "$1"
	eval "$(fix_row "redirects to '$1'")"
	same "${2//\\x/\\x5cx}" "$("$PORTSTEER" -n "$CLIENT" -j status | jq -r '.[0].interfaces[0].interface')"
	"$PORTSTEER" -n "$CLIENT" -q detach all
	steer -q detach "$1"
	steer -q flush
	ip -n "$HOST" link del "$1"
}

@test "a peer whose name is a command, a quote, an option" {
	cd "$BATS_TEST_TMPDIR"
	# shellcheck disable=SC2016 # names
	for name in ';id>pwned;' "it's" '$(id>pwned)' -x 'a\x41'; do
		peer_is_attached v0 "$name"
		[ ! -e pwned ]
	done
}

@test "a namespace whose name is a command" {
	blue=";x $HOST"
	ip netns add "$blue"
	run "$PORTSTEER" -n "$blue" -q bind tcp any:1 drop
	[ "$status" -eq 0 ] || ip netns del "$blue"
	same 0 "$status"
	command=$("$PORTSTEER" -n "$blue" -j unbind tcp any:2 2>&1 | jq -r .fix)
	eval "$command" | grep 'tcp any:1' || status=1
	"$PORTSTEER" -n "$blue" -q flush
	ip netns del "$blue"
	same "portsteer -n ';x $HOST' bindings" "$command"
	same 0 "$status"
}
