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
    seconds=$(cat "$logs/$(echo "$1" | tr / _).log.seconds" 2>/dev/null || echo 0)
    printf '%-46s %5d s %5d passed' "$1" "$seconds" "$2"
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

# ---- what only computes goes beside the scripts, which mostly wait: lanes of C tests, of fuzzers and of comparisons with other programs, at
# lower priority (C tests only a little: some of them wait for servers of their own, and not for ever) ----

run() { # name, command...: its output, exit code and time into the logs
    out=$logs/$(echo "$1" | tr / _).log start=$(date +%s)
    shift
    "$@" >"$out" 2>&1
    echo $? >"$out.code"
    echo $(($(date +%s) - start)) >"$out.seconds"
}

tell_program() { # name: a cmocka program
    log=$logs/$(echo "$1" | tr / _).log
    # cmocka marks skipped tests as "not ok ... # SKIP" in some versions
    skip=$(grep -cE '^(not )?ok .*# SKIP' "$log")
    ok=$(grep -v '# SKIP' "$log" | grep -c '^ok ')
    not=$(grep -v '# SKIP' "$log" | grep -c '^not ok ')
    if [ "$(cat "$log.code")" != 0 ] && [ "$not" = 0 ]; then not=1; fi
    if [ $((ok + not + skip)) = 0 ]; then not=1; fi
    result "$1" "$ok" "$not" "$skip"
    if [ "$not" != 0 ]; then grep -v '^ok ' "$log" | tail -n 25; fi
}

tell_fuzzer() { # name
    log=$logs/$(echo "$1" | tr / _).log
    if [ "$(cat "$log.code")" = 0 ]; then result "$1" 1 0 0; else
        result "$1" 0 1 0
        tail -n 20 "$log"
    fi
}

run_fuzzer() { # name: for a short time; `make fuzz` runs them for long
    mkdir -p "build-asan/fuzz/corpus/$1"
    seeds=
    for d in "fuzz/seeds/$1" "build-asan/fuzz/seeds/$1"; do [ -d "$d" ] && seeds="$seeds $d"; done
    # shellcheck disable=SC2086
    run "$1" nice -n 10 "build-asan/fuzz/$1" -max_total_time="${FUZZ_SECONDS:-5}" -timeout=10 -rss_limit_mb=2048 "build-asan/fuzz/corpus/$1" $seeds
}

programs=$(cd "$build/tests" && find . -type f -name 'test_*' -perm -u+x ! -name '*.[do]' | sed 's|^\./||' | LC_ALL=C sort)
[ ! -d build-asan/fuzz ] || python3 tools/fuzz_seeds.py build-asan/fuzz/seeds
fuzzers=$(find build-asan/fuzz -maxdepth 1 -type f -name 'fuzz_*' -perm -u+x ! -name '*.*' 2>/dev/null | sed 's|.*/||' | LC_ALL=C sort)

run_programs() {
    export CMOCKA_MESSAGE_OUTPUT=tap
    for p in $programs; do run "$p" nice -n 4 timeout "${TEST_SECONDS:-300}" "$build/tests/$p"; done
}

run_fuzzers() { for f in $fuzzers; do run_fuzzer "$f"; done; }

run_programs &
computing=$!
run_fuzzers &
fuzzing=$!

run_script() { # script, the command that starts it if any
    script=$1
    shift
    case $script in
    *.py) run "${script#tests/}" env VIGIE_BUILD="$build" timeout "${TEST_SECONDS:-900}" "$@" python3 "$script" ;;
    *) run "${script#tests/}" env VIGIE_BUILD="$build" timeout "${TEST_SECONDS:-900}" "$@" sh "$script" ;;
    esac
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

scripts=$(find tests -name 'test_*.py' -o -name 'test_*.sh' | LC_ALL=C sort)
compare=$(echo "$scripts" | grep -E 'compare|tshark')
# what a domain controller (tests/app/lab.py and live.py start one at a time) or a browser is waited for has a lane of its own; it and that of
# the comparisons help with the others afterwards, from their end
outside=$(echo "$scripts" | grep -E '^tests/portal/|_directory|_govern|_lab_live|_dir_ldap|_sign_on')
others=$(echo "$scripts" | grep -vxF -e "$compare" -e "$outside")
mkdir "$logs/taken"
take() { mkdir "$logs/taken/$(echo "$1" | tr / _)" 2>/dev/null; } # script: true for the lane that is first
help_others() { for s in $(echo "$others" | LC_ALL=C sort -r); do if take "$s"; then run_script "$s"; fi; done; }
{ for s in $compare; do TEST_SECONDS=${TEST_SECONDS:-2400} run_script "$s" nice -n 10; done; help_others; } &
comparing=$!
{ for s in $outside; do run_script "$s"; done; help_others; } &
helping=$!
mine=
for s in $others; do
    if take "$s"; then
        run_script "$s"
        tell_script "$s"
        mine="$mine $s "
    fi
done
wait "$helping" "$comparing"
for s in $outside $others $compare; do
    case $mine in *" $s "*) ;; *) tell_script "$s" ;; esac
done

wait "$computing" "$fuzzing"
for p in $programs; do tell_program "$p"; done
for f in $fuzzers; do tell_fuzzer "$f"; done

echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
