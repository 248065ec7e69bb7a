"""tests/app/test_agreement.py [CAPTURE...] - what the decoders read from captures, beside what tshark reads from them, message by message.

Over our own captures (fixtures/alerts, fixtures/capture) and those of the corpus ($VIGIE_CORPUS, default ../shared/data). Each message is a
tuple that begins with its protocol and the client's address and port:
    LDAP    searches: base, scope, attributes, filter, result; changes: operation, DN, result; compares; simple binds: name, result
    NTLM    user, domain, workstation of an AUTHENTICATE, its flags, and those of the NEGOTIATE and CHALLENGE before it
    AP-REQ  service and encryption type of the ticket, in whatever carries it
    SMB     files that were renamed or deleted: name, new name, status; bytes read from and written to a file
What else the two are compared in: tests/decode/test_tshark.py (Kerberos, DNS, RPC), test_smb_compare.py, test_rpc_compare.py.
Where both differ rightly, DIFFERENCES says so with the text that decides; what it lists must differ. Skipped without tshark.
"""
import collections, concurrent.futures, os, re, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
from tshark import below, captures, flat, packets, scan, within

SHOWN = "frame ip ipv6 tcp udp nbss smb smb2 gss-api spnego ntlmssp kerberos kpasswd ldap http dcerpc dns"
PROTOCOLS = ("LDAP", "NTLM", "AP-REQ", "SMB")


def first(element, name, otherwise=""):
    return (below(element, name) or [otherwise])[0]


def number(text):
    return int(text, 0) if text else None


