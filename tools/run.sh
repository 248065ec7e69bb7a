#!/bin/sh
# tools/run.sh BUILD - makes the sample organisation and scans it: what `make run` shows.
set -eu
build=$1
out=sample
if [ ! -s "$out/truth.tsv" ]; then
    echo "making a sample organisation in $out/ ..."
    "$build/sample" --out "$out" --users 120 --days 28 --seed 1
fi
echo "scanning it: $build/vigie scan --html $out.html $out"
echo
"$build/vigie" scan --html "$out.html" "$out"
echo
echo "the same as a page: $out.html   what was injected: $out/truth.tsv"
