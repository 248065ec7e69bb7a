#!/bin/sh
# tools/fuzz.sh SECONDS FUZZER... - runs each libFuzzer program for so long, from the seeds in fuzz/seeds/<name>/ when
# there are any, and from the fixtures (tools/fuzz_seeds.py). What it learns stays in build-asan/fuzz/corpus/. Ends at the first finding.
set -eu
seconds=$1
shift
python3 tools/fuzz_seeds.py build-asan/fuzz/seeds
for f; do
    name=$(basename "$f")
    mkdir -p "build-asan/fuzz/corpus/$name"
    seeds=
    for d in "fuzz/seeds/$name" "build-asan/fuzz/seeds/$name"; do [ -d "$d" ] && seeds="$seeds $d"; done
    # shellcheck disable=SC2086
    "$f" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 "build-asan/fuzz/corpus/$name" $seeds 2>"build-asan/fuzz/$name.log" || {
        tail -n 30 "build-asan/fuzz/$name.log"
        echo "$name: finding"
        exit 1
    }
    runs=$(sed -n 's/stat::number_of_executed_units: *//p' "build-asan/fuzz/$name.log")
    echo "$name: $runs runs in $seconds s, no finding"
done
