"""tests/decode/test_tshark.py [-v] [CAPTURE...] - what Vigie reads in captures beside what tshark reads.

Without captures: those of the corpus ($VIGIE_CORPUS, default ../shared/data) and fixtures/capture. For each protocol both sides give a list of
what was said, and the lists must be the same, whatever their order:
    kerberos  AS and TGS requests: type, client, realm, service, encryption types; KRB-ERROR: code
    dns       questions: name, type; answers: name, type, code
    ldap      searches: base, filter
    ntlm      authentications: user, domain, workstation
    smb       tree connects: path, and opened files: name, of SMB2 (those that become activities)
    rpc       calls: interface, operation, of those that become activities
A difference must be one of tests/decode/tshark_differences.txt, where each has its reason. -v prints both lists.
"""
import collections, fnmatch, itertools, os, re, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
from tshark import below, captures, flat, packets, scan, within

PROTOCOLS = "frame ip ipv6 tcp udp http dns kerberos ldap cldap ntlmssp smb smb2 spnego gss-api dcerpc samr drsuapi lsarpc srvsvc svcctl rpc_netlogon epm atsvc bkrp wkssvc"
# operations that become activities, by the name that tshark has for the interface
RPC = {"samr": ("SAMR", {50, 12, 22, 38, 55, 58, 63, 73}), "drsuapi": ("DRSUAPI", {3, 4, 5, 6, 17}), "srvsvc": ("SRVSVC", {12}),
       "svcctl": ("SVCCTL", {12, 24, 44, 45, 60}), "atsvc": ("ATSVC", {0}), "netlogon": ("NETLOGON", {4, 15, 26, 30}), "epm": ("EPM", {3})}


# Not every one of these becomes an activity: what is said must be there, not all that is there said.
SOME = {("smb", "open"), ("smb", "tree"), ("rpc", "EPM"), ("rpc", "NETLOGON")}


def names(principal):
    return "/".join(below(principal, "kerberos.SNameString") or below(principal, "kerberos.CNameString"))


def service_name(name, realm):
    return "krbtgt" if name.lower() == f"krbtgt/{realm}".lower() else name


def kerberos(proto, ends, asked, say):
    """A question whose answer is too large for UDP is asked again over TCP (RFC 4120 7.2.1): it counts once."""
    for body in within(proto, "kerberos.req_body_element"):
        client = [names(c) for c in body.findall(".//field[@name='kerberos.cname_element']")]
        service = [names(c) for c in body.findall(".//field[@name='kerberos.sname_element']")]
        realm = (below(body, "kerberos.realm") or [""])[0]
        kind = "AS" if "10" in below(proto, "kerberos.msg_type") else "TGS"
        asked[frozenset(ends)] = ("kerberos", "request", kind, client[0] if client else "", realm, service_name(service[0] if service else "", realm),
                                  " ".join(below(body, "kerberos.ENCTYPE")))
        say(*asked[frozenset(ends)])
    for e in within(proto, "kerberos.krb_error_element"):
        code = (below(e, "kerberos.error_code") or ["?"])[0]
        if code != "52":
            say("kerberos", "error", code)
        elif frozenset(ends) in asked:
            say(*asked.pop(frozenset(ends)), n=-1)


def plain(name):
    """Bytes of a name that are no ASCII: each side writes them in its own way."""
    return re.sub(r"(?:\\\d{3}|[^\x20-\x7e]|\?)+", "?", "" if name == "<Root>" else name.lower())


def dns(proto, ends, known, time, say):
    """What is asked again within a minute, and an answer to what was not seen, is one question; copies by a mirror port are none."""
    if "53" not in ends:
        return
    answer, opcode = (below(proto, "dns.flags.response") or ["?"])[0] in ("1", "True"), (below(proto, "dns.flags.opcode") or ["?"])[0]
    for name, kind in list(zip(below(proto, "dns.qry.name"), below(proto, "dns.qry.type")))[:1]:
        key = (frozenset(ends), below(proto, "dns.id")[0], name, kind)
        name, kind = plain(name), str(int(kind, 0))
        answered, last = known.get(key, (False, 0))
        if opcode == "0" and (time - last > 60 or (answered and not answer)):
            say("dns", "question", name, kind)
            answered = False
        if opcode == "0" and answer and not answered:
            say("dns", "answer", name, kind, str(int((below(proto, "dns.flags.rcode") or ["0"])[0], 0)))
        known[key] = (answered or answer, time)


def ldap(proto, say):
    for s in within(proto, "ldap.searchRequest_element"):
        text = [f.get("show")[8:] for f in s.iter("field") if f.get("name") == "" and f.get("show", "").startswith("Filter: ")]
        base = (below(s, "ldap.baseObject") or [""])[0]
        say("ldap", "search", base.lower(), flat(text[0]) if text else "?")


def ntlm(packet, say):
    if "3" not in [str(int(x, 0)) for x in below(packet, "ntlmssp.messagetype")]:
        return
    values = [below(packet, "ntlmssp.auth." + x) for x in ("username", "domain", "hostname")]
    for user, domain, host in itertools.zip_longest(*values, fillvalue=""):
        user, domain, host = ("" if x in ("Not present", "NULL") else x for x in (user, domain, host))
        say("ntlm", "authenticate", user, domain if user else "", host)


def smb1(proto, say):
    for f in proto.iter("field"):
        if f.get("name") == "" and f.get("show", "").startswith("Tree Connect AndX Request"):
            for path in below(f, "smb.path")[-1:]:
                say("smb", "tree", path.lower())


