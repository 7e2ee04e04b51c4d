# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What the kernel says of a loaded program: the machine code that it made of it,
# the maps that this refers to and their contents, and how its own structures are
# laid out. Nothing is changed. Hidden is raised where it does not say.
import ctypes
import mmap
import os
import re
import struct

LOOKUP_ELEM, PROG_LOAD, PROG_BY_ID, MAP_BY_ID, INFO_BY_FD = 1, 5, 13, 14, 15
LOAD_64, FROM_MAP, FROM_VALUE = 0x18, 1, 2  # of an instruction: its code, its src_reg
LOAD_X86 = re.compile(rb"[\x48\x49][\xb8-\xbf](.{7}\xff)", re.S)  # of an address of the kernel

libc = ctypes.CDLL(None, use_errno=True)


class Hidden(Exception):
    pass


def bpf(command, attributes):
    room = ctypes.create_string_buffer(attributes, len(attributes))
    result = libc.syscall(321, command, room, len(attributes))
    if result < 0:
        raise OSError(ctypes.get_errno(), f"bpf({command})")
    return result


def fd_of(command, number):
    return bpf(command, struct.pack("<III", number, 0, 0))


def info(fd, room):
    bpf(INFO_BY_FD, struct.pack("<IIQ", fd, len(room), ctypes.addressof(room)))
    return room.raw


def load_raw(code, prog_type=6):
    """A program of XDP, without maps, from its instructions; its descriptor."""
    room = ctypes.create_string_buffer(code, len(code))
    licence = ctypes.create_string_buffer(b"GPL")
    return bpf(PROG_LOAD, struct.pack("<IIQQIIQII", prog_type, len(code) // 8,
                                      ctypes.addressof(room), ctypes.addressof(licence),
                                      0, 0, 0, 0, 0))


class Map:
    def __init__(self, number, fd):
        self.id, self.fd = number, fd
        raw = info(fd, ctypes.create_string_buffer(88))
        self.type, _, self.key_size, self.value_size, self.entries = struct.unpack_from("<5I", raw)
        self.name = raw[24:40].split(b"\0")[0].decode()
        self.base = None  # address of the first value, of an array
        self.struct = None  # address of struct bpf_map, where the code names it
        self.is_array = self.type == 2
        self.step = (self.value_size + 7) & ~7
        self.memory = self._mapped()

    def _mapped(self):
        if not self.is_array:
            return None
        try:
            return mmap.mmap(self.fd, self.step * self.entries + 4095 & ~4095, mmap.MAP_SHARED,
                             mmap.PROT_READ)
        except OSError:
            return None

    def has(self, address):
        return self.is_array and 0 <= address - self.base < self.step * self.entries

    def lookup(self, key):
        """The value, or None."""
        where = ctypes.create_string_buffer(key, len(key))
        value = ctypes.create_string_buffer(self.value_size)
        try:
            bpf(LOOKUP_ELEM, struct.pack("<IIQQQ", self.fd, 0, ctypes.addressof(where),
                                         ctypes.addressof(value), 0))
        except FileNotFoundError:
            return None
        return value.raw

    def read(self, start, end):
        """Bytes of the values of an array, from offset to offset."""
        if self.memory:
            return self.memory[start:end]
        first, last = start // self.step, (end - 1) // self.step
        values = b"".join(self.lookup(struct.pack("<I", i)).ljust(self.step, b"\0")
                          for i in range(first, last + 1))
        return values[start - first * self.step:end - first * self.step]


