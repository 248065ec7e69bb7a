#!/bin/sh
# tools/layers.sh - checks which room includes which, after the table in ARCHITECTURE.md.
set -eu
allowed() {
    case $1 in
    base) echo "base" ;;
    model) echo "base model" ;;
    net) echo "base net" ;;
    source) echo "base model net source" ;;
    wire) echo "base model wire" ;;
    decode) echo "base model decode wire/flow.h" ;;
    directory) echo "base model net directory" ;;
    detect) echo "base model detect directory/dir.h" ;;
    score) echo "base model score directory/dir.h" ;;
    posture) echo "base model posture directory/dir.h" ;;
    policy) echo "base model net policy store" ;;
    link) echo "base model link store" ;;
    store) echo "base model store" ;;
    api) echo "base model api store link policy" ;;
    app) echo "base model net source wire decode directory detect score posture policy link store api app" ;;
    esac
}
bad=0
for room in base model net source wire decode directory detect score posture policy link store api app; do
    [ -d "$room" ] || continue
    ok=$(allowed "$room")
    for f in "$room"/*.[ch] "$room"/*.cc; do
        [ -e "$f" ] || continue
        for inc in $(sed -n 's/^[[:space:]]*#include "\([^"]*\)".*/\1/p' "$f"); do
            good=0
            for a in $ok; do
                case $inc in "$a" | "$a"/*) good=1 ;; esac
            done
            if [ $good = 0 ]; then
                echo "$f includes $inc: $room may include only: $ok"
                bad=1
            fi
        done
    done
done
exit $bad
