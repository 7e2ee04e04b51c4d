#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# boot.sh KERNEL SECONDS COMMAND...: runs the command as root in QEMU, under the
# kernel that kernel.sh put into the directory KERNEL. It runs in the tree, on this machine's
# own root file system, of which all that it writes is forgotten. Ends with its
# status; 124 when it took too long, 125 when the guest ended before it.
# MACHINE: arm64 instead of amd64, and ROOT a root file system of that, with tree and KERNEL in it.
# ACCEL=kvm is ten times as fast, on machines that have it.
set -eu
tree=$(realpath "$(dirname "$0")/../..")
kernel=$(realpath "$1")
seconds=$2
shift 2
root=$(realpath "${ROOT:-/}")
root=${root%/}
work=$(mktemp -d)
command=$(mktemp "$root/tmp/command.XXXXXX")
files_pid=
trap 'set +e; kill $files_pid 2>/dev/null; rm -rf "$work" "$command"' EXIT
printf '%q ' "$@" >"$command"

# Emulated CPUs of amd64 take turns: until QEMU 8.1 one that runs what another is patching
# may take a trap for a bug (int3), when tracepoints are switched.
case ${MACHINE:-amd64} in
amd64)
	console=ttyS0 accel=tcg,thread=single
	qemu=(qemu-system-x86_64 -machine "q35,memory-backend=memory" -cpu max)
	;;
arm64)
	console=ttyAMA0 accel=tcg,thread=multi
	qemu=(qemu-system-aarch64 -machine "virt,gic-version=3,memory-backend=memory"
		-cpu "max,pauth-impdef=on")
	;;
esac

# The host's files, for the guest to mount.
serve_files() {
	/usr/lib/qemu/virtiofsd --socket-path="$work/files" -o source="$root/" -o sandbox=chroot \
		-o cache=always --rlimit-nofile=0 >"$work/files.log" 2>&1 &
	files_pid=$!
	for _ in {1..100}; do
		[ -S "$work/files" ] && return
		sleep 0.05
	done
	echo "boot.sh: virtiofsd does not start" >&2
	cat "$work/files.log" >&2
	exit 125
}

# COMMAND...: with two tap interfaces, joined, in a network namespace of its own.
with_taps() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --net bash -euc '
		ip link add bridge address 52:54:00:00:00:ff type bridge mcast_snooping 0
		ip link set bridge addrgenmode none up
		for tap in tap0 tap1; do
			ip tuntap add $tap mode tap multi_queue
			ip link set $tap mtu 9000 addrgenmode none master bridge up
		done
		exec "$@"' - "$@"
}

# A queue for each CPU to send by, and one for XDP.
nics=()
for i in 0 1; do
	nics+=(-netdev "tap,id=tap$i,ifname=tap$i,queues=4,script=no,downscript=no,vhost=off"
		-device "virtio-net-pci,netdev=tap$i,mac=52:54:00:00:00:0$i,mq=on,vectors=10")
done
serve_files
status=0
with_taps timeout --foreground -k 5 "$seconds" \
	"${qemu[@]}" -object memory-backend-memfd,id=memory,size=2G,share=on -m 2G -smp 2 \
	-accel "${ACCEL:-$accel}" -nodefaults -no-user-config -display none -no-reboot \
	-kernel "$kernel/vmlinuz" -initrd "$kernel/initrd" \
	-append "console=$console quiet panic=-1 mitigations=off random.trust_cpu=on apparmor=0 \
TREE=$tree KERNEL=${kernel#"$root"} COMMAND=${command#"$root"}" \
	-serial "file:$work/console" -device virtio-serial-pci \
	-chardev stdio,id=output,signal=off -device virtconsole,chardev=output \
	-chardev "file,id=status,path=$work/status" -device virtconsole,chardev=status \
	-chardev "socket,id=files,path=$work/files" \
	-device vhost-user-fs-pci,chardev=files,tag=host -device virtio-rng-pci "${nics[@]}" \
	</dev/null || status=$?
if [ -s "$work/status" ]; then
	status=$(<"$work/status")
elif [ $status = 124 ]; then
	echo "boot.sh: not done after $seconds seconds" >&2
else
	status=125
	echo "boot.sh: the guest ended before the command; the kernel said:" >&2
	tail -n 30 "$work/console" >&2
fi
exit "$status"
