"""tests/support/tshark.py - what the comparisons with tshark share: which captures there are, and what either program says of one."""
import collections, glob, json, os, re, shutil, subprocess, sys, tempfile
import xml.etree.ElementTree as ET

VIGIE = os.path.join(os.environ.get("VIGIE_BUILD", "build"), "vigie")
CORPUS = os.environ.get("VIGIE_CORPUS", "../shared/data")


def captures(*own):
    """Those named by the script's arguments; otherwise our own (patterns below fixtures/) and the corpus. Ends the script when there is nothing to
    compare, or nothing to compare with."""
    if not shutil.which("tshark"):
        skip("no tshark (Debian package tshark)")
    patterns = [f"fixtures/{x}" for x in own] + [f"{CORPUS}/samba/*.pcap", f"{CORPUS}/pcap/*cap*"]
    paths = [a for a in sys.argv[1:] if not a.startswith("-")] or sorted(x for p in patterns for x in glob.glob(p))
    return paths or skip(f"no captures in {CORPUS}")


def skip(why):
    print(f"notice: {why}: nothing is compared\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def scan(path):
    """Vigie's result of a capture, and its activities."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as f:
        p = subprocess.run([VIGIE, "scan", "--json", "--jobs", "1", "--activities", f.name, path], capture_output=True, timeout=300)
        return json.loads(p.stdout), [json.loads(line) for line in f]


def below(element, name):
    """All values of a field within a PDML element."""
    return [f.get("show", "") for f in element.iter("field") if f.get("name") == name]


def first(element, name, otherwise=""):
    return (below(element, name) or [otherwise])[0]


def number(text):
    return int(text, 0) if text else None


def within(element, name):
    return [f for f in element.iter("field") if f.get("name") == name]


class Packet:
    """A packet as tshark shows it: its PDML element, and the values of its fields by name."""

    def __init__(self, element):
        self.element, self.values = element, collections.defaultdict(list)
        self.protos = list(element.iter("proto"))
        for f in element.iter("field"):
            self.values[f.get("name")].append(f.get("show", ""))
        self.time = float(next(f.get("value") for f in element.iter("field") if f.get("name") == "timestamp"))
        self.src, self.dst = ((self.first(f"ip.{e}") or self.first(f"ipv6.{e}"), self.first(f"tcp.{e}port") or self.first(f"udp.{e}port")) for e in ("src", "dst"))
        self.ends = frozenset((self.src, self.dst))

    def all(self, name):
        return self.values.get(name, [])

    def first(self, name, otherwise=""):
        return (self.values.get(name) or [otherwise])[0]

    def named(self, *names):
        return [p for p in self.protos if p.get("name") in names]


UNFIT = re.compile("[\ufffe\uffff\ud800-\udfff]")
CONTROL = bytes(c for c in range(32) if c not in b"\t\n\r")


def element(text):
    """tshark writes control characters and broken UTF-8 as they are, which XML does not allow."""
    text = text.translate(None, CONTROL)
    return ET.fromstring(text if text.isascii() else UNFIT.sub("?", text.decode("utf-8", "replace")))


def packets(path, protocols, carriers):
    """Each packet of the capture that has one of the protocols, with these and their carriers (sets of names)."""
    shown = " ".join(sorted(protocols | carriers))
    p = subprocess.Popen(["tshark", "-n", "-r", path, "-Y", " || ".join(sorted(protocols)), "-T", "pdml", "-J", shown], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    begin, end, rest = b"<packet>", b"</packet>", b""
    while piece := p.stdout.read(1 << 20):
        *whole, rest = (rest + piece).split(end)
        for text in whole:
            yield Packet(element(text[text.index(begin):] + end))
    p.wait()


def parse_filter(text, at=0):
    """(tree, where it ends): tshark shows a set of three as a set of two whose first is a set of two."""
    if text[at + 1:at + 2] not in ("&", "|", "!"):
        end, depth = at, 0
        while True:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
            if depth == 0:
                return text[at:end], end
    sign, parts, at = text[at + 1], [], at + 2
    while text[at] == "(":
        part, at = parse_filter(text, at)
        parts += part[1] if isinstance(part, tuple) and part[0] == sign and sign != "!" else [part]
    return parts[0] if len(parts) == 1 and sign != "!" else (sign, parts), at + 1


def flat(text):
    try:
        return json.dumps(parse_filter(text.lower())[0])
    except (IndexError, RecursionError):
        return text.lower()
