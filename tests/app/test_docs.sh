#!/bin/sh
# tests/app/test_docs.sh - the generated pages are those of this code; every command has help and a manual page.
set -u
build=${VIGIE_BUILD:-build}
passed=0 failed=0
try() { # what, command...
    what=$1
    shift
    if "$@" >/dev/null 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $what"
    fi
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
"$build/vigie" detections --markdown "$work/detections"
try "docs/detections is what 'make docs' makes" diff -r "$work/detections" docs/detections
{ echo "# Fields of the filter language"; echo; "$build/vigie" query --fields; } > "$work/fields.md"
try "docs/filter-fields.md is what 'make docs' makes" cmp "$work/fields.md" docs/filter-fields.md
for name in $("$build/vigie" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
    try "vigie $name --help" sh -c "'$build/vigie' $name --help | grep -q '^usage: vigie $name'"
done
sh tools/man.sh "$build"
for page in "$build"/man/*.1; do
    try "$page" grep -q '^.SH DESCRIPTION' "$page"
done
try "every detection of the code is in docs/FEATURES.md" sh -c "
    for id in \$('$build/vigie' detections | cut -d' ' -f1); do grep -q \"\$id\" docs/FEATURES.md || { echo \$id; exit 1; }; done"
try "no test that docs/FEATURES.md names is missing" sh -c "
    for t in \$(grep -o 'tests/[a-z_]*/[a-z_0-9A-Z]*\.[a-z.]*[a-z]' docs/FEATURES.md | sort -u); do [ -e \"\$t\" ] || { echo \$t; exit 1; }; done"
try "ARCHITECTURE.md has at most 200 lines" sh -c '[ "$(wc -l <ARCHITECTURE.md)" -le 200 ]'
# names with a <part> stand for every file that fits; CONTRIBUTING.md's example is made by its own test
try "no file that the papers name is missing" sh -c "
    for f in \$(grep -ohE '\`(api|app|base|bench|decode|detect|directory|docs|fuzz|link|model|net|policy|portal|posture|score|source|store|tests|tools|wire)/[^\` ]*[a-zA-Z/]\`' \\
                 ARCHITECTURE.md CONTRIBUTING.md README.md docs/*.md docs/decisions/*.md | tr -d '\`' | grep -v 9001 | sed 's/<[a-z]*>/*/g' | sort -u); do
        ls -d \$f >/dev/null 2>&1 || { echo \$f; exit 1; }; done"
skipped=0
if command -v systemd-analyze >/dev/null; then
    unit=$work/vigie.service
    sed "s,/usr/bin/vigie,$(realpath "$build/vigie"),; /^User=/d; /^Group=/d" packaging/vigie.service >"$unit"
    try "the systemd unit is sound" sh -c "systemd-analyze verify --man=no '$unit' 2>&1 | { ! grep . ; }"
    try "the systemd unit leaves little open" systemd-analyze security --offline=true --threshold=20 "$unit"
else
    skipped=2
    echo "notice: no systemd-analyze: the unit is not checked"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
