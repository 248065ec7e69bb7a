#!/bin/sh
# tools/symbols.sh BUILD - every object exports only symbols that begin with its file's stem, or with a prefix of it
# that a header of the room names (base/table.c: table_, distinct_). Registered files export exactly their stem.
set -eu
build=${1:-build}
bad=0
for room in base model net source wire decode directory detect score posture policy link store api app; do
    for o in "$build/$room"/*.o; do
        [ -e "$o" ] || continue
        [ -e "$room/$(basename "$o" .o).c" ] || continue
        stem=$(basename "$o" .o)
        names=$(nm -g --defined-only "$o" | awk '{print $3}')
        case $stem in
        det_* | dec_* | win_* | net_* | rpc_* | cmd_* | gov_*)
            for s in $names; do
                [ "$s" = "$stem" ] || { echo "$room/$stem exports $s: only $stem is allowed"; bad=1; }
            done ;;
        *)
            for s in $names; do
                grep -qsw -- "$s" "$room"/*.h || [ "$s" = main ] || [ "$s" = "$stem" ] || { echo "$room/$stem exports $s, which no header of $room declares"; bad=1; }
            done ;;
        esac
    done
done
exit $bad
