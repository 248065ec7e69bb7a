#!/bin/sh
# tests/decode/test_evtx_compare.sh - every value of event log files is what evtxexport reads, too: of the corpus, and
# of a sample made for this test.
set -u
build=${VIGIE_BUILD:-build}
corpus=${VIGIE_CORPUS:-../shared/data}
passed=0 failed=0 skipped=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM

compare() { # name, file...
    name=$1
    shift
    if [ ! -e "$1" ]; then
        echo "notice: no event log files of $name"
        skipped=$((skipped + 1))
    elif python3 tests/evtx_compare.py "$build/vigie" "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}

if ! command -v evtxexport >/dev/null; then
    echo "notice: no evtxexport (Debian package libevtx-utils), event logs are not compared"
    echo "0 passed, 0 failed, 2 skipped"
    exit 0
fi
compare "the corpus in $corpus" "$corpus"/evtx/*.evtx
if "$build/sample" --out "$work" --users 20 --days 4 --seed 3 --evtx-only >/dev/null; then
    compare "the sample" "$work"/windows/*.evtx
else
    echo "no sample could be made"
    failed=$((failed + 1))
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
