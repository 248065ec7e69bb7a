#!/bin/sh
# tests/decode/test_smb_compare.sh - the SMB trees and files of the corpus' captures are those that tshark reads, too.
set -u
build=${VIGIE_BUILD:-build}
corpus=${VIGIE_CORPUS:-../shared/data}

if ! command -v tshark >/dev/null || [ ! -d "$corpus/pcap" ]; then
    echo "notice: no tshark (Debian package tshark) or no captures in $corpus, SMB is not compared"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
if VIGIE_CORPUS=$corpus python3 tests/smb_compare.py "$build/vigie"; then
    echo "1 passed, 0 failed, 0 skipped"
else
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
