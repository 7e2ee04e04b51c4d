#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What packets cost: instructions, helpers called and cache lines by map of the
# frames below, beside table.txt. Time is not measured, so the answer is the same in
# each run, on any machine whose kernel makes the same code. Another one is skipped.
#
#   run.py             compares, prints TAP
#   run.py --print     prints the rows
#   run.py --write     puts the rows of this machine into the table
#   run.py --add       puts rows that another machine printed into it
import contextlib
import json
import os
import re
import signal
import struct
import subprocess
import sys

sys.dont_write_bytecode = True

import kernel  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
TABLE = f"{HERE}/table.txt"
TOOL = os.environ.get("PORTSTEER", f"{ROOT}/build/portsteer")
FLOOR = f"{ROOT}/build/bench/floor.o"
TOLERANCE = 0.02
NEXT = 0xffffffff
JUMP = 0xe9
# r0 = bpf_get_smp_processor_id(); r0 = XDP_DROP; exit
PROBE = bytes.fromhex("8500000008000000" "b700000001000000" "9500000000000000")

BINDINGS = """\
tcp any:23 drop
tcp any:24 pass
tcp 192.0.2.1:443 drop
tcp [2001:db8::1]:443 drop
tcp 192.0.2.0/24:80 drop
tcp 192.0.2.1:8000-8999 drop
udp 192.0.2.1:53 count
tcp 192.0.2.1:25 redirect v0
"""
TCP, UDP, VLAN, FOUR, SIX = 6, 17, 0x8100, 0x0800, 0x86dd
ETHER = bytes.fromhex("020000000001020000000002")


def ether(kind):
    return ETHER + struct.pack(">H", kind)


def tcp(port):
    return struct.pack(">HHIIBBHHH", 50000, port, 0, 0, 5 << 4, 2, 0, 0, 0)


def udp(port):
    return struct.pack(">HHHH", 50000, port, 20, 0) + bytes(12)


def ipv4(upper, proto=TCP, last=1, options=b""):
    return struct.pack(">BBHHHBBH4s4s", 0x45 + len(options) // 4, 0,
                       20 + len(options) + len(upper), 0, 0x4000, 64, proto, 0,
                       bytes([198, 51, 100, 7]), bytes([192, 0, 2, last])) + options + upper


def ipv6(upper, proto=TCP):
    high = bytes.fromhex("20010db8000000000000000000")
    return struct.pack(">IHBB", 6 << 28, len(upper), proto, 64) + high + b"\0\0\7" + high + \
        b"\0\0\1" + upper


def plain4(*words, **named):
    return (ether(FOUR) + ipv4(*words, **named)).ljust(60, b"\0")


def plain6(*words):
    return ether(SIX) + ipv6(*words)


# Name, program, frame, and what the program answers: else the row is not what it is called.
ROWS = [
    ("drop only", "drop", plain4(tcp(23)), 1),
    ("floor", "floor", plain4(tcp(9)), 2),
    ("floor, IPv6", "floor", plain6(tcp(9)), 2),
    ("unbound", "xdp", plain4(tcp(9)), 2),
    ("unbound, IPv6", "xdp", plain6(tcp(9)), 2),
    ("not IP", "xdp", ether(0x0806) + bytes(46), 2),
    ("any address", "xdp", plain4(tcp(23)), 1),
    ("any address, IPv6", "xdp", plain6(tcp(23)), 1),
    ("exact", "xdp", plain4(tcp(443)), 1),
    ("exact, IPv6", "xdp", plain6(tcp(443)), 1),
    ("exact, a VLAN tag", "xdp",
     ether(VLAN) + struct.pack(">HH", 5, FOUR) + ipv4(tcp(443)), 1),
    ("exact, IPv4 options", "xdp", plain4(tcp(443), options=b"\1\1\1\1"), 1),
    ("exact, IPv6, an extension header", "xdp",
     plain6(struct.pack(">BBHI", TCP, 0, 0x0104, 0) + tcp(443), 60), 1),
    ("prefix", "xdp", plain4(tcp(80)), 1),
    ("range", "xdp", plain4(tcp(8080)), 1),
    ("miss", "xdp", plain4(tcp(443), last=9), 2),
    ("count", "xdp", plain4(udp(53), proto=UDP), 2),
    ("redirect", "xdp", plain4(tcp(25)), 4),
    ("TC unbound", "tc", plain4(tcp(9)), NEXT),
    ("TC any address", "tc", plain4(tcp(23)), 2),
    ("TC exact", "tc", plain4(tcp(443)), 2),
    ("TC exact, IPv6", "tc", plain6(tcp(443)), 2),
    ("egress unbound", "out", plain4(tcp(9)), NEXT),
]


