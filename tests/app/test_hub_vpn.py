"""tests/app/test_hub_vpn.py - RADIUS accounting on the wire becomes the list of VPN gateways: sessions, people, who told of it, IP ranges, rights."""
import http.client, json, os, ssl, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
from checks import run_checks, until
from hub import Hub, Person
from radius import accounting, capture, packet, rejected

LDIF = "dn: DC=corp,DC=test\nobjectClass: domainDNS\nobjectSid: S-1-5-21-7-7-7\n\n" + "".join(
    f"dn: CN={n},CN=Users,DC=corp,DC=test\nobjectClass: user\nsAMAccountName: {n}\nobjectSid: S-1-5-21-7-7-7-{1101 + i}\n\n" for i, n in enumerate(("alice", "bob", "carol")))
BEGAN = int(time.time()) - 7200


def sent(n, message, gateway="10.0.0.8", server="10.0.0.1"):
    return BEGAN + n, packet(gateway, server, 50000, 1813, message)


def first_file(work):
    ask, no = rejected(9, "mallory", nas="VPN1", address="10.0.0.8", calling="203.0.113.99")
    return capture(f"{work}/morning.pcap", [
        sent(0, accounting(1, "CORP\\alice", "VPN1", "10.0.0.8", "198.51.100.1", "A1")),
        sent(5, accounting(1, "CORP\\alice", "VPN1", "10.0.0.8", "198.51.100.1", "A1")),  # sent again: nobody acknowledged it
        sent(60, accounting(2, "CORP\\alice", "VPN1", "10.0.0.8", "198.51.100.1", "A2")),
        sent(70, accounting(3, "CORP\\bob", "VPN1", "10.0.0.8", "198.51.100.2", "A3")),
        (BEGAN + 80, packet("10.0.0.8", "10.0.0.1", 50001, 1812, ask)), (BEGAN + 81, packet("10.0.0.1", "10.0.0.8", 1812, 50001, no)),
        sent(85, accounting(5, "CORP\\bob", "AP7", "10.0.0.70", "00-11-22-33-44-55", "W1", port=19), gateway="10.0.0.70"),  # an access point is no gateway
        sent(90, accounting(4, "CORP\\alice", None, "203.0.113.9", "198.51.100.1", "B1"), gateway="203.0.113.9")])


def as_sensor(h, work, name, rows):
    """Sends activities with the certificate of a new sensor."""
    status, data = h.me.call("POST", "sensors", {"name": name})
    assert status == 201, data
    path, text = f"{work}/{name}.pem", data["bundle"]
    with open(path, "w") as f:
        f.write(text[text.index("-----BEGIN"):])
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    tls.load_cert_chain(path)
    c = http.client.HTTPSConnection("127.0.0.1", h.port, context=tls, timeout=30)
    c.request("POST", "/api/vigie/v1/sensor/activities", "".join(json.dumps(r) + "\n" for r in rows), {"Content-Type": "application/x-ndjson"})
    assert c.getresponse().status == 202
    c.close()


def gateways(h):
    return {(g.get("name"), g.get("address")): g for g in h.me.get("vpn")["gateways"]}


def counts(g):
    return g["sessions"], g["rejected"], g["people"]


def add_range(h, name, category, ranges):
    status, data = h.me.call("POST", "create_rule/", {"name": name, "category": category, "subnets": ranges}, prefix="/api/v1/subnet/")
    assert status == 200, data


def check_gateways(work):
    with open(f"{work}/corp.ldif", "w") as f:
        f.write(LDIF)
    with Hub(work, "--directory", f"{work}/corp.ldif") as h:
        h.drop(first_file(work))
        h.settle()
        assert h.me.get("vpn") == {"gateways": [], "moreGateways": False, "connections": 0, "moreConnections": False}, "not joined: not seen"
        h.install()
        h.connect()
        h.wait_link("on")
        seen = gateways(h)
        assert list(seen) == [(None, "203.0.113.9"), ("VPN1", "10.0.0.8")], seen
        office, bare = seen["VPN1", "10.0.0.8"], seen[None, "203.0.113.9"]
        assert counts(office) == (3, 1, 2) and counts(bare) == (1, 0, 1), seen
        assert office["private"] is True and bare["private"] is False and office["range"] is bare["range"] is None
        assert [(s["name"].split("-", 1)[-1], s["sensor"]) for s in office["sources"]] == [("morning.pcap", False)], office
        assert office["last"] > office["first"] and h.me.get("vpn")["connections"] == 6

        evening = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGAN + 3600))
        as_sensor(h, work, "DC1", [{"time": evening, "app": "Active Directory", "kind": "VPN connection", "outcome": "success", "actor": {"name": "carol", "domain": "CORP"}, "ip": "198.51.100.3",
                                    "destination": "vpn1", "destination_ip": "10.0.0.8", "session": "A9", "protocol": "RADIUS"}])
        until("the sensor's session counted", 30, lambda: counts(gateways(h)["vpn1", "10.0.0.8"] if ("vpn1", "10.0.0.8") in gateways(h) else office) == (4, 1, 3))
        office = gateways(h)["vpn1", "10.0.0.8"]
        assert {"name": "DC1", "sensor": True} in office["sources"] and len(office["sources"]) == 2, office

        add_range(h, "Head office", 1, ["203.0.113.0/24"])
        assert gateways(h)[None, "203.0.113.9"]["range"]["name"] == "Head office"
        add_range(h, "Remote access", 4, ["198.51.100.77", "203.0.113.8/31"])
        found = gateways(h)
        assert found[None, "203.0.113.9"]["range"]["name"] == "Remote access" and found[None, "203.0.113.9"]["range"]["category"] == 4
        assert found["vpn1", "10.0.0.8"]["range"] is None

        for role, sees in (("global_reader", True), ("atp_user", False)):
            assert h.me.call("POST", "accounts", {"name": role, "password": "correct horse battery staple", "role": role})[0] == 200
            other = Person(h.port).sign_in(role).get("vpn")["gateways"]
            assert len(other) == 2 and all(("range" in g) == sees for g in other), (role, other)
        h.connect(False)
        h.wait_link("off")
        assert len(gateways(h)) == 2, "what joined stays"


sys.exit(run_checks(globals()))
