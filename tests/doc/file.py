#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""file.py SCHEMA COMMAND...: files made of parts that are right and wrong, in
all places and at random, are judged by SCHEMA and by COMMAND, which gets each
as its last argument: both take it, or both refuse it. SEED=number repeats a
run. Prints those they disagree on."""
import copy
import json
import os
import random
import subprocess
import sys
import tempfile

from jsonschema import Draft202012Validator

# What only the reader judges is not here: well-formed IPv6 addresses, ranges
# that run backwards, services, duplicates, overlaps.
ENDPOINTS = """tcp any:1|udp any4:65535|sctp any6:any|tcp,udp any:53|udp,sctp,tcp 192.0.2.1:443|
tcp 10.0.0.0/8:8000-8999|tcp 0.0.0.0/0:1-1|tcp 255.249.199.99/32:9|udp [2001:db8::1]:53|
tcp [2001:db8::/32]:any|tcp [::/0]:7|tcp [2001:db8::/128]:7|tcp [::1.2.3.4]:7|tcp any:https|
udp any:domain| tcp   any:80 |tcp|tcp any|tcp any:|tcp any:0|tcp any:080|tcp any:65536|
tcp any:99999|tcp any:100000|tcp any:1-65536|tcp any:0-9|tcp any:1-|tcp any:-1|tcp any:1-2-3|
tcp any:1,2|tcp any:+1|tcp 1.2.3:1|tcp 1.2.3.4.5:1|tcp 256.1.1.1:1|
tcp 01.2.3.4:1|tcp 1.2.3.4.:1|tcp .1.2.3.4:1|tcp 1.2.3.4/33:1|tcp 1.2.3.4/:1|tcp 1.2.3.4/08:1|
tcp [2001:db8::/129]:1|tcp [2001:db8::/032]:1|tcp [2001:db8::]/32:1|tcp [any]:1|
tcp 2001:db8::1:1|tcp [2001:db8::1:1|tcp [fe80::1%eth0]:1|tcp any/0:1|tcp any5:1|icmp any:1|
TCP any:1|tcp,tcp any:1|tcp,udp,tcp any:1|tcp, any:1|,tcp any:1|tcp ,udp any:1|
tcp any:1 drop|any:1|tcp  |""".replace("\n", "").split("|")
ACTIONS = """pass|count|drop|redirect eth1|redirect a.b-c_d@e|redirect ...|redirect 123456789012345|
redirect eth1 via 192.0.2.9|redirect eth1 via 2001:db8::9|redirect eth1 mac 02:0A:00:00:00:0b|
redirect eth1 peer|redirect peer|redirect name|redirect via via 1.2.3.4| drop |redirect  x  peer|
block|Drop|drop drop|pass name x|redirect|redirect a/b|redirect a:b|redirect .|redirect ..|
redirect 1234567890123456|redirect 10.0.0.1|redirect 10.0.0.1.|redirect eth1 via fe80::1%eth1|redirect eth1 via|redirect eth1 via x|redirect eth1 mac 02:0A:00:00:00|
redirect eth1 mac 02-0A-00-00-00-0b|redirect eth1 peer peer|redirect eth1 to x|
redirect eth1 via 1.2.3.4 peer|socket web|socket  a_B.9@x-y |socket|socket a/b|socket -a|socket a b|
socket 1234567890123456789012345678901|socket 12345678901234567890123456789012|redirect eth1 on-missing pass|drop on-missing pass|""" \
    .replace("\n", "").split("|")
NAMES = ["a", "x" * 31, "x" * 32, "é", "a b", "010", "no", "\u001b[31m", "\n", "a\u0000b", "'\"\\", ""]
DEVICES = ["eth0", "123456789012345", "1234567890123456", "x" * 127, "x" * 128, "10.0.0.1", "10.0.0", "", ".", "..", "a/b", "a:b", "a b", "010",
           "netns"]
MODES = ["on", "off", "report", "On", "yes", "true", True, False]
ODD = [None, True, 1, 0, -1, 1.5, [], {}, [1], {"a": "b"}, "x", 1000000, 1000001]
KEYS = ["bindings", "interfaces", "max-bindings", "guard", "cgroup", "sockets", "listening", "endpoint", "action", "name", "on-missing", "owner",
        "device", "hook", "mode", "Name", "<<", "", "x"]
POOLS = {"endpoint": ENDPOINTS, "action": ACTIONS, "name": NAMES, "device": DEVICES,
         "on-missing": ["pass", "drop", "fail", "skip", "Pass", ""], "hook": ["xdp", "tc", "TC"],
         "owner": ["user:root", "user:0", "user:", "user:a b", "root", "cgroup:/a/b.service", "cgroup:/",
                   "cgroup:/a/", "cgroup:a", "cgroup:/" + "x" * 63, "cgroup:/" + "x" * 64,
                   "cgroup:" + "/y" * 8, "cgroup:" + "/y" * 9, "user:" + "z" * 122,
                   "user:" + "z" * 123, "group:a", "user:é", "pid", "pid", "pid:1"],
         "mode": ["native", "generic", "tc", *MODES],
         "guard": [*MODES, {"mode": "report"}, {"mode": "off"}, {"mode": False, "cgroup": "/"}],
         "listening": [*ENDPOINTS, "tcp 10.0.0.1:80-80", "tcp 10.0.0.1/32:80", "tcp any6:https"],
         "cgroup": ["/", "/a b", "a", "/" + "x" * 254, "/" + "x" * 255, "/a\u0000"],
         "max-bindings": [1, 16000000, 0, 16000001, -1, "1"]}
BASE = {
    "max-bindings": 100,
    "sockets": [{"name": "web", "listening": "tcp 127.0.0.1:8080"},
                {"name": "dns", "listening": "udp [::1]:53"}],
    "guard": {"mode": "on", "cgroup": "/system.slice"},
    "interfaces": [{"device": "eth8", "hook": "xdp", "mode": "native", "on-missing": "fail"},
                   {"device": "eth9", "hook": "tc"}, {"device": "netns"}],
    "bindings": [{"endpoint": "tcp any:23", "action": "redirect eth1", "name": "a",
                  "on-missing": "pass", "owner": "user:root"},
                 {"endpoint": "sctp 198.51.100.7:1000-1999", "action": "drop"},
                 {"endpoint": "udp any:53", "action": "socket dns", "on-missing": "pass", "owner": "pid"}],
}


def places(value):
    """Yields each object or list in a document, and each key or index of it."""
    if isinstance(value, (dict, list)):
        for key in (list(value) if isinstance(value, dict) else range(len(value))):
            yield value, key
            yield from places(value[key])


def systematic():
    """Every value of every pool in its place, odd values everywhere, each key gone."""
    count = len(list(places(BASE)))
    for at in range(count):
        _, key = list(places(BASE))[at]
        for value in POOLS.get(key, []) + ODD:
            document = copy.deepcopy(BASE)
            below, key = list(places(document))[at]
            below[key] = value
            yield document
        document = copy.deepcopy(BASE)
        below, key = list(places(document))[at]
        del below[key]
        yield document
    yield from ODD


def drawn():
    """A document with several changes."""
    document = copy.deepcopy(BASE)
    for _ in range(random.randint(1, 4)):
        candidates = list(places(document))
        if not candidates:
            break
        below, key = random.choice(candidates)
        what = random.randrange(4)
        if what == 0:
            del below[key]
        elif what == 1 and isinstance(below, dict):
            below[random.choice(KEYS)] = below.pop(key)
        elif what == 2:
            below[key] = copy.deepcopy(random.choice(ODD))
        else:
            below[key] = random.choice(POOLS.get(key, ODD))
    return document


def has_twice(document):
    """An interface, or a socket, is there twice, which only the reader judges."""
    interfaces = document.get("interfaces") if isinstance(document, dict) else None
    devices = [str(item.get("device")) for item in interfaces or [] if isinstance(item, dict)] \
        if isinstance(interfaces, list) else []
    sockets = document.get("sockets") if isinstance(document, dict) else None
    places = [str(item) for item in sockets or [] if isinstance(item, dict)] \
        if isinstance(sockets, list) else []
    return len(devices) > len(set(devices)) or len(places) > len(set(places))


def documents():
    """All of them where LONG is set, else some."""
    every = list(systematic())
    if os.environ.get("LONG"):
        return every + [drawn() for _ in range(400)]
    return random.sample(every, len(every) // 3) + [drawn() for _ in range(150)]


def main(path, *command):
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    random.seed(seed)
    print(f"SEED={seed}", file=sys.stderr)
    with open(path, encoding="utf-8") as file:
        validator = Draft202012Validator(json.load(file))
    judged = {True: 0, False: 0}
    wrong = 0
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        for document in documents():
            if has_twice(document):
                continue
            text = json.dumps(document, ensure_ascii=False)
            file.seek(0)
            file.truncate()
            file.write(text)
            file.flush()
            run = subprocess.run([*command, file.name], capture_output=True, check=False)
            taken = run.returncode in (0, 10, 3)  # 3: sound, but together
            judged[taken] += 1
            if taken != validator.is_valid(document) or run.returncode not in (0, 2, 3, 10):
                wrong += 1
                print(f"{text}\n  status {run.returncode}: {run.stderr.decode()}")
    print(f"{judged[True]} taken, {judged[False]} refused", file=sys.stderr)
    return 1 if wrong or min(judged.values()) < 20 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
