#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""maps.py PIN...: a sum of each byte of the maps that are pinned there: arrays by their memory,
others by their elements."""
import ctypes
import hashlib
import mmap
import os
import re
import subprocess
import sys

PAGE = mmap.PAGESIZE
libbpf = ctypes.CDLL("libbpf.so.1", use_errno=True)


def contents(path):
    fd = libbpf.bpf_obj_get(path.encode())
    if fd < 0:
        sys.exit(f"maps.py: {path}: {os.strerror(ctypes.get_errno())}")
    with open(f"/proc/self/fdinfo/{fd}", encoding="ascii") as file:
        info = dict(re.findall(r"^(\w+):\s+(\w+)$", file.read(), re.M))
    if int(info["map_type"]) != 2:  # no array
        return subprocess.check_output(["bpftool", "-j", "map", "dump", "pinned", path])
    size = (int(info["value_size"]) + 7) // 8 * 8 * int(info["max_entries"])
    with mmap.mmap(fd, (size + PAGE - 1) // PAGE * PAGE, mmap.MAP_SHARED, mmap.PROT_READ) as memory:
        return memory[:size]


for pin in sys.argv[1:]:
    print(pin, hashlib.sha256(contents(pin)).hexdigest())
