#!/bin/sh
# tests/portal/test_units.sh - the portal's pure parts under node's own test runner.
set -u
build=${VIGIE_BUILD:-build}
out=$build/tests/portal
mkdir -p "$out"
make -s portal-modules || exit 1
portal/node_modules/.bin/esbuild tests/portal/units.test.ts --bundle --platform=node --format=esm --log-level=warning --outfile="$out/units.mjs" || exit 1
node --test --test-reporter=tap "$out/units.mjs" >"$out/units.tap" 2>&1
grep -E '^ *(not ok|# Subtest|  +(error|expected|actual))' "$out/units.tap" | grep -A3 'not ok'
count() { sed -n "s/^# $1 \([0-9]*\)\$/\1/p" "$out/units.tap" | tail -n 1; }
passed=$(count pass) failed=$(count fail) skipped=$(count skipped)
echo "${passed:-0} passed, ${failed:-1} failed, ${skipped:-0} skipped"
[ "${failed:-1}" = 0 ]
