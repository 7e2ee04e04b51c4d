// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Mounts as the kernel lists them, with names that it has to escape, in a mount
 * namespace of its own; and that a list which cannot be read is no empty one.
 */
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/mounts.h"
#include "unit.h"

#define ODD "/a b\\c\td"

struct wanted {
	const char *type, *source;
	char point[64];
	char root[64];
	int seen;
};

static char place[32];

static int enter(void **state)
{
	(void)state;
	if (geteuid() || unshare(CLONE_NEWNS)) {
		print_message("skipped: needs root, to make a mount namespace\n");
		return 0;
	}
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	snprintf(place, sizeof(place), "/tmp/mounts.XXXXXX");
	assert_non_null(mkdtemp(place));
	return 0;
}

static int leave(void **state)
{
	(void)state;
	if (*place)
		assert_int_equal(rmdir(place), 0);
	return 0;
}

static bool see(void *seer, const struct ps_mount *mount)
{
	struct wanted *wanted = seer;

	if (strcmp(mount->point, wanted->point))
		return false;
	assert_string_equal(mount->type, wanted->type);
	assert_string_equal(mount->source, wanted->source);
	assert_string_equal(mount->root, wanted->root);
	return ++wanted->seen == 1;
}

static void test_names(void **state)
{
	struct wanted whole = { .type = "tmpfs", .source = "sysfs", .root = "/" };
	struct wanted part = { .type = "tmpfs", .source = "sysfs" };
	struct wanted unnamed = { .type = "sysfs", .source = "", .root = "/" };
	char inner[64];

	(void)state;
	if (!*place)
		skip();
	snprintf(whole.point, sizeof(whole.point), "%s", place);
	snprintf(inner, sizeof(inner), "%s" ODD, place);
	assert_int_equal(mount("sysfs", place, "tmpfs", 0, NULL), 0);
	assert_int_equal(mkdir(inner, 0700), 0);
	snprintf(part.point, sizeof(part.point), "%s", inner);
	snprintf(part.root, sizeof(part.root), ODD);
	assert_int_equal(mount(inner, inner, NULL, MS_BIND, NULL), 0);
	assert_int_equal(ps_mounts_walk(see, &whole), 0);
	assert_int_equal(ps_mounts_walk(see, &part), 0);
	assert_int_equal(whole.seen, 1);
	assert_int_equal(part.seen, 1);
	assert_int_equal(umount(inner), 0);
	assert_int_equal(umount(place), 0);
	snprintf(unnamed.point, sizeof(unnamed.point), "%s", place);
	assert_int_equal(mount("", place, "sysfs", 0, NULL), 0);
	assert_int_equal(ps_mounts_walk(see, &unnamed), 0);
	assert_int_equal(unnamed.seen, 1);
	assert_int_equal(umount(place), 0);
}

static void test_no_list(void **state)
{
	struct wanted any = { .type = "", .source = "" };

	(void)state;
	if (!*place)
		skip();
	assert_int_equal(mount("none", "/proc", "tmpfs", 0, NULL), 0);
	assert_int_equal(ps_mounts_walk(see, &any), -ENOENT);
	assert_int_equal(umount("/proc"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_list),
	};

	return cmocka_run_group_tests_name("mounts", tests, enter, leave);
}
