// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Units in the names of cgroups, and cgroups of this process and by number,
 * below the mount of cgroup v2.
 */
#include <mntent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "host/cgroup.h"
#include "unit.h"

static const struct {
	const char *cgroup, *unit;
} units[] = {
	{ "/system.slice/nginx.service", "nginx.service" },
	{ "/system.slice/nginx.service/worker", "nginx.service" },
	{ "/user.slice/user-0.slice/user@0.service/app.slice/x.service", "x.service" },
	{ "/system.slice/docker-71.scope", "docker-71.scope" },
	{ "/init.scope", "init.scope" },
	{ "/system.slice/a\\x2db@c.service", "a\\x2db@c.service" },
	{ "/", NULL },
	{ "", NULL },
	{ NULL, NULL },
	{ "/system.slice", NULL },
	{ "/.service", NULL },
	{ "/nginx.services/x", NULL },
	{ "/docker/nginx.service.d", NULL },
};

static void test_units(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		char *unit = ps_cgroup_unit(units[i].cgroup);

		if (units[i].unit)
			assert_string_equal(unit, units[i].unit);
		else if (unit)
			fail_msg("'%s': '%s'", units[i].cgroup, unit);
		free(unit);
	}
}

static bool find_mount(char path[256])
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	bool found = false;

	while (!found && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "cgroup2") && strlen(mount->mnt_dir) < 200) {
			snprintf(path, 256, "%s", mount->mnt_dir);
			found = true;
		}
	endmntent(mounts);
	return found;
}

static void move_to(const char *path)
{
	char procs[1024];
	FILE *file;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	file = fopen(procs, "we");
	if (!file || fprintf(file, "%d\n", getpid()) < 0 || fclose(file))
		_exit(1);
}

/* The cgroup that is told of a process that moves to the one at @path. */
static char *cgroup_of_child(const char *path)
{
	int ready[2], stop[2], status;
	char pid[32], byte, *cgroup;
	pid_t child;

	assert_int_equal(pipe(ready) | pipe(stop), 0);
	child = fork();
	if (!child) {
		move_to(path);
		close(stop[1]);
		_exit(write(ready[1], "", 1) != 1 || read(stop[0], &byte, 1));
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	snprintf(pid, sizeof(pid), "%d", child);
	cgroup = ps_cgroup_of_process(pid);
	close(stop[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ready[0]);
	close(stop[0]);
	return cgroup;
}

static void test_live(void **state)
{
	char mount[256], path[512], expected[64], *cgroup;
	struct stat status;

	(void)state;
	if (!find_mount(mount)) {
		print_message("skipped: cgroup v2 is not mounted\n");
		skip();
	}
	snprintf(expected, sizeof(expected), "/pst%d.service", getpid());
	snprintf(path, sizeof(path), "%s%s", mount, expected);
	if (mkdir(path, 0755)) {
		print_message("skipped: may not make a cgroup\n");
		skip();
	}
	cgroup = cgroup_of_child(path);
	assert_string_equal(cgroup, expected);
	free(cgroup);
	assert_int_equal(stat(path, &status), 0);
	cgroup = ps_cgroup_of_id(status.st_ino);
	assert_int_equal(rmdir(path), 0);
	assert_string_equal(cgroup, expected);
	free(cgroup);
	assert_null(ps_cgroup_of_id(status.st_ino)); /* gone */
	assert_null(ps_cgroup_of_id(0));
	assert_null(ps_cgroup_of_process("0"));
	assert_int_equal(stat(mount, &status), 0);
	cgroup = ps_cgroup_of_id(status.st_ino);
	assert_string_equal(cgroup, "/");
	free(cgroup);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
