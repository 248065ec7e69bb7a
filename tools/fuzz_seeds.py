#!/usr/bin/env python3
"""tools/fuzz_seeds.py OUT - the fixtures of the tests as seeds of the fuzzers; those that are no fixtures lie in fuzz/seeds/.

Records of fixtures/decode/cloud, win and samba for the fuzzers of JSON logs, directories for that of LDIF, captures for that of capture
files, and the conversations of fixtures/decode/net/*.txt for those of network decoders. A conversation is packed as fuzz/net.h reads it:
before each message two bytes, direction (0x80: client) and gap (0x40) in the top bits of the first, the length in the other 14.
"""
import glob
import os
import sys

LARGEST = 1 << 16  # bytes of a seed: libFuzzer makes no input longer than the longest


def conversations():
    """(fuzzer, packed) of each conversation in a vector file."""
    for path in sorted(glob.glob("fixtures/decode/net/*.txt")):
        decoder, packed, gap = None, b"", 0
        for line in open(path, encoding="utf-8"):
            words = line.rstrip("\n")
            if words.startswith("vector ") or words.startswith("count "):
                if decoder and packed:
                    yield "fuzz_net_" + decoder, packed
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


def records():
    """(fuzzer, JSON) of each record in a vector file, and of one activity line of each detection's fixtures."""
    for topic, fuzzer in (("cloud", "fuzz_cloud"), ("win", "fuzz_json"), ("samba", "fuzz_json")):
        for path in sorted(glob.glob(f"fixtures/decode/{topic}/*.txt")):
            for line in open(path, encoding="utf-8"):
                if line.startswith("in "):
                    yield fuzzer, line.rstrip("\n").split(" ", 2)[2].encode()
    for path in sorted(glob.glob("fixtures/detect/*_attack.ndjson")):
        with open(path, "rb") as f:
            yield "fuzz_cloud", f.readline().rstrip(b"\n")


def files():
    """(fuzzer, content) of fixtures that are whole inputs."""
    for pattern, fuzzer in (("fixtures/detect/*.ldif", "fuzz_ldif"), ("fixtures/detect/*_directory.json", "fuzz_ldif"), ("fixtures/*/*.pcap", "fuzz_capture")):
        for path in sorted(glob.glob(pattern)):
            with open(path, "rb") as f:
                yield fuzzer, f.read()


def main():
    out, number = sys.argv[1], {}
    for source in (conversations, records, files):
        for fuzzer, seed in source():
            if len(seed) > LARGEST:
                continue
            number[fuzzer] = number.get(fuzzer, 0) + 1
            folder = os.path.join(out, fuzzer)
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, f"{number[fuzzer]:03}"), "wb") as f:
                f.write(seed)


main()
