#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""link.py PROGRAM DEV xdp|tcx-ingress|tcx-egress LINK: attaches the program
pinned at PROGRAM to the interface DEV by a bpf_link and pins that at LINK, as
another tool would. With sk-lookup, to the network namespace, whatever DEV is."""
import ctypes
import os
import socket
import sys

TYPES = {"sk-lookup": 36, "xdp": 37, "tcx-ingress": 46, "tcx-egress": 47}  # enum bpf_attach_type


def check(result, what):
    if result < 0:
        sys.exit(f"link.py: {what}: {os.strerror(ctypes.get_errno())}")
    return result


def main(program, device, kind, pin):
    libbpf = ctypes.CDLL("libbpf.so.1", use_errno=True)
    program_fd = check(libbpf.bpf_obj_get(program.encode()), program)
    target = (os.open("/proc/self/ns/net", os.O_RDONLY) if kind == "sk-lookup"
              else socket.if_nametoindex(device))
    link_fd = check(libbpf.bpf_link_create(program_fd, target, TYPES[kind], None), f"{kind} of {device}")
    check(libbpf.bpf_obj_pin(link_fd, pin.encode()), pin)


main(*sys.argv[1:])
