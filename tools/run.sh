#!/bin/sh
# tools/run.sh BUILD - makes the sample organisation and scans it: what `make run` shows.
set -eu
build=$1
out=sample
if [ ! -s "$out/truth.tsv" ]; then
    echo "making a sample organisation of 120 people and 42 days in $out/ ..."
    "$build/sample" --out "$out" --users 120 --days 42 --seed 1
fi
set -- "$out/windows" "$out/office365" "$out/entra" "$out/aws" "$out/directory.ldif"
echo "scanning it: $build/vigie scan --html $out.html $*"
echo
"$build/vigie" scan --html "$out.html" "$@"
echo
echo "the same as a page: $out.html   what was injected: $out/truth.tsv"
