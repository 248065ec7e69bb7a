"""tests/decode/compare/dns.py - questions: name, type; answers: name, type, code."""
import collections, re

from tshark import below, first

PROTOCOLS = "dns"


def plain(name):
    """Bytes of a name that are no ASCII: each side writes them in its own way."""
    return re.sub(r"(?:\\\d{3}|[^\x20-\x7e]|\?)+", "?", "" if name == "<Root>" else name.lower())


class Theirs:
    """What is asked again within a minute, and an answer to what was not seen, is one question; copies by a mirror port are none."""

    def __init__(self):
        self.said, self.known = collections.Counter(), {}

    def packet(self, packet):
        if "53" in (packet.src[1], packet.dst[1]):
            for proto in packet.named("dns"):
                self.message(proto, packet)

    def message(self, proto, packet):
        answer, opcode = first(proto, "dns.flags.response") in ("1", "True"), first(proto, "dns.flags.opcode", "?")
        for name, kind in list(zip(below(proto, "dns.qry.name"), below(proto, "dns.qry.type")))[:1]:
            key = (packet.ends, first(proto, "dns.id"), name, kind)
            name, kind = plain(name), int(kind, 0)
            answered, last = self.known.get(key, (False, 0))
            if opcode == "0" and (packet.time - last > 60 or (answered and not answer)):
                self.said[("question", name, kind)] += 1
                answered = False
            if opcode == "0" and answer and not answered:
                self.said[("answer", name, kind, int(first(proto, "dns.flags.rcode", "0"), 0))] += 1
            self.known[key] = (answered or answer, packet.time)


def ours(result, activities):
    said = collections.Counter()
    for a in activities:
        if a.get("protocol") == "DNS" and a["kind"] == "DNS query":
            f = a.get("facts", {})
            name = plain(f.get("dns_name", ""))
            said[("question", name, f["dns_type"])] += 1
            if "dns_rcode" in f:
                said[("answer", name, f["dns_type"], f["dns_rcode"])] += 1
    return said
