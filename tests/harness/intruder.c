// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Trying to change what one may only read. See intruder.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "intruder.h"
#include "tool.h"

#define VALUE_SIZE 65536

static int attempts;

static long call_bpf(int command, union bpf_attr *attr)
{
	attempts++;
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void try_elements(int fd)
{
	static const int commands[] = { BPF_MAP_UPDATE_ELEM, BPF_MAP_DELETE_ELEM,
					BPF_MAP_LOOKUP_AND_DELETE_ELEM, BPF_MAP_FREEZE };
	static const int batches[] = { BPF_MAP_UPDATE_BATCH, BPF_MAP_DELETE_BATCH,
				       BPF_MAP_LOOKUP_AND_DELETE_BATCH };
	static uint8_t key[1024], value[VALUE_SIZE], out[VALUE_SIZE];

	memset(value, 0x5a, sizeof(value));
	for (int flags = BPF_ANY; flags <= BPF_EXIST; flags++)
		for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
			union bpf_attr attr = { .map_fd = (__u32)fd };

			attr.key = (uintptr_t)key;
			attr.value = (uintptr_t)value;
			attr.flags = (__u64)flags;
			if (commands[i] == BPF_MAP_FREEZE)
				memset(&attr.key, 0, sizeof(attr) - 8);
			call_bpf(commands[i], &attr);
		}
	for (size_t i = 0; i < sizeof(batches) / sizeof(*batches); i++) {
		union bpf_attr attr = {};

		attr.batch.map_fd = (__u32)fd;
		attr.batch.count = 1;
		attr.batch.keys = (uintptr_t)key;
		attr.batch.values = (uintptr_t)value;
		attr.batch.out_batch = (uintptr_t)out;
		call_bpf(batches[i], &attr);
	}
}

/* The argument of portsteer_store, and a frame. */
static void try_run(int fd)
{
	static uint32_t words[4] = { 0, 4096 };
	static uint8_t frame[64], out[4096];

	for (int with_frame = 0; with_frame < 2; with_frame++) {
		union bpf_attr attr = {};

		attr.test.prog_fd = (__u32)fd;
		if (with_frame) {
			attr.test.data_in = (uintptr_t)frame;
			attr.test.data_size_in = sizeof(frame);
			attr.test.data_out = (uintptr_t)out;
			attr.test.data_size_out = sizeof(out);
			attr.test.repeat = 1;
		} else {
			attr.test.ctx_in = (uintptr_t)words;
			attr.test.ctx_size_in = sizeof(words);
		}
		call_bpf(BPF_PROG_TEST_RUN, &attr);
	}
}

static void try_links(int fd)
{
	union bpf_attr attr = {};

	attr.link_update.link_fd = (__u32)fd;
	attr.link_update.new_prog_fd = (__u32)fd;
	call_bpf(BPF_LINK_UPDATE, &attr);
	memset(&attr, 0, sizeof(attr));
	attr.link_detach.link_fd = (__u32)fd;
	call_bpf(BPF_LINK_DETACH, &attr);
	memset(&attr, 0, sizeof(attr));
	attr.iter_create.link_fd = (__u32)fd;
	call_bpf(BPF_ITER_CREATE, &attr);
	for (int type = 0; type < 64; type++) {
		memset(&attr, 0, sizeof(attr));
		attr.link_create.prog_fd = (__u32)fd;
		attr.link_create.target_ifindex = if_nametoindex("eth0");
		attr.link_create.attach_type = (__u32)type;
		call_bpf(BPF_LINK_CREATE, &attr);
	}
}

static void try_programs(int fd, int target_fd)
{
	union bpf_attr attr = {};

	for (int type = 0; type < 64; type++)
		for (int detach = 0; detach < 2; detach++) {
			memset(&attr, 0, sizeof(attr));
			attr.target_fd = target_fd < 0 ? 0 : (__u32)target_fd;
			attr.attach_bpf_fd = (__u32)fd;
			attr.attach_type = (__u32)type;
			call_bpf(detach ? BPF_PROG_DETACH : BPF_PROG_ATTACH, &attr);
		}
	memset(&attr, 0, sizeof(attr));
	attr.prog_bind_map.prog_fd = attr.prog_bind_map.map_fd = (__u32)fd;
	call_bpf(BPF_PROG_BIND_MAP, &attr);
	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = (__u32)fd;
	call_bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
	memset(&attr, 0, sizeof(attr));
	attr.task_fd_query.pid = (__u32)getpid();
	attr.task_fd_query.fd = (__u32)fd;
	call_bpf(BPF_TASK_FD_QUERY, &attr);
}

/* Pinned by its finder, it could be opened to write. */
static void try_pin(int fd)
{
	static const char *const places[] = { "/sys/fs/bpf/mine", TOOL_ROOT "/mine",
					      TOOL_ROOT "/v2/" TOOL_INSTANCE "/mine",
					      TOOL_ROOT "/v2/" TOOL_INSTANCE "/links/mine" };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		union bpf_attr attr = {};

		attr.pathname = (uintptr_t)places[i];
		attr.bpf_fd = (__u32)fd;
		if (!call_bpf(BPF_OBJ_PIN, &attr))
			_exit(2);
	}
}

static void try_memory(int fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	attempts += 2;
	if (memory != MAP_FAILED)
		memset(memory, 0x5a, page);
	memory = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	if (memory != MAP_FAILED && !mprotect(memory, page, PROT_READ | PROT_WRITE))
		memset(memory, 0x5a, page);
}

int intruder_attempts(void)
{
	return attempts;
}

int intruder_open(const char *path, __u32 flags)
{
	union bpf_attr attr = {};

	attr.pathname = (uintptr_t)path;
	attr.file_flags = flags;
	return (int)call_bpf(BPF_OBJ_GET, &attr);
}

void intruder_try(int fd, int target_fd)
{
	try_elements(fd);
	try_run(fd);
	try_links(fd);
	try_programs(fd, target_fd);
	try_pin(fd);
	try_memory(fd);
	close(fd);
}

void intruder_try_file(const char *path)
{
	char other[256];

	snprintf(other, sizeof(other), "%.200s-other", path);
	attempts += 8;
	chmod(path, 0666);
	if (lchown(path, (uid_t)-1, getgid()) && errno != EPERM)
		_exit(3);
	rename(path, other);
	link(path, other);
	symlink(other, other);
	mkdir(other, 0700);
	open(path, O_RDWR | O_CLOEXEC);
	unlink(path);
}
