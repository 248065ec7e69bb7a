#!/bin/sh
# tools/registry.sh - writes the C registries from file names: what exists is what is registered.
# detect/det_2006.c exports `const struct detector det_2006`, and so on for the other prefixes.
set -eu
stems() { # prefix files...
    prefix=$1; shift
    for f; do
        s=$(basename "$f" .c)
        case $s in "$prefix"_*) echo "$s" ;; esac
    done | LC_ALL=C sort
}
table() { # type name prefix files...
    type=$1 name=$2 prefix=$3; shift 3
    list=$(stems "$prefix" "$@")
    for s in $list; do echo "extern const struct $type $s;"; done
    echo "const struct $type *const ${name}[] = {"
    for s in $list; do echo "    &$s,"; done
    echo "    NULL};"
    echo
}
echo '/* Made by tools/registry.sh from file names. */'
for h in app/command.h decode/decode.h decode/winevent.h detect/detect.h; do echo "#include \"$h\""; done
echo
table detector detectors det "$@"
table decoder decoders dec "$@"
table winmap winmaps win "$@"
table command commands cmd "$@"
