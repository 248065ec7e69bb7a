"""tests/app/test_agreement.py - what the decoders read from captures, beside what tshark reads from them, message by message.

Over our own captures (fixtures/alerts) and those of the corpus ($VIGIE_CORPUS, default ../shared/data). A protocol is a row of PROTOCOLS:
tshark's filter and fields, what they say of each message, and what an activity says of the same. Where both differ rightly, DIFFERENCES
says so with the reason. Skipped without tshark.
"""
import collections, concurrent.futures, os, re, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
from tshark import captures, frames, scan

WHERE = ["ip.src", "ipv6.src", "tcp.srcport"]


def place(row, end="src"):
    """The address and port of one end of the frame."""
    return (row[f"ip.{end}"] or row[f"ipv6.{end}"])[0], "".join(row[f"tcp.{end}port"])


def ntlm_frames(row):
    """User, domain, workstation and flags of each AUTHENTICATE in the frame; other NTLM messages in it have flags, too."""
    types, flags = row["ntlmssp.messagetype"], row["ntlmssp.negotiateflags"]
    names = [row["ntlmssp.auth." + f] for f in ("username", "domain", "hostname")]
    proofs = [i for i, t in enumerate(types) if int(t, 16) == 3]
    for n, i in enumerate(proofs):
        said = [v[n] if n < len(v) and v[n] != "NULL" else "" for v in names]
        said[1] = said[1] if said[0] else ""  # a session without a user has a domain of its own: NT AUTHORITY
        yield place(row) + tuple(said) + (int(flags[i], 16) if i < len(flags) else None,)


def ntlm_activity(a):
    if a["kind"] != "credentials validation" or "ntlm_flags" not in a["facts"]:
        return None
    who, facts = a.get("actor", {}), a["facts"]
    anonymous = who.get("sid") == "S-1-5-7"
    name = "" if anonymous else who.get("name") or who.get("upn") or ""
    return a["ip"], str(a["port"]), name, "" if anonymous else who.get("domain", ""), facts.get("workstation", ""), facts["ntlm_flags"]


def ticket_frames(row):
    """Service and encryption type of the ticket in the frame's AP-REQ."""
    yield *place(row), "/".join(row["kerberos.SNameString"]), int(row["kerberos.etype"][0])


def ticket_activity(a):
    if a["kind"] != "service ticket used":
        return None
    return a["ip"], str(a["port"]), a["facts"].get("spn", ""), a["facts"]["ticket_etype"]


SCOPES = {"0": "base", "1": "one", "2": "subtree"}


def assertions(texts):
    """The single assertions among the texts, without values that either side writes in a form of its own (bytes, parentheses)."""
    found = set()  # tshark writes the only part of a set twice
    for t in texts:
        attribute, sign, value = t.partition("=")
        if sign and not set(t) & set("()") and t[0] not in "&|!":
            found.add((attribute, value if value.isascii() and value.isprintable() and not set(value) & set("\\:;") else "?"))
    return tuple(sorted(found))


def search_frames(row):
    """Base, scope, attributes and assertions of the search request in the frame."""
    texts = [t[len("Filter: ("):-1] for t in row["text"] if t.startswith("Filter: (") and t.endswith(")")]
    if len(row["ldap.scope"]) == 1:
        yield (*place(row), "".join(row["ldap.baseObject"]), SCOPES[row["ldap.scope"][0]],
               tuple(row["ldap.AttributeDescription"]), assertions(texts))


def search_activity(a):
    facts = a["facts"]
    if a["kind"] != "LDAP search" or a.get("protocol") != "LDAP" or facts.get("operation") == "compare":
        return None
    return (a["ip"], str(a["port"]), facts.get("ldap_base", ""), facts["ldap_scope"], tuple(facts.get("ldap_attributes", "").split()),
            assertions(re.findall(r"\(([^()]*)\)", facts["ldap_filter"])))


def result_frames(row):
    """Results of searches."""
    answers = [op for op in row["ldap.protocolOp"] if op in ("1", "5", "7", "9", "11", "13", "15", "24")]
    for op, code in zip(answers, row["ldap.resultCode"]):
        if op == "5":
            yield *place(row, "dst"), "search", int(code)


def result_activity(a):
    if a["kind"] != "LDAP search" or "ldap_result" not in a["facts"] or a["facts"].get("operation") == "compare":
        return None
    return a["ip"], str(a["port"]), "search", a["facts"]["ldap_result"]


