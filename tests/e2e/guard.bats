#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The guard: real programs that bind what bindings take from them, and everything around that it
# must let be. Each test has a cgroup of its own, and leaves the machine's alone.

load lib/net
load lib/cgroup
load lib/inject

setup() {
	guard_setup
}

teardown() {
	guard_teardown
}

# STATE: the guard is
is_state() {
	[ "$(steer -j guard | jq -r '.[0].state')" = "$1" ]
}

attempts() {
	steer -j guard | jq -r '.[0].attempts'
}

@test "on, report, off: what is attached, and that nothing is left" {
	local before after

	before=$(bpftool cgroup show "$MOUNT$GROUP")
	same '[]' "$(steer -j guard)"
	steer guard on "$GROUP"
	same "on $GROUP attached 0" \
		"$(steer -j guard | jq -r '.[0] | "\(.mode) \(.cgroup) \(.state) \(.attempts)"')"
	says 3 "the guard is at cgroup $GROUP; 'portsteer -n $HOST guard off' takes it off first" \
		steer guard on "$GROUP/inner"
	steer guard on "$MOUNT$GROUP" # the same, with the mount before it
	steer guard report "$GROUP"
	same report "$(steer -j guard | jq -r '.[0].mode')"
	rm "$PINS/$HOST/links/guard-report-ipv6"
	same incomplete "$(steer -j guard | jq -r '.[0].state')"
	steer guard report "$GROUP"
	same attached "$(steer -j guard | jq -r '.[0].state')"
	steer guard off
	steer guard off
	after=$(bpftool cgroup show "$MOUNT$GROUP")
	same "$before" "$after"
	[ ! -e "$PINS/$HOST" ]
}

@test "what is refused: the neighbours of each binding, TCP and UDP, both families" {
	local ok=ok no=EADDRINUSE

	steer guard on "$GROUP"
	steer -q bind tcp any:8080 drop
	steer -q bind udp any4:53 drop
	steer -q bind tcp 192.0.2.2:9000-9009 redirect eth0
	steer -q bind tcp 192.0.2.2:9005 pass
	steer -q bind udp '[2001:db8:1::/64]:any' drop
	same "$no $no $no $no" "$(binds tcp,0.0.0.0,8080 tcp,192.0.2.2,8080 tcp,::,8080 tcp,2001:db8:1::2,8080)"
	same "$ok $ok $ok" "$(binds tcp,0.0.0.0,8081 udp,0.0.0.0,8080 tcp,0.0.0.0,8079)"
	same "$no $no" "$(binds tcp,::ffff:192.0.2.2,8080 mptcp,0.0.0.0,8080)"
	same "$ok $ok" "$(binds tcp,127.0.0.1,8080 tcp,::1,8080)" # never on a wire
	same "$no $no $ok" "$(binds udp,0.0.0.0,53 udp,::,53 udp,::,53,v6only)"
	same "$no $no $ok $ok" "$(binds tcp,192.0.2.2,9000 tcp,192.0.2.2,9009 tcp,192.0.2.2,9005 tcp,192.0.2.2,9010)"
	same "$ok $ok" "$(binds tcp,0.0.0.0,9000 tcp,::,9000)" # other addresses are nobody's
	same "$no $no $ok" "$(binds udp,2001:db8:1::2,1 udp,2001:db8:1::2,65535 udp,::,1)"
	same "then" "$(binds tcp,0.0.0.0,8080,twice)"
	same "$no" "$(binds tcp,0.0.0.0,8080,reuseport)"
	steer unbind tcp any:8080
	same "$ok" "$(binds tcp,0.0.0.0,8080)"
	steer -q bind tcp any:8080 pass
	same "$ok" "$(binds tcp,0.0.0.0,8080)"
	steer guard off
	same "$ok" "$(binds udp,0.0.0.0,53)"
}

