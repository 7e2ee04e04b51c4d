#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Network namespaces that cannot be told or looked at: that is said with its
# cause, and nothing is made, changed or compared.

load lib/net
load lib/namespaces

setup() {
	namespaces_setup
}

teardown() {
	net_teardown
}

# A program that runs COMMAND... without sockets of families whose numbers are in $1 (1,16).
make_sandbox() {
	cat >"$BATS_TEST_TMPDIR/sandbox.c" <<'END'
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (char *at = strtok(argv[1], ","); at && argc > 2; at = strtok(NULL, ",")) {
		struct sock_filter lines[] = {
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 3),
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)atoi(at), 0, 1),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		};
		struct sock_fprog program = { sizeof(lines) / sizeof(*lines), lines };

		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
			return 99;
	}
	execvp(argv[2], argv + 2);
	return 98;
}
END
	"${CC:-cc}" -o "$BATS_TEST_TMPDIR/sandbox" "$BATS_TEST_TMPDIR/sandbox.c"
}

@test "a namespace that cannot be told: an error before anything is made or compared" {
	make_sandbox
	inside ip netns add "$NET"
	# Without sockets of UNIX (RestrictAddressFamilies=) it can.
	inside "$BATS_TEST_TMPDIR/sandbox" 1 "$PORTSTEER" -q -n "$NET" bind tcp any:8 drop
	machine -q -n "$NET" bind tcp any:9 drop
	machine -n "$NET" flush
	says 1 "cannot tell the network namespace: Address family not supported by protocol" \
		inside "$BATS_TEST_TMPDIR/sandbox" 1,2,10,16 "$PORTSTEER" -q -n "$NET" bind tcp any:8 drop
	says 1 "cannot tell the network namespace: Address family not supported by protocol" \
		inside "$BATS_TEST_TMPDIR/sandbox" 1,2,10,16 "$PORTSTEER" -q bind tcp any:8 drop
	same '' "$(instances)"
	inside ip netns delete "$NET"
}

# WORD...: strace(1) with these words runs portsteer, to the end of them, as $RUN... does.
traced() {
	"${RUN[@]}" strace -qq -o "$BATS_TEST_TMPDIR/trace" "$@"
}

@test "what cannot be looked at is said with its cause, and nothing is made" {
	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null true || skip "may not trace"
	make_box
	RUN=(inside)
	inside ip netns add "$NET"
	says 1 "cannot look at network namespace '$NET': Input/output error" \
		traced -e inject=ioctl:error=EIO "$PORTSTEER" -n "$NET" bind tcp any:8 drop
	says 1 "cannot look for the name of the network namespace: Too many open files" \
		traced -P /run/netns -e inject=openat:error=EMFILE "$PORTSTEER" -n "$BOX" bind tcp any:8 drop
	says 1 "cannot look at /run/netns/$BOX: Permission denied" \
		traced -P "/run/netns/$BOX" -e inject=access,faccessat,faccessat2:error=EACCES \
		"$PORTSTEER" -n "$BOX" bind tcp any:8 drop
	same '' "$(instances)"
	machine -q -n "$NET" bind tcp any:8 drop
	says 1 "cannot tell which instance is that of the network namespace: Too many open files" \
		traced -e inject=bpf:error=EMFILE:when=1 "$PORTSTEER" -n "$BOX" bind tcp any:8 drop
	same "$NET" "$(instances)"
	machine -n "$NET" flush
	machine -q -n "$BOX" bind tcp any:8 drop
	says 1 "cannot find the network namespace of instance '$(instances)': Too many open files" \
		traced -e inject=socket:error=EMFILE "$PORTSTEER" -n "$(instances)" bind tcp any:9 drop
	machine -n "$BOX" flush
	inside ip netns delete "$NET"
}

@test "without /proc: the first namespace is told by the socket, or it is not known" {
	local number

	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null true || skip "may not trace"
	inside ip netns add "$NET"
	RUN=(inside unshare --net --mount sh -c 'mount -t tmpfs none /proc; "$@"; exit $?' sh)
	says 1 "cannot tell whether this is the first network namespace, to which instance 'default' belongs; name the one that is meant: portsteer -n /proc/self/ns/net ...: No such file or directory" \
		traced -e inject=ioctl:error=EPERM "$PORTSTEER" bind tcp any:8 drop
	for number in {1..9}; do # behind those that look at the file and the terminal
		run traced -e "inject=ioctl:error=EPERM:when=$number+" "$PORTSTEER" -n "$NET" monitor --seconds 1
		[[ $output != *"cannot open the present network namespace: No such file"* ]] || break
	done
	[ "$number" -lt 9 ]
	same '' "$(instances)"
	inside ip netns delete "$NET"
}

@test "a socket whose namespace cannot be told is not taken" {
	local number

	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null true || skip "may not trace"
	inside ip netns add "$NET"
	nsenter --mount="/proc/$KEEPER/ns/mnt" --root="/proc/$KEEPER/root" -- \
		ip netns exec "$NET" python3 -c 'import socket, time
s = socket.create_server(("", 8080))
time.sleep(600)' 3>&- &
	NET_PIDS+=($!)
	net_wait 10 inside sh -c "ip netns exec $NET ss -Hlnt 'sport = :8080' | grep -q ."
	RUN=(inside)
	for number in {1..20}; do
		run traced -e "inject=getsockopt:error=EIO:when=$number" \
			"$PORTSTEER" -n "$NET" socket add web --listening tcp any4:8080
		[[ $output != *"cannot tell the network namespace of "*": Input/output error"* ]] || break
		[ "$status" -ne 0 ] || machine -n "$NET" socket remove web
	done
	[ "$number" -lt 20 ]
	same '' "$(machine -n "$NET" -j sockets 2>/dev/null | jq -r '.[].name')"
	inside ip netns delete "$NET"
}
