#!/usr/bin/env python3
"""tools/fuzz_seeds.py OUT - the conversations of fixtures/decode/net/*.txt as seeds of the fuzzers of network decoders.

A seed is packed as fuzz/net.h reads it: before each message two bytes, direction (0x80: client) and gap (0x40) in the top bits of the
first, the length in the other 14.
"""
import glob
import os
import sys


def seeds(path):
    """(decoder, packed) of each conversation in a vector file."""
    decoder, packed, gap = None, b"", 0
    for line in open(path, encoding="utf-8"):
        words = line.rstrip("\n")
        if words.startswith("vector ") or words.startswith("count "):
            if decoder and packed:
                yield decoder, packed
            decoder, packed, gap = None, b"", 0
        elif words.startswith("net "):
            decoder = words.split(" ")[1]
        elif words.startswith("gap "):
            gap = 0x40
        elif words[:1] in ("<", ">"):
            message = bytes.fromhex(words[1:])[:0x3FFF]
            head = (0x80 if words[0] == ">" else 0) | gap | len(message) >> 8
            packed += bytes((head, len(message) & 0xFF)) + message
            gap = 0


def main():
    out, number = sys.argv[1], {}
    for path in sorted(glob.glob("fixtures/decode/net/*.txt")):
        for decoder, packed in seeds(path):
            number[decoder] = number.get(decoder, 0) + 1
            folder = os.path.join(out, "fuzz_net_" + decoder)
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, f"{number[decoder]:03}"), "wb") as f:
                f.write(packed)


main()