def bind_frames(row):
    """Names of simple binds."""
    if row["ldap.authentication"] == ["0"]:
        yield *place(row), "".join(row["ldap.name"])


def bind_activity(a):
    who, facts = a.get("actor", {}), a["facts"]
    if a["kind"] != "LDAP bind" or facts.get("auth_package") != "simple":
        return None
    name = facts.get("dn") or who.get("upn") or "\\".join(x for x in (who.get("domain"), who.get("name")) if x)
    return a["ip"], str(a["port"]), name


# name, tshark's filter, fields, messages of a frame, message of an activity
PROTOCOLS = [
    ("LDAP search", "ldap.protocolOp == 3 && tcp", ["ldap.baseObject", "ldap.scope", "ldap.AttributeDescription", "text"], search_frames,
     search_activity),
    ("LDAP result", "ldap.resultCode && tcp", ["ip.dst", "ipv6.dst", "tcp.dstport", "ldap.protocolOp", "ldap.resultCode"], result_frames,
     result_activity),
    ("LDAP bind", "ldap.protocolOp == 0 && tcp", ["ldap.authentication", "ldap.name"], bind_frames, bind_activity),
    ("NTLM", "ntlmssp.messagetype == 3",
     ["ntlmssp.messagetype", "ntlmssp.negotiateflags", "ntlmssp.auth.username", "ntlmssp.auth.domain", "ntlmssp.auth.hostname"],
     ntlm_frames, ntlm_activity),
    ("AP-REQ", "kerberos.msg_type == 14 && !(kerberos.msg_type in {10, 12}) && !kpasswd", ["kerberos.SNameString", "kerberos.etype"],
     ticket_frames, ticket_activity),
]

CUT = "the frame is cut inside the message; tshark then shows nothing of it, and what lies before the cut can be read"

SIGNED = "the bind is not in the capture, so tshark does not know the signed buffers (RFC 4121 4.2.6.2), which can be read"

# capture, protocol -> why nothing is compared
DIFFERENCES = {
    ("401trg_20171220_smb_metasploit_psexec_pth_download_meterpreter.pcap", "NTLM"):
        CUT,
    ("401trg_20171220_smb_mimikatz_copy_to_host.pcap", "AP-REQ"): CUT,
    ("401trg_20171220_smb_psexec_add_user.pcap", "AP-REQ"): CUT,
    ("pcapattack_DCShadow_add_primarygroupid_512_to_std_account.pcapng", "LDAP search"): SIGNED,
    ("pcapattack_DCShadow_add_primarygroupid_512_to_std_account.pcapng", "LDAP result"): SIGNED,
    ("pcapattack_LM_WMI_ProcessCallCreate.pcapng", "AP-REQ"):
        "tshark does not open the token of the bind in frames 29 and 30; it is an AP-REQ in SPNEGO (RFC 4178, RFC 4121 4.1)",
}


def theirs_of(path, protocol):
    _, wanted, fields, messages, _ = protocol
    return collections.Counter(m for row in frames(path, wanted, WHERE + fields) for m in messages(row))


def compare(path, protocol, acts):
    """0 when all agree; prints what does not."""
    ours = collections.Counter(m for m in map(protocol[4], acts) if m)
    theirs = theirs_of(path, protocol)
    if ours == theirs:
        return 0
    print(f"{path}: {protocol[0]}: {sum(theirs.values())} of tshark's, {sum(ours.values())} of ours")
    for label, some in (("tshark's alone", theirs - ours), ("ours alone", ours - theirs)):
        for message, n in list(some.items())[:5]:
            print(f"  {label}: {n} x {message}")
    return 1


def of_capture(path):
    """How many protocols agree, how many do not, and in how many messages."""
    acts = scan(path)[1]
    wanted = [p for p in PROTOCOLS if (os.path.basename(path), p[0]) not in DIFFERENCES]
    bad = sum(compare(path, p, acts) for p in wanted)
    return len(wanted) - bad, bad, sum(1 for p in wanted for a in acts if p[4](a))


def main():
    paths = captures("alerts/*.pcap")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(of_capture, paths))
    passed, failed, messages = (sum(x) for x in zip(*done))
    print(f"{messages} messages compared\n{passed} passed, {failed} failed, 0 skipped")
    return failed != 0


sys.exit(main())
