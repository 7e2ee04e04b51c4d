#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# explain -r: captures of every kind, what is said of their frames, what is written. All ask
# one host; what changes it has one of its own.

load lib/net

setup_file() {
	[ "$(id -u)" -eq 0 ] && /usr/bin/python3 -c 'import scapy' || return 0 # here bats cannot skip
	net_setup_table
	export NET HOST
	ip -n "$HOST" link add eth0 type veth peer name eth1
	ip -n "$HOST" link set eth0 up
	fill
	steer -q attach eth0
	steer -q attach eth1 hook tc
	/usr/bin/python3 "$BATS_TEST_DIRNAME/lib/captures.py" make "$BATS_FILE_TMPDIR" 2>/dev/null
}

teardown_file() {
	net_teardown
}

setup() {
	[ -e "$BATS_FILE_TMPDIR/mix.pcap" ] || skip "needs root and python3-scapy"
	cp "$BATS_FILE_TMPDIR"/*.pcap "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	net_teardown
}

fill() {
	steer -q bind --batch - <<-'END'
		tcp 192.0.2.10:443 drop name web
		tcp any:443 pass
		udp any:53 count name dns
		sctp any:9 redirect eth1
	END
}

# FILE [OPTION...]: what tshark says of each frame, as captures.py reads it.
fields() {
	tshark -r "$1" -o ip.defragment:FALSE -o ipv6.defragment:FALSE -T fields \
		-e frame.number -e frame.time_epoch -e ip.src -e ip.dst \
		-e ipv6.src -e ipv6.dst -e tcp.srcport -e tcp.dstport -e udp.srcport -e udp.dstport \
		-e sctp.srcport -e sctp.dstport -e ieee8021ad.id -e vlan.id -e frame.len -e frame.cap_len \
		"${@:2}" 2>/dev/null
}

@test "a line for each frame, the sums behind them; and as objects" {
	says 0 '1 22:13:20.000000 tcp 198.51.100.7:40000 > 192.0.2.10:443 54 drop: drop, by tcp 192.0.2.10:443 (web)
2 22:13:21.000007 udp 198.51.100.7:1 > 192.0.2.10:53 72 pass: count, by udp any:53 (dns)' \
		steer -q explain -r mix.pcap
	run --separate-stderr steer explain -r mix.pcap dev eth0
	[ "$status" -eq 0 ]
	same 31 "${#lines[@]}"
	# shellcheck disable=SC2154 # set by run
	[[ $stderr == '31 frames'$'\n'*' pass: count, by udp any:53 (dns)'* ]]
	run --separate-stderr steer -j explain -r mix.pcap
	[ "$status" -eq 0 ]
	same '{"frame":1,"time":"2023-11-14T22:13:20.000000000Z","interface":null,"protocol":"tcp","source":"198.51.100.7","source_port":40000,"destination":"192.0.2.10","destination_port":443,"vlan":[],"reason":"drop","binding":"tcp 192.0.2.10:443","verdict":"drop","truncated":false}' \
		"${lines[0]}"
	same '[5,6]' "$(jq -c 'select(.frame == 4 or .frame == 5) | .vlan[-1]' <<<"$output" | jq -sc .)"
	same 'vlan-limit-drop drop multicast pass martian pass not-ip pass fragment pass protocol pass' \
		"$(jq -r 'select(.reason == "vlan-limit-drop" or .reason == "multicast" or .reason == "martian"
			or .reason == "not-ip" or .reason == "fragment" or .reason == "protocol")
			| "\(.reason) \(.verdict)"' <<<"$output" | awk '!seen[$0]++' |
			sort -k1,1 | awk '{ r[$1] = $0 } END { print r["vlan-limit-drop"], r["multicast"],
			r["martian"], r["not-ip"], r["fragment"], r["protocol"] }')"
	same 31 "$(jq '[.sums[].frames] | add' <<<"$stderr")"
}

@test "the same frames in every kind of file, out of a pipe, and raw or cooked" {
	local kind

	steer -q -j explain -r mix.pcap >plain
	steer -q -j explain -r - <mix.pcap | cmp plain
	if [ ! "$(command -v editcap)" ]; then
		echo "# skipped in part: no editcap (package wireshark-common)" >&3
	else
		for kind in pcapng nsecpcap; do
			editcap -F "$kind" mix.pcap "mix.$kind"
			steer -q -j explain -r "mix.$kind" | cmp plain
		done
	fi
	for kind in raw sll; do
		steer -q -j explain -r "$kind.pcap" >"$kind.said"
	done
	cmp <(jq -c 'del(.time)' raw.said) <(jq -c 'del(.time)' sll.said)
	cmp <(jq -c 'select(.source) | [.source, .source_port, .reason, .verdict]' plain |
		grep -v vlan-limit | sort -u) \
		<(jq -c '[.source, .source_port, .reason, .verdict]' raw.said | sort -u)
}

@test "what is cut off by the capture is judged by its whole length, where headers are there" {
	[ "$(command -v editcap)" ] || skip "no editcap (package wireshark-common)"
	editcap -s 66 mix.pcap cut.pcap
	steer -q -j explain -r mix.pcap | jq -c '[.frame, .reason, .verdict]' >whole
	steer -q -j explain -r cut.pcap >short
	jq -c 'select(.reason != "truncated") | [.frame, .reason, .verdict]' short >seen
	cmp seen \
		<(grep -v "^\[\($(jq -r 'select(.reason == "truncated") | .frame' short |
			paste -s -d '|' | sed 's/|/\\|/g')\)," whole)
	same true "$(jq -s 'any(.truncated and .reason == "drop")' short)"
	says 0 'pass: truncated, cut off by the capture' steer explain -r cut.pcap
}

@test "written back: the same frames, with a comment and the verdict" {
	umask 027
	steer -q explain -r mix.pcap -w out.pcapng >said
	same 640 "$(stat -c %a out.pcapng)"
	steer -q explain -r out.pcapng | diff said -
	steer -q explain -r out.pcapng -w out.pcapng >/dev/null
	steer -q explain -r mix.pcap -w - | cmp - out.pcapng
	same '' "$(find . -name 'out.pcapng?*')"
	says 1 'cannot write /dev/full: No space left on device' steer explain -r mix.pcap -w /dev/full
	says 1 'cannot make no/where: No such file or directory' steer explain -r mix.pcap -w no/where
	says 2 '-w writes the frames of a capture, which -r FILE names' \
		steer explain tcp 192.0.2.1:1 192.0.2.2:2 -w out.pcapng
	[ "$(command -v tshark)" ] || skip "the rest needs tshark"
	same '1 portsteer: drop: drop, by tcp 192.0.2.10:443 (web) 1' \
		"$(tshark -r out.pcapng -c 1 -T fields -e frame.number -e frame.comment \
			-e frame.verdict.ebpf_xdp 2>/dev/null | tr '\t' ' ')"
	same "$(tshark -r mix.pcap -x 2>/dev/null | md5sum)" \
		"$(tshark -r out.pcapng -x 2>/dev/null | md5sum)"
	steer -q explain -r mix.pcap -w tc.pcapng dev eth1 >/dev/null
	same 2 "$(tshark -r tc.pcapng -c 1 -T fields -e frame.verdict.ebpf_tc 2>/dev/null)"
}

@test "a corpus, held against tshark" {
	local file

	[ "$(command -v tshark)" ] && [ "$(command -v randpkt)" ] || skip "no tshark, no randpkt"
	editcap -s 100 mix.pcap cut.pcap
	mergecap -F pcapng -w merged.pcapng mix.pcap raw.pcap sll.pcap cut.pcap
	steer -q -j explain -r merged.pcapng >said
	fields merged.pcapng >known
	[ "$(wc -l <known)" -gt 100 ]
	/usr/bin/python3 "$BATS_TEST_DIRNAME/lib/captures.py" compare said known
	for file in arp bgp dns eth icmp ip tcp udp sctp; do
		randpkt -b 300 -c "$(net_often 60 20 1000)" -t "$file" "rand-$file.pcap"
	done
	mergecap -F pcapng -w rand.pcapng rand-*.pcap
	# tshark shows more of nonsense than there is: so numbers alone; some are of Token Ring
	steer -q -j explain -r rand.pcapng | jq -r .frame >said
	fields rand.pcapng -Y 'frame.encap_type == 1' | cut -f1 | cmp said
	[ "$(wc -l <said)" -gt "$(net_often 300 100)" ]
}

@test "damaged, and what is none: after all that could be read; each with its place" {
	head -c 300 mix.pcap >cut.pcap
	run --separate-stderr steer explain -r cut.pcap
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 3 ]
	[[ $stderr == '3 frames'*"portsteer: cut.pcap is damaged at byte "*": the file ends within it" ]]
	says 2 'x is neither pcap nor pcapng' bash -c "echo abcdefghijk >x; '$PORTSTEER' -n '$HOST' explain -r x"
	says 2 '<stdin> is compressed; try: gzip -dc FILE | ... -r -' \
		bash -c "gzip -c mix.pcap | '$PORTSTEER' -n '$HOST' explain -r -"
	says 1 'cannot open nowhere: No such file or directory' steer explain -r nowhere
	says 1 'cannot read .: Is a directory' steer explain -r .
	says 2 "with -r, packets are in the file; 'tcp' is too many" steer explain tcp -r mix.pcap
	printf '\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\177\0\0\0' >radio.pcap
	head -c 94 mix.pcap | tail -c 70 >>radio.pcap
	says 0 'warning: frames of interface 0 are skipped: their link type, 127, radiotap, is not understood' \
		steer explain -r radio.pcap
}

@test "--from: the table of a file, and its interfaces" {
	local file=$BATS_TEST_TMPDIR/new.yaml

	cat >"$file" <<-'END'
		interfaces: [{device: eth1}]
		bindings:
		  - {endpoint: "udp any:53", action: drop, name: no-dns}
	END
	run --separate-stderr steer explain -r mix.pcap --from "$file" -w out.pcapng
	[ "$status" -eq 0 ]
	same '2 22:13:21.000007 udp 198.51.100.7:1 > 192.0.2.10:53 72 drop: drop, by udp any:53 (no-dns)' \
		"${lines[1]}"
	[[ $stderr == *' pass: unbound'* ]]
	steer -q explain -r out.pcapng --from - <"$file" | cmp - <(printf '%s\n' "${lines[@]}")
	says 1 'cannot open nowhere: No such file or directory' \
		steer explain -r mix.pcap --from nowhere -w new.pcapng
	sed -i 's/any:53/any:any-thing/' "$file"
	says 2 "$file:3:" steer explain -r mix.pcap --from "$file" -w new.pcapng
	same '' "$(find . -name 'new.pcapng*')"
}

@test "live counters, reasons and flows stay; a table that contradicts itself ends it" {
	local before map maps=()

	net_setup_table
	fill
	for map in counters reasons flows late; do
		maps+=("$PINS/$HOST/$map")
	done
	before=$(/usr/bin/python3 "$BATS_TEST_DIRNAME/lib/maps.py" "${maps[@]}")
	steer -q explain -r mix.pcap >/dev/null
	same "$before" "$(/usr/bin/python3 "$BATS_TEST_DIRNAME/lib/maps.py" "${maps[@]}")"
	/usr/bin/python3 - "$PINS/$HOST/bindings" <<-'END'
		import json, subprocess, sys
		for row in json.loads(subprocess.check_output(["bpftool", "-j", "map", "dump", "pinned", sys.argv[1]])):
		    value = [byte[2:] for byte in row["value"]]
		    if bytes.fromhex("".join(value[16:48])).rstrip(b"\0") == b"dns":
		        value[0] = value[4] = "03"
		        subprocess.check_call(["bpftool", "map", "update", "pinned", sys.argv[1], "key", "hex",
		                               *(byte[2:] for byte in row["key"]), "value", "hex", *value])
	END
	says 1 'the kernel and the table differ about frame 2: the programs say pass: count, by udp any:53 (dns); the table says drop: drop, by udp any:53 (dns)' \
		steer explain -r mix.pcap
}
