// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who holds sockets: this program, and processes that it starts.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include "sockets.h"

/* Where root itself has not every capability, some processes must not be looked into. */
static bool sees_all(void)
{
	char target[64];

	return readlink("/proc/1/fd/0", target, sizeof(target)) >= 0 || errno != EACCES;
}

/* Those who share the sockets of this program, which itself is not told of. */
static void test_owners(void **state)
{
	int fd, twin_fd, stop_fd;
	char name[PS_COMMAND_SIZE] = "";
	FILE *comm = fopen("/proc/self/comm", "re");
	struct ps_listeners listeners;
	pid_t pid;

	(void)state;
	need_namespace();
	assert_int_equal(fscanf(comm, "%31s", name), 1);
	fclose(comm);
	fd = open_socket(AF_INET6, SOCK_STREAM, "::", 82, NULL);
	twin_fd = open_socket(AF_INET6, SOCK_STREAM, "::", 82, NULL);
	stop_fd = start_sharer(&pid); /* shares both */
	listeners = read_listeners();
	assert_int_equal(listeners.count, 1);
	assert_int_equal(listeners.item[0].socket_count, 2);
	listeners.item[0].is_wanted = true;
	ps_listeners_find_processes(&listeners);
	assert_int_equal(listeners.has_unseen, !sees_all());
	assert_string_equal(listeners.item[0].user, "root");
	assert_int_equal(listeners.item[0].process_count, 1);
	assert_int_equal(listeners.item[0].process[0].pid, pid);
	assert_string_equal(listeners.item[0].process[0].command, name);
	assert_string_equal(listeners.item[0].process[0].user, "root");
	assert_non_null(listeners.item[0].process[0].cgroup);
	ps_listeners_done(&listeners);
	stop_sharer(stop_fd, pid);
	close(fd);
	close(twin_fd);
}

static void test_owner_gone(void **state)
{
	int fd;
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	fd = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 80, NULL);
	listeners = read_listeners();
	close(fd);
	listeners.item[0].is_wanted = true;
	ps_listeners_find_processes(&listeners);
	assert_int_equal(listeners.item[0].process_count, 0);
	assert_int_equal(listeners.has_unseen, !sees_all());
	ps_listeners_done(&listeners);
}

/* Looks where /proc is empty: nothing is seen, so nobody is known not to be there. */
static void look_without_proc(struct ps_listeners *listeners)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/proc", "tmpfs", 0, NULL))
		_exit(1);
	ps_listeners_find_processes(listeners);
	_exit(listeners->item[0].process_count || !listeners->has_unseen ? 2 : 0);
}

static void test_without_proc(void **state)
{
	int fd, status;
	pid_t child;
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	fd = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 80, NULL);
	listeners = read_listeners();
	listeners.item[0].is_wanted = true;
	child = fork();
	if (child == 0)
		look_without_proc(&listeners);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	ps_listeners_done(&listeners);
	close(fd);
}

/* Looks, from a process that may not see ours, for the owner of our socket at @fd. */
static void look_unprivileged(struct ps_listeners *listeners, int fd)
{
	close(fd);
	if (setresuid(65534, 65534, 65534))
		_exit(1);
	ps_listeners_find_processes(listeners);
	_exit(listeners->item[0].process_count || !listeners->has_unseen ||
			      strcmp(listeners->item[0].user, "root")
		      ? 2
		      : 0);
}

static void test_owners_unseen(void **state)
{
	int fd, status;
	pid_t child;
	struct ps_listeners listeners;

	(void)state;
	need_namespace();
	fd = open_socket(AF_INET, SOCK_STREAM, "127.0.0.1", 80, NULL);
	listeners = read_listeners();
	assert_int_equal(listeners.count, 1);
	listeners.item[0].is_wanted = true;
	child = fork();
	if (child == 0)
		look_unprivileged(&listeners, fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	ps_listeners_done(&listeners);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_owners),
		cmocka_unit_test(test_owner_gone),
		cmocka_unit_test(test_without_proc),
		cmocka_unit_test(test_owners_unseen),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
