// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An instance with all that one can have. See world.h.
 */
#include <ftw.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "clients.h"
#include "damage.h"
#include "group.h"
#include "picture.h"
#include "steer.h"
#include "wire.h"
#include "world.h"

#define LINK                                                                           \
	"link add eth2 type veth peer name eth3\nlink set eth2 up\nlink set eth3 up\n" \
	"address add 198.51.100.1/24 dev eth2\n"                                       \
	"neighbour add 198.51.100.10 lladdr 02:00:00:00:00:10 dev eth2 nud permanent\n"

static const char commands[] = "bind --max-bindings 64 --batch base;attach eth0;attach netns;"
			       "socket add web --listening tcp 127.0.0.1:2001;count";

static const struct file {
	const char *name, *text;
} files[] = {
	{ "base", "udp any:1001 drop name single\nudp any4:1002 pass\nudp 192.0.2.2:1003 drop\n"
		  "udp 192.0.2.0/24:1004 redirect eth2 via 198.51.100.10 name group\n"
		  "udp any:1006 count name group\ntcp any:1009 pass owner user:0 name owned\n"
		  "tcp any:1007 socket web\n" },
	{ "two", "udp any4:1002 drop\nudp 192.0.2.2:1003 pass\nudp any:1015 drop name five\n"
		 "udp 192.0.0.0/16:1015 redirect eth2\n" },
	{ "base.yaml", "bindings:\n- {endpoint: udp any:1001, action: drop, name: single}\n"
		       "- {endpoint: udp any4:1002, action: pass}\n"
		       "- {endpoint: 'udp 192.0.2.2:1003', action: drop}\n"
		       "- {endpoint: 'udp 192.0.2.0/24:1004', action: redirect eth2 via "
		       "198.51.100.10, name: group}\n"
		       "- {endpoint: udp any:1006, action: count, name: group}\n"
		       "- {endpoint: tcp any:1009, action: pass, name: owned, owner: 'user:0'}\n"
		       "- {endpoint: tcp any:1007, action: socket web}\n" },
	{ "changed.yaml", "bindings:\n- {endpoint: udp any:1001, action: pass, name: changed}\n"
			  "- {endpoint: udp any4:1002, action: pass}\n"
			  "- {endpoint: 'udp 192.0.2.0/24:1004', action: drop, name: renamed}\n"
			  "- {endpoint: udp any:1015, action: redirect eth2}\n"
			  "- {endpoint: tcp any:1009, action: drop}\n" },
	{ "first.yaml", "interfaces: [{device: eth0}]\n"
			"bindings: [{endpoint: udp any:1001-1003, action: drop, name: all}]\n" },
	{ "all.yaml",
	  "interfaces: [{device: eth2, hook: tc}]\nguard: {mode: report, cgroup: CGROUP}\n"
	  "sockets: [{name: other, listening: 'tcp 127.0.0.1:2002'}]\n"
	  "bindings: [{endpoint: udp any:1001, action: pass},\n"
	  "{endpoint: tcp any:1007, action: socket other}]\n" },
};

#define FILES (sizeof(files) / sizeof(files[0]))

static char directory[] = "/tmp/portsteer-world-XXXXXX";
static bool has_group;
static struct picture full; /* what they make; empty until they did */

/* With the path of CGROUP. */
static void write_text(const char *text, FILE *file)
{
	const char *mark = strstr(text, "CGROUP");
	char path[128];

	if (mark)
		fprintf(file, "%.*s%s%s", (int)(mark - text), text, group_path("/", path),
			mark + strlen("CGROUP"));
	else
		fputs(text, file);
}

static void write_files(void)
{
	for (size_t i = 0; i < FILES; i++) {
		FILE *file = fopen(files[i].name, "we");

		assert_non_null(file);
		write_text(files[i].text, file);
		assert_int_equal(fclose(file), 0);
	}
}

/* Goes on in the first process of a new PID namespace, and ends as that one does. */
static void enter_pids(void)
{
	int status;
	pid_t child;

	assert_int_equal(unshare(CLONE_NEWPID), 0);
	child = fork();
	assert_true(child >= 0);
	if (child) {
		assert_int_equal(waitpid(child, &status, 0), child);
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	assert_int_equal(mount("proc", "/proc", "proc", 0, NULL), 0);
}

void world_open(void)
{
	tool_enter();
	has_group = group_enter();
	enter_pids();
	wire_open();
	clients_open();
	steer_ip(LINK);
	if (!mkdtemp(directory) || chdir(directory))
		exit(1);
	write_files();
}

/* Processes that wait to take changes back became children of this one, the first. */
static void end_orphans(void)
{
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

void world_close(void)
{
	end_orphans();
	clients_close();
	wire_close();
	for (size_t i = 0; i < FILES; i++)
		unlink(files[i].name);
	rmdir(directory);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Links go with their pins, and what is without links with its interface. */
void world_empty(void)
{
	FILE *reserved = fopen("/proc/sys/net/ipv4/ip_local_reserved_ports", "we");

	end_orphans();
	assert_int_equal(umount2("/sys/fs/bpf", MNT_DETACH), 0);
	assert_int_equal(mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL), 0);
	nftw("/run/portsteer", remove_one, 16, FTW_PHYS | FTW_DEPTH);
	if (reserved) {
		fputs("\n", reserved);
		fclose(reserved);
	}
	steer_ip("link set eth0 xdp off\nlink set eth2 xdp off\n");
}

bool world_run(const char *list, struct tool_run *ret)
{
	char *copy = strdup(list), *rest = NULL;
	bool is_good = true;

	for (char *words = strtok_r(copy, ";", &rest); words && is_good;
	     words = strtok_r(NULL, ";", &rest)) {
		if (!strcmp(words, "count")) {
			wire_ask();
		} else if (!strcmp(words, "forget build")) {
			damage_forget_build();
		} else {
			tool_run(words, ret);
			is_good = !ret->status;
		}
	}
	free(copy);
	return is_good;
}

static bool is_full(void)
{
	static struct picture now;

	picture_take(NULL, &now);
	return full.text[PICTURE_FILES][0] && picture_is_equal(&now, &full);
}

bool world_fill(struct tool_run *ret)
{
	if (is_full())
		return true;
	world_empty();
	if (!world_run(commands, ret) || (has_group && !world_run("guard on CGROUP", ret)))
		return false;
	picture_take(NULL, &full);
	return true;
}
