# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# portsteer. All output is under build/; `make help` lists the targets.

BUILD := build
ifeq ($(origin CC),default)
  CC := gcc
endif
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
BPFTOOL ?= $(shell PATH="$$PATH:/usr/sbin:/sbin" command -v bpftool || echo bpftool)
PREFIX ?= /usr/local
DESTDIR ?=
KERNELS ?= 6.1 6.12
CLANGS ?= clang-14 clang-16 clang-19
V ?= 0

ifeq ($(V),1)
  say = @:
  quiet =
else
  say = @printf '  %-8s %s\n'
  quiet = @
endif

LIBS := libxdp libbpf jansson libmnl smartcols yaml-0.1
LIB_CFLAGS := $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
LDLIBS := $(shell pkg-config --libs $(LIBS) 2>/dev/null)
WARNINGS := -Wall -Wextra -Wshadow -Wimplicit-fallthrough -Wreturn-type -Werror
CFLAGS ?= -O2 -g
USER_FLAGS := -std=gnu11 -D_GNU_SOURCE $(WARNINGS) $(CPPFLAGS) -Iinclude -Iuser -I. $(LIB_CFLAGS) -MMD -MP
# Where $(CC) has what differs between machines, which may be in a sysroot.
SYSROOT := $(shell $(CC) -print-sysroot 2>/dev/null)
MACHINE := $(shell $(CC) -M -include asm/types.h -x c /dev/null 2>/dev/null | \
	tr ' ' '\n' | sed -n 's|/asm/types.h$$||p')
BPF_FLAGS := -target bpf -mcpu=v3 -std=gnu11 -O2 -g $(WARNINGS) \
	-Wimplicit-int-conversion -Wenum-conversion -Iinclude -Ibpf \
	$(SYSROOT:%=--sysroot=%) $(MACHINE:%=-I%) -MMD -MP
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all

OBJECTS := $(patsubst bpf/%.bpf.c,%,$(wildcard bpf/*.bpf.c))
SKELETONS := $(OBJECTS:%=$(BUILD)/skel/%.skel.h)
NAMES := $(patsubst user/%.c,%,$(wildcard user/*.c user/*/*.c))
COMMANDS := main $(filter cmd/%,$(NAMES))
MODULES := $(filter-out $(COMMANDS),$(NAMES)) # what tests and benchmarks link
TOOL := $(BUILD)/portsteer
LIB := $(BUILD)/libportsteer.a
ASAN_TOOL := $(BUILD)/asan/portsteer
ASAN_LIB := $(BUILD)/asan/libportsteer.a

.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

.PHONY: all
all: $(TOOL)  ## build the tool

# --- How things are made. Compilers write beside each what it depends on.

# $(call object,WORD,COMPILER AND FLAGS[,WHAT IS SAID]): an object of the first prerequisite
define object
@mkdir -p $(@D)
$(say) $(1) $(or $(3),$<)
$(quiet)$(2) -MF $(@:.o=.d) -c $< -o $@
endef

# $(call program,WORD,COMPILER WITH FLAGS AND FILES[,WHAT IS SAID])
define program
@mkdir -p $(@D)
$(say) $(1) $(or $(3),$@)
$(quiet)$(2) -o $@
endef

# $(call bpf,WORD,COMPILER): a BPF object of the first prerequisite
define bpf
$(call object,$(1),$(2) $(BPF_FLAGS) -MT $@)
$(quiet)$(LLVM_STRIP) -g $@
endef

define skeleton
@mkdir -p $(@D)
$(say) SKEL $@
$(quiet)$(BPFTOOL) gen skeleton $< name ps_$* >$@
endef

# --- BPF objects and their skeletons

$(BUILD)/bpf/%.o: bpf/%.bpf.c
	$(call bpf,CLANG,$(CLANG))

$(BUILD)/skel/%.skel.h: $(BUILD)/bpf/%.o
	$(skeleton)

.PHONY: objects
objects: $(OBJECTS:%=$(BUILD)/bpf/%.o)

# --- The tool, as it is installed and with sanitizers