class Theirs:
    """What tshark shows, packet by packet."""

    def __init__(self, path):
        self.said = collections.Counter()
        self.ldap, self.ntlm, self.files, self.asked = {}, {}, {}, {}
        for packet in packets(path, SHOWN):
            where = [(first(packet, f"ip.{e}") or first(packet, f"ipv6.{e}"), first(packet, f"tcp.{e}port") or first(packet, f"udp.{e}port")) for e in ("src", "dst")]
            self.packet(packet, *where)
        for (client, _), asked in self.ldap.items():
            self.said[(*asked[:1], *client[0], *asked[1:], None)] += 1
        for client, name, moved in self.files.values():
            self.moved(client, name, moved)

    def packet(self, packet, src, dst):
        logons = smb_logons(packet)
        for proto in packet.iter("proto"):
            name = proto.get("name")
            if name == "ldap" and below(packet, "tcp.srcport"):
                for message in within(proto, "ldap.LDAPMessage_element"):
                    self.ldap_message(message, src, dst)
            elif name == "ntlmssp":
                self.ntlm_message(proto, src, dst, logons.pop(0) if logons else (None, None))
            elif name in ("smb", "smb2"):
                getattr(self, name)(proto, src, dst)
        if not {"10", "12"} & set(below(packet, "kerberos.msg_type")):
            for ap in within(packet, "kerberos.ap_req_element"):
                self.said[("AP-REQ", *src, "/".join(below(ap, "kerberos.SNameString")), int(first(ap, "kerberos.etype")))] += 1

    # ---- LDAP: RFC 4511 4.1.1, an answer has the number of its request ----

    def ldap_message(self, message, src, dst):
        op, n = int(first(message, "ldap.protocolOp", "-1")), first(message, "ldap.messageID")
        asked = ldap_request(message, op)
        if asked:
            self.ldap[((src, dst), n)] = asked
        elif op in (1, 5, 7, 9, 11, 13, 15) and ((dst, src), n) in self.ldap:
            asked = self.ldap[((dst, src), n)]
            code = int(first(message, "ldap.resultCode"))
            if asked[1] in ANSWERED_BY[op]:
                del self.ldap[((dst, src), n)]
                self.said[("LDAP", *dst, *asked[1:], code)] += 1

    # ---- NTLM: one logon of a connection, or one of each SMB session; its first message has none yet, but the answer has its number ----

    def ntlm_message(self, proto, src, dst, session):
        kind, flags = number(first(proto, "ntlmssp.messagetype")), number(first(proto, "ntlmssp.negotiateflags"))
        named, asked = session
        if kind == 1:
            self.ntlm[(src, dst, asked)] = [flags, None]
        elif kind == 2:
            self.ntlm[(dst, src, named)] = [self.ntlm.pop((dst, src, asked), [None])[0], flags]
        elif kind == 3:
            before = self.ntlm.pop((src, dst, named), [None, None])
            user, domain, host = ("" if x == "NULL" else x for x in (first(proto, "ntlmssp.auth." + f) for f in ("username", "domain", "hostname")))
            self.said[("NTLM", *src, user, domain if user else "", host, flags, *before)] += 1  # a session without a user has a domain of its own

    # ---- SMB ----

    def moved(self, client, name, moved):
        if any(moved):
            self.said[("SMB", *client, "bytes", name, *moved)] += 1

    def opened(self, key, client, name, disk):
        if disk:
            self.files[key] = (client, named(name), [0, 0])

    def closed(self, key):
        if key in self.files:
            self.moved(*self.files.pop(key))

    def smb2(self, proto, src, dst):
        parts = list(proto)
        for head, body in zip(parts, parts[1:]):
            if not head.get("show", "").startswith("SMB2 Header"):
                continue
            answer, command, n = first(head, "smb2.flags.response") in ("1", "True"), int(first(head, "smb2.cmd")), first(head, "smb2.msg_id")
            key = (*sorted((src, dst)), n, command)
            if not answer:
                self.asked[key] = dict(client=src, name=first(body, "smb2.filename"), fid=first(body, "smb2.fid"), disk=not first(head, "smb2.tree").lower().endswith("ipc$"),
                                       change=smb2_change(body) if command == 17 else None)
            elif key in self.asked and first(head, "smb2.nt_status") != "0x00000103":
                self.smb2_answer(command, int(first(head, "smb2.nt_status"), 0), self.asked.pop(key), body, (src, dst))

    def smb2_answer(self, command, status, asked, body, ends):
        key = (ends, asked["fid"])
        if command == 5 and not status:
            self.opened((ends, first(body, "smb2.fid")), asked["client"], asked["name"], asked["disk"])
        elif command == 6:
            self.closed(key)
        elif command == 8 and key in self.files and not status:
            self.files[key][2][0] += int(first(body, "smb2.olb.length", "0"))
        elif command == 9 and key in self.files and not status:
            self.files[key][2][1] += int(first(body, "smb2.write.count", "0"))
        elif command == 17 and asked["change"] and key in self.files:
            self.said[("SMB", *asked["client"], asked["change"][0], self.files[key][1], asked["change"][1], status)] += 1

    def smb(self, proto, src, dst):
        parts = list(proto)
        if len(parts) < 2 or not parts[0].get("show", "").startswith("SMB Header"):
            return
        head, body = parts[0], parts[1]
        answer, command = first(head, "smb.flags.response") in ("1", "True"), int(first(head, "smb.cmd"), 0)
        key, status = (*sorted((src, dst)), first(head, "smb.mid"), command), number(first(head, "smb.nt_status"))
        disk = not first(head, "smb.path").lower().endswith("ipc$")
        if not answer:
            self.asked[key] = dict(client=src, names=below(body, "smb.file"), old=below(body, "smb.old_file"), fid=first(body, "smb.fid"), disk=disk)
        elif key in self.asked:
            self.smb_answer(command, status, self.asked.pop(key), body, (src, dst))

    def smb_answer(self, command, status, asked, body, ends):
        key = (ends, asked["fid"])
        if command in (0xa2, 0x2d) and not status:
            disk = asked["disk"] and first(body, "smb.file_type", "0") == "0"  # MS-CIFS 2.2.4.64.2 ResourceType
            self.opened((ends, first(body, "smb.fid")), asked["client"], (asked["names"] or [""])[0], disk)
        elif command == 0x04:
            self.closed(key)
        elif command == 0x2e and key in self.files and not status:
            self.files[key][2][0] += int(first(body, "smb.data_len_low", "0"))
        elif command == 0x2f and key in self.files and not status:
            self.files[key][2][1] += int(first(body, "smb.count_low", "0"))
        elif command == 0x06:
            self.said[("SMB", *asked["client"], "delete", named((asked["names"] or [""])[0]), "", status)] += 1
        elif command == 0x07:
            names = asked["old"] + asked["names"]
            self.said[("SMB", *asked["client"], "rename", named(names[0]), named(names[-1]), status)] += 1


