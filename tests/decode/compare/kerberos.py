"""tests/decode/compare/kerberos.py - AS and TGS requests: type, client, realm, service, encryption types; KRB-ERROR: code; AP-REQ, in whatever
carries it: client's address and port, service and encryption type of the ticket."""
import collections

from tshark import below, first, within

PROTOCOLS = "kerberos kpasswd gss-api spnego ldap http smb smb2 dcerpc"


def names(principal):
    return "/".join(below(principal, "kerberos.SNameString") or below(principal, "kerberos.CNameString"))


def service_name(name, realm):
    return "krbtgt" if name.lower() == f"krbtgt/{realm}".lower() else name


class Theirs:
    def __init__(self):
        self.said, self.asked = collections.Counter(), {}

    def packet(self, packet):
        for proto in packet.named("kerberos"):
            self.message(proto, packet.ends)
        if not {"10", "12"} & set(packet.all("kerberos.msg_type")):
            for ap in within(packet.element, "kerberos.ap_req_element"):
                self.said[("AP-REQ", *packet.src, "/".join(below(ap, "kerberos.SNameString")), int(first(ap, "kerberos.etype")))] += 1

    def message(self, proto, ends):
        """A question whose answer is too large for UDP is asked again over TCP (RFC 4120 7.2.1): it counts once."""
        for body in within(proto, "kerberos.req_body_element"):
            client = [names(c) for c in within(body, "kerberos.cname_element")]
            service = [names(c) for c in within(body, "kerberos.sname_element")]
            realm = first(body, "kerberos.realm")
            kind = "AS" if "10" in below(proto, "kerberos.msg_type") else "TGS"
            self.asked[ends] = ("request", kind, client[0] if client else "", realm, service_name(service[0] if service else "", realm), *below(body, "kerberos.ENCTYPE"))
            self.said[self.asked[ends]] += 1
        for e in within(proto, "kerberos.krb_error_element"):
            code = first(e, "kerberos.error_code", "?")
            if code != "52":
                self.said[("error", code)] += 1
            elif ends in self.asked:
                self.said[self.asked.pop(ends)] -= 1


def ours(result, activities):
    said = collections.Counter()
    for a in activities:
        f = a.get("facts", {})
        if a["kind"] == "service ticket used":
            said[("AP-REQ", a["ip"], str(a["port"]), f.get("spn", ""), f["ticket_etype"])] += 1
        elif a.get("protocol") == "Kerberos":
            if "client_etypes" in f:
                kind = "AS" if a["kind"] in ("credentials validation", "pre-authentication asked for") else "TGS"
                realm = f.get("realm_sent", "")
                said[("request", kind, f.get("client_name", ""), realm, service_name(f.get("spn", ""), realm), *f["client_etypes"].split())] += 1
            code = a.get("code") if a["kind"].startswith("pre-auth") else f.get("error_code", a.get("code"))
            if code:
                said[("error", str(code))] += 1
    return said
