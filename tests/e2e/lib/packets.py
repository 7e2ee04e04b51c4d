#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""packets.py: lines of stdin, "PROTO SOURCE:PORT DESTINATION:PORT" as 'explain' takes them,
as frames of a pcap on stdout."""
import ipaddress
import struct
import sys

NUMBERS = {"tcp": 6, "udp": 17, "sctp": 132}


def place(word):
    address, port = word.rsplit(":", 1)
    return ipaddress.ip_address(address.strip("[]")), int(port)


def transport(proto, source_port, port):
    if proto == "tcp":
        return struct.pack("!HHLLBBHHH", source_port, port, 1, 0, 5 << 4, 2, 64, 0, 0)
    if proto == "udp":
        return struct.pack("!HHHH", source_port, port, 8, 0)
    return struct.pack("!HHLLBBH", source_port, port, 1, 0, 0, 0, 4)


def frame(line):
    proto, first, second = line.split()
    (source, source_port), (destination, port) = place(first), place(second)
    payload = transport(proto, source_port, port)
    if source.version == 4:
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, NUMBERS[proto], 0)
    else:
        header = struct.pack("!LHBB", 6 << 28, len(payload), NUMBERS[proto], 64)
    link = b"\2\0\0\0\0\2\2\0\0\0\0\1" + (b"\x08\0" if source.version == 4 else b"\x86\xdd")
    return link + header + source.packed + destination.packed + payload


sys.stdout.buffer.write(struct.pack("<LHHLLLL", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
for at, words in enumerate(sys.stdin):
    data = frame(words)
    sys.stdout.buffer.write(struct.pack("<LLLL", at, 0, len(data), len(data)) + data)