def smb_logons(packet):
    """(session, number) of each session set-up in the packet."""
    found = []
    for proto in packet.iter("proto"):
        for head in proto:
            shown = head.get("show", "")
            if shown.startswith("SMB Header") and first(head, "smb.cmd") == "0x73":
                found.append((("session", first(head, "smb.uid")), ("number", first(head, "smb.mid"))))
            elif shown.startswith("SMB2 Header") and first(head, "smb2.cmd") == "1":
                found.append((("session", first(head, "smb2.sesid")), ("number", first(head, "smb2.msg_id"))))
    return found


SCOPES = {"0": "base", "1": "one", "2": "subtree"}
ANSWERED_BY = {1: ("bind",), 5: ("search",), 7: ("modify",), 9: ("add",), 11: ("delete",), 13: ("rename",), 15: ("compare",)}


def ldap_request(m, op):
    """What a request says that has an answer and an activity; None of others."""
    if op == 0 and first(m, "ldap.authentication") == "0":
        return "LDAP", "bind", first(m, "ldap.name")
    if op == 3:
        text = [f.get("show")[8:] for f in m.iter("field") if f.get("name") == "" and f.get("show", "").startswith("Filter: ")]
        return ("LDAP", "search", first(m, "ldap.baseObject"), SCOPES[first(m, "ldap.scope")], tuple(below(m, "ldap.AttributeDescription")), flat(text[0]) if text else "")
    if op == 14:
        return "LDAP", "compare", first(m, "ldap.entry"), first(m, "ldap.attributeDesc")
    names = {6: ("modify", "ldap.object"), 8: ("add", "ldap.entry"), 10: ("delete", "ldap.delRequest"), 12: ("rename", "ldap.entry")}
    return ("LDAP", names[op][0], first(m, names[op][1])) if op in names else None


def named(name):
    return name.strip("\\").lower()


def smb2_change(body):
    """MS-FSCC 2.4.42 FileRenameInformation, 2.4.11 FileDispositionInformation"""
    level = number(first(body, "smb2.file_info.infolevel")) if number(first(body, "smb2.class")) == 1 else None
    if level == 0x0a:
        return "rename", named(first(body, "smb2.filename"))
    return ("delete", "") if level == 0x0d and first(body, "smb2.disposition.delete_on_close") in ("1", "True") else None


# ---- ours ----

CHANGES = {"account created": "add", "group created": "add", "directory object created": "add", "directory object deleted": "delete"}


def of_ldap(a, facts):
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


def of_ntlm(a, facts):
    who = {} if a.get("actor", {}).get("sid") == "S-1-5-7" else a.get("actor", {})
    return (who.get("name") or who.get("upn") or "", who.get("domain", ""), facts.get("workstation", ""), facts["ntlm_flags"],
            facts.get("ntlm_negotiate_flags"), facts.get("ntlm_challenge_flags"))


def of_smb(a, facts):
    name = named(facts.get("relative_target", ""))
    if a["kind"] == "SMB file copy":
        return "bytes", name, facts["bytes_read"], facts["bytes_written"]
    if facts.get("smb_command") in ("rename", "delete"):
        return facts["smb_command"], name, named(facts.get("new_name", "")), a.get("code")
    return None