def creates(proto, say):
    for f in proto.iter("field"):
        if f.get("name") == "" and f.get("show", "").startswith("Create Request"):
            name = (below(f, "smb2.filename") or [""])[0]
            say("smb", "open", name.lower())
        if f.get("name") == "" and f.get("show", "").startswith("Tree Connect Request"):
            say("smb", "tree", (below(f, "smb2.tree") or [""])[0].lower())


def calls(packet, proto, kind, say):
    for op in below(proto, kind + ".opnum")[:1]:
        if int(op) in RPC[kind][1] and "0" in below(packet, "dcerpc.pkt_type"):
            say("rpc", RPC[kind][0], op)


def theirs(path):
    seen = collections.Counter()

    def say(*what, n=1):
        seen[what] += n
    asked, known = {}, {}
    for packet in packets(path, PROTOCOLS):
        time = float(next(f.get("value") for f in packet.iter("field") if f.get("name") == "timestamp"))
        ports = below(packet, "tcp.port") + below(packet, "udp.port")
        for proto in packet.findall("proto"):
            kind = proto.get("name")
            if kind == "kerberos":
                kerberos(proto, [*below(packet, "ip.addr"), *ports], asked, say)
            elif kind == "dns":
                dns(proto, [*below(packet, "ip.addr"), *below(packet, "ipv6.addr"), *ports], known, time, say)
            elif kind == "ldap":
                ldap(proto, say)
            elif kind == "smb":
                smb1(proto, say)
            elif kind == "smb2":
                creates(proto, say)
            elif kind.removeprefix("rpc_") in RPC:
                calls(packet, proto, kind.removeprefix("rpc_"), say)
        ntlm(packet, say)
    return seen


def of_kerberos(a, f, say):
    if "client_etypes" in f:
        kind = "AS" if a["kind"] in ("credentials validation", "pre-authentication asked for") else "TGS"
        say("kerberos", "request", kind, f.get("client_name", ""), f.get("realm_sent", ""),
            service_name(f.get("spn", ""), f.get("realm_sent", "")), f["client_etypes"])
    code = a.get("code") if a["kind"].startswith("pre-auth") else f.get("error_code", a.get("code"))
    if code:
        say("kerberos", "error", str(code))


def of_dns(f, say):
    name, kind = plain(f.get("dns_name", "")), str(f["dns_type"])
    say("dns", "question", name, kind)
    if "dns_rcode" in f:
        say("dns", "answer", name, kind, str(f["dns_rcode"]))


def of_smb(a, f, say):
    if a["kind"] == "share access" and "smb_command" not in f:
        say("smb", "tree", f["share"].lower())
    elif a["kind"] == "share file access" and f.get("smb_command") == 5:
        say("smb", "open", f["relative_target"].lower())


def ours(path):
    seen = collections.Counter()

    def say(*what, n=1):
        seen[what] += n
    for a in scan(path)[1]:
        f, kind, actor = a.get("facts", {}), a["kind"], a.get("actor", {})
        protocol = a.get("protocol")
        if protocol == "Kerberos" and kind != "service ticket used":
            of_kerberos(a, f, say)
        elif protocol == "DNS" and kind == "DNS query":
            of_dns(f, say)
        elif kind == "LDAP search":
            say("ldap", "search", f.get("ldap_base", "").lower(), flat(f.get("ldap_filter", "")))
        elif protocol == "NTLM":
            anonymous = actor.get("sid") == "S-1-5-7"
            say("ntlm", "authenticate", "" if anonymous else actor.get("name", ""), "" if anonymous else actor.get("domain", ""), f.get("workstation", ""))
        elif protocol == "SMB":
            of_smb(a, f, say)
        elif "rpc_opnum" in f:
            ops = next((o for n, o in RPC.values() if n == f["rpc_interface"]), set())
            if f["rpc_opnum"] in ops:
                say("rpc", f["rpc_interface"], str(f["rpc_opnum"]))
    return seen


def known():
    """[(capture, side, pattern, reason)] of tshark_differences.txt"""
    out = []
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tshark_differences.txt")
    for line in open(path) if os.path.exists(path) else ():
        if line.strip() and not line.startswith("#"):
            capture, side, pattern, reason = (x.strip() for x in line.split("|", 3))
            out.append((capture, side, re.compile(pattern), reason))
    return out


def main():
    paths = captures("capture/*.pcap")
    rules, failed, same, excused = known(), 0, 0, 0
    for path in paths:
        a, b = ours(path), theirs(path)
        for what in [w for w in b - a if w[:2] in SOME]:
            b[what] = a[what]
        wrong = []
        for side, more in (("vigie", a - b), ("tshark", b - a)):
            for what, n in sorted(more.items()):
                text = " ".join(what)
                if any(fnmatch.fnmatch(os.path.basename(path), c) and side == s and r.search(text) for c, s, r, _ in rules):
                    excused += n
                else:
                    wrong.append(f"  only {side}: {n} x {what}")
        same += sum((a & b).values())
        failed += bool(wrong)
        print(f"{'FAILED' if wrong else 'ok'} {os.path.basename(path)}: {sum((a & b).values())} the same, {sum(a.values())} here, {sum(b.values())} there")
        print("\n".join(wrong[:60]), end="\n" if wrong else "")
    print(f"{same} messages the same, {excused} differences that have a reason")
    print(f"{len(paths) - failed} passed, {failed} failed, 0 skipped")
    return failed > 0


sys.exit(main())
