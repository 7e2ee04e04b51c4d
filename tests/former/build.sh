#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# build.sh FILE: makes FILE the portsteer of the last commit with ABI 1, from this
# repository's history, for tests that move what it made. Without that history (a
# shallow clone, an archive) there is no FILE, and those tests are skipped.
set -eu
COMMIT=c6e08ef51becb9858b4ef9048c5d154abbe74fb8 # the last one with ABI 1
file=$1
tree=$(dirname "$1")/tree
if ! git cat-file -e "$COMMIT^{commit}" 2>/dev/null; then
	echo "no history: $file is not built, and nothing of an earlier release is moved" >&2
	exit 0
fi
rm -rf "$tree"
mkdir -p "$tree"
git archive "$COMMIT" | tar -x -C "$tree"
make --no-print-directory -C "$tree" CFLAGS=-O0 build/portsteer >"$tree.log" 2>&1 || {
	tail -n 20 "$tree.log" >&2
	exit 1
}
mv "$tree/build/portsteer" "$file"
rm -rf "$tree" "$tree.log"
