#!/usr/bin/env python3
# tests/smb_compare.py - compares the trees and files that `vigie activities` reads from captures of SMB with those that tshark reads.
#
# usage: smb_compare.py [VIGIE [CAPTURE...]]   (default: build/vigie, the captures under $VIGIE_CORPUS/pcap and /samba)
# Compares each answered tree connect (path, status) and each answered opening (version, name, status). Prints every difference and, last,
# how many were compared. Exit code 1 when anything differs.
import collections
import glob
import json
import os
import subprocess
import sys

FIELDS = {"smb2": ["smb2.flags.response", "smb2.cmd", "smb2.msg_id", "smb2.nt_status", "smb2.filename", "smb2.tree"],
          "smb": ["smb.flags.response", "smb.cmd", "smb.mid", "smb.nt_status", "smb.file", "smb.path"]}
OPENS = {"smb2": {"5"}, "smb": {"0xa2", "0x2d"}}
TREES = {"smb2": {"3"}, "smb": {"0x75"}}
PENDING = 0x103


def rows(path):
    """Packets with SMB: version, TCP stream, and the cells of that version's fields."""
    fields = ["tcp.stream"] + FIELDS["smb2"] + FIELDS["smb"]
    command = ["tshark", "-r", path, "-Y", "(smb || smb2) && tcp && !tcp.analysis.retransmission", "-T", "fields", "-E", "separator=|", "-E", "aggregator=;"]
    out = subprocess.run(command + [x for f in fields for x in ("-e", f)], capture_output=True, text=True).stdout
    for line in out.splitlines():
        stream, *cells = [cell.split(";") for cell in line.split("|")]
        for version, mine in (("smb2", cells[:6]), ("smb", cells[6:])):
            if mine[1] != [""]:
                yield version, stream[0], mine


def commands(cells):
    """Of one packet, one after the other: whether it is an answer, command, id, status."""
    for i, code in enumerate(cells[1]):
        nth = [cell[min(i, len(cell) - 1)] for cell in (cells[0], cells[2], cells[3])]
        yield nth[0] in ("1", "True"), code, nth[1], int(nth[2], 0) if nth[2] else 0


def theirs(path):
    trees, opens, asked = collections.Counter(), collections.Counter(), {}
    for version, stream, cells in rows(path):
        names = iter(cells[4])
        for answer, code, number, status in commands(cells):
            key = (stream, code, number)
            if not answer and code in OPENS[version]:
                asked[key] = next(names, "")
            elif not answer and code in TREES[version]:
                asked[key] = cells[5][-1]  # the one before it is the tree of the header
            elif key in asked and status != PENDING and code in OPENS[version]:
                opens[(asked.pop(key).strip("\\").lower().removeprefix("pipe\\"), status)] += 1
            elif key in asked and status != PENDING:
                trees[(asked.pop(key), status)] += 1
    return trees, opens


def ours(vigie, path):
    trees, opens = collections.Counter(), collections.Counter()
    out = subprocess.run([vigie, "activities", path], capture_output=True, text=True).stdout
    for line in out.splitlines():
        a = json.loads(line)
        facts = a.get("facts", {})
        done = facts.get("smb_command")
        if a["kind"] == "share access" and not done:
            trees[(facts.get("share", ""), a.get("code", 0))] += 1
        elif a["kind"] == "share file access" and done not in ("rename", "delete"):
            name = facts["relative_target"]
            name = name.split("\\", 1)[-1] if name.startswith("@GMT-") else name
            opens[(name.strip("\\").lower(), a.get("code", 0))] += 1
    return trees, opens


def main():
    vigie = sys.argv[1] if len(sys.argv) > 1 else "build/vigie"
    corpus = os.environ.get("VIGIE_CORPUS", "../shared/data")
    paths = sys.argv[2:] or sorted(glob.glob(corpus + "/samba/*.pcap") + glob.glob(corpus + "/pcap/*.*cap*"))
    compared = bad = 0
    for path in paths:
        trees, opens = theirs(path)
        mine = ours(vigie, path)
        compared += sum(trees.values()) + sum(opens.values())
        for what, a, b in (("tree", mine[0], trees), ("opening", mine[1], opens)):
            for key in sorted(set(a) | set(b)):
                if a[key] != b[key]:
                    print("%s: %s of %s, status 0x%x: %d, tshark: %d" % (os.path.basename(path), what, key[0] or "\\", key[1], a[key], b[key]))
                    bad += 1
    print("%d captures, %d trees and openings compared, %d differences" % (len(paths), compared, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
