#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""pass.py PATH KIND...: makes sockets (listening, bound, unbound, connected, idle,
raw, unix, none), listens at the UNIX socket PATH, and sends them to the first who connects."""
import socket
import sys
import time

KEPT = []  # what others are connected to


def make(kind):
    if kind == "unix":
        return socket.socket(socket.AF_UNIX)
    if kind == "raw":
        return socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    if kind == "unbound":
        return socket.socket(type=socket.SOCK_DGRAM)
    made = socket.socket(type=socket.SOCK_DGRAM if kind == "bound" else socket.SOCK_STREAM)
    if kind != "idle":
        made.bind(("127.0.0.1", 0))
    if kind in ("listening", "connected"):
        made.listen()
    if kind == "connected":
        KEPT.append(made)
        return socket.create_connection(made.getsockname())
    return made


def main(path, *kinds):
    sockets = [make(kind) for kind in kinds if kind != "none"]
    door = socket.socket(socket.AF_UNIX)
    door.bind(path)
    door.listen()
    guest, _ = door.accept()
    if sockets:
        socket.send_fds(guest, [b"x"], [made.fileno() for made in sockets])
    else:
        guest.send(b"x")
    time.sleep(60)


main(*sys.argv[1:])