@test "other namespaces and other cgroups are let be; inner ones and other users are not" {
	net_add "${HOST}x"
	mkdir "$MOUNT$GROUP/other"
	steer guard on "$GROUP/inner"
	steer -q bind tcp any:8080 drop
	same ok "$(IN=${HOST}x binds tcp,0.0.0.0,8080)"
	same ok "$(AT=$GROUP/other binds tcp,0.0.0.0,8080)"
	same ok "$(binds tcp,0.0.0.0,8080)"
	same EADDRINUSE "$(AT=$GROUP/inner binds tcp,0.0.0.0,8080)"
	same ok "$(IN=${HOST}x AT=$GROUP/inner binds tcp,0.0.0.0,8080)"
	steer guard off
	steer guard on "$GROUP"
	same EADDRINUSE "$(AT=$GROUP/inner binds tcp,0.0.0.0,8080)"
	same EADDRINUSE "$(AS=65534 binds tcp,0.0.0.0,8080)"
	same 'nobody' "$(tried attempt.user | sort -u)"
}

@test "who tried what, how often, and which binding forbade it" {
	steer guard on "$GROUP"
	steer -q bind tcp any:8000-8999 drop
	binds tcp,0.0.0.0,8080 tcp,0.0.0.0,8080 tcp,0.0.0.0,8080
	AT=$GROUP/inner AS=65534 binds tcp,::,8081,v6only
	same $'tcp any:8000-8999 tcp any4:8080 root python3 3 true\ntcp any:8000-8999 tcp any6:8081 nobody python3 1 true' \
		"$(tried endpoint with attempt.user attempt.command attempt.count attempt.refused)"
	same $'tcp any4:8080 '"$GROUP"$'\ntcp any6:8081 '"$GROUP/inner" "$(tried with attempt.cgroup)"
	says 0 "a local process was refused tcp any4:8080 (python3, pid " steer conflicts
	says 0 "user root, cgroup $GROUP), 3 times" steer conflicts
	same 4 "$(attempts)"
	steer guard report "$GROUP"
	same 0 "$(attempts)"
	same ok "$(binds tcp,0.0.0.0,8080)"
	same 'tcp any4:8080 false' "$(tried with attempt.refused)"
	says 0 'a local process bound tcp any4:8080, which the guard would refuse (python3' \
		steer conflicts
	steer unbind tcp any:8000-8999
	same '' "$(tried with)"
	steer -q bind tcp any:1 drop # has the slot now
	same '' "$(tried with)"
}

@test "port 0 never gives a port that is taken; reserved, it gives another" {
	net_in "$HOST" sysctl -q -w net.ipv4.ip_local_port_range='40000 40009'
	steer guard on "$GROUP"
	steer -q bind tcp,udp any:40000-40008 drop
	for _ in 1 2 3 4 5; do
		[[ "$(binds tcp,0.0.0.0,0 udp,0.0.0.0,0 tcp,::,0 udp,::,0)" =~ ^((ok|EADDRINUSE)\ ?)+$ ]]
	done
	[ "$(attempts)" -gt 0 ]
	[[ ! "$(tried with)" = *40009* ]]
	steer guard on "$GROUP"
	steer -q reserve set
	same 'ok ok ok ok' "$(binds tcp,0.0.0.0,0 udp,0.0.0.0,0 tcp,::,0 udp,::,0)"
	steer unreserve
}

