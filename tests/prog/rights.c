// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who may only read can change nothing. All that is pinned of an instance that
 * has everything is opened by a member of its group, without capabilities, in
 * every way, and every command of bpf(2) that changes something is tried on it,
 * as are the calls that change files. Afterwards every byte, mode and hook is
 * as before.
 */
#include <fcntl.h>
#include <ftw.h>
#include <linux/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <cmocka.h>
#include "before_after.h"
#include "clients.h"
#include "group.h"
#include "intruder.h"
#include "leftovers.h"
#include "tool.h"
#include "wire.h"

#define READERS 64123
#define INSTANCE TOOL_ROOT "/v2/" TOOL_INSTANCE
#define PINS_MAX 96
#define PATH_SIZE 128
#define TRIAL_FILE "/run/trial.yaml"
#define RICH                                                                             \
	"-q bind --max-bindings 64 udp any:1001 drop name a;attach eth0;attach netns;"   \
	"-q bind udp 10.0.0.0/8:1-9 redirect eth1 name b;attach eth1 hook tc;"           \
	"socket add web --listening tcp 127.0.0.1:2001;-q bind tcp any:1007 socket web;" \
	"-q bind tcp any:443 pass owner user:0;-q bind tcp any:40000 drop;-q reserve set;"

static char pins[PINS_MAX][PATH_SIZE];
static int pin_count, cgroup_fd = -1;

static int note_pin(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)ftw;
	assert_true(pin_count < PINS_MAX && strlen(path) < PATH_SIZE);
	if (type != FTW_D)
		strcpy(pins[pin_count++], path);
	return 0;
}

static int give_to_readers(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return lchown(path, (uid_t)-1, READERS);
}

/* As portsteer(8) says. */
static void share(void)
{
	assert_int_equal(nftw(TOOL_ROOT, give_to_readers, 16, FTW_PHYS), 0);
	assert_int_equal(chmod("/sys/fs/bpf", 0755), 0);
	pin_count = 0;
	assert_int_equal(nftw(TOOL_ROOT, note_pin, 16, FTW_PHYS), 0);
}

static void add(uint64_t *hash, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		*hash = (*hash ^ ((const uint8_t *)bytes)[i]) * 1099511628211U;
}

/* Of all that a map holds; of what counts frames, which the kernel sends by itself, nothing. */
static uint64_t hash_map(int fd, const struct bpf_map_info *info)
{
	static uint8_t value[1 << 24];
	uint8_t key[256], next[256];
	uint64_t hash = 1;
	void *from = NULL;

	if (!strcmp(info->name, "counters") || !strcmp(info->name, "reasons"))
		return hash;
	assert_true(info->key_size <= sizeof(key) && info->value_size <= sizeof(value));
	while (!bpf_map_get_next_key(fd, from, next)) {
		memcpy(key, next, sizeof(key));
		from = key;
		if (bpf_map_lookup_elem(fd, key, value))
			continue;
		add(&hash, key, info->key_size);
		add(&hash, value, info->value_size);
	}
	return hash;
}

/* What is pinned there, which is no program and no link. */
static bool is_map(const char *path, const struct stat *status)
{
	return S_ISREG(status->st_mode) && !strstr(path, "/links/") && !strstr(path, "/store") &&
	       !strstr(path, "/watch-");
}

static void describe(const char *path, char *text, size_t size)
{
	struct bpf_map_info info = {};
	__u32 length = sizeof(info);
	struct stat status;
	uint64_t hash = 0;
	int fd;

	assert_int_equal(lstat(path, &status), 0);
	if (is_map(path, &status)) {
		fd = bpf_obj_get(path);
		assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &length), 0);
		hash = hash_map(fd, &info);
		close(fd);
	}
	assert_true(snprintf(text, size, "%s %o %u %u %lx\n", path, status.st_mode, status.st_uid,
			     status.st_gid, hash) < (int)size);
}

/* All there is, as text. */
static char *look(void)
{
	const size_t size = 1 << 16;
	char *text = calloc(1, 3 * size);

	assert_non_null(text);
	leftovers_list(text, size);
	leftovers_read_table(text + strlen(text), size);
	for (int i = 0; i < pin_count; i++)
		describe(pins[i], text + strlen(text), 256);
	return text;
}

/* In the reader's process. How many could be opened at all. */
static int try_all(void)
{
	static const __u32 flags[] = { 0, BPF_F_RDONLY, BPF_F_WRONLY, BPF_F_RDONLY | BPF_F_WRONLY };
	int opened = 0;

	for (int i = 0; i < pin_count; i++) {
		for (size_t how = 0; how < sizeof(flags) / sizeof(*flags); how++) {
			int fd = intruder_open(pins[i], flags[how]);

			if (fd < 0)
				continue;
			opened++;
			intruder_try(fd, cgroup_fd);
		}
		intruder_try_file(pins[i]);
	}
	return opened;
}

static void run_reader(void)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		int opened;

		tool_drop_rights(READERS);
		opened = try_all();
		fprintf(stderr, "# %d pins, opened %d times, %d attempts\n", pin_count, opened,
			intruder_attempts());
		_exit(opened >= 15 ? 0 : 1); /* the maps: else nothing was tried */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_reader(const char *commands)
{
	char *before, *after;

	before_run(commands, 0);
	share();
	before = look();
	run_reader();
	after = look();
	if (strcmp(before, after))
		after_fail_difference(commands, "what is there", after, before);
	free(before);
	free(after);
	after_check_whole(commands);
}

static void clear(void)
{
	before_run("confirm;unreserve;guard off;socket remove web", 4);
	after_clear("after the reader");
}

static void test_rich(void **state)
{
	(void)state;
	test_reader(RICH "-q refresh");
	clear();
}

static void test_trial(void **state)
{
	FILE *file = fopen(TRIAL_FILE, "we");

	(void)state;
	assert_non_null(file);
	fputs("bindings: [{endpoint: udp any:1001, action: pass}]\n", file);
	assert_int_equal(fclose(file), 0);
	test_reader(RICH "-q apply --confirm 300 " TRIAL_FILE);
	clear();
}

static void test_guard(void **state)
{
	(void)state;
	before_skip_unless("guard on");
	after_clear("after a look at the guard");
	test_reader(RICH "guard on");
	clear();
}

static unsigned int mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

/* As an earlier build left it, and as a generous administrator. */
static void test_repaired(void **state)
{
	(void)state;
	before_run(RICH, 0);
	assert_int_equal(chmod(INSTANCE "/store", 0640), 0);
	assert_int_equal(chmod(INSTANCE "/links/xdp-eth0", 0660), 0);
	test_reader("-q bind tcp any:2222 drop");
	assert_int_equal(mode_of(INSTANCE "/store"), 0600);
	assert_int_equal(mode_of(INSTANCE "/links/xdp-eth0"), 0600);
	clear();
}

static int open_all(void **state)
{
	(void)state;
	tool_enter();
	if (group_enter())
		cgroup_fd = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	wire_open();
	clients_open();
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	clients_close();
	wire_close();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rich),
		cmocka_unit_test(test_repaired),
		cmocka_unit_test(test_trial),
		cmocka_unit_test(test_guard),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
