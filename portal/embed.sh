#!/bin/sh
# portal/embed.sh FOLDER NAME - writes NAME.c and NAME.S, which put the files of FOLDER into the program: a table of
# struct server_file (api/server.h), and the bytes, which the assembler takes as they are.
set -eu
folder=$1 name=$2
type_of() {
    case ${1%.gz} in
    *.html) echo "text/html; charset=utf-8" ;;
    *.js) echo "text/javascript; charset=utf-8" ;;
    *.css) echo "text/css; charset=utf-8" ;;
    *.svg) echo "image/svg+xml" ;;
    *) echo "no type for $1" >&2 && exit 1 ;;
    esac
}
files=$(cd "$folder" && find . -type f | sed 's|^\./||' | LC_ALL=C sort)
{
    echo "/* Made by portal/embed.sh. */"
    echo ".section .rodata"
    i=0
    for f in $files; do
        echo ".globl portal_bytes_$i"
        echo ".type portal_bytes_$i, %object"
        echo ".size portal_bytes_$i, $(wc -c <"$folder/$f")"
        echo "portal_bytes_$i: .incbin \"$folder/$f\""
        i=$((i + 1))
    done
    echo '.section .note.GNU-stack,"",%progbits'
} >"$name.S"
{
    echo "/* Made by portal/embed.sh. */"
    echo '#include "api/portal_files.h"'
    echo
    i=0
    for f in $files; do
        echo "extern const unsigned char portal_bytes_$i[];"
        i=$((i + 1))
    done
    echo "const struct server_file portal_files[] = {"
    i=0
    for f in $files; do
        echo "    {\"$f\", portal_bytes_$i, $(wc -c <"$folder/$f"), \"$(type_of "$f")\"},"
        i=$((i + 1))
    done
    echo "    {NULL, NULL, 0, NULL}};"
} >"$name.c"