@test "what the kernel may pick is reserved while it is on, and no longer" {
	local list=net.ipv4.ip_local_reserved_ports picks

	net_in "$HOST" sysctl -q -w "$list=7,40009"
	steer -q bind tcp,udp any:40000 drop
	steer -q bind tcp any:40002 pass owner user:nobody
	steer -q bind tcp any:40009 drop
	picks='import socket, struct, sys
for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
    s = socket.socket(socket.AF_INET, kind)
    s.setsockopt(socket.IPPROTO_IP, 51, struct.pack("I", 40000 << 16 | 40000))
    try:
        s.listen() if kind == socket.SOCK_STREAM else s.sendto(b"x", ("192.0.2.1", 9))
        print(s.getsockname()[1], end=" ")
    except OSError as error:
        print(error.errno in (11, 98) and "none" or error, end=" ")'
	says 0 "note: reserved 40000,40002 while the guard is on: " steer guard on "$GROUP"
	same 7,40000,40002,40009 "$(net_in "$HOST" sysctl -n "$list")"
	same 'none none ' "$(net_in "$HOST" python3 -c "$picks")"
	steer guard on "$GROUP"
	steer guard off
	same 7,40009 "$(net_in "$HOST" sysctl -n "$list")"
	same '40000 40000 ' "$(net_in "$HOST" python3 -c "$picks")"
	steer -q guard on "$GROUP"
	steer -q reserve set # now it is asked for
	steer -q guard off
	same 7,40000,40002,40009 "$(net_in "$HOST" sysctl -n "$list")"
	steer unreserve
	net_in "$HOST" sysctl -q -w net.ipv4.ip_local_port_range='40000 40002'
	steer -q bind tcp any:40001 drop
	says 0 'which the guard does not see: the table claims every port' steer guard on "$GROUP"
	same on "$(steer -j guard | jq -r '.[0].mode')"
	steer guard off
}

@test "real programs: nginx, redis and socat are refused, and start when it is off" {
	local conf="$BATS_TEST_TMPDIR/nginx.conf"

	printf 'daemon off; master_process off; pid nginx.pid; error_log stderr; events {}\n' >"$conf"
	printf 'http { access_log off; server { listen 192.0.2.2:8080; } }\n' >>"$conf"
	steer guard on "$GROUP"
	steer -q bind tcp 192.0.2.2:any drop
	steer -q bind udp any:5353 drop
	says 1 'Address already in use' timeout 20 bash -c \
		"$(declare -f within); MOUNT=$MOUNT; within $GROUP $HOST nginx -p $BATS_TEST_TMPDIR -c $conf"
	says 1 'Address already in use' within "$GROUP" "$HOST" socat udp4-recv:5353 -
	if command -v redis-server >/dev/null; then
		says 1 'Address already in use' within "$GROUP" "$HOST" \
			redis-server --port 6379 --bind 192.0.2.2
	fi
	[[ "$(tried attempt.command)" = *nginx*socat* ]]
	steer guard off
	net_start "$HOST" nginx -p "$BATS_TEST_TMPDIR" -c "$conf"
	net_wait 20 net_listens "$HOST" tcp 8080
}

@test "sockets of before are reported as listeners, and go on" {
	net_start "$HOST" socat tcp4-listen:8080,fork exec:cat
	net_wait 20 net_listens "$HOST" tcp 8080
	steer attach eth0
	steer -q bind tcp any4:8080 drop
	steer guard on "$GROUP"
	same 'tcp any4:8080' "$(steer -j conflicts | jq -r '.[] | select(.kind == "listener").with')"
	same hello "$(net_in "$HOST" socat -t 1 - tcp4:127.0.0.1:8080 <<<hello)"
	steer detach all
}

