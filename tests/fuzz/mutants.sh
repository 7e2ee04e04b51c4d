#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# mutants.sh: breaks copies of bpf/packet.h and its parts, one line each, compiles them natively,
# and the fuzzer must find each within SECONDS_EACH (20); says how long it took. All with
# LONG=1, else every other, the odd or the even ones as SEED says, without it the clock.
set -u
cd "$(dirname "$0")/../.." || exit 1
limit=${SECONDS_EACH:-20}
mutants=build/fuzz/mutants
tests=0 failed=0

# NAME | sed expression, which must change something
broken() {
	cat <<-'END'
		bound | s/cursor->pos + size > cursor->end/cursor->pos + size > cursor->end + 1/
		ethernet-bound | s/ps_peek(cursor, &room, sizeof(\*link))/ps_peek(cursor, \&room, 13)/
		tag-bound | s/ps_peek(cursor, &tag, sizeof(\*vlan))/ps_peek(cursor, \&tag, 1)/
		ipv4-bound | /iphdr room/ s/sizeof(\*ip)/16/
		ipv6-bound | /ipv6hdr room/ s/sizeof(\*ip)/36/
		extension-bound | s/ps_peek(cursor, &room, sizeof(\*header))/ps_peek(cursor, \&room, 1)/
		tcp-bound | s/ps_peek(cursor, &room, sizeof(\*tcp))/ps_peek(cursor, \&room, 1)/
		ports-bound | s/ps_peek(cursor, &room, sizeof(\*ports))/ps_peek(cursor, \&room, 1)/
		never-copied | s/PS_REASON_UNREADABLE : PS_REASON_NOT_HERE/PS_REASON_UNREADABLE : PS_REASON_UNREADABLE/
		copied-from-elsewhere | s/cursor->at += size/cursor->at += size - 1/
		truncated-for-unreadable | s/return cursor->is_copied ? PS_REASON_UNREADABLE/return cursor->is_copied ? PS_REASON_TRUNCATED/
		cut-chain | s/return cursor->fragment ? PS_REASON_UNREADABLE/return cursor->fragment \&\& 0 ? PS_REASON_UNREADABLE/
		ihl-small | s/header < sizeof(\*ip) || //
		ihl-beyond-length | s/ || header > total)/)/
		length-beyond-frame | s/if (total > cursor->left)/if (total > cursor->left + 1)/
		tag-counted-twice | s/ps_advance(cursor, sizeof(\*vlan))/cursor->left += 4, ps_advance(cursor, sizeof(*vlan))/
		three-tags | s/#define PS_VLAN_TAGS 2/#define PS_VLAN_TAGS 3/
		nine-extensions | s/#define PS_EXT_HEADERS 8/#define PS_EXT_HEADERS 9/
		extension-beyond-packet | s/if (size > cursor->left)/if (size > cursor->left + 7)/
		ah-unit | s/header->len \* 4 & is_ah/header->len * 8 \& is_ah/
		fragment-offset | s/#define PS_IPV4_OFFSET 0x1fff/#define PS_IPV4_OFFSET 0x0fff/
		ipv6-fragment-offset | s/#define PS_IPV6_OFFSET 0xfff8/#define PS_IPV6_OFFSET 0xfff0/
		any-jumbo | s/if (!payload && ps_is_jumbo(.*))/if (!payload)/
		unsized-udp | s/PS_IPV6 || cursor->jumbo/PS_IPV6 \&\& cursor->jumbo/
		data-offset | s/tcp->doff \* 4 < PS_TCP_MIN/tcp->doff * 4 < 16/
		udp-length | s/length > cursor->left)/length > cursor->left + 1)/
		more-fragments | s/PS_IPV4_MORE 0x2000/PS_IPV4_MORE 0x4000/
		plain-bound | s/(void \*)(ip + 1) > cursor->end || link/link/
		plain-options | s/PS_IPV4_PLAIN 0x45/PS_IPV4_PLAIN 0x46/
		plain-length | s/total > cursor->left - sizeof(\*link)/total > cursor->left/
		plain-fragment | s/bpf_htons(PS_IPV4_MORE | PS_IPV4_OFFSET)/bpf_htons(PS_IPV4_OFFSET)/
		plain-address | s/ || ps_judge_ipv4(ip->daddr))/)/
		plain-chain | s/(ip->nexthdr != IPPROTO_TCP && ip->nexthdr != IPPROTO_UDP)/0/
		plain-payload | s/payload > cursor->left - sizeof(\*link) - sizeof(\*ip)/payload > cursor->left/
		fin-opens | s/tcp->syn \&\& !tcp->fin/tcp->syn/
	END
}

seed() {
	echo $((RANDOM * 32768 + RANDOM))
}

tap() {
	tests=$((tests + 1))
	[ "$1" = 0 ] || failed=1
	[ "$1" = 0 ] && echo "ok $tests - $2" || echo "not ok $tests - $2"
}

# breed NAME EXPRESSION: makes the copy, and lets it be when it is there already.
breed() {
	local part copy status=1
	mkdir -p "$mutants/$1"
	for part in packet cursor transport; do
		copy=$mutants/$1/$part.h
		sed "$2" bpf/$part.h >"$copy.new"
		cmp -s "$copy" "$copy.new" || cp "$copy.new" "$copy"
		cmp -s bpf/$part.h "$copy" || status=0
	done
	return $status
}

# hunt NAME: the fuzzer must end with an error.
hunt() {
	local began=${EPOCHREALTIME/./} status=0 took
	rm -f "$mutants/$1"/crash-*
	(cd "$mutants/$1" && FUZZ_KERNEL=0 timeout -k 5 $((limit + 10)) ./packet \
		-max_total_time="$limit" -max_len=20000 -seed="$(seed)" >log 2>&1) && status=1
	took=$(((${EPOCHREALTIME/./} - began) / 1000))
	grep -qE '^packet: packet.h|AddressSanitizer|runtime error' "$mutants/$1/log" || status=1
	tap $status "$1 is found"
	echo "# $1: $took ms, $(grep -oE '^packet: packet.h.*|AddressSanitizer: [a-z-]+|runtime error.*' \
		"$mutants/$1/log" | head -n 1)"
}

targets=() number=0 part=$((${SEED:-$(date +%s)} % 2))
while IFS='|' read -r name expression; do
	[ -n "${LONG:-}" ] || [ $((number++ % 2)) = $part ] || continue
	name=${name// /}
	breed "$name" "${expression# }"
	tap $? "$name breaks packet.h"
	targets+=("$mutants/$name/packet")
done < <(broken)
if ! make -s -j2 "${targets[@]}"; then
	echo "not ok - the mutants build"
	exit 1
fi
for target in "${targets[@]}"; do
	hunt "$(basename "${target%/packet}")"
done
echo "1..$tests"
exit $failed
