#!/bin/sh
# tools/registry.sh TYPE NAME HEADER FILE... - writes a C registry from file names: what exists is what is registered.
# detect/det_2006.c exports `const struct detector det_2006`, and so on for the other kinds.
set -eu
type=$1 name=$2 header=$3
shift 3
list=$(for f; do basename "$f" .c; done | LC_ALL=C sort)
echo "/* Made by tools/registry.sh from file names. */"
echo "#include \"$header\""; echo; echo "#include <stddef.h>"
echo
for s in $list; do echo "extern const struct $type $s;"; done
echo "const struct $type *const ${name}[] = {"
for s in $list; do echo "    &$s,"; done
echo "    NULL};"
