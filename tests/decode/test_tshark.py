"""tests/decode/test_tshark.py [CAPTURE...] - what Vigie reads in captures beside what tshark reads, message by message.

Over our own captures (fixtures/alerts, fixtures/capture) and those of the corpus ($VIGIE_CORPUS, default ../shared/data). Each program reads a
capture once; each file of tests/decode/compare says what both said of its protocol: counted tuples, which must be the same. A difference must be
one of tests/decode/tshark_differences.txt, where each has its reason, and what that lists must differ. Skipped without tshark.
"""
import concurrent.futures, fnmatch, glob, importlib, os, re, sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(here), "support"), os.path.join(here, "compare")]
from tshark import captures, packets, scan

COMPARISONS = {n: importlib.import_module(n) for n in sorted(os.path.basename(p)[:-3] for p in glob.glob(f"{here}/compare/*.py"))}
CARRIERS = {"ip", "ipv6", "tcp", "udp"}
PROTOCOLS = set().union(*(c.PROTOCOLS.split() for c in COMPARISONS.values()))


def rules():
    """[(capture, side, pattern)] of tshark_differences.txt"""
    with open(f"{here}/tshark_differences.txt") as f:
        lines = [line.split("|", 3) for line in f if line.strip() and not line.startswith("#")]
    return [tuple(x.strip() for x in line[:3]) for line in lines]


RULES = rules()


def text(name, message):
    flat = [" ".join(x) if isinstance(x, tuple) else str(x) for x in ([message] if isinstance(message, str) else message)]
    return " ".join([name, *flat])


def differences(path, name, mine, other):
    """(how many have a reason, the rules that were used, lines about those that have none)"""
    known, excused, used, lines = [r for r in RULES if fnmatch.fnmatch(os.path.basename(path), r[0])], 0, set(), []
    for side, more in (("vigie", mine - other), ("tshark", other - mine)):
        for message, n in sorted(more.items(), key=repr):
            right = {r for r in known if r[1] == side and re.search(r[2], f"{text(name, message)} x{n}")}
            used |= right
            excused += n if right else 0
            if not right:
                lines.append(f"  {side} alone: {n} x {text(name, message)}")
    return excused, used, lines


def compare(path):
    """Of each comparison that has something to compare: (name, messages that both have, *differences)"""
    theirs = {n: c.Theirs() for n, c in COMPARISONS.items()}
    for packet in packets(path, PROTOCOLS, CARRIERS):
        for t in theirs.values():
            t.packet(packet)
    result, activities = scan(path)
    done = []
    for name, c in COMPARISONS.items():
        if hasattr(theirs[name], "end"):
            theirs[name].end()
        mine, other = c.ours(result, activities), theirs[name].said
        if hasattr(c, "settle"):
            c.settle(mine, other)
        if mine or +other:
            done.append((name, sum((mine & other).values()), *differences(path, name, mine, other)))
    return path, done


def main():
    paths = captures("alerts/*.pcap", "capture/*.pcap")
    passed = failed = same = excused = 0
    unused = set() if sys.argv[1:] else set(RULES)
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for path, done in pool.map(compare, sorted(paths, key=os.path.getsize, reverse=True)):
            for name, n, with_reason, used, lines in done:
                passed, failed, same, excused = passed + (not lines), failed + bool(lines), same + n, excused + with_reason
                unused -= used
                if lines:
                    print("\n".join([f"{path}: {name}", *lines[:40]]))
    for r in sorted(unused):
        print("no such difference any more:", " | ".join(r))
        failed += 1
    print(f"{len(paths)} captures, {same} messages the same, {excused} differences that have a reason")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed > 0


sys.exit(main())
