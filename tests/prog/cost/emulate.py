# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Runs a program's machine code on one packet in an emulator, with the contents of
# its maps, and counts: instructions, helpers called, cache lines of each map.
# Helpers are answered here; their own instructions are not counted.
import collections
import struct

from unicorn import UC_ARCH_X86, UC_MODE_64, Uc, UcError
from unicorn.unicorn_const import (
    UC_HOOK_CODE, UC_HOOK_MEM_FETCH_UNMAPPED, UC_HOOK_MEM_READ, UC_HOOK_MEM_READ_UNMAPPED,
    UC_HOOK_MEM_WRITE, UC_HOOK_MEM_WRITE_UNMAPPED)
from unicorn.x86_const import (
    UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDI, UC_X86_REG_RDX, UC_X86_REG_RIP,
    UC_X86_REG_RSI, UC_X86_REG_RSP)

STACK, CONTEXT, PACKET, ELEMENT, END = (n << 28 for n in (1, 2, 3, 4, 5))
AREA = 0x4000
PAGE = 0x1000
MOST = 20000  # instructions of a packet
ARGUMENTS = (UC_X86_REG_RDI, UC_X86_REG_RSI, UC_X86_REG_RDX, UC_X86_REG_RCX)
XDP_REDIRECT, TC_REDIRECT = 4, 7


class Cost:
    def __init__(self):
        self.instructions = 0
        self.calls = []
        self.lines = collections.defaultdict(set)
        self.verdict = None


class Run:
    """One packet through one program."""

    def __init__(self, program, symbols, layout, frame):
        self.program, self.symbols, self.layout, self.frame = program, symbols, layout, frame
        self.cost = Cost()
        self.pages = set()
        self.code = [(start, start + len(code)) for start, code in program.functions]
        self.uc = Uc(UC_ARCH_X86, UC_MODE_64)
        for start, code in program.functions:
            self._need(start, len(code))
            self.uc.mem_write(start, code)
        for area in (STACK, CONTEXT, PACKET, ELEMENT, END):
            self._need(area, AREA)
        self.uc.mem_write(PACKET, frame)
        self.uc.hook_add(UC_HOOK_MEM_READ_UNMAPPED | UC_HOOK_MEM_WRITE_UNMAPPED, self._fill)
        self.uc.hook_add(UC_HOOK_MEM_FETCH_UNMAPPED, self._fetch)
        self.uc.hook_add(UC_HOOK_CODE, self._step)
        self.uc.hook_add(UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, self._touch)

    def xdp(self):
        self.uc.mem_write(CONTEXT, struct.pack("<QQQ", PACKET, PACKET + len(self.frame), PACKET))
        return self._go()

    def tc(self):
        """The fields of a struct sk_buff that programs read."""
        def put(structure, member, form, value, more=0):
            at = CONTEXT + self.layout.offset(structure, member) + more
            self.uc.mem_write(at, struct.pack(form, value))

        cb = self.layout.offset("sk_buff", "cb")
        put("sk_buff", "len", "<I", len(self.frame))
        put("sk_buff", "data", "<Q", PACKET)
        put("sk_buff", "head", "<Q", CONTEXT + PAGE)
        put("sk_buff", "end", "<I", PAGE) # struct skb_shared_info begins there
        put("qdisc_skb_cb", "pkt_len", "<I", len(self.frame), cb)
        put("bpf_skb_data_end", "data_end", "<Q", PACKET + len(self.frame), cb)
        return self._go()

    def _go(self):
        top = STACK + AREA - PAGE
        self.uc.mem_write(top, struct.pack("<Q", END))
        self.uc.reg_write(UC_X86_REG_RSP, top)
        self.uc.reg_write(UC_X86_REG_RDI, CONTEXT)
        try:
            self.uc.emu_start(self.program.functions[0][0], END, count=MOST)
        except UcError as error:
            at = self.uc.reg_read(UC_X86_REG_RIP)
            raise RuntimeError(f"the emulator ends at {at:#x}: {error}") from error
        self.cost.verdict = self.uc.reg_read(UC_X86_REG_RAX) & 0xffffffff
        return self.cost

    def _need(self, start, size):
        for page in range(start & ~(PAGE - 1), start + size, PAGE):
            if page not in self.pages:
                self.uc.mem_map(page, PAGE)
                self.pages.add(page)

    def _fill(self, uc, _access, address, size, _value, _data):
        """What is read first: values of maps are theirs, all else of the kernel is 0."""
        for page in {address & ~(PAGE - 1), address + size - 1 & ~(PAGE - 1)} - self.pages:
            self._need(page, PAGE)
            for one in self.program.maps.values():
                if not one.is_array:
                    continue
                first = max(page, one.base)
                last = min(page + PAGE, one.base + one.step * one.entries)
                if first < last:
                    uc.mem_write(first, one.read(first - one.base, last - one.base))
        return True

    def _fetch(self, uc, _access, address, *_):
        """Of the kernel's own code only that it returns."""
        page = address & ~(PAGE - 1)
        self._need(page, PAGE)
        uc.mem_write(page, b"\xc3" * PAGE)
        return True

    def _step(self, uc, address, _size, _data):
        if any(start <= address < end for start, end in self.code):
            self.cost.instructions += 1
            return
        name = self.symbols.name.get(address, f"{address:#x}")
        if "return_thunk" in name:
            return
        self.cost.calls.append(name)
        uc.reg_write(UC_X86_REG_RAX, self._answer(name, [uc.reg_read(r) for r in ARGUMENTS]))

    def _answer(self, name, words):
        fixed = {"bpf_xdp_get_buff_len": len(self.frame), "bpf_get_smp_processor_id": 0,
                 "bpf_ktime_get_ns": 1, "ktime_get_mono_fast_ns": 1,
                 "dev_hash_map_redirect": XDP_REDIRECT, "bpf_xdp_redirect_map": XDP_REDIRECT,
                 "bpf_redirect": TC_REDIRECT, "bpf_skb_store_bytes": 0,
                 "htab_lru_map_update_elem": 0}
        if name in fixed:
            return fixed[name]
        if name in ("bpf_xdp_load_bytes", "bpf_skb_load_bytes"):
            self.uc.mem_write(words[2], self.frame[words[1]:words[1] + words[3]])
            return 0
        if name.endswith("map_lookup_elem") or name.endswith("hash_lookup_elem"):
            return self._lookup(words)
        raise RuntimeError(f"a helper that is not known here: {name}")

    def _lookup(self, words):
        one = next(m for m in self.program.maps.values() if m.struct == words[0])
        key = bytes(self.uc.mem_read(words[1], one.key_size))
        if one.is_array:
            index = struct.unpack("<I", key)[0]
            return one.base + index * one.step if index < one.entries else 0
        value = one.lookup(key)
        if value is None:
            return 0
        before = self.layout.offset("htab_elem", "key") + (one.key_size + 7 & ~7)
        self.uc.mem_write(ELEMENT + before, value)
        return ELEMENT

    def _touch(self, _uc, _access, address, size, _value, _data):
        if STACK <= address < STACK + AREA or CONTEXT <= address < CONTEXT + AREA:
            return
        name = self._name_of(address)
        if name:
            self.cost.lines[name] |= {address >> 6, address + size - 1 >> 6}

    def _name_of(self, address):
        if PACKET <= address < PACKET + AREA:
            return "packet"
        if ELEMENT <= address < ELEMENT + AREA:
            return "element"
        return next((m.name for m in self.program.maps.values() if m.has(address)), None)