class Program:
    """functions: (address, machine code) of each; maps: those that the code names."""

    def __init__(self, fd, value_offset=0):
        self.name, self.xlated, self.functions = self._read(fd)
        self.maps = {}
        addresses = iter([int.from_bytes(found[1], "little") for _, code in self.functions
                          for found in LOAD_X86.finditer(code)])
        for number, source, offset in self._loads():
            while not self._place(number, next(addresses, 0), source, offset, value_offset):
                pass

    @staticmethod
    def _read(fd):
        sizes = info(fd, ctypes.create_string_buffer(128))
        jited_size, xlated_size = struct.unpack_from("<II", sizes, 16)
        functions = struct.unpack_from("<I", sizes, 104)[0]
        jited, xlated = (ctypes.create_string_buffer(max(n, 1)) for n in (jited_size, xlated_size))
        symbols, lengths = (ctypes.c_uint64 * functions)(), (ctypes.c_uint32 * functions)()
        room = ctypes.create_string_buffer(128)
        struct.pack_into("<IIQQ", room, 16, jited_size, xlated_size, ctypes.addressof(jited),
                         ctypes.addressof(xlated))
        struct.pack_into("<IIQQ", room, 104, functions, functions, ctypes.addressof(symbols),
                         ctypes.addressof(lengths))
        raw = info(fd, room)
        if not any(symbols) or not any(jited.raw):
            raise Hidden("the kernel does not show machine code and addresses: kernel.kptr_restrict,"
                         " net.core.bpf_jit_enable")
        code, parts = jited.raw, []
        for address, size in zip(symbols, lengths):
            parts.append((address, code[:size]))
            code = code[size:]
        return raw[64:80].split(b"\0")[0].decode(), xlated.raw[:xlated_size], parts

    def _loads(self):
        """Of each load of a map's address, or of a value's in one: map, source, offset."""
        at = 0
        while at < len(self.xlated):
            code, registers, _, number = struct.unpack_from("<BBhI", self.xlated, at)
            if code == LOAD_64:
                if registers >> 4 in (FROM_MAP, FROM_VALUE):
                    yield number, registers >> 4, struct.unpack_from("<I", self.xlated, at + 12)[0]
                at += 8
            at += 8

    def _place(self, number, address, source, offset, value_offset):
        """False: @address is a constant that only looks like one."""
        if not address:
            raise Hidden("the machine code does not name its maps")
        one = self.maps.get(number) or Map(number, fd_of(MAP_BY_ID, number))
        base = address + value_offset if source == FROM_MAP else address - offset
        if address >> 32 == 0xffffffff or one.base not in (None, base):
            return False
        self.maps[number] = one
        one.base = base
        if source == FROM_MAP:
            one.struct = address
        return True


class Symbols:
    def __init__(self):
        self.name = {}
        with open("/proc/kallsyms", encoding="ascii") as lines:
            for line in lines:
                address, kind, name = line.split()[:3]
                if kind in "tTwW":
                    self.name.setdefault(int(address, 16), name)
        if len(self.name) < 100:
            raise Hidden("/proc/kallsyms has no addresses: kernel.kptr_restrict")


class Layout:
    """Offsets in the kernel's structures, from its BTF."""

    SIZES = {1: 4, 3: 12, 14: 4, 17: 4}  # bytes behind the head of a type, by kind
    EACH = {4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12}  # for each of its members

    def __init__(self, path="/sys/kernel/btf/vmlinux"):
        try:
            with open(path, "rb") as file:
                raw = file.read()
        except OSError as error:
            raise Hidden(f"{path}: {error.strerror}") from error
        header, types, size, strings = struct.unpack_from("<IIII", raw, 4)
        self.types, self.strings = raw[header + types:header + types + size], raw[header + strings:]
        self.at, self.named, at = [None], {}, 0
        while at < size:
            name, bits = struct.unpack_from("<II", self.types, at)
            kind, members = bits >> 24 & 31, bits & 0xffff
            if kind in (4, 5):
                self.named.setdefault(name, len(self.at))
            self.at.append(at)
            at += 12 + self.SIZES.get(kind, 0) + self.EACH.get(kind, 0) * members

    def _text(self, at):
        return self.strings[at:self.strings.index(b"\0", at)].decode()

    def _find(self, number, member):
        at = self.at[number]
        _, bits, = struct.unpack_from("<II", self.types, at)
        if bits >> 24 & 31 not in (4, 5):
            return None
        for i in range(bits & 0xffff):
            name, kind, place = struct.unpack_from("<III", self.types, at + 12 + 12 * i)
            place = (place & 0xffffff if bits >> 31 else place) // 8
            if self._text(name) == member:
                return place
            inner = None if name else self._find(kind, member)
            if inner is not None:
                return place + inner
        return None

    def offset(self, structure, member):
        name = self.strings.index(b"\0" + structure.encode() + b"\0") + 1
        found = self._find(self.named[name], member) if name in self.named else None
        if found is None:
            raise Hidden(f"the kernel's BTF does not have {structure}.{member}")
        return found


def program_fd(number):
    return fd_of(PROG_BY_ID, number)


def release():
    """6.18 of 6.18.3-something."""
    return ".".join(os.uname().release.split(".")[:2])
