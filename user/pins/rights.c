// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who may open what is pinned. See rights.h. An earlier build let a group that
 * may read open portsteer_store, and somebody may have been too generous.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/notice.h"
#include "base/scope.h"
#include "pins/bpffs.h"
#include "pins/pins.h"
#include "pins/rights.h"

#define OTHERS (S_IRWXG | S_IRWXO)

/* Also when its mode cannot be looked at. */
static void take_from_others(int directory_fd, const char *name)
{
	struct stat status;

	if (!fstatat(directory_fd, name, &status, AT_SYMLINK_NOFOLLOW) &&
	    (!S_ISREG(status.st_mode) || !(status.st_mode & OTHERS)))
		return;
	if (fchmodat(directory_fd, name, S_IRUSR | S_IWUSR, 0) && errno != ENOENT)
		ps_notice("warning: others than its owner may use %s: cannot set its mode to 0600: "
			  "%s",
			  name, strerror(errno));
}

/*
 * Who may read a map and write to a directory of some BPF file system can pin the
 * map there anew, as its owner, and open it to write.
 */
static void warn_of_pinning(const struct ps_instance *instance)
{
	struct stat root, own;

	if (stat(PS_BPFFS, &root) || stat(instance->path, &own) || own.st_uid || !own.st_gid ||
	    !(own.st_mode & S_IRGRP) || !(root.st_mode & (S_IWGRP | S_IWOTH)))
		return;
	ps_notice("warning: those who may read instance '%s' could also write it, because " PS_BPFFS
		  " has mode %04o and lets them pin; as root: chmod go-w " PS_BPFFS,
		  instance->name, root.st_mode & 07777);
}

void ps_rights_repair(const struct ps_instance *instance)
{
	char links[PS_PATH_SIZE], store[PS_PATH_SIZE];
	PS_CLOSED_DIR DIR *dir = NULL;
	struct dirent *entry;

	ps_instance_pin_path(instance, PS_STORE_PIN, store);
	take_from_others(AT_FDCWD, store);
	ps_instance_pin_path(instance, PS_LINKS_DIR, links);
	dir = opendir(links);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			take_from_others(dirfd(dir), entry->d_name);
	warn_of_pinning(instance);
}
