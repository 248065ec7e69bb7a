#!/bin/sh
# tools/symbols.sh BUILD - every object exports only symbols that begin with its file's stem, or with a prefix of it
# that a header of the room names (base/table.c: table_, distinct_). Registered files export exactly their stem.
set -eu
build=${1:-build}
bad=0
for room in base model net source wire decode directory detect score posture policy link store api app; do
    [ -d "$build/$room" ] || continue
    # source STEM, word WORD-OF-A-HEADER, then FILE.o: VALUE KIND SYMBOL
    {
        find "$room" -maxdepth 1 -name '*.c' | sed 's|.*/\(.*\)\.c$|source \1|'
        grep -oh '[A-Za-z_][A-Za-z_0-9]*' "$room"/*.h | LC_ALL=C sort -u | sed 's/^/word /'
        find "$build/$room" -maxdepth 1 -name '*.o' -exec nm -A -g --defined-only {} +
    } | awk -v room="$room" '
        $1 == "source" { source[$2]; next }
        $1 == "word" { word[$2]; next }
        { stem = $1; sub(/\.o:.*/, "", stem); sub(/.*\//, "", stem); symbol = $NF }
        !(stem in source) || symbol == stem { next }
        stem ~ /^(det|dec|win|net|rpc|cmd|gov)_/ { print room "/" stem " exports " symbol ": only " stem " is allowed"; bad = 1; next }
        !(symbol in word) && symbol != "main" { print room "/" stem " exports " symbol ", which no header of " room " declares"; bad = 1 }
        END { exit bad }' || bad=1
done
exit $bad
