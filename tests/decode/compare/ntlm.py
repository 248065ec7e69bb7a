"""tests/decode/compare/ntlm.py - of each AUTHENTICATE: client's address and port, user, domain, workstation, its flags, and those of the NEGOTIATE
and the CHALLENGE before it."""
import collections

from tshark import first, number

PROTOCOLS = "ntlmssp gss-api spnego smb smb2 ldap http dcerpc"


class Theirs:
    """One logon of a connection, or one of each SMB session; its first message has none yet, but the answer has its number."""

    def __init__(self):
        self.said, self.open = collections.Counter(), {}

    def packet(self, packet):
        messages = packet.named("ntlmssp")
        logons = smb_logons(packet) if messages else []
        for proto in messages:
            self.message(proto, packet.src, packet.dst, logons.pop(0) if logons else (None, None))

    def message(self, proto, src, dst, session):
        kind, flags = number(first(proto, "ntlmssp.messagetype")), number(first(proto, "ntlmssp.negotiateflags"))
        named, asked = session
        if kind == 1:
            self.open[(src, dst, asked)] = [flags, None]
        elif kind == 2:
            self.open[(dst, src, named)] = [self.open.pop((dst, src, asked), [None])[0], flags]
        elif kind == 3:
            before = self.open.pop((src, dst, named), [None, None])
            user, domain, host = ("" if x == "NULL" else x for x in (first(proto, "ntlmssp.auth." + f) for f in ("username", "domain", "hostname")))
            self.said[(*src, user, domain if user else "", host, flags, *before)] += 1  # a session without a user has a domain of its own


def smb_logons(packet):
    """(session, number) of each session set-up in the packet."""
    found = []
    for proto in packet.protos:
        for head in proto:
            shown = head.get("show", "")
            if shown.startswith("SMB Header") and first(head, "smb.cmd") == "0x73":
                found.append((("session", first(head, "smb.uid")), ("number", first(head, "smb.mid"))))
            elif shown.startswith("SMB2 Header") and first(head, "smb2.cmd") == "1":
                found.append((("session", first(head, "smb2.sesid")), ("number", first(head, "smb2.msg_id"))))
    return found


def ours(result, activities):
    """What says nothing of NTLM's flags: a session set-up of SMB1 without NTLMSSP (MS-CIFS 2.2.4.53.1), of which only an anonymous one may be."""
    said = collections.Counter()
    for a in activities:
        if a.get("protocol") == "NTLM" and a["kind"] == "credentials validation":
            facts, who = a.get("facts", {}), a.get("actor", {})
            who = {} if who.get("sid") == "S-1-5-7" else who
            user, domain = who.get("name") or who.get("upn") or "", who.get("domain", "")
            if "ntlm_flags" in facts or user or domain:
                said[(a["ip"], str(a["port"]), user, domain, facts.get("workstation", ""), facts.get("ntlm_flags"), facts.get("ntlm_negotiate_flags"),
                      facts.get("ntlm_challenge_flags"))] += 1
    return said
