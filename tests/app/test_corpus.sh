#!/bin/sh
# tests/app/test_corpus.sh - the corpus raises what it must and nothing else (tools/corpus.py holds the table).
exec python3 tools/corpus.py "${VIGIE_BUILD:-build}" --test
