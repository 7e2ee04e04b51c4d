#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# explain -r: captures of every kind, what is said of their frames, what is written.

load lib/net

setup() {
	net_setup_table
	ip -n "$HOST" link add eth0 type veth peer name eth1
	ip -n "$HOST" link set eth0 up
	steer -q bind --batch - <<-'END'
		tcp 192.0.2.10:443 drop name web
		tcp any:443 pass
		udp any:53 count name dns
		sctp any:9 redirect eth1
	END
	steer -q attach eth0
	LIB=$BATS_TEST_DIRNAME/lib
	cd "$BATS_TEST_TMPDIR" || return 1
	/usr/bin/python3 -c 'import scapy' || skip "needs python3-scapy"
	/usr/bin/python3 "$LIB/captures.py" make . 2>/dev/null
}

teardown() {
	net_teardown
}

# FILE: what tshark says of each frame, as captures.py reads it.
fields() {
	tshark -r "$1" -o ip.defragment:FALSE -o ipv6.defragment:FALSE -T fields \
		-e frame.number -e frame.time_epoch -e ip.src -e ip.dst \
		-e ipv6.src -e ipv6.dst -e tcp.srcport -e tcp.dstport -e udp.srcport -e udp.dstport \
		-e sctp.srcport -e sctp.dstport -e ieee8021ad.id -e vlan.id -e frame.len -e frame.cap_len \
		2>/dev/null
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
	steer -q detach eth0
	steer -q attach eth0 hook tc
	steer -q explain -r mix.pcap -w tc.pcapng >/dev/null
	same 2 "$(tshark -r tc.pcapng -c 1 -T fields -e frame.verdict.ebpf_tc 2>/dev/null)"
}

@test "a corpus, held against tshark" {
	local file compared=0

	[ "$(command -v tshark)" ] && [ "$(command -v randpkt)" ] || skip "no tshark, no randpkt"
	editcap -s 100 mix.pcap cut.pcap
	mergecap -F pcapng -w merged.pcapng mix.pcap raw.pcap sll.pcap
	for file in arp bgp dns eth icmp ip tcp udp sctp; do
		randpkt -b 300 -c "$(net_often 60 20 1000)" -t "$file" "rand-$file.pcap"
	done
	for file in mix.pcap raw.pcap sll.pcap cut.pcap merged.pcapng; do
		steer -q -j explain -r "$file" >said
		fields "$file" >known
		/usr/bin/python3 "$LIB/captures.py" compare said known
	done
	for file in rand-*; do # tshark shows more of nonsense than there is: so numbers alone
		capinfos -E "$file" | grep -q 'Ethernet$' || continue # some are of Token Ring
		steer -q -j explain -r "$file" | jq -r .frame >said
		fields "$file" | cut -f1 | cmp said
		compared=$((compared + 1))
	done
	[ "$compared" -gt 4 ]
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

@test "live counters, reasons and flows stay; a table that contradicts itself ends it" {
	local before map

	before=$(for map in counters reasons flows late; do
		bpftool -j map dump pinned "$PINS/$HOST/$map"
	done)
	steer -q explain -r mix.pcap >/dev/null
	same "$before" "$(for map in counters reasons flows late; do
		bpftool -j map dump pinned "$PINS/$HOST/$map"
	done)"
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
