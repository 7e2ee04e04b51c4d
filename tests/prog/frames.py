#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The parser against frames that another implementation made: scapy builds
# them, lengths and checksums included, and run_frames (see run_frames.c) runs
# them. Usage: frames.py PATH-OF-run_frames. Prints TAP.
import logging
import subprocess
import sys

logging.getLogger("scapy").setLevel(logging.ERROR)

from scapy.all import (  # noqa: E402
    AH, ARP, ESP, GRE, ICMP, IP, IPv6, Dot1AD, Dot1Q, Ether, IPOption, IPOption_NOP,
    IPOption_RR, IPOption_Timestamp, Raw, SCTP, TCP, UDP, VXLAN, fragment)
from scapy.layers.inet6 import (  # noqa: E402
    HAO, ICMPv6EchoRequest, ICMPv6ND_NS, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, IPv6ExtHdrSegmentRouting, Jumbo, Pad1, PadN,
    RouterAlert, fragment6)
from scapy.layers.sctp import SCTPChunkData, SCTPChunkInit  # noqa: E402

# Payload reads as port 80, which is bound for every protocol.
BINDINGS = ["tcp,udp,sctp any:80 drop", "tcp 192.0.2.7:443 pass", "udp [2001:db8:7::/48]:53 count"]
FILL = b"\0\x50" * 20
ETHER = Ether(src="02:00:00:00:00:02", dst="02:00:00:00:00:01")
FOUR = IP(src="198.51.100.7", dst="192.0.2.1")
SIX = IPv6(src="2001:db8:ffff::7", dst="2001:db8::1")
T80, U80 = TCP(dport=80), UDP(dport=80)
S80 = SCTP(sport=4000, dport=80)
DROP, PASS = "drop", "pass"

cases = []


def case(name, packet, reason, ether=ETHER):
    cases.append((name, bytes(ether / packet), reason))


def chained(*parts):
    """scapy knows the number of what follows each header, except for AH."""
    numbers = {TCP: 6, UDP: 17, ICMPv6EchoRequest: 58, IPv6ExtHdrDestOpt: 60}
    packet = parts[0]
    for part in parts[1:]:
        packet = packet / part
    if AH in packet:
        packet[AH].nh = numbers[type(packet[AH].payload)]
    return packet


def plain():
    for version, ip in ((4, FOUR), (6, SIX)):
        case(f"ipv{version} tcp", ip / T80, DROP)
        case(f"ipv{version} udp", ip / U80 / FILL, DROP)
        case(f"ipv{version} sctp init", ip / S80 / SCTPChunkInit(), DROP)
        case(f"ipv{version} sctp data", ip / S80 / SCTPChunkData(data=b"abc"), DROP)
        case(f"ipv{version} other port", ip / TCP(sport=80, dport=81) / FILL, "unbound")
        case(f"ipv{version} gre", ip / GRE() / FOUR / T80, "protocol")
        case(f"ipv{version} esp", ip / ESP(spi=80, data=FILL), "protocol")
        case(f"ipv{version} ip in ip", ip / FOUR / T80, "protocol")
        case(f"ipv{version} vxlan to another port",
             ip / UDP(dport=4789) / VXLAN(vni=5) / ETHER / FOUR / T80, "unbound")
        case(f"ipv{version} tcp options",
             ip / TCP(dport=80, options=[("MSS", 1460), ("SAckOK", b""), ("Timestamp", (1, 0)),
                                         ("NOP", None), ("WScale", 7)]), DROP)
    case("tcp address", IP(src="198.51.100.7", dst="192.0.2.7") / TCP(dport=443), PASS)
    case("udp prefix", IPv6(src="2001:db8::9", dst="2001:db8:7:8::1") / UDP(dport=53) / FILL,
         "count")
    case("icmp echo", FOUR / ICMP() / FILL, "protocol")
    case("icmp unreachable", FOUR / ICMP(type=3, code=3) / FOUR / U80, "protocol")
    case("icmpv6 echo", SIX / ICMPv6EchoRequest(data=FILL), "protocol")
    case("neighbour solicitation",
         IPv6(src="2001:db8::2", dst="ff02::1:ff00:1") / ICMPv6ND_NS(tgt="2001:db8::1"),
         "multicast")
    case("arp request", ARP(pdst="192.0.2.1"), "not-ip",
         Ether(src="02:00:00:00:00:02", dst="ff:ff:ff:ff:ff:ff"))
    case("arp reply", ARP(op=2, pdst="192.0.2.1"), "not-ip")


def link():
    for name, tags, reason in (
            ("802.1q", Dot1Q(vlan=5), DROP),
            ("priority", Dot1Q(vlan=0, prio=6), DROP),
            ("802.1ad", Dot1AD(vlan=5), DROP),
            ("qinq", Dot1AD(vlan=5) / Dot1Q(vlan=6), DROP),
            ("802.1q twice", Dot1Q(vlan=5) / Dot1Q(vlan=6), DROP),
            ("three tags", Dot1AD(vlan=5) / Dot1Q(vlan=6) / Dot1Q(vlan=7), "vlan-limit-drop"),
            ("four tags", Dot1Q() / Dot1Q() / Dot1Q() / Dot1Q(), "vlan-limit-drop")):
        case(f"{name}, ipv4", tags / FOUR / T80, reason)
        case(f"{name}, ipv6", tags / SIX / U80, reason)
    for vid in (1, 4094, 4095):
        case(f"vlan {vid}", Dot1Q(vlan=vid) / FOUR / T80, DROP)
    case("padded to 60", FOUR / T80 / Raw(b""), DROP)
    cases[-1] = (cases[-1][0], cases[-1][1].ljust(60, b"\0"), DROP)


