# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Documents as sessions: the commands that one prints, run in their order in a
# network namespace that has what the documents speak of:
#
#   eth0      192.0.2.10/24 2001:db8::53/64, on the wire
#   veth-app  10.0.0.1/24, to a namespace with 10.0.0.2
#   build/    in the directory that commands run in
#
# What a command must end with is 0, or what a comment behind it says: "# exit 3".

PIN_OF_DOCUMENTS=/sys/fs/bpf/portsteer/v2/default

# FILE: the text of a document that may hold commands: blocks that are indented
# or fenced, of a manual page its EXAMPLES.
doc_blocks() {
	case $1 in
	*.[58])
		mandoc -T ascii -O width=200 "$1" | sed 's/.\x08//g' |
			sed -n '/^EXAMPLES$/,/^[A-DF-Z]/s/^           //p'
		;;
	*)
		awk '/^## / { is_recipe = $2 == "Recipes" } # recipes.bats has those
			is_recipe { next }
			/^ *```/ { fenced = !fenced; next }
			fenced { print; next }
			sub(/^(    |\t)/, "")' "$1"
		;;
	esac
}

# Blocks on stdin: "EXIT<TAB>COMMAND" for each command of portsteer, make or
# bpftool, its prompt taken off, lines ended by \ joined, here-documents with
# what belongs to them; newlines are printed as \n.
doc_commands() {
	awk '
	function finish() {
		status = 0
		if (match(command, /# exit [0-9]+/))
			status = substr(command, RSTART + 7, RLENGTH - 7)
		gsub(/\\/, "&&", command)
		gsub(/\n/, "\\n", command)
		print status "\t" command
		command = ""
	}
	heredoc != "" {
		command = command "\n" $0
		if ($0 == heredoc) { heredoc = ""; finish() }
		next
	}
	command != "" { sub(/^ +/, ""); command = command $0 }
	command == "" {
		sub(/^[#$] /, "")
		if ($0 !~ /^(portsteer|make|bpftool)( |$)/) next
		command = $0
	}
	command ~ /\\$/ { sub(/\\$/, "", command); next }
	match(command, /<< *[A-Z]+/) {
		heredoc = substr(command, RSTART, RLENGTH)
		sub(/^<< */, "", heredoc)
		next
	}
	{ finish() }'
}

# What documents call portsteer and bpftool, in the namespace and on the instance of the test.
# shellcheck disable=SC2329 # called by the commands of documents
portsteer() {
	[ "${1:-} ${2:-}" = '-n app' ] && set -- "${@:3}" -n "$BACKEND" || set -- "$@" -n "$HOST"
	"$PORTSTEER" "$@" # of two namespaces the last counts
}

# Documents that look at a pin without having made one speak of an instance in use.
# shellcheck disable=SC2329
bpftool() {
	local words=("${@//"$PIN_OF_DOCUMENTS"/$PINS/$HOST}") i

	for i in "${!words[@]}"; do # a pin of its own
		[[ ${words[i]} == /sys/fs/bpf/* && ${words[i]} != /sys/fs/bpf/*/* ]] &&
			words[i]=/sys/fs/bpf/$NET-look
	done

	if [[ "$*" == *"$PIN_OF_DOCUMENTS"* && ! -d $PINS/$HOST ]]; then
		portsteer -q attach eth0
		portsteer -q bind tcp 192.0.2.10:8000-8999 redirect veth-app via 10.0.0.2
	fi
	PATH=$PATH:/usr/sbin:/sbin net_in "$HOST" bpftool "${words[@]}"
}

# A target of the Makefile, and nothing is made.
# shellcheck disable=SC2329
make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$DOC_ROOT" -n "$@"
}

doc_setup() {
	net_names
	net_add "$HOST"
	CLIENT=${NET}c
	BACKEND=${NET}b
	net_add "$CLIENT"
	net_add "$BACKEND"
	net_link "$HOST" eth0 02:00:00:00:00:01 "$CLIENT" eth0 02:00:00:00:00:02 1500
	net_link "$HOST" veth-app 02:00:00:00:00:03 "$BACKEND" eth0 02:00:00:00:00:04 1500
	net_address "$HOST" eth0 192.0.2.10/24 2001:db8::53/64
	net_address "$HOST" veth-app 10.0.0.1/24 2001:db8:a::1/64
	net_address "$BACKEND" eth0 10.0.0.2/24 2001:db8:a::2/64
	DOC_ROOT=$PWD
	DOC_HOME=$BATS_TEST_TMPDIR/home
	mkdir "$DOC_HOME"
	ln -s "$DOC_ROOT/build" "$DOC_HOME/build"
}

doc_teardown() {
	rm -f "/sys/fs/bpf/${NET:-none}-look"
	net_teardown
}

# COMMAND: as the document has it, in a directory with nothing but its files.
doc_run() {
	(cd "$DOC_HOME" && set -o pipefail && eval "$1")
}

# FILE: runs its commands; says which do not end as they should, and how many there are.
doc_session() {
	local wanted command failed=0 count=0 status output

	while IFS=$'\t' read -r wanted command; do
		printf -v command '%b' "$command"
		count=$((count + 1)) status=0
		output=$(doc_run "$command" 2>&1 </dev/null) || status=$?
		[ "$status" -eq "$wanted" ] && continue
		printf '%s: exit %s, expected %s: %s\n%s\n' "$1" "$status" "$wanted" "$command" \
			"$output" >&2
		failed=$((failed + 1))
	done < <(doc_blocks "$1" | doc_commands)
	echo "$1: $count commands"
	[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]
}

# host|app|client COMMAND: there, as a recipe has it; units are enabled, and a reboot starts them.
doc_at() {
	local -A places=([host]=$HOST [app]=$BACKEND [client]=$CLIENT)

	export DOC_WORDS=${2//\/etc\/portsteer/$DOC_HOME/etc}
	# shellcheck disable=SC2016 # for the shell in there
	nsenter --net="/run/netns/${places[$1]}" -- \
		bash -o pipefail -c '. "$0"; cd "$DOC_HOME" && { eval "$DOC_WORDS"; } 2>&1 |
			sed "s/portsteer -n $HOST/portsteer/g; s/ip netns exec $HOST //g"' "${BASH_SOURCE[0]}"
}

# What only the client says.
# shellcheck disable=SC2329 # called by the commands of recipes
curl() {
	command curl -sS -m 5 --noproxy '*' "$@"
}

# shellcheck disable=SC2329
systemctl() {
	[ "$1" = enable ] && printf '%s\n' "${@:2}" >"$DOC_HOME/enabled"
}

# Nothing is attached or bound any more; then what the units say, in the order of their start.
# shellcheck disable=SC2329
reboot() {
	local unit words

	portsteer -q detach all 2>/dev/null || [ $? -eq 4 ] || return
	portsteer -q flush
	for unit in portsteer portsteer-online; do
		grep -qx "$unit" "$DOC_HOME/enabled" || continue
		[ -e "$DOC_HOME/etc/portsteer.yaml" ] || continue # ConditionPathExists=
		while read -r words; do
			words=${words//\/etc\/portsteer/$DOC_HOME/etc}
			eval "${words#-}" >/dev/null || [ "${words::1}" = - ] || return
		done < <(sed -n 's|^ExecStart=\(-*\)@sbindir@/|\1|p' "$DOC_ROOT/systemd/$unit.service.in")
	done
}

# What a recipe leaves behind.
# shellcheck disable=SC2329
doc_clean() {
	local socket

	for socket in $(portsteer -j sockets | jq -r '.[].name'); do
		portsteer -q socket remove "$socket"
	done
	portsteer -q guard off
	portsteer -q detach all
	portsteer -q flush
	ip route flush table local root 198.51.100.0/24
}