$(BUILD)/user/%.o: user/%.c
	$(call object,CC,$(CC) $(CFLAGS) $(USER_FLAGS) -I$(BUILD)/skel)

$(BUILD)/asan/user/%.o: user/%.c
	$(call object,CC-ASAN,$(CC) $(SANITIZE) $(USER_FLAGS) -I$(BUILD)/skel)

SEE_SKELETONS := instance/object.o instance/object_carry.o instance/object_table.o
$(SEE_SKELETONS:%=$(BUILD)/user/%) $(SEE_SKELETONS:%=$(BUILD)/asan/user/%): $(SKELETONS)

$(LIB): $(MODULES:%=$(BUILD)/user/%.o)
$(ASAN_LIB): $(MODULES:%=$(BUILD)/asan/user/%.o)
$(LIB) $(ASAN_LIB):
	$(say) AR $@
	$(quiet)rm -f $@ && ar rcs $@ $^

$(TOOL): $(COMMANDS:%=$(BUILD)/user/%.o) $(LIB)
	$(call program,LINK,$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS))

$(ASAN_TOOL): $(COMMANDS:%=$(BUILD)/asan/user/%.o) $(ASAN_LIB)
	$(call program,LINK,$(CC) $(SANITIZE) $^ $(LDLIBS))

# --- Tests: each file in a folder of tests/unit and in tests/prog is one program