# Where $TIME asks for speed, 2000: each of them tries each port once.
@test "10 000 attempts from 50 processes: each endpoint as the table says, none lost" {
	local each

	each=$(net_often 200 40)
	steer guard on "$GROUP"
	for port in $(seq 7000 2 7038); do
		echo "tcp any4:$port drop"
	done >"$BATS_TEST_TMPDIR/batch"
	steer -q bind --batch "$BATS_TEST_TMPDIR/batch"
	within "$GROUP" "$HOST" /usr/bin/python3 - "$each" >"$BATS_TEST_TMPDIR/owners" <<'PYTHON'
import collections
import multiprocessing
import socket
import sys


def attempt(number):
    """Binds every port again and again, keeps what it gets."""
    held, refused = {}, 0
    for turn in range(int(sys.argv[1])):
        port = 7000 + (turn + number) % 40
        one = socket.socket()
        try:
            one.bind(("0.0.0.0", port))
            held[port] = one
        except OSError:
            refused += 1
            one.close()
    barrier.wait()
    return sorted(held), refused


barrier = multiprocessing.Barrier(50)
with multiprocessing.Pool(50) as pool:
    results = pool.map(attempt, range(50), chunksize=1)
owners = collections.Counter(port for ports, _ in results for port in ports)
print("owned", sum(owners.values()), "most", max(owners.values()),
      "even", sum(port % 2 == 0 for port in owners),
      "attempts", sum(refused for _, refused in results) + sum(owners.values()))
PYTHON
	same "owned 20 most 1 even 0 attempts $((50 * each))" "$(cat "$BATS_TEST_TMPDIR/owners")"
	# One of two ports, each as often; but for those that came in the moment in which another
	# that is about to be refused still holds the port: the kernel itself refuses them.
	[ "$(attempts)" -le $((25 * each)) ]
	[ "$(attempts)" -ge $((49 * each / 2)) ]
	same 20 "$(tried with | wc -l)"
}

@test "a cgroup that goes takes the guard with it; wrong words" {
	steer guard on "$GROUP/inner"
	rmdir "$MOUNT$GROUP/inner"
	net_wait 20 is_state 'cgroup gone'
	steer guard on "$GROUP"
	same "$GROUP attached" "$(steer -j guard | jq -r '.[0] | "\(.cgroup) \(.state)"')"
	mkdir "$MOUNT$GROUP/inner"
	says 2 "unknown word 'onn'; valid: off, report, on" steer guard onn
	says 2 "'system.slice' is not a cgroup: a cgroup begins with '/', as in /proc/PID/cgroup" \
		steer guard on system.slice
	says 4 "cannot open cgroup $MOUNT/none$HOST: No such file or directory" \
		steer guard on "/none$HOST"
	says 2 'is an unexpected argument' steer guard on / /
	says 2 'is an unexpected argument' steer guard off /
}

# COMMAND...: in a mount namespace where the cgroup is mounted at $PART, before the root or alone
with_part() {
	PART=$BATS_TEST_TMPDIR/part
	mkdir -p "$PART"
	export MOUNT GROUP PART
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --propagation private bash -ec 'mount --bind "$MOUNT$GROUP" "$PART"
		umount -l "$MOUNT"
		[ -z "$ROOT" ] || mount -t cgroup2 none "$MOUNT"
		"$@"' bash "$@"
}

@test "a part of cgroup v2 is not taken for its root" {
	ROOT=yes with_part "$PORTSTEER" -n "$HOST" guard on "$GROUP/inner"
	same "$GROUP/inner" "$(steer -j guard | jq -r '.[0].cgroup')"
	ROOT=yes with_part "$PORTSTEER" -n "$HOST" -j guard | grep -qF "\"$GROUP/inner\""
	steer guard off
	says 1 "is a part of cgroup v2, and its root is mounted nowhere here, so where a cgroup is below the root is not known; run it where the root is, outside of cgroup namespaces" \
		env ROOT= bash -c "$(declare -f with_part); with_part '$PORTSTEER' -n '$HOST' guard on /inner"
	says 2 "is outside of cgroup v2" steer guard on /..
	says 1 'cannot tell where cgroup v2 is mounted: ' \
		failing_at /proc/self/mountinfo openat EMFILE "$PORTSTEER" -n "$HOST" guard on "$GROUP"
	same '[]' "$(steer -j guard)"
}

@test "in a cgroup namespace, paths of it are not taken for those of everybody" {
	local inside=(unshare --cgroup "$PORTSTEER" -n "$HOST")

	says 1 "this is a cgroup namespace, where '/app' is another cgroup than outside; run it outside" \
		"${inside[@]}" bind tcp any:9090 pass owner cgroup:/app
	says 1 "this is a cgroup namespace, where '$GROUP' is another cgroup than outside; run it outside" \
		"${inside[@]}" guard on "$GROUP"
	says 1 "cannot tell whether '$GROUP' is a path of a cgroup namespace: " \
		failing_at /proc/self/ns/cgroup newfstatat EIO "$PORTSTEER" -n "$HOST" guard on "$GROUP"
	[ ! -e "$PINS/$HOST" ]
	"${inside[@]}" guard on "$MOUNT$GROUP/inner" # with the mount before it there is no doubt
	same "$GROUP/inner" "$(steer -j guard | jq -r '.[0].cgroup')"
}