class Skipped(Exception):
    pass


def tell(*words, **named):
    run = subprocess.run(words, check=False, capture_output=True, text=True, **named)
    if run.returncode:
        sys.exit(f"{' '.join(words)}: {run.stderr.strip()}")
    return run.stdout


@contextlib.contextmanager
def instance():
    """The numbers of the programs of an instance with the bindings above."""
    name = f"pst{os.getpid()}c"
    tell("ip", "netns", "add", name)
    try:
        tell("ip", "-n", name, "-batch", "-", input="link add v0 type veth peer name v1\n"
             "link add v2 type veth peer name v3\nlink set v0 up\nlink set v1 up\n")
        tell(TOOL, "-n", name, "attach", "v0")
        tell(TOOL, "-n", name, "attach", "v2", "hook", "tc")
        tell(TOOL, "-n", name, "bind", "--batch", "-", input=BINDINGS)
        rows = json.loads(tell(TOOL, "-n", name, "-j", "status"))[0]["interfaces"]
        kinds = {("v0", "xdp"): "xdp", ("v2", "tc-ingress"): "tc", ("v2", "tc-egress"): "out"}
        found = {kinds[key]: row["program_id"] for row in rows
                 if (key := (row["interface"], row["hook"])) in kinds}
        yield found
    finally:
        subprocess.run([TOOL, "-n", name, "detach", "all"], check=False, capture_output=True)
        tell("ip", "netns", "delete", name)


@contextlib.contextmanager
def floor_program():
    pins = f"/sys/fs/bpf/pst{os.getpid()}c"
    tell("bpftool", "prog", "loadall", FLOOR, pins)
    try:
        yield json.loads(tell("bpftool", "-j", "prog", "show", "pinned", f"{pins}/bench_floor"))["id"]
    finally:
        tell("rm", "-r", pins)


def cpu_has(flag):
    with open("/proc/cpuinfo", encoding="ascii") as lines:
        return flag in re.search(r"^flags.*", lines.read(), re.M)[0].split()


def key_of(probe, cost, symbols):
    """What the machine code depends on: the compiler, the kernel, and how it returns and calls."""
    compiler = os.environ.get("CLANG", "clang")
    version = re.search(r"version (\d+)", tell(compiler, "--version"))[1]
    start, code = probe.functions[0]
    code = code.rstrip(b"\xcc")
    way = "ret"
    if code[-5] == JUMP:
        target = start + len(code) + struct.unpack_from("<i", code, len(code) - 4)[0]
        way = symbols.name.get(target, "an unknown return thunk")
    return ", ".join([
        f"Linux {kernel.release()}", f"clang {version}",
        "bmi2" if cpu_has("bmi2") else "no bmi2",
        "endbr64" if b"\xf3\x0f\x1e\xfa" in code[:16] else "no endbr64",
        f"returns by {way}",
        "CPU number by a call" if cost.calls else "CPU number inlined"])


def text_of(cost):
    calls = " ".join(cost.calls) or "-"
    lines = ", ".join(f"{name.removeprefix('portsteer_')} {len(found)}"
                      for name, found in sorted(cost.lines.items()) if name != "element")
    return f"{cost.instructions:5} | {calls} | {lines or '-'}"


