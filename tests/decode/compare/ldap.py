"""tests/decode/compare/ldap.py - with the client's address and port: searches: base, scope, attributes, filter, result; changes: operation, DN,
result; compares; simple binds: name, result."""
import collections

from tshark import below, first, flat, within

PROTOCOLS = "ldap gss-api spnego"
SCOPES = {"0": "base", "1": "one", "2": "subtree"}
ANSWERED_BY = {1: ("bind",), 5: ("search",), 7: ("modify",), 9: ("add",), 11: ("delete",), 13: ("rename",), 15: ("compare",)}
CHANGES = {"account created": "add", "group created": "add", "directory object created": "add", "directory object deleted": "delete"}


def request(m, op):
    """What a request says that has an answer and an activity; None of others."""
    if op == 0 and first(m, "ldap.authentication") == "0":
        return "bind", first(m, "ldap.name")
    if op == 3:
        text = [f.get("show")[8:] for f in m.iter("field") if f.get("name") == "" and f.get("show", "").startswith("Filter: ")]
        return ("search", first(m, "ldap.baseObject"), SCOPES[first(m, "ldap.scope")], tuple(below(m, "ldap.AttributeDescription")), flat(text[0]) if text else "")
    if op == 14:
        return "compare", first(m, "ldap.entry"), first(m, "ldap.attributeDesc")
    names = {6: ("modify", "ldap.object"), 8: ("add", "ldap.entry"), 10: ("delete", "ldap.delRequest"), 12: ("rename", "ldap.entry")}
    return (names[op][0], first(m, names[op][1])) if op in names else None


class Theirs:
    """RFC 4511 4.1.1: an answer has the number of its request."""

    def __init__(self):
        self.said, self.asked = collections.Counter(), {}

    def packet(self, packet):
        if packet.first("tcp.srcport"):
            for proto in packet.named("ldap"):
                for message in within(proto, "ldap.LDAPMessage_element"):
                    self.message(message, packet.src, packet.dst)

    def message(self, message, src, dst):
        op, n = int(first(message, "ldap.protocolOp", "-1")), first(message, "ldap.messageID")
        asked = request(message, op)
        if asked:
            self.asked[((src, dst), n)] = asked
        elif op in ANSWERED_BY and ((dst, src), n) in self.asked:
            asked = self.asked[((dst, src), n)]
            if asked[0] in ANSWERED_BY[op]:
                del self.asked[((dst, src), n)]
                self.said[(*dst, *asked, int(first(message, "ldap.resultCode")))] += 1

    def end(self):
        for ((client, _), _), asked in self.asked.items():
            self.said[(*client, *asked, None)] += 1


def message(a, facts):
    code, dn = facts.get("ldap_result"), facts.get("dn", "")
    if a["kind"] == "LDAP bind" and facts.get("auth_package") == "simple":
        who = a.get("actor", {})
        return "bind", dn or who.get("upn") or "\\".join(x for x in (who.get("domain"), who.get("name")) if x), code
    if a["kind"] == "LDAP search" and facts.get("operation") == "compare":
        return "compare", facts.get("ldap_base", ""), facts.get("ldap_attributes", ""), code
    if a["kind"] == "LDAP search":
        return "search", facts.get("ldap_base", ""), facts["ldap_scope"], tuple(facts.get("ldap_attributes", "").split()), flat(facts["ldap_filter"]), code
    if "old_name" in facts:
        return "rename", facts["old_name"], code
    if a["kind"] == "LDAP bind" or a["kind"] == "credentials validation":
        return None
    return CHANGES.get(a["kind"], "modify"), facts.get("object_name") or dn, code  # of a member's coming and going the group


def ours(result, activities):
    """A change of several attributes is one message and several activities, which have the request's place."""
    said, told = collections.Counter(), set()
    for a in activities:
        m = a.get("protocol") == "LDAP" and message(a, a.get("facts", {}))
        place = (a["record"]["number"], m) if m and m[0] in ("modify", "add") else None
        if m and (not place or place not in told):
            said[(a["ip"], str(a["port"]), *m)] += 1
            told.add(place)
    return said
