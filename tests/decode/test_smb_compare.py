"""tests/decode/test_smb_compare.py [CAPTURE...] - the trees and files of SMB that Vigie reads from captures are those that tshark reads, too.

Compares each answered tree connect (path, status) and each answered opening (version, name, status) in the corpus ($VIGIE_CORPUS, default
../shared/data) and prints every difference.
"""
import collections, os, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
from tshark import captures, frames, scan

FIELDS = {"smb2": ["smb2.flags.response", "smb2.cmd", "smb2.msg_id", "smb2.nt_status", "smb2.filename", "smb2.tree"],
          "smb": ["smb.flags.response", "smb.cmd", "smb.mid", "smb.nt_status", "smb.file", "smb.path"]}
OPENS = {"smb2": {"5"}, "smb": {"0xa2", "0x2d"}}
TREES = {"smb2": {"3"}, "smb": {"0x75"}}
PENDING = 0x103


def rows(path):
    """Packets with SMB: version, TCP stream, and the cells of that version's fields."""
    for row in frames(path, "(smb || smb2) && tcp && !tcp.analysis.retransmission", ["tcp.stream"] + FIELDS["smb2"] + FIELDS["smb"]):
        for version, fields in FIELDS.items():
            mine = [row[f] or [""] for f in fields]
            if mine[1] != [""]:
                yield version, row["tcp.stream"][0], mine


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


def ours(path):
    trees, opens = collections.Counter(), collections.Counter()
    for a in scan(path)[1]:
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
    paths = captures()
    compared = bad = 0
    for path in paths:
        trees, opens = theirs(path)
        mine = ours(path)
        compared += sum(trees.values()) + sum(opens.values())
        for what, a, b in (("tree", mine[0], trees), ("opening", mine[1], opens)):
            for key in sorted(set(a) | set(b)):
                if a[key] != b[key]:
                    print("%s: %s of %s, status 0x%x: %d, tshark: %d" % (os.path.basename(path), what, key[0] or "\\", key[1], a[key], b[key]))
                    bad += 1
    print("%d captures, %d trees and openings compared, %d differences" % (len(paths), compared, bad))
    print(f"{int(not bad)} passed, {int(bad > 0)} failed, 0 skipped")
    return 1 if bad else 0


sys.exit(main())