def options():
    for count in range(1, 11):
        case(f"{4 * count} bytes of NOP", IP(src="198.51.100.7", dst="192.0.2.1",
                                             options=[IPOption_NOP()] * 4 * count) / T80, DROP)
    for name, option in (("record route", IPOption_RR(routers=["192.0.2.80"] * 3)),
                         ("timestamp", IPOption_Timestamp(flg=0)),
                         ("router alert", IPOption(b"\x94\x04\0\0"))):
        case(name, IP(src="198.51.100.7", dst="192.0.2.1", options=[option]) / U80 / FILL, DROP)
        case(f"{name}, other port",
             IP(src="198.51.100.7", dst="192.0.2.1", options=[option]) / UDP(dport=81) / FILL,
             "unbound")


def extensions():
    hop = IPv6ExtHdrHopByHop(options=[RouterAlert(), PadN(optdata=b"\0" * 4)])
    dest = IPv6ExtHdrDestOpt(options=[HAO(hoa="2001:db8::80")])
    route = IPv6ExtHdrRouting(addresses=["2001:db8::80"])
    srv6 = IPv6ExtHdrSegmentRouting(addresses=["2001:db8::80", "2001:db8::81"])
    ah = AH(payloadlen=4, spi=80, seq=80, icv=b"\0\x50" * 6)
    atomic = IPv6ExtHdrFragment(id=80)
    small = IPv6ExtHdrDestOpt(options=[Pad1()] * 6)
    for name, chain in (("hop-by-hop", hop), ("destination options", dest), ("routing", route),
                        ("segment routing", srv6), ("ah", ah), ("atomic fragment", atomic),
                        ("hop, options, routing", hop / dest / route),
                        ("all kinds", hop / dest / route / atomic / ah / small)):
        case(name, chained(SIX, chain, T80), DROP)
        case(f"{name}, udp", chained(SIX, chain, U80, FILL), DROP)
        case(f"{name}, other port", chained(SIX, chain, UDP(dport=81), FILL), "unbound")
        case(f"{name}, icmp", chained(SIX, chain, ICMPv6EchoRequest()), "protocol")
    for count in range(1, 12):
        chain = SIX
        for _ in range(count):
            chain = chain / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
        case(f"{count} headers", chain / T80, DROP if count <= 8 else "ext-limit-drop")
    case("esp behind options", SIX / small / ESP(spi=80, data=FILL), "protocol")
    case("no next header", IPv6(src="2001:db8::9", dst="2001:db8::1", nh=59) / FILL, "protocol")
    case("no next header behind options",
         SIX / IPv6ExtHdrDestOpt(nh=59, options=[PadN(optdata=b"\0" * 4)]) / FILL, "protocol")
    case("jumbo payload",
         IPv6(src="2001:db8::9", dst="2001:db8::1", plen=0)
         / IPv6ExtHdrHopByHop(options=[Jumbo(jumboplen=28)]) / T80, DROP)


def fragments():
    for size in (8, 16, 24, 576, 1480):
        for proto, upper in (("tcp", T80), ("udp", U80), ("sctp", S80)):
            for at, part in enumerate(fragment(FOUR / upper / (FILL * 60), fragsize=size)):
                if at < 8:
                    case(f"{proto} in pieces of {size}: {at}", part,
                         DROP if at == 0 else "fragment")
    for mtu in (1280, 400, 200):
        whole = SIX / IPv6ExtHdrFragment(id=9) / U80 / (FILL * 60)
        for at, part in enumerate(fragment6(whole, mtu)):
            case(f"ipv6 udp for MTU {mtu}: {at}", part, DROP if at == 0 else "fragment")
        dest = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
        whole = SIX / dest / IPv6ExtHdrFragment(id=9) / U80 / (FILL * 60)
        for at, part in enumerate(fragment6(whole, mtu)):
            case(f"ipv6 options, udp for MTU {mtu}: {at}", part, DROP if at == 0 else "fragment")


def main():
    for make in (plain, link, options, extensions, fragments):
        make()
    lines = "".join(f"{data.hex()} {reason}\n" for _, data, reason in cases)
    run = subprocess.run([sys.argv[1], *BINDINGS], input=lines, capture_output=True, text=True,
                         timeout=60, check=False)
    answers = run.stdout.splitlines()
    print(f"1..{len(cases)}")
    failed = 0
    for at, (name, data, _) in enumerate(cases):
        answer = answers[at] if at < len(answers) else "no answer"
        is_ok = answer == "ok"
        failed += not is_ok
        print(f"{'ok' if is_ok else 'not ok'} {at + 1} - {name}")
        if not is_ok:
            print(f"# wanted last: {answer}\n# {data.hex()}")
    sys.stderr.write(run.stderr)
    return 1 if failed or run.returncode else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: frames.py PATH-OF-run_frames")
    sys.exit(main())
