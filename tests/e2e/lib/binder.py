#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""binder.py [--pid PID] SOCKET...: what bind(2) says to each, in one line; as the process PID.
binder.py --serve SOCKET...: waits at these, says its pid, and does as lines of stdin say, each
of which is answered with one line:

    bind|thread|fork SOCKET...  what bind(2) says; of a thread, of a child
    close                       what it waits at
    keep PID                    has a child of that number, which has it as well
    exec                        becomes another program, in the same process
    die                         is killed; there is no answer

A SOCKET is tcp, udp or mptcp, an address, a port, and options, with commas between:
v6only, reuseport, twice (when it is refused, the next port)."""
import ctypes
import errno
import os
import signal
import socket
import struct
import sys
import threading

KINDS = {"tcp": (socket.SOCK_STREAM, 0), "udp": (socket.SOCK_DGRAM, 0),
         "mptcp": (socket.SOCK_STREAM, 262)}
CLONE3 = 435
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def make(kind, address, options):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, *KINDS[kind])
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int("v6only" in options))
    if "reuseport" in options:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return made


def one(kind, address, port, *options):
    with make(kind, address, options) as bound:
        try:
            bound.bind((address, int(port)))
        except OSError as error:
            if "twice" in options:  # the refused socket is as it was
                bound.bind((address, int(port) + 1))
                return "then"
            return errno.errorcode[error.errno]
        return "ok"


def bind_all(texts):
    return " ".join(one(*text.split(",")) for text in texts)


def in_thread(texts):
    said = []
    thread = threading.Thread(target=lambda: said.append(bind_all(texts)))
    thread.start()
    thread.join()
    return said[0]


def in_child(texts):
    source, sink = os.pipe()
    if not os.fork():
        os.write(sink, bind_all(texts).encode())
        os._exit(0)
    os.wait()
    return os.read(source, 4096).decode()


def clone(pid):
    """fork(2), but the child has the number PID, which must be free; clone3(2)."""
    wanted = ctypes.c_int32(pid)
    # flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, ...
    arguments = struct.pack("=10Q", 0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0,
                            ctypes.addressof(wanted), 1)
    child = LIBC.syscall(CLONE3, arguments, len(arguments))
    if child < 0:
        sys.exit(f"clone3: {os.strerror(ctypes.get_errno())}")
    return child


def become(pid):
    """Goes on as a child that has the number PID."""
    child = clone(pid)
    if child:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    assert os.getpid() == pid


def keep(pid):
    if not clone(int(pid[0])):
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        while True:
            signal.pause()
    return "kept"


def wait_at(text):
    kind, address, port, *options = text.split(",")
    waiting = make(kind, address, options)
    waiting.bind((address, int(port)))
    if kind != "udp":
        waiting.listen()
    return waiting


def serve(texts):
    held = [wait_at(text) for text in texts]
    print(os.getpid(), flush=True)
    for line in iter(sys.stdin.readline, ""):
        verb, *rest = line.split()
        if verb == "exec":
            os.execv(sys.executable, [sys.executable, __file__, "--serve"])
        if verb == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if verb == "close":
            for waiting in held:
                waiting.close()
            print("closed", flush=True)
        else:
            verbs = {"bind": bind_all, "thread": in_thread, "fork": in_child, "keep": keep}
            print(verbs[verb](rest), flush=True)


def main(arguments):
    if arguments[0] == "--serve":
        serve(arguments[1:])
        return
    if arguments[0] == "--pid":
        become(int(arguments[1]))
        arguments = arguments[2:]
    print(bind_all(arguments), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