def message(a):
    facts, protocol = a.get("facts", {}), a.get("protocol")
    said = None
    if a["kind"] == "service ticket used":
        protocol, said = "AP-REQ", (facts.get("spn", ""), facts["ticket_etype"])
    elif protocol == "LDAP":
        said = of_ldap(a, facts)
    elif protocol == "NTLM" and a["kind"] == "credentials validation" and "ntlm_flags" in facts:
        said = of_ntlm(a, facts)
    elif protocol == "SMB":
        said = of_smb(a, facts)
    return said and (protocol, a["ip"], str(a["port"]), *said)


def ours(path):
    """A change of several attributes is one message and several activities, which have the request's place."""
    said, told = collections.Counter(), set()
    for a in scan(path)[1]:
        m = message(a)
        place = (a["record"]["number"], m) if m and m[0] == "LDAP" and m[3] in ("modify", "add") else None
        if m and (not place or place not in told):
            said[m] += 1
            told.add(place)
    return said


# capture, who alone says it, pattern in the message's text, what decides
CUT = "frames are cut inside the message: tshark shows nothing of it, Vigie what lies before the cut"
SIGNED = "the bind is not in the capture, so tshark does not know the signed buffers (RFC 4752 3.3, RFC 4121 4.2.6.2), which can be read"
LONG = "tshark cuts the text of a filter at 240 bytes"
DIFFERENCES = [
    ("401trg_20171220_smb_metasploit_psexec_pth_download_meterpreter.pcap", "vigie", r"^\('NTLM'", CUT),
    ("401trg_20171220_smb_mimikatz_copy_to_host.pcap", "vigie", r"^\('(AP-REQ|SMB)'", CUT),
    ("401trg_20171220_smb_psexec_add_user.pcap", "vigie", r"^\('AP-REQ'", CUT),
    ("pcapattack_DCShadow_add_primarygroupid_512_to_std_account.pcapng", "vigie", r"^\('LDAP'", SIGNED),
    ("pcapattack_LM_WMI_ProcessCallCreate.pcapng", "vigie", r"^\('AP-REQ'",
     "tshark does not open the token of the bind in frames 29 and 30; it is an AP-REQ in SPNEGO (RFC 4178 4.2, RFC 4121 4.1)"),
    ("401trg_20171220_smb_at_schedule.pcap", "tshark", r"'bytes', 'atsvc'",
     "the tree is not in the capture, so its ShareType (MS-SMB2 2.2.10) is unknown; what moves is RPC, so it is a pipe and no file"),
    ("17-admin-changes.pcap", "tshark", r"samaccounttype=805306368", LONG),
    ("17-admin-changes.pcap", "vigie", r"samaccounttype=805306368", LONG),
]


def compare(path):
    """(messages that both have, differences that are explained, lines about those that are not)"""
    mine, other = ours(path), Theirs(path).said
    rules = [r for r in DIFFERENCES if r[0] == os.path.basename(path)]
    used, explained, lines = set(), 0, []
    for side, more in (("vigie", mine - other), ("tshark", other - mine)):
        for m, n in sorted(more.items(), key=repr):
            known = [r for r in rules if r[1] == side and re.search(r[2], repr(m))]
            used.update(known)
            explained += n if known else 0
            if not known:
                lines.append(f"  {side} alone: {n} x {m}")
    lines += [f"  no such difference any more: {r}" for r in rules if r not in used]
    return sum((mine & other).values()), explained, [f"{path}:", *lines] if lines else []


def main():
    paths = captures("alerts/*.pcap", "capture/*.pcap")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(compare, paths))
    for _, _, lines in done:
        print("\n".join(lines[:40]), end="\n" if lines else "")
    failed = sum(bool(lines) for _, _, lines in done)
    print(f"{sum(d[0] for d in done)} messages the same, {sum(d[1] for d in done)} differences that have a reason")
    print(f"{len(done) - failed} passed, {failed} failed, 0 skipped")
    return failed != 0


sys.exit(main())
