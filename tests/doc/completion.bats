#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What bash is told to offer. A line is cut into COMP_WORDS as bash does it,
# at blanks, : and =; an offer is shown as the whole word that would stand there.

load ../e2e/lib/net

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export NET_PIDS=() NET_MADE=() # of net_setup, for tests without it
	COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
	# shellcheck source=/dev/null
	source doc/portsteer.bash
}

teardown() {
	net_teardown
}

# LINE: the offers for the end of the line, one word each, in one line.
offers() {
	local rest="$1" head word

	COMP_LINE="portsteer $1" COMPREPLY=()
	COMP_POINT=${#COMP_LINE}
	COMP_WORDS=("$PORTSTEER")
	while [[ $rest =~ ^([^[:blank:]:=]+|[:=]+|[[:blank:]]+)(.*)$ ]]; do
		rest=${BASH_REMATCH[2]}
		[[ ${BASH_REMATCH[1]} == *[[:blank:]]* ]] || COMP_WORDS+=("${BASH_REMATCH[1]}")
	done
	[[ $1 && $1 != *[[:blank:]] ]] || COMP_WORDS+=("")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_portsteer
	word=${1##*[[:blank:]]}
	head=${word%"${word##*[:=]}"}
	printf '%s\n' "${COMPREPLY[@]/#/$head}" | sort | paste -s -d ' '
}

# LINE WORDS: these are the offers, in any order.
is_offered() {
	same "$1: $(tr -s ' ' '\n' <<<"$2" | sort | paste -s -d ' ')" "$1: $(offers "$1")"
}

# LINE WORD: it is among the offers.
has_offer() {
	[[ " $(offers "$1") " == *" $2 "* ]] || {
		echo "$1: '$2' is not offered" >&2
		return 1
	}
}

# The options of every command, as the descriptors have them: --netns.
long_options() {
	# shellcheck disable=SC2016 # a pattern
	grep -hoP '\{ "\K[a-z-]+(?=", (NULL|"[^"]*"), (0|\x27.\x27) \})' user/cmd/*.c |
		sort -u | sed 's/^/--/'
}

@test "it is the completion of portsteer" {
	same "complete -F _portsteer portsteer" "$(complete -p portsteer)"
}

@test "commands: all that -h lists" {
	local commands

	commands=$("$PORTSTEER" -h | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p')
	is_offered "" "$commands"
	is_offered "-q --wait 5 " "$commands"
	is_offered "un" "unbind unreserve"
	is_offered "reserve " "set"
	is_offered "guard " "on report off"
	is_offered "xyz" ""
	is_offered "flush " ""
}

@test "options: all that the tool takes, those of a command with it" {
	local before

	same "$(long_options)" "$(for before in '' 'bind ' 'conflicts ' 'apply ' 'confirm ' 'bindings ' \
		'monitor ' 'refresh ' 'explain ' 'socket add web '; do
		offers "$before--"
	done | tr ' ' '\n' | sort -u)"
	is_offered "bind --r" "--replace"
	is_offered "monitor --c" "--color --count"
	is_offered "refresh --re" "--recover"
	is_offered "flush --re" ""
	is_offered "attach eth0 --m" "--max-bindings"
	is_offered "bind tcp any:1 drop --s" "--strict"
}

@test "values of options" {
	is_offered "--color " "auto always never"
	is_offered "--color=n" "--color=never"
	is_offered "--wait " ""
	cd "$BATS_TEST_TMPDIR"
	touch my.bindings
	is_offered "bind --batch m" "my.bindings"
	is_offered "apply --dry-run --from m" "my.bindings"
	is_offered "explain --from m" "my.bindings"
	is_offered "apply m" "my.bindings"
	is_offered "apply my.bindings " ""
}

@test "attach and detach" {
	has_offer "attach " lo
	is_offered "attach l" "$(cd /sys/class/net && echo l*)"
	is_offered "attach lo " "hook mode shared priority"
	is_offered "attach lo hook " "xdp tc"
	is_offered "attach lo hook tc " "mode shared priority"
	is_offered "attach lo hook xdp " "mode shared priority"
	is_offered "attach lo hook xdp mode " "native generic"
	is_offered "attach lo mode generic hook " "xdp tc"
	is_offered "attach lo mode generic hook xdp " "shared priority"
	has_offer "attach " netns
	has_offer "detach " all
	has_offer "detach " netns
}

@test "the words of bind" {
	is_offered "bind " "tcp udp sctp"
	is_offered "bind tcp," "tcp,udp tcp,sctp"
	is_offered "bind tcp " "any: any4: any6:"
	is_offered "bind tcp any:" "any:any"
	is_offered "bind tcp any4:htt" "any4:http any4:https any4:http-alt"
	has_offer "bind udp [2001:db8::53]:dom" "[2001:db8::53]:domain"
	is_offered "bind tcp any: " "pass count drop redirect socket"
	is_offered "bind tcp any:23 " "pass count drop redirect socket"
	is_offered "bind tcp any:23 d" "drop"
	is_offered "bind tcp any:23 drop " "name owner"
	is_offered "bind tcp any:23 drop name " ""
	is_offered "bind tcp any:23 drop name x " "owner"
	is_offered "bind tcp any:23 socket web owner " "user: cgroup: pid"
	is_offered "bind tcp any:23 socket web owner pid " "name"
	is_offered "bind tcp any:23 drop owner user:root " "name"
	has_offer "bind tcp any:23 redirect " lo
	is_offered "bind tcp any:23 redirect lo " "via mac peer name on-missing owner"
	is_offered "bind tcp any:23 redirect lo via " ""
	is_offered "bind tcp any:23 redirect lo via 10.0.0.2 " "name on-missing owner"
	is_offered "bind tcp any:23 redirect lo mac 02:00:00:00:00:01 " "name on-missing owner"
	is_offered "bind tcp any:23 redirect lo peer " "name on-missing owner"
	is_offered "bind tcp any:23 redirect lo name x " "owner"
	is_offered "bind tcp any:23 socket web " "name on-missing owner"
	is_offered "bind tcp any:23 redirect lo on-missing " "pass drop"
	is_offered "bind tcp any:23 redirect lo peer on-missing pass " "name owner"
}

@test "namespaces, and what is bound and attached in one" {
	local at

	net_setup
	at=$HOST
	has_offer "-n " "$at"
	has_offer "-jn " "$at"
	is_offered "--netns=$at" "--netns=$at"
	is_offered "-n $at attach " "eth0 eth1 lo netns"
	is_offered "-n $at detach " "all netns"
	steer -q attach eth0
	steer -q bind tcp any:23 drop name no-telnet
	steer -q bind tcp 192.0.2.10:8000-8999 redirect eth1
	steer -q bind tcp,udp '[2001:db8::53]:53' count name 'with "quotes"'
	is_offered "-n $at detach " "all eth0 netns"
	is_offered "-n $at unbind " "name tcp udp sctp"
	is_offered "-n $at unbind tcp " "any:23 192.0.2.10:8000-8999 [2001:db8::53]:53"
	is_offered "-n $at unbind udp " "[2001:db8::53]:53"
	is_offered "-n $at unbind tcp any:" "any:23"
	is_offered "-n $at unbind tcp [2001:db8::" "[2001:db8::53]:53"
	is_offered "-n $at unbind tcp any:23 " ""
	is_offered "-n $at unbind name " "no-telnet"
}

@test "typed at a terminal: the tab key completes a command, a colon and a value" {
	local typed

	PATH=$(dirname "$PORTSTEER"):$PATH
	typed=$'source doc/portsteer.bash\nportsteer vers\t\nportsteer bind tcp any4:htt\tx\nportsteer --color ne\tvers\t -j\nexit\n'
	run script -qec 'bash --norc --noprofile -i' /dev/null <<<"$typed"
	grep -q 'portsteer [0-9.]*, ABI' <<<"$output"
	grep -qF "no tcp service 'httpx'" <<<"$output"
	grep -qF '"abi_version":' <<<"$output"
}
