#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""chains.py PORTSTEER HOST CLIENT COUNT SEED: COUNT odd packets from the interface eth0 of the
namespace CLIENT to that of HOST: chains of IPv6 extension headers, IPv4 options, tags, fragments,
lies, odd sources and link destinations. Which of them sockets receive without portsteer is what
must be dropped with it, at every hook: all, when everything is bound; and when some ports are
bound, what is for others arrives as before. Prints TAP."""
import ctypes
import random
import select
import socket
import struct
import subprocess
import sys
import time

PORTSTEER, HOST, CLIENT = sys.argv[1:4]
COUNT, SEED = int(sys.argv[4]), int(sys.argv[5])
LIBC = ctypes.CDLL(None, use_errno=True)
HOST_MAC, CLIENT_MAC = bytes.fromhex("020000000002"), bytes.fromhex("020000000001")
LINKS = [HOST_MAC] * 8 + [b"\xff" * 6, bytes.fromhex("01005e000001"), bytes.fromhex("333300000001")]
BOUND, OPEN, TCP_BOUND, TCP_OPEN = 7777, 7779, 7778, 7780
PORTS = [BOUND] * 3 + [OPEN, TCP_BOUND, TCP_OPEN]
DST4 = ["192.0.2.2"] * 6 + ["192.0.2.255", "240.0.0.1", "0.1.2.3", "0.0.0.0"]
SRC4 = ["192.0.2.1"] * 6 + ["240.1.2.3", "255.1.2.3", "0.1.2.9", "0.0.0.0", "192.0.2.2",
                            "127.1.2.3", "224.0.0.1", "203.0.113.7"]
DST6 = ["2001:db8:1::2"] * 6 + ["fe80::2"]
SRC6 = ["2001:db8:1::1"] * 6 + ["::", "2001:db8:1::2", "::1", "::2", "ff02::1", "fe80::1",
                                "::ffff:192.0.2.1"]
HOP, ROUTING, FRAGMENT, AH, OPTIONS = 0, 43, 44, 51, 60
DROPS = {"drop", "ext-limit-drop", "vlan-limit-drop", "unreadable-drop"}
PAGED = 4096 # packet(7) makes longer ones of pages, when it is asked to
LONGEST = 9014
BATCH = 48 # a veth has room for 256


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Packet:
    """One datagram or SYN, as frames. What is random comes from its number alone."""

    def __init__(self, number, round_number):
        self.dice = random.Random(SEED * 1000003 + number)
        self.number = number
        self.ident = (number * 16 + round_number) & 0xffffffff # of its fragments
        # In IPv4 it comes again after 65536 packets. Until then a fragment waits no more whose
        # neighbours were dropped, else it would spoil this packet: see ipfrag_time.
        self.ident4 = (number + round_number * 4099) & 0xffff
        self.port = self.dice.choice(PORTS)
        self.is_tcp = self.port in (TCP_BOUND, TCP_OPEN)
        self.findable = True
        tags = self.dice.choice([0] * 12 + [1, 1, 2, 2, 3, 4])
        self.findable = tags <= 2
        link = self.dice.choice(LINKS) + CLIENT_MAC
        for _ in range(tags):
            link += struct.pack("!HH", self.dice.choice([0x8100, 0x88a8]),
                                self.dice.choice([0, 0, 0, 0xe000, 5]))
        if self.dice.random() < 0.4:
            packets, proto = self.ipv4(), 0x0800
        else:
            packets, proto = self.ipv6(), 0x86dd
        if self.one_in(12):
            self.dice.shuffle(packets)
        self.frames = [link + struct.pack("!H", proto) + each for each in packets]

    def one_in(self, sides):
        return self.dice.randrange(sides) == 0

    def transport(self, src, dst, proto_sum):
        """A header whose checksum is right, whatever its length says."""
        data = struct.pack("!I", self.number)
        data += bytes(self.dice.choice([0, 0, 1, 20, 200, 1300, 3000, 6000]))
        if self.is_tcp:
            options = self.dice.choice([b"", b"\2\4\5\xb4", b"\1" * 12, b"\1" * 40])
            words = 5 + len(options) // 4
            if self.one_in(30):
                words = self.dice.randrange(16)
            header = struct.pack("!HHIIBBHHH", 1024 + self.number % 60000, self.port, self.number,
                                 0, words << 4, 2, 1024, 0, 0) + options
            whole, at = header, 16
        else:
            length = 8 + len(data)
            if self.one_in(10):
                length = self.dice.choice([0, 0, 7, 8, length - 1, length + 1, 65535])
            whole, at = struct.pack("!HHHH", 5555, self.port, length, 0) + data, 6
            if len(dst) == 4:
                return whole # without
            if 8 <= length < len(whole):
                summed = checksum(proto_sum(length, 17) + whole[:length]) or 0xffff
                return whole[:at] + struct.pack("!H", summed) + whole[at + 2:]
        summed = checksum(proto_sum(len(whole), 6 if self.is_tcp else 17) + whole) or 0xffff
        return whole[:at] + struct.pack("!H", summed) + whole[at + 2:]

    def cuts(self, length, first=8):
        """Where to cut what is to be sent in fragments."""
        count = min(self.dice.choice([1, 1, 2]), (length - first) // 8)
        return sorted(self.dice.sample(range(first, length, 8), count)) if count > 0 else []

    def ipv4(self):
        src, dst = (socket.inet_aton(self.dice.choice(each)) for each in (SRC4, DST4))
        options = self.dice.choice([b""] * 4 + [b"\1" * 4, b"\1" * 40, b"\x94\4\0\0",
                                                b"\7\7\4\0\0\0\0\0", b"\x44\x08\5\0\0\0\0\0", b"\0" * 8])
        body = self.transport(src, dst, lambda length, proto: src + dst +
                              struct.pack("!HH", proto, length))
        borders = [0] + (self.cuts(len(body)) if self.one_in(4) else []) + [len(body)]
        packets = []
        for begin, end in zip(borders, borders[1:]):
            words = 5 + len(options) // 4
            total = words * 4 + end - begin
            if self.one_in(30):
                total += self.dice.choice([-4, -1, 1, 4, 100])
            if self.one_in(40):
                words = self.dice.randrange(16)
            flags = (0x2000 if end < len(body) else 0) | begin // 8
            head = struct.pack("!BBHHHBBH4s4s", 0x40 | words, 0, total & 0xffff,
                               self.ident4, flags, self.dice.choice([64, 64, 1, 0]),
                               6 if self.is_tcp else 17, 0, src, dst) + options
            summed = checksum(head[:words * 4] if words >= 5 else head)
            head = head[:10] + struct.pack("!H", summed) + head[12:]
            packets.append(head + body[begin:end] + bytes(self.dice.choice([0, 0, 0, 6, 40])))
        return packets

    def options(self, size):
        """Options that may be skipped, @size bytes of them."""
        made = b""
        while len(made) < size:
            length = min(size - len(made) - 2, 255)
            if size - len(made) - 2 - length == 1:
                length -= 1
            made += bytes([0x1e, length]) + bytes(length)
        return made

    def header(self, kind):
        """The header, without the number of the next; and its size."""
        if kind == FRAGMENT:
            return b"\0\0\0" + struct.pack("!I", self.ident)
        if kind == AH:
            return bytes([self.dice.choice([1, 4])]) + bytes(22)
        size = self.dice.choice([8] * 8 + [16, 24, 256, 1024, 2048])
        if kind == ROUTING:
            return bytes([size // 8 - 1, self.dice.choice([5, 253]), 0]) + bytes(size - 4)
        return bytes([size // 8 - 1]) + self.options(size - 2)

    def chain(self):
        count = self.dice.choice([0] * 3 + list(range(1, 13)))
        kinds = self.dice.choices([OPTIONS, ROUTING, FRAGMENT, AH, HOP], [20, 4, 1, 0.2, 0.2],
                                  k=count)
        kinds = [kind for at, kind in enumerate(kinds) if kind != FRAGMENT or
                 FRAGMENT not in kinds[:at]]
        if kinds and self.one_in(4):
            kinds[0] = HOP
        return kinds

    def ipv6(self):
        src, dst = (socket.inet_pton(socket.AF_INET6, self.dice.choice(each))
                    for each in (SRC6, DST6))
        body = self.transport(src, dst, lambda length, proto: src + dst +
                              struct.pack("!II", length, proto))
        kinds = self.chain()
        numbers = kinds + [6 if self.is_tcp else 17]
        parts = [bytes([numbers[at + 1]]) + self.header(kind) for at, kind in enumerate(kinds)]
        headers = len(kinds)
        if self.one_in(3) and FRAGMENT not in kinds:
            at = self.dice.randrange(len(parts) + 1)
            before, rest = b"".join(parts[:at]), b"".join(parts[at:]) + body
            if at:
                before = self.relink(parts[:at])
            packets = self.fragments(src, dst, numbers, (at, before), rest, len(rest) - len(body))
            self.findable = self.findable and headers + 1 <= 8
            return packets
        self.findable = self.findable and headers <= 8
        payload = b"".join(parts) + body
        length = len(payload)
        if self.one_in(30):
            length = max(0, length + self.dice.choice([-8, -1, 1, 100]))
        if self.one_in(30) and kinds and kinds[0] == HOP:
            length = 0
        return [self.ipv6_head(src, dst, numbers[0], length) + payload +
                bytes(self.dice.choice([0, 0, 0, 6, 40]))]

    @staticmethod
    def relink(parts):
        return b"".join(parts[:-1]) + bytes([FRAGMENT]) + parts[-1][1:]

    @staticmethod
    def ipv6_head(src, dst, following, length):
        return struct.pack("!IHBB", 6 << 28, length, following, 64) + src + dst

    def fragments(self, src, dst, numbers, front, rest, chain_bytes):
        """@rest behind a fragment header; @chain_bytes of it are extension headers."""
        at, before = front
        borders = [0] + self.cuts(len(rest)) + [len(rest)]
        if borders[1] < chain_bytes + 8 and len(borders) > 2:
            self.findable = False # in the first fragment
        packets = []
        for begin, end in zip(borders, borders[1:]):
            more = end < len(rest)
            header = struct.pack("!BBHI", numbers[at], 0, begin | more, self.ident)
            payload = before + header + rest[begin:end]
            packets.append(self.ipv6_head(src, dst, FRAGMENT if not at else numbers[0],
                                          len(payload)) + payload)
        return packets


def enter(netns):
    with open(f"/run/netns/{netns}", "rb") as file:
        if LIBC.setns(file.fileno(), 0):
            raise OSError(ctypes.get_errno(), f"cannot enter {netns}")


def packet_socket(with_header):
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    if with_header:
        made.setsockopt(263, 15, 1) # SOL_PACKET, PACKET_VNET_HDR
    made.bind(("eth0", 0))
    return made


class Wire:
    """Both ends: sockets of the host that receive, and the client's interface."""

    def __init__(self):
        enter(HOST)
        self.udp = [self.receiver(socket.SOCK_DGRAM, port) for port in (BOUND, OPEN)]
        self.tcp = [self.receiver(socket.SOCK_STREAM, port) for port in (TCP_BOUND, TCP_OPEN)]
        enter(CLIENT)
        self.plain, self.paged = packet_socket(False), packet_socket(True)
        self.answers = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.answers.bind(("eth0", 3))
        self.answers.setsockopt(263, 23, 1) # PACKET_IGNORE_OUTGOING
        self.answers.setsockopt(socket.SOL_SOCKET, 33, 1 << 26) # SO_RCVBUFFORCE
        for each in self.udp + [self.answers]:
            each.setblocking(False)
        self.frames = 0

    @staticmethod
    def receiver(kind, port):
        made = socket.socket(socket.AF_INET6, kind)
        made.setsockopt(socket.SOL_SOCKET, 33, 1 << 26)
        made.bind(("::", port))
        if kind == socket.SOCK_STREAM:
            made.listen(4096)
        return made

    def send(self, frame):
        if len(frame) > LONGEST:
            return
        self.frames += 1
        if len(frame) <= PAGED:
            self.plain.send(frame)
        else: # 54 bytes in the first buffer, the rest in pages
            self.paged.send(struct.pack("=BBHHHH", 0, 0, 54, 0, 0, 0) + frame)

    def drain(self, numbers, seconds=0):
        """Adds the numbers of the packets that were received."""
        while select.select(self.udp + [self.answers], [], [], seconds)[0]:
            for each in self.udp:
                for data in self.read(each):
                    if len(data) >= 4:
                        numbers.add(struct.unpack("!I", data[:4])[0])
            for data in self.read(self.answers):
                numbers.update(self.answered(data))

    @staticmethod
    def read(each):
        try:
            while True:
                yield each.recv(65536)
        except BlockingIOError:
            return

    @staticmethod
    def answered(data):
        """The number in what a SYN-ACK acknowledges."""
        is_ipv4 = data[12:14] == b"\x08\0"
        at = 14 + (data[14] & 15) * 4 if is_ipv4 else 54 # options are sent back
        proto = data[23 if is_ipv4 else 20]
        if proto == 6 and len(data) >= at + 20 and data[at + 13] & 0x3f == 0x12:
            yield struct.unpack("!I", data[at + 8:at + 12])[0] - 1

    def run(self, round_number):
        """Sends all packets; the numbers of those that were received."""
        numbers, self.frames = set(), 0
        self.drain(set(), 0.05)
        for number in range(COUNT):
            for frame in Packet(number, round_number).frames:
                self.send(frame)
            if number % BATCH == BATCH - 1:
                self.drain(numbers)
        self.drain(numbers, 0.3)
        return numbers


