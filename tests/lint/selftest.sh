#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# selftest.sh: each rule finds a breach of it, made in a small tree of its own,
# and finds nothing in that tree without the breach.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/tap.bash
. "$here/tap.bash"

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
# shellcheck source=tests/lint/plant.bash
. "$here/plant.bash"

for script in layers sizes style answers advice english; do
	check "$script.sh finds nothing where nothing is wrong" finds_nothing $script
done

rule='only ask.c makes calls whose failure is no answer'
breach answers "$rule" user/hook/attach.c $'\tif (access(path, F_OK))'
breach answers "$rule" user/hook/attach.c $'\tindex = if_nametoindex(device);'
breach answers "$rule" user/cmd/bind.c $'\tif (!if_indextoname(index, name))'
breach answers "$rule" user/table/store.c $'\treturn !bpf_map_lookup_elem(fd, &key, &value);'
breach answers 'answers are asked for by name' user/hook/attach.c $'\treturn answer.is == PS_IS_NO;'

mapfile -t long < <(yes 'int x;' | head -n 400)
breach sizes 'files have at most 400 lines' user/hook/attach.c "${long[@]}"
breach sizes 'files have at most 400 lines' tests/lint/new.sh "${long[@]:0:149}"
mapfile -t body < <(yes $'\tx++;' | head -n 61)
breach sizes 'functions have at most 60 lines' tests/unit/x.c 'void f(void)' '{' "${body[@]}" '}'
mapfile -t body < <(for _ in 1 2 3 4; do printf '%s\n' 'void f(void)' '{' "${body[@]:0:13}" '}'; done)
breach sizes 'half of the functions have at most 12 lines' bpf/count.h "${body[@]}"
breach sizes 'there is no goto' user/hook/attach.c $'\tgoto out;'
breach sizes 'file names say what is in them' user/net_util.c 'int x;'
unlicensed() {
	plant
	echo 'int x;' >"$tree/user/hook.c"
	[ "$(broken sizes)" = 'files begin with their licence' ] || echo 'not found'
}
check "sizes.sh finds: a file without licence" unlicensed
breach style 'C is laid out as .clang-format says' user/hook/attach.c 'int  x;'
breach style 'decision records have numbers of their own' doc/adr/0001-second.md '# 1. Second'
breach style 'decision records have a line in their list' doc/adr/0002-third.md '# 2. Third'
breach style 'shellcheck finds nothing' tests/run $'ls $1'
breach style 'shellcheck finds nothing' tests/e2e/x.bats '@test "x" {' $'\techo $1' '}'
padded() {
	plant
	put include/portsteer/abi.h '#include <linux/types.h>' '' 'struct ps_pair {' \
		$'\t__u8 first;' $'\t__u32 second;' '};' '' \
		'_Static_assert(sizeof(struct ps_pair) == 8, "used");'
	[ "$(broken style | grep -c '^abi.h has no hidden padding')" = 2 ] || echo 'not found'
}
check "style.sh finds: padding" padded
breach style 'nothing is left to be done' user/hook/attach.c '/* TO''DO: all of it */'
breach style 'no path of one machine' tests/run 'ls /ho''me/me'
breach style 'no blanks at the end of a line' tests/run 'true '

# An error that no test expects, and one that a test does.
messages() {
	plant
	export MESSAGES_TXT=$tree/list
	: >"$MESSAGES_TXT"
	put user/hook/attach.c $'\tps_error_set(error, PS_EXIT_REFUSED,' $'\t\t"cannot do %s with "' \
		$'\t\t"this interface, %d", x, y);'
	[ "$(broken messages)" = 'every error is expected by a test' ] || echo 'untested: not found'
	put tests/e2e/x.bats 'says 1 "cannot do it with this interface, 7"'
	[ -z "$(broken messages)" ] || echo 'tested: not seen'
}
check "messages.sh finds: errors without a test" messages

rule='commands that are printed are made by advice.c'
breach advice "$rule" user/cmd_detach.c 'PS_COMMAND(detach) = {' '};' \
	$'\tputs("no; first: portsteer detach eth0");'
breach advice "$rule" user/hook/attach.c $'\tf(error, "no; first: "' $'\t  "portsteer -n %s", name);'
breach advice "$rule" user/hook/hazard.c $'\tputs("merges frames; ethtool -K %s lro off");'
breach advice "$rule" user/hook/attach.c $'\tsay("x: %s", ps_advice("flush", NULL), "sysctl -w a=b");'
advised() {
	plant
	put user/cmd_detach.c '/* "portsteer detach" */' $'\tsay("made by portsteer %s, ABI", VERSION);' \
		$'\tsay("no; first: %s", ps_advice_inside(where(x), "ip link set", name, NULL));' \
		'PS_COMMAND(detach) = {' $'\t.details =' $'\t\t"Says: portsteer detach eth0.\\n",' '};'
	broken advice
}
check "advice.sh finds nothing in help and in what is given to ps_advice()" advised

rule='phrases of english.txt are not used'
breach english "$rule" user/hook/attach.c $'\tputs("made an" "ew");'
breach english "$rule" README.md 'a packet is' 'no packet'
breach english "$rule" doc/man/x.8 '.Dd November 22, 2026' '.Dt X 8' '.Os' '.Sh NAME' '.Nm x' \
	'.Nd from' '.Sh DESCRIPTION' 'from' '.Em afar'
breach english 'the pages have no quotes within quotes' doc/man/x.8 '.Dd November 22, 2026' '.Dt X 8' \
	'.Os' '.Sh DESCRIPTION' '.Pq Ql added , Ql changed No or Ql removed'

# A tree of one object, and the verifier had half as much to do with it once.
growth() {
	rm -rf "${tree:?}"/*
	cp -r "$here/../../Makefile" "$here/../../include" "$tree/"
	mkdir "$tree/bpf" && cp "$here"/../../bpf/{*.h,table.bpf.c} "$tree/bpf/"
	export VERIFIER_TXT=$tree/counts
	"$here/compilers.sh" --accept "$tree" | grep '^not ok'
	sed -i 's/ [0-9]*$/ 60/' "$VERIFIER_TXT"
	[[ $(broken compilers) == *'more to do' ]] || echo 'not found'
}
if [ "$(id -u)" = 0 ]; then
	check "compilers.sh finds: growth" growth
else
	skip "compilers.sh finds: growth" "needs root"
fi
finish