def measure():
    """The key of this machine, and of each row what it costs."""
    symbols, layout = kernel.Symbols(), kernel.Layout()
    offset = layout.offset("bpf_array", "value")

    def run(program, frame, is_tc=False):
        one = emulate.Run(program, symbols, layout, frame)
        return one.tc() if is_tc else one.xdp()

    probe = kernel.Program(kernel.load_raw(PROBE))
    key = key_of(probe, run(probe, bytes(60)), symbols)
    found = {}
    with instance() as numbers, floor_program() as floor:
        programs = {name: kernel.Program(kernel.program_fd(number), offset)
                    for name, number in [*numbers.items(), ("floor", floor)]}
        programs["drop"] = kernel.Program(kernel.load_raw(PROBE[8:]))
        for name, program, frame, verdict in ROWS:
            cost = run(programs[program], frame, program in ("tc", "out"))
            if cost.verdict != verdict:
                raise RuntimeError(f"'{name}' answers {cost.verdict:#x}, not {verdict:#x}")
            found[name] = text_of(cost)
    return key, found


def parse(lines):
    """Rows by key, and what stands before them."""
    table, head, rows = {}, [], None
    for line in lines.read().splitlines():
        if line.startswith("["):
            rows = table.setdefault(line.strip("[]"), {})
        elif rows is None:
            head.append(line)
        elif " | " in line:
            name, cost = line.split(" | ", 1)
            rows[name.strip()] = cost
    return head, table


def read_table():
    with open(TABLE, encoding="utf-8") as lines:
        return parse(lines)


def show(key, rows):
    return [f"[{key}]", *(f"{name:32} | {cost}" for name, cost in rows.items())]


def write_table(new):
    head, table = read_table()
    table |= new
    lines = [*head]
    for one in sorted(table):
        lines += [*show(one, table[one]), ""]
    with open(TABLE, "w", encoding="utf-8") as file:
        file.write("\n".join(lines[:-1]) + "\n")
    for key, rows in new.items():
        print(f"{len(rows)} rows of '{key}' are in {TABLE}")
    return 0 if new else 1


def differs(is_now, was):
    """What is different, in words, or None."""
    if was is None:
        return "the table does not have it: run.py --write"
    now_count, now_rest = is_now.split(" | ", 1)
    was_count, was_rest = was.split(" | ", 1)
    if abs(int(now_count) - int(was_count)) > TOLERANCE * int(was_count):
        return f"{int(now_count)} instructions, {int(was_count)} in the table"
    return None if now_rest == was_rest else f"{now_rest}\n#   in the table {was_rest}"


def compare(key, found):
    wanted = read_table()[1].get(key)
    if wanted is None:
        raise Skipped(f"the table has no rows for '{key}': run.py --write")
    print(f"1..{len(found)}")
    failed = 0
    for at, (name, cost) in enumerate(found.items()):
        difference = differs(cost, wanted.get(name))
        failed += difference is not None
        print(f"{'not ok' if difference else 'ok'} {at + 1} - {name}")
        if difference:
            print(f"#   {difference}")
    if failed:
        print("# a change of the data path says in its commit what it buys, and refreshes the table:")
        print("# tests/prog/cost/run.py --write")
    return 1 if failed else 0


def check_means():
    if os.uname().machine != "x86_64":
        raise Skipped("the emulator is for x86-64")
    if os.geteuid():
        raise Skipped("needs root")


def main(words):
    if words == ["--add"]:
        return write_table(parse(sys.stdin)[1])
    check_means()
    key, found = measure()
    if words == ["--write"]:
        return write_table({key: found})
    if words == ["--print"]:
        return print("\n".join(show(key, found)))
    return compare(key, found)


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--write"], ["--print"], ["--add"]):
        sys.exit("usage: run.py [--write | --print | --add <ROWS]")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was made is taken down
    try:
        import emulate
        sys.exit(main(sys.argv[1:]))
    except ModuleNotFoundError as error:
        print(f"1..1\nok 1 - the cost of packets # skip python3-{error.name} is not installed")
    except (Skipped, kernel.Hidden) as error:
        print(f"1..1\nok 1 - the cost of packets # skip {error}")
