#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""knock.py ADDRESS RATE STOP: opens RATE connections a second to changing ports
of ADDRESS until the file STOP is there, asks each for /, and prints what came, and
makes the file STOP.begun when the first does:
"old 812", "new 3021", "failed 0", "rate 998", and the first failures."""
import collections
import os
import socket
import sys
import time


def ask(address, port):
    with socket.create_connection((address, port), timeout=5) as link:
        link.sendall(b"GET / HTTP/1.0\r\n\r\n")
        text = b""
        while more := link.recv(4096):
            text += more
    return text.rpartition(b"\r\n\r\n")[2].decode() or "empty"


def main(address, rate, stop):
    answers, failures = collections.Counter(), []
    began, count = time.monotonic(), 0
    while not os.path.exists(stop):
        try:
            answers[ask(address, 1000 + count % 5000)] += 1
            if count == 0:
                open(stop + ".begun", "w").close()
        except OSError as error:
            failures.append(f"{time.monotonic() - began:.3f} s: {error}")
        count += 1
        time.sleep(max(0, began + count / float(rate) - time.monotonic()))
    for text, times in sorted(answers.items()):
        print(text, times)
    print("failed", len(failures))
    print("rate", round(count / (time.monotonic() - began)))
    print(*failures[:5], sep="\n")


main(*sys.argv[1:])
