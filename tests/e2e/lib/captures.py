#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""captures.py make DIRECTORY: captures of many kinds of frames, by scapy.
captures.py compare OBJECTS FIELDS: what portsteer said of a capture, an object a line,
against what tshark did, as fields() in replay.bats has it. Prints what differs; ends
with 1 when something does."""
import json
import random
import sys

MIX_SEED = 7


def frames():
    from scapy.all import (ARP, Dot1AD, Dot1Q, Ether, GRE, ICMP, IP, ICMPv6EchoRequest, IPv6,
                           IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, Raw,
                           SCTP, SCTPChunkInit, TCP, UDP, PadN)
    eth = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    four = IP(src="198.51.100.7", dst="192.0.2.10")
    six = IPv6(src="2001:db8::7", dst="2001:db8::9")
    some = PadN(optdata=b"\0" * 4)
    for ip in (four, six):
        yield eth / ip / TCP(sport=40000, dport=443)
        yield eth / ip / UDP(sport=1, dport=53) / Raw(b"x" * 30)
        yield eth / ip / SCTP(sport=9, dport=9) / SCTPChunkInit()
        yield eth / Dot1Q(vlan=5) / ip / TCP(sport=2, dport=443)
        yield eth / Dot1AD(vlan=7) / Dot1Q(vlan=6) / ip / UDP(sport=2, dport=53)
        yield eth / Dot1Q(vlan=1) / Dot1Q(vlan=2) / Dot1Q(vlan=3) / ip / TCP(sport=2, dport=443)
        yield eth / ip / TCP(sport=3, dport=443, options=[("MSS", 1460), ("Timestamp", (1, 2))])
        yield eth / ip / UDP(sport=4, dport=53) / Raw(b"y" * 9000)
        yield eth / ip / TCP(sport=4, dport=444) / Raw(b"z" * 60000)
    yield eth / ARP()
    yield eth / four / ICMP()
    yield eth / six / ICMPv6EchoRequest()
    yield eth / IP(src="198.51.100.7", dst="192.0.2.10", frag=5) / Raw(b"f" * 40)
    yield eth / IP(src="198.51.100.7", dst="192.0.2.10", flags="MF") / UDP(dport=53) / Raw(b"g" * 40)
    yield eth / six / IPv6ExtHdrDestOpt(options=[some]) / UDP(sport=5, dport=53)
    yield eth / six / IPv6ExtHdrHopByHop(options=[some]) / IPv6ExtHdrDestOpt(options=[some]) / TCP(
        sport=5, dport=443)
    yield eth / six / IPv6ExtHdrFragment(id=9, m=0) / TCP(sport=6, dport=443)
    yield eth / IP(src="1.2.3.4", dst="224.0.0.251") / UDP(sport=5353, dport=5353)
    yield eth / IP(src="1.2.3.4", dst="127.0.0.1") / UDP(sport=5, dport=7)
    yield eth / four / GRE() / IP()
    yield eth / Raw(b"")
    yield eth


def make(directory):
    from scapy.all import CookedLinux, IP, IPv6, RawPcapWriter
    random.seed(MIX_SEED)
    mix = list(frames())
    packets = [frame[layer] for frame in mix for layer in (IP, IPv6) if layer in frame]
    cooked = [CookedLinux(proto=0x800 if IP in packet else 0x86dd) / packet for packet in packets]
    for name, link, made in (("mix", 1, mix), ("raw", 101, packets), ("sll", 113, cooked)):
        writer = RawPcapWriter(f"{directory}/{name}.pcap", linktype=link)
        writer.write_header(None)
        for at, packet in enumerate(made):
            writer.write_packet(bytes(packet), sec=1700000000 + at, usec=at * 7)
        writer.close()
    return 0


def first(text):
    return text.split(",")[0]


def expected(fields):
    """The keys of an object that tshark knows as well."""
    (number, epoch, ip_source, ip_destination, ip6_source, ip6_destination, tcp, tcp_to, udp,
     udp_to, sctp, sctp_to, outer, vlan, length, captured) = fields
    source, destination = first(ip_source or ip6_source), first(ip_destination or ip6_destination)
    return {
        "frame": int(number),
        "time": epoch.split(".")[1],
        "source": source or None,
        "destination": destination or None,
        "source_port": int(first(tcp or udp or sctp)) if tcp or udp or sctp else None,
        "destination_port": int(first(tcp_to or udp_to or sctp_to)) if tcp or udp or sctp else None,
        "protocol": "tcp" if tcp else "udp" if udp else "sctp" if sctp else None,
        "vlan": [int(tag) for tag in (outer + "," + vlan).split(",") if tag],
        "truncated": int(captured) < int(length),
    }


def said(row):
    return {
        "frame": row["frame"],
        "time": row["time"].split(".")[1].rstrip("Z"),
        **{key: row[key] for key in ("source", "destination", "source_port", "destination_port",
                                     "protocol", "vlan", "truncated")},
    }


def compare(objects, fields):
    with open(objects, encoding="utf-8") as file:
        ours = [json.loads(line) for line in file]
    with open(fields, encoding="utf-8") as file:
        theirs = [line.rstrip("\n").split("\t") for line in file]
    differ = 0
    if len(ours) != len(theirs):
        print(f"{objects}: {len(ours)} frames, tshark has {len(theirs)}")
        return 1
    for row, line in zip(ours, theirs):
        wanted = expected(line)
        have = said(row)
        if not have["source_port"]:  # a later fragment still has a protocol
            wanted["protocol"] = have["protocol"] = None
        if have != wanted:
            print(f"{objects}: {have}\n  tshark: {wanted}")
            differ = 1
    return differ


if __name__ == "__main__":
    sys.exit(make(sys.argv[2]) if sys.argv[1] == "make" else compare(sys.argv[2], sys.argv[3]))