@test "the cgroup where the socket was made is the one that counts, not where the process is now" {
	local said

	steer -q bind tcp any:8081 drop
	steer guard on "$GROUP"
	said=$(AT='' within '' "$HOST" /usr/bin/python3 - "$MOUNT" "$GROUP" <<-'END'
		import os, socket, sys
		def move(group):
		    open(sys.argv[1] + group + '/cgroup.procs', 'w').write(str(os.getpid()))
		def bind(made):
		    try:
		        made.bind(('0.0.0.0', 8081))
		        print('ok')
		    except OSError:
		        print('refused')
		    made.close()
		outside = socket.socket()
		move(sys.argv[2])
		bind(outside)
		bind(socket.socket())
		inside = socket.socket()
		move('')
		bind(inside)
		bind(socket.socket())
	END
	)
	same $'ok\nrefused\nrefused\nok' "$said"
}

@test "killed at any step, the next command finishes or takes it off" {
	local call n kills=0 before step

	step=$(net_often 15 20 1)
	before=$(bpftool cgroup show "$MOUNT$GROUP")
	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null true || skip "may not trace"
	for call in bpf chmod unlink; do
		for ((n = 30; n < 300; n += step)); do
			if strace -qq -o /dev/null -e "trace=$call" \
				-e "inject=$call:signal=KILL:when=$n" \
				"$PORTSTEER" -q -n "$HOST" guard on "$GROUP" 2>/dev/null; then
				break
			fi
			kills=$((kills + 1))
			[ $((kills % 2)) -eq 0 ] || steer guard report "$GROUP"
			steer guard off
			[ ! -e "$PINS/$HOST" ]
			same "$before" "$(bpftool cgroup show "$MOUNT$GROUP")"
		done
		steer guard off
	done
	echo "killed $kills times" >&2
	[ "$kills" -ge "$(net_often 5 5 50)" ]
}

@test "a cgroup that the kernel does not tell of" {
	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null true || skip "may not trace"
	says 1 'cannot inspect the cgroup: Input/output error' \
		strace -qq -o /dev/null -P "$MOUNT$GROUP" -e trace=fstat,newfstatat \
		-e inject=fstat,newfstatat:error=EIO "$PORTSTEER" -n "$HOST" guard on "$GROUP"
	[ ! -e "$PINS/$HOST" ]
	steer guard on "$GROUP"
	same attached "$(steer -j guard | jq -r '.[0].state')"
}

@test "where the kernel allows no other program, and without cgroup v2" {
	local id

	net_add "${HOST}x"
	"$PORTSTEER" -n "${HOST}x" guard on "$GROUP/inner"
	id=$(bpftool -j link show pinned "$PINS/${HOST}x/links/guard-on-ipv4" | jq .prog_id)
	bpftool cgroup attach "$MOUNT$GROUP" post_bind4 id "$id"
	says 1 "$GROUP: not permitted, or a program is there, or above, that allows no others ('bpftool cgroup tree' shows them)" \
		steer guard on "$GROUP"
	[ ! -e "$PINS/$HOST" ]
	bpftool cgroup detach "$MOUNT$GROUP" post_bind4 id "$id"
	"$PORTSTEER" -n "${HOST}x" guard off
	# shellcheck disable=SC2016 # for the other shell
	says 1 'cgroup v2 is not mounted; mount -t cgroup2 none /sys/fs/cgroup' \
		unshare -m sh -c 'umount "$0" && exec "$@"' "$MOUNT" "$PORTSTEER" -n "$HOST" guard on
}
