#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""server.py NAME TEXT ADDRESS:PORT...: answers HTTP there with TEXT, in which {} is the address
and port that the client connected to. NAME is what the process is called."""
import ctypes
import socket
import sys
import threading

ctypes.CDLL(None).prctl(15, sys.argv[1].encode())


def serve(listener, text):
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            body = text.format("%s:%d" % connection.getsockname()[:2]) + "\n"
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + body.encode())


for place in sys.argv[3:]:
    address, port = place.rsplit(":", 1)
    listener = socket.create_server((address, int(port)))
    threading.Thread(target=serve, args=(listener, sys.argv[2])).start()
