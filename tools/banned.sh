#!/bin/sh
# tools/banned.sh - calls that this project does not make, and where a few are allowed.
set -eu
bad=0
ban() { # pattern, reason, files...
    pattern=$1 reason=$2
    shift 2
    if grep -nE "(^|[^_a-zA-Z0-9])($pattern)[[:space:]]*\\(" "$@" 2>/dev/null; then
        echo "^ $reason"
        bad=1
    fi
}
all=$(ls base/*.c model/*.c net/*.c source/*.c decode/*.c directory/*.c detect/*.c score/*.c app/*.c 2>/dev/null)
# shellcheck disable=SC2086
{
    ban 'gets|strcpy|strcat|sprintf|vsprintf|strtok|alloca|system|popen|tmpnam|mktemp' 'unbounded or unsafe' $all
    ban 'localtime|gmtime|mktime|strftime|setlocale' 'results must not depend on place or locale: use base/time.h' $all
    ban 'rand|random|drand48' 'results must be the same every time' $all
}
libraries=$(ls model/*.c decode/*.c directory/*.c detect/*.c score/*.c 2>/dev/null)
# shellcheck disable=SC2086
{
    ban 'printf|fprintf|puts|fputs|perror' 'library rooms never print' $libraries
    ban 'time|clock_gettime|gettimeofday' 'time comes from activities' $libraries
}
# shellcheck disable=SC2046
ban 'printf|fprintf|puts|fputs|perror' 'library rooms never print' $(ls net/*.c)
decoders=$(ls decode/dec_*.c decode/win_*.c 2>/dev/null)
# shellcheck disable=SC2086
ban 'malloc|calloc|realloc|free' 'decoders never allocate' $decoders
exit $bad