def steer(*words):
    return subprocess.run([PORTSTEER, "-n", HOST, *words], check=True, text=True,
                          capture_output=True).stdout


def reasons(hook):
    """How many packets each reason has at @hook."""
    found = {}
    for line in steer("reasons").splitlines()[1:]:
        words = line.split()
        if words[1] == hook:
            found[words[2]] = int(words[3])
    return found


class Tap:
    tests, failed = 0, 0

    def say(self, is_good, name, more=""):
        self.tests += 1
        self.failed += not is_good
        print(f"{'ok' if is_good else 'not ok'} {self.tests} - {name}", flush=True)
        if not is_good:
            print("# " + more)


def show(numbers):
    """Some of them, in full."""
    shown = [f"{len(numbers)} packets"]
    for number in sorted(numbers)[:3]:
        shown += [f"{number}: {frame[:200].hex()}" for frame in Packet(number, 0).frames]
    return "\n# ".join(shown)


def check_hook(tap, wire, words, hook, delivered, round_number):
    name = " ".join(words)
    is_bound = {n for n in delivered if Packet(n, 0).port in (BOUND, TCP_BOUND)}
    is_open = {n for n in delivered - is_bound if Packet(n, 0).findable}
    steer("-q", "bind", "tcp,udp,sctp", "any:any", "drop")
    steer("-q", "attach", "eth0", *words)
    got = wire.run(round_number)
    tap.say(not got, f"{name}: any:any drop: no socket receives anything", show(got))
    counted = reasons(hook)
    tap.say(sum(counted.values()) >= wire.frames, f"{name}: every frame came to the program",
            f"{wire.frames} sent, {counted}")
    steer("-q", "detach", "eth0")
    steer("-q", "unbind", "tcp,udp,sctp", "any:any")

    steer("-q", "bind", "udp", f"any:{BOUND}", "drop")
    steer("-q", "bind", "tcp", f"any:{TCP_BOUND}", "drop")
    steer("-q", "attach", "eth0", *words)
    got = wire.run(round_number + 1)
    counted = reasons(hook)
    dropped = sum(counted.get(reason, 0) for reason in DROPS)
    tap.say(not got & is_bound, f"{name}: bound ports receive nothing", show(got & is_bound))
    tap.say(dropped >= len(is_bound), f"{name}: as many are dropped as would have arrived",
            f"{dropped} dropped of {len(is_bound)}: {counted}")
    tap.say(is_open <= got, f"{name}: what is for other ports arrives", show(is_open - got))
    print("# " + ", ".join(f"{reason} {count}" for reason, count in sorted(counted.items())))
    steer("-q", "detach", "eth0")
    steer("-q", "unbind", "udp", f"any:{BOUND}")
    steer("-q", "unbind", "tcp", f"any:{TCP_BOUND}")


def main():
    tap, began = Tap(), time.monotonic()
    print(f"# SEED={SEED}, {COUNT} packets")
    wire = Wire()
    delivered = wire.run(0)
    print(f"# {wire.frames} frames; sockets receive {len(delivered)} packets of {COUNT}")
    tap.say(len(delivered) > COUNT // 8, "sockets receive many of them", str(len(delivered)))
    hooks = (("hook xdp mode native", "xdp"), ("hook xdp mode generic", "xdp"),
             ("hook tc", "tc-ingress"))
    for at, (words, hook) in enumerate(hooks):
        check_hook(tap, wire, words.split(), hook, delivered, 1 + 2 * at)
    print(f"# {time.monotonic() - began:.1f} s")
    print(f"1..{tap.tests}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