UNIT := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c tests/unit/*/*.c))
PROG := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/prog/*.c))
STEER := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/harness/*.c))
TEST_FLAGS := $(USER_FLAGS) -Itests/harness

$(UNIT): $(BUILD)/tests/unit/%: tests/unit/%.c $(ASAN_LIB)
	$(call program,TEST,$(CC) $(SANITIZE) $(USER_FLAGS) -Itests/unit -MF $@.d $< $(ASAN_LIB) \
		-lcmocka $(LDLIBS))

$(BUILD)/tests/harness/%.o: tests/harness/%.c
	$(call object,CC,$(CC) $(CFLAGS) $(TEST_FLAGS))

$(PROG): $(BUILD)/tests/prog/%: tests/prog/%.c $(STEER) $(LIB)
	$(call program,TEST,$(CC) $(CFLAGS) $(TEST_FLAGS) -MF $@.d $< $(STEER) $(LIB) \
		-lcmocka $(LDLIBS) -lpthread)

# --- Examples of the documents, which tests run

EXAMPLES := $(patsubst doc/%.c,$(BUILD)/%,$(wildcard doc/examples/*.c))

$(BUILD)/examples/%: doc/examples/%.c
	$(call program,CC,$(CC) $(CFLAGS) $(USER_FLAGS) -MF $@.d $<)

# --- Fuzzers: each file in tests/fuzz is one target; see tests/fuzz/fuzz.sh

FUZZ_CC ?= clang
SECOND_CLANG ?= $(if $(filter clang-19,$(CLANG)),clang,clang-19)
FUZZ := $(BUILD)/fuzz
FUZZ_READERS := $(addprefix $(BUILD)/tests/fuzz/,endpoint binding batch capture)
FUZZ_STREAMS := $(addprefix $(BUILD)/tests/fuzz/,frames plain)
FUZZ_ALL := $(FUZZ_READERS) $(BUILD)/tests/fuzz/packet $(FUZZ_STREAMS)
FUZZ_LIB := $(filter-out text,$(patsubst tests/fuzz/lib/%.c,%,$(wildcard tests/fuzz/lib/*.c)))
FUZZ_PACKET := native reference # what coverage guides, and sanitizers watch
FUZZ_PARSERS := $(filter base/% binding/% frame/%,$(MODULES))
FUZZ_FLAGS := $(TEST_FLAGS) -Itests/fuzz/lib -Ibpf \
	-DFUZZ_FIRST='"$(CLANG)"' -DFUZZ_SECOND='"$(SECOND_CLANG)"'
SECOND := $(if $(shell command -v $(SECOND_CLANG)),$(FUZZ)/second/object.o)
SECOND_TOOL := $(BUILD)/second/portsteer

$(FUZZ)/second/%.o: bpf/%.bpf.c
	$(call bpf,CLANG2,$(SECOND_CLANG))

$(FUZZ)/second/%.skel.h: $(FUZZ)/second/%.o
	$(skeleton)

# The loader once more, with these objects in it and names of its own: see lib/second.h.
$(FUZZ)/second/object.o: user/instance/object.c $(OBJECTS:%=$(FUZZ)/second/%.skel.h)
	$(call object,CC,$(CC) $(CFLAGS) $(USER_FLAGS) -I$(@D) \
		-Dps_object_load_hook=second_load_hook,$@)
	$(quiet)objcopy -G second_load_hook $@

# The tool with them, to be upgraded from and to: the same source, other programs.
TOOL_OBJECTS := $(SEE_SKELETONS:instance/%=$(FUZZ)/second/tool/%)
$(TOOL_OBJECTS): $(FUZZ)/second/tool/%.o: user/instance/%.c $(OBJECTS:%=$(FUZZ)/second/%.skel.h)
	$(call object,CC,$(CC) $(CFLAGS) $(USER_FLAGS) -I$(FUZZ)/second,$@)

$(SECOND_TOOL): $(COMMANDS:%=$(BUILD)/user/%.o) $(TOOL_OBJECTS) $(LIB)
	$(call program,LINK,$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS))

# The release before, where the history has it, for tests that move its instances.
FORMER_TOOL := $(BUILD)/former/portsteer

$(FORMER_TOOL): tests/former/build.sh
	@mkdir -p $(@D)
	$(say) FORMER $@
	+$(quiet)tests/former/build.sh $@

$(FUZZ)/plain/%.o: tests/fuzz/lib/%.c
	$(call object,CC,$(CC) $(CFLAGS) $(FUZZ_FLAGS))

$(FUZZ)/sanitized/%.o: tests/fuzz/lib/%.c
	$(call object,CC-FUZZ,$(FUZZ_CC) $(SANITIZE) -fsanitize=fuzzer-no-link $(FUZZ_FLAGS))

$(FUZZ)/sanitized/%.o: user/%.c
	$(call object,CC-FUZZ,$(FUZZ_CC) $(SANITIZE) -fsanitize=fuzzer-no-link $(FUZZ_FLAGS))

$(FUZZ_READERS): $(FUZZ)/sanitized/text.o $(FUZZ_PARSERS:%=$(FUZZ)/sanitized/%.o)
FUZZ_PLAIN := $(patsubst %,$(FUZZ)/plain/%.o,$(filter-out $(FUZZ_PACKET),$(FUZZ_LIB))) \
	$(SECOND) $(STEER) $(LIB)
$(BUILD)/tests/fuzz/packet: $(FUZZ_PACKET:%=$(FUZZ)/sanitized/%.o) $(FUZZ_PLAIN)
$(FUZZ_READERS) $(BUILD)/tests/fuzz/packet: $(BUILD)/tests/fuzz/%: tests/fuzz/%.c
	$(call program,FUZZ,$(FUZZ_CC) $(SANITIZE) -fsanitize=fuzzer $(FUZZ_FLAGS) -MF $@.d \
		$(filter-out %.h,$^) -lcmocka $(LDLIBS))

# With a packet.h that tests/fuzz/mutants.sh has broken; the programs are sound.
$(FUZZ)/mutants/%/packet: $(FUZZ)/mutants/%/packet.h $(FUZZ)/mutants/%/cursor.h \
		$(FUZZ)/mutants/%/transport.h tests/fuzz/packet.c \
		$(FUZZ)/sanitized/reference.o $(FUZZ_PLAIN)
	$(call program,FUZZ,$(FUZZ_CC) $(SANITIZE) -fsanitize=fuzzer -I$(@D) $(FUZZ_FLAGS) -MF $@.d \
		tests/fuzz/lib/native.c $(filter-out %.h,$^) -lcmocka $(LDLIBS))

$(FUZZ_STREAMS): $(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(FUZZ_LIB:%=$(FUZZ)/plain/%.o) $(SECOND) $(STEER) $(LIB)
	$(call program,FUZZ,$(CC) $(CFLAGS) $(FUZZ_FLAGS) -MF $@.d $(filter-out %.h,$^) -lcmocka $(LDLIBS))

# --- Benchmarks

BENCH := $(BUILD)/bench/bench
BENCH_OBJECTS := $(patsubst tests/bench/%.bpf.c,$(BUILD)/bench/%.o,$(wildcard tests/bench/*.bpf.c))
BENCH_C := $(filter-out %.bpf.c,$(wildcard tests/bench/*.c))

$(BUILD)/bench/%.o: tests/bench/%.bpf.c
	$(call bpf,CLANG,$(CLANG))

$(BUILD)/bench/user/%.o: tests/bench/%.c
	$(call object,CC,$(CC) $(CFLAGS) $(USER_FLAGS))

$(BENCH): $(BENCH_C:tests/bench/%.c=$(BUILD)/bench/user/%.o) $(LIB)
	$(call program,LINK,$(CC) $(CFLAGS) $^ $(LDLIBS) -lpthread)

BENCH_SENDERS := $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/bench/senders/*.c))

$(BENCH_SENDERS): $(BUILD)/%: tests/%.c
	$(call program,CC,$(CC) $(CFLAGS) $(USER_FLAGS) -MF $@.d $< $(LDLIBS),$<)

# --- What users and developers call

.PHONY: demo
demo:  ## install what is missing, build, and show the main job in namespaces; DEMO=first: its first steps
	@.ci/need build demo
	@$(MAKE) --no-print-directory all
	@PORTSTEER=$(TOOL) tests/demo.sh $(DEMO)

.PHONY: check
check:  ## install what the tests need, build, and run every test
	@.ci/need build check
	@$(MAKE) --no-print-directory tests
	@CLANG=$(CLANG) VM_NEEDS=vm tests/run

.PHONY: check-long
check-long:  ## the same, with the full counts of tests that 'make check' cuts short
	@LONG=1 $(MAKE) --no-print-directory check

.PHONY: check-kernels
check-kernels:  ## the tests on Linux 6.1 and 6.12, in QEMU; KERNELS="6.1" WORDS="prog e2e"
	@.ci/need build check vm -- $(CLANGS)
	@$(MAKE) --no-print-directory tests
	@CLANGS="$(CLANGS)" tests/vm/run "$(WORDS)" $(KERNELS)

.PHONY: check-kernels-smoke
check-kernels-smoke:  ## what differs most between kernels, as 'make check' does it
	@.ci/need build check vm
	@$(MAKE) --no-print-directory tests
	@CLANG=$(CLANG) KERNELS="$(KERNELS)" LONG=1 tests/run tests/vm/smoke

KERNEL ?= 6.12

.PHONY: check-arm64
check-arm64:  ## objects and programs on arm64, cross-built, in QEMU; KERNEL=6.1 WORDS="prog/rows"
	@.ci/need arm64
	@tests/vm/arm64 $(KERNEL) $(WORDS)

RELEASE ?= trixie

.PHONY: check-debian
check-debian:  ## build and try the tree in another Debian release; RELEASE=sid WORDS="tests/unit"
	@.ci/need debian
	@tests/release/run $(RELEASE) $(WORDS)

.PHONY: tests
tests: $(TOOL) $(ASAN_TOOL) $(if $(SECOND),$(SECOND_TOOL)) $(FORMER_TOOL) $(UNIT) $(PROG) $(FUZZ_ALL) $(BENCH) $(BENCH_OBJECTS) $(BENCH_SENDERS) $(EXAMPLES)  ## build the tool and all tests

TIME ?= 60

.PHONY: fuzz
fuzz: $(FUZZ_ALL)  ## fuzz the parsers and the programs for TIME=60 seconds
	@FUZZ_TIME=$(TIME) tests/fuzz/fuzz.sh

.PHONY: bench
bench:  ## install what is missing, build, and measure the data path (a few minutes); LONG=1: 4 000 000 bindings as well
	@.ci/need build bench
	@$(MAKE) --no-print-directory $(TOOL) $(BENCH) $(BENCH_OBJECTS) $(BENCH_SENDERS)
	@$(BENCH) --nft $(if $(LONG),--long) --json $(BUILD)/bench.json
	@tests/bench/veth.sh 7 $(BUILD)/bench.json
	@tests/bench/guard.sh 21 $(BUILD)/bench.json
	@tests/bench/connect.sh 501 $(BUILD)/bench.json

.PHONY: bench-plot
bench-plot:  ## install what is missing, and draw what make bench measured, into doc/bench
	@.ci/need plot
	@tests/bench/plot.sh $(BUILD)/bench.json doc/bench

UNITS := portsteer.service portsteer-online.service
UNIT_DIR = $(DESTDIR)$(PREFIX)/lib/systemd/system
SHARE = $(DESTDIR)$(PREFIX)/share
SCHEMAS := $(sort $(wildcard doc/schema/*.json))
EXAMPLES := $(sort $(wildcard doc/examples/*))

.PHONY: install
install: $(TOOL)  ## install below $(DESTDIR)$(PREFIX)
	install -Dm755 $(TOOL) $(DESTDIR)$(PREFIX)/sbin/portsteer
	install -Dm644 -t $(SHARE)/man/man8 doc/man/portsteer.8
	install -Dm644 -t $(SHARE)/man/man7 doc/man/portsteer.7
	install -Dm644 -t $(SHARE)/man/man5 doc/man/portsteer.conf.5
	ln -sf portsteer.conf.5 $(SHARE)/man/man5/portsteer.5
	install -Dm644 -t $(SHARE)/portsteer doc/portsteer.schema.json
	install -Dm644 -t $(SHARE)/portsteer/schema $(SCHEMAS)
	install -Dm644 -t $(SHARE)/doc/portsteer/examples $(EXAMPLES)
	install -Dm644 doc/portsteer.bash $(SHARE)/bash-completion/completions/portsteer
	mkdir -p $(UNIT_DIR)
	for unit in $(UNITS); do \
		sed -e '/@hardening@/{r systemd/hardening.in' -e 'd}' systemd/$$unit.in | \
			sed 's|@sbindir@|$(PREFIX)/sbin|' >$(UNIT_DIR)/$$unit || exit 1; \
	done

.PHONY: uninstall
uninstall:  ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/sbin/portsteer $(UNITS:%=$(UNIT_DIR)/%) \
		$(SHARE)/man/man8/portsteer.8 $(SHARE)/man/man7/portsteer.7 \
		$(SHARE)/man/man5/portsteer.conf.5 $(SHARE)/man/man5/portsteer.5 \
		$(SHARE)/portsteer/portsteer.schema.json \
		$(SCHEMAS:doc/%=$(SHARE)/portsteer/%) \
		$(EXAMPLES:doc/%=$(SHARE)/doc/portsteer/%) \
		$(SHARE)/bash-completion/completions/portsteer

.PHONY: deb
deb:  ## install what is missing, and build the Debian package in build/deb
	@.ci/need build deb
	@debian/build $(BUILD)/deb

.PHONY: check-deb
check-deb: deb $(FORMER_TOOL)  ## install, upgrade and remove the package in a root of its own
	@.ci/need check-deb
	@tests/deb/run.sh $(BUILD)/deb $(FORMER_TOOL)

.PHONY: format
format:  ## lay out the C code
	git ls-files -z --cached --others --exclude-standard '*.[ch]' | xargs -0 clang-format -i

.PHONY: clean
clean:  ## remove all that was built
	rm -rf $(BUILD)

.PHONY: help
help:  ## show this
	@printf 'make TARGET [V=1] [CLANG=clang-19] [PREFIX=/usr/local] [DESTDIR=]\n\n'
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' Makefile | expand -t 24

-include $(shell find $(BUILD) \( -path $(BUILD)/arm64 -o -path $(BUILD)/debian \) -prune -o \
	-type f -name '*.d' -print 2>/dev/null)
