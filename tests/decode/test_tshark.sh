#!/bin/sh
# tests/decode/test_tshark.sh - runs compare_tshark.py over what captures there are.
if ! command -v tshark >/dev/null; then
    echo "notice: tshark is not installed"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
exec python3 tests/decode/compare_tshark.py "${VIGIE_BUILD:-build}"
