#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""tun.py NAME FIFO [TYPE]: the interface NAME, without a link header; of the type TYPE of
linux/if_arp.h. Lines of FIFO are packets that come in, in hex; what is sent is printed so."""
import fcntl
import os
import select
import struct
import sys

TUNSETIFF, TUNSETLINK, IFF_TUN_NO_PI = 0x400454ca, 0x400454cd, 0x1001


def main():
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH14x", sys.argv[1].encode(), IFF_TUN_NO_PI))
    if len(sys.argv) > 3:
        fcntl.ioctl(tun, TUNSETLINK, int(sys.argv[3]))
    fifo = os.open(sys.argv[2], os.O_RDWR) # so that it never ends
    lines = b""
    while True:
        for ready in select.select([tun, fifo], [], [])[0]:
            if ready == tun:
                print(os.read(tun, 65536).hex(), flush=True)
                continue
            lines += os.read(fifo, 65536)
            *whole, lines = lines.split(b"\n")
            for line in whole:
                os.write(tun, bytes.fromhex(line.decode()))


if __name__ == "__main__":
    main()
