#!/bin/sh
# tools/check.sh BUILD - runs every test and ends with one line: N passed, N failed, N skipped.
#
# C tests are cmocka programs (TAP). Scripts tests/*/test_*.py and tests/*/test_*.sh print their own last line
# "N passed, N failed, N skipped". Checks of tools/ count as one test each.
set -u
build=${1:-build}
passed=0 failed=0 skipped=0
logs=$build/check
rm -rf "$logs"
mkdir -p "$logs"

result() { # name, passed, failed, skipped
    passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
    printf '%-46s %4d passed' "$1" "$2"
    [ "$3" = 0 ] || printf ', %d FAILED' "$3"
    [ "$4" = 0 ] || printf ', %d skipped' "$4"
    printf '\n'
}

one() { # name, command...: one test by exit code
    name=$1
    shift
    log=$logs/$(echo "$name" | tr / _).log
    if "$@" >"$log" 2>&1; then result "$name" 1 0 0; else
        result "$name" 0 1 0
        tail -n 20 "$log"
    fi
}

for t in layers size banned; do one "tools/$t" sh "tools/$t.sh"; done
one tools/symbols sh tools/symbols.sh "$build"

for p in $(find "$build/tests" -type f -name 'test_*' -perm -u+x ! -name '*.[do]' | LC_ALL=C sort); do
    name=${p#"$build/tests/"}
    log=$logs/$(echo "$name" | tr / _).log
    CMOCKA_MESSAGE_OUTPUT=tap timeout "${TEST_SECONDS:-300}" "$p" >"$log" 2>&1
    code=$?
    # cmocka marks skipped tests as "not ok ... # SKIP" in some versions
    skip=$(grep -cE '^(not )?ok .*# SKIP' "$log")
    ok=$(grep -v '# SKIP' "$log" | grep -c '^ok ')
    not=$(grep -v '# SKIP' "$log" | grep -c '^not ok ')
    if [ $code != 0 ] && [ "$not" = 0 ]; then not=1; fi
    if [ $((ok + not + skip)) = 0 ]; then not=1; fi
    result "$name" "$ok" "$not" "$skip"
    if [ "$not" != 0 ]; then grep -v '^ok ' "$log" | tail -n 25; fi
done

run_script() { # script: its output and exit code into the logs
    log=$logs/$(echo "${1#tests/}" | tr / _).log
    case $1 in
    *.py) VIGIE_BUILD=$build timeout "${TEST_SECONDS:-900}" python3 "$1" >"$log" 2>&1 ;;
    *) VIGIE_BUILD=$build timeout "${TEST_SECONDS:-900}" sh "$1" >"$log" 2>&1 ;;
    esac
    echo $? >"$log.code"
}

tell_script() { # script
    name=${1#tests/}
    log=$logs/$(echo "$name" | tr / _).log
    code=$(cat "$log.code")
    last=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
    if [ -z "$last" ]; then
        result "$name" 0 1 0
        tail -n 25 "$log"
        return
    fi
    # shellcheck disable=SC2086
    set -- $last
    bad=$3
    if [ "$code" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
    result "$name" "$1" "$bad" "$5"
    if [ "$bad" != 0 ]; then tail -n 25 "$log"; fi
    grep -i '^notice' "$log"
}

# comparisons with other programs only compute: they go beside the others, at low priority
scripts=$(find tests -name 'test_*.py' -o -name 'test_*.sh' | LC_ALL=C sort)
compare=$(echo "$scripts" | grep -E 'compare|agreement|tshark')
( for s in $compare; do
    TEST_SECONDS=${TEST_SECONDS:-2400} run_script "$s"
done ) &
comparing=$!
renice -n 19 -p $comparing >/dev/null 2>&1
for s in $scripts; do
    case " $(echo $compare) " in *" $s "*) continue ;; esac
    run_script "$s"
    tell_script "$s"
done

# each fuzzer for a short time; `make fuzz` runs them for long
[ ! -d build-fuzz ] || python3 tools/fuzz_seeds.py build-fuzz/seeds
for f in build-fuzz/fuzz_*; do
    [ -x "$f" ] && [ -f "$f" ] || continue
    name=$(basename "$f")
    case $name in *.*) continue ;; esac
    mkdir -p "build-fuzz/corpus/$name"
    seeds=
    for d in "fuzz/seeds/$name" "build-fuzz/seeds/$name"; do [ -d "$d" ] && seeds="$seeds $d"; done
    # shellcheck disable=SC2086
    one "fuzz_$name" "$f" -max_total_time="${FUZZ_SECONDS:-5}" -timeout=10 -rss_limit_mb=2048 "build-fuzz/corpus/$name" $seeds
done

wait "$comparing"
for s in $compare; do tell_script "$s"; done

echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
