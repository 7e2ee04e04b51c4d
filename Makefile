# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# portsteer: make help

BUILD := build
CC ?= gcc
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
BPFTOOL ?= $(shell PATH="$$PATH:/usr/sbin:/sbin" command -v bpftool || echo bpftool)
PREFIX ?= /usr/local
DESTDIR ?=
V ?= 0

ifeq ($(V),1)
  say = @:
  quiet =
else
  say = @printf '  %-8s %s\n'
  quiet = @
endif

LIBS := libbpf jansson libmnl smartcols
WARNINGS := -Wall -Wextra -Wshadow -Wimplicit-fallthrough -Wreturn-type -Werror
CFLAGS ?= -O2 -g
USER_FLAGS = -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -Iinclude -Iuser -I$(BUILD)/skel \
	$(LIB_CFLAGS) -MMD -MP
LIB_CFLAGS := $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
BPF_FLAGS := -target bpf -mcpu=v3 -std=gnu11 -O2 -g $(WARNINGS) \
	-Wimplicit-int-conversion -Wenum-conversion -Iinclude \
	-I/usr/include/$(shell $(CC) -print-multiarch) -MMD -MP
LDLIBS := $(shell pkg-config --libs $(LIBS) 2>/dev/null)

HOOKS := xdp tc table
SKELETONS := $(HOOKS:%=$(BUILD)/skel/%.skel.h)
USER_C := $(wildcard user/*.c)
# Everything but main() and the commands: what tests and benchmarks link.
LIB_C := $(filter-out user/main.c user/cmd%.c,$(USER_C))
USER_O := $(USER_C:user/%.c=$(BUILD)/user/%.o)
LIB := $(BUILD)/libportsteer.a
TOOL := $(BUILD)/portsteer

.PHONY: all
all: $(TOOL)  ## build the tool

.SECONDARY:

$(BUILD)/bpf/%.o: bpf/%.bpf.c
	@mkdir -p $(@D)
	$(say) CLANG $<
	$(quiet)$(CLANG) $(BPF_FLAGS) -MF $(@:.o=.d) -MT $@ -c $< -o $@
	$(quiet)$(LLVM_STRIP) -g $@

$(BUILD)/skel/%.skel.h: $(BUILD)/bpf/%.o
	@mkdir -p $(@D)
	$(say) SKEL $@
	$(quiet)$(BPFTOOL) gen skeleton $< name ps_$* >$@.tmp && mv $@.tmp $@

$(BUILD)/user/%.o: user/%.c
	@mkdir -p $(@D)
	$(say) CC $<
	$(quiet)$(CC) $(CFLAGS) $(USER_FLAGS) -MF $(@:.o=.d) -c $< -o $@

$(BUILD)/user/object.o: $(SKELETONS)

$(LIB): $(LIB_C:user/%.c=$(BUILD)/user/%.o)
	$(say) AR $@
	$(quiet)rm -f $@ && ar rcs $@ $^

$(TOOL): $(filter $(BUILD)/user/main.o $(BUILD)/user/cmd%.o,$(USER_O)) $(LIB)
	$(say) LINK $@
	$(quiet)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

.PHONY: clean
clean:  ## remove all that was built
	rm -rf $(BUILD)

.PHONY: help
help:  ## show this
	@printf 'make TARGET [V=1] [CLANG=clang-19] [PREFIX=/usr/local] [DESTDIR=]\n\n'
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' Makefile | expand -t 16

-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)
