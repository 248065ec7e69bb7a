#!/bin/sh
# tools/man.sh BUILD - makes the manual pages from the help texts, so that they cannot differ: BUILD/man/vigie*.1
set -eu
build=$1
mkdir -p "$build/man"
escape() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^'/\\\\(aq/" -e 's/^\./\\\&./'; }
page() { # name, summary, text on stdin
    printf '.TH %s 1 "" "Vigie" "User Commands"\n.SH NAME\n%s \\- %s\n.SH DESCRIPTION\n.nf\n' "$(echo "$1" | tr a-z A-Z)" "$1" "$2"
    escape
    printf '.fi\n'
}
"$build/vigie" --help | page vigie "watches identities on both shores" > "$build/man/vigie.1"
"$build/vigie" --help | sed -n 's/^  \([a-z]*\)  *\(.*\)$/\1 \2/p' | while read -r name summary; do
    "$build/vigie" "$name" --help | page "vigie-$name" "$summary" > "$build/man/vigie-$name.1"
done
