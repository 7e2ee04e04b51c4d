#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""hold.py READY SOCKET...: opens sockets, makes the file READY, and waits.

A SOCKET is tcp, udp or mptcp, an address, a port, and options, with commas
between: "udp,192.0.2.2,53,connect=192.0.2.1:53". Options: reuseport, v6only,
device=NAME, connect=ADDRESS:PORT, fork=N (so many processes share it)."""
import os
import signal
import socket
import sys

KINDS = {"tcp": (socket.SOCK_STREAM, 0), "udp": (socket.SOCK_DGRAM, 0),
         "mptcp": (socket.SOCK_STREAM, 262)}


def hold(kind, address, port, *options):
    """Returns the socket, and how many processes are to have it besides this one."""
    option = dict(text.partition("=")[::2] for text in options)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    held = socket.socket(family, *KINDS[kind])
    if "reuseport" in option:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int("v6only" in option))
    if "device" in option:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, option["device"].encode())
    held.bind((address, int(port)))
    if "connect" in option:
        host, _, peer = option["connect"].rpartition(":")
        held.connect((host, int(peer)))
    elif kind != "udp":
        held.listen()
    return held, int(option.get("fork", 0))


def main(ready, *sockets):
    held = [hold(*text.split(",")) for text in sockets]
    parent = os.getpid()
    for _ in range(max(forks for _, forks in held)):
        if os.getpid() == parent and not os.fork():
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if os.getpid() == parent:
        with open(ready, "w", encoding="ascii"):
            pass
    while os.getppid() != 1 or os.getpid() == parent:
        signal.sigtimedwait([signal.SIGUSR1], 0.2)  # children end with their parent


if __name__ == "__main__":
    main(*sys.argv[1:])
