"""tests/app/test_hub_channels.py - what goes in and out of a hub beside files: syslog with JSON and CEF, and alerts told by webhook, mail and syslog."""
import datetime, json, os, socket, subprocess, sys, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import free_port, run_checks, until
from hub import SAMPLE, Hub, run

SUPPORT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support")


class Helper:
    """A server of tests/support: its port first, then a line for each thing that it took."""

    def __init__(self, script, *args):
        self.p = subprocess.Popen([sys.executable, f"{SUPPORT}/{script}", *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.p.stdout.readline())
        self.lines = []
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.p.stdout:
            self.lines.append(line.strip())

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.p.stdin.close()
        self.p.wait(10)


def cloud(work, users=30):
    """Cloud logs whose story raises alerts; it ends yesterday."""
    folder = f"{work}/sample"
    start = datetime.date.today() - datetime.timedelta(days=42)
    subprocess.run([SAMPLE, "--out", folder, "--users", str(users), "--days", "42", "--seed", "3", "--start", start.isoformat()], check=True, stdout=subprocess.DEVNULL)
    return sorted(os.path.join(d, n) for d, _, names in os.walk(folder) for n in names if "/windows" not in d and not n.endswith((".tsv", ".md", ".ldif")))


CEF = ("CEF:0|Microsoft|Azure ATP|2.22|LdapBruteForceSecurityAlert|Brute force|5|start=2026-02-19T14:20:06.0000000Z app=Ldap shost=CLIENT1 src=10.0.0.9 cnt=%d "
       "msg=10000 password guess attempts were made on 100 accounts from CLIENT1. externalId=2004 cs1Label=url "
       "cs1=https://contoso.atp.azure.com/securityAlert/57b8ac96-7907-4971-9b27-ec77ad8c029a cs2Label=trigger cs2=new")


def check_syslog_in(work):
    tcp, udp = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
    with Hub(work, "--syslog_tcp", str(tcp), "--syslog_udp", str(udp)) as h:
        line = '{"time":"2026-01-05T09:00:0%d.000000000Z","app":"E-mail","kind":"mail sent","outcome":"success","actor":{"name":"u1"},"objects":[{"type":"account","name":"u%d"}]}'
        with socket.create_connection(("127.0.0.1", tcp)) as s:
            for i in range(5):
                s.sendall(f"<14>1 2026-01-05T09:00:0{i}Z dc1 forwarder - - - {line % (i, i)}\n".encode())
            s.sendall(("<36>1 2026-02-21T14:20:06Z center - - - - " + CEF % 100 + "\n").encode())
            s.sendall(b"<14>1 2026-01-05T09:00:00Z dc1 su - - - session opened for root\n")
        u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        u.sendto(b"<13>Jan  5 09:00:09 dc1 samba:   " + (line % (9, 9)).encode(), ("127.0.0.1", udp))
        until("read", 30, lambda: sum(i["activities"] for i in h.inputs()) == 6)
        assert {i["by"] for i in h.inputs()} == {"syslog"} and not any(i["faults"] for i in h.inputs())
        assert len(h.ids()) == 6
        rows = h.sql("SELECT external_id, name, count FROM alerts WHERE source<>0")
        assert rows == [(2004, "Suspected brute force attack (LDAP)", 100)] or (len(rows) == 1 and rows[0][0] == 2004), rows
        # as Azure ATP itself sends it, without "CEF:"; told again with more it is the same alert
        with socket.create_connection(("127.0.0.1", tcp)) as s:
            s.sendall(("<36>1 2026-02-21T14:50:06.156238+00:00 CENTER CEF 6076 LdapBruteForceSecurityAlert " + (CEF % 170)[4:].replace("cs2=new", "cs2=update") + "\n").encode())
        until("updated", 20, lambda: h.sql("SELECT count FROM alerts WHERE source<>0") == [(170,)])
        with socket.create_connection(("127.0.0.1", tcp)) as s:
            s.sendall(("<36>1 2026-02-21T15:20:06Z center - - - - " + (CEF % 250).replace("cs2=new", "cs2=update") + "\n").encode())
        until("updated", 20, lambda: h.sql("SELECT count FROM alerts WHERE source<>0") == [(250,)])
        # a stop hands over what came last
        with socket.create_connection(("127.0.0.1", tcp)) as s:
            s.sendall(("<14>1 2026-01-05T09:00:07Z dc1 forwarder - - - " + line % (7, 7) + "\n").encode())
            time.sleep(0.3)
        h.stop()
        h.start()
        until("read after the restart", 30, lambda: len(h.ids()) == 7)


def check_alerts_are_told_once(work):
    logs = cloud(work)
    with Helper("http_server.py") as web, Helper("smtp_server.py", "plain") as post:
        siem = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        siem.bind(("127.0.0.1", 0))
        siem.settimeout(1)
        with Hub(work) as h:
            settings = {"webhook": {"enabled": True, "url": f"http://127.0.0.1:{web.port}/echo", "severity": "low"},
                        "mail": {"enabled": True, "server": "127.0.0.1", "port": post.port, "tls": "none", "from": "hub@example.test", "to": ["soc@example.test"], "severity": "high", "perDay": 3},
                        "syslog": {"enabled": True, "host": "127.0.0.1", "port": siem.getsockname()[1], "transport": "udp", "format": "rfc5424", "cef": "cef", "severity": "low"}}
            assert h.me.call("PUT", "notifications", {"webhook": {"enabled": True, "url": "ftp://x"}})[0] == 400
            status, data = h.me.call("PUT", "notifications", settings)
            assert status == 200 and data["webhook"]["enabled"], (status, data)
            assert h.me.call("POST", "notifications/test", {"channel": "webhook"}) == (200, {"ok": True})
            assert h.me.call("POST", "notifications/test", {"channel": "pigeon"})[0] == 400
            for channel in ("mail", "syslog"):
                assert h.me.call("POST", "notifications/test", {"channel": channel}) == (200, {"ok": True}), channel
            tests = len([x for x in web.lines if "/echo" in x])
            h.drop(*logs)
            h.settle()
            alerts = h.sql("SELECT id FROM alerts WHERE source=0 AND severity>=2 AND suppressed=0")
            told = lambda: h.sql("SELECT alert, channel, count(*) FROM outbox WHERE state=1 AND alert IN (SELECT id FROM alerts) GROUP BY alert, channel")
            until("told", 60, lambda: not h.sql("SELECT 1 FROM outbox WHERE state=0"))
            assert len(alerts) >= 3, alerts
            rows = told()
            assert all(n == 1 for _, _, n in rows), rows
            hooks = [r for r in rows if r[1] == 2]
            assert len(hooks) >= len(alerts), (len(hooks), len(alerts))
            until("taken", 20, lambda: len([x for x in web.lines if "/echo" in x]) - tests == len(hooks))
            messages = []
            try:
                while True:
                    messages.append(siem.recv(65536).decode())
            except socket.timeout:
                pass
            cef = [m for m in messages if "CEF:0|" in m]
            assert len(cef) >= len(hooks), (len(cef), len(hooks))
            # a restart and the same logs again tell nothing
            h.stop()
            h.start()
            h.drop(*logs[:3])
            h.settle()
            time.sleep(2.5)
            assert told() == rows
            assert h.me.get("notifications")["mail"]["server"] == "127.0.0.1"
            # what is kept about one person, in one file
            first = h.ranking()[0][0]
            status, data = h.me.call("GET", f"personal/{first}")
            assert status == 200 and data["person"]["id"] == first and data["alerts"] and not data["moreActivities"], (status, str(data)[:200])
            assert len(data["activities"]) == h.me.call("POST", "activities/query", {"filters": {"entity": {"eq": [first]}}, "limit": 1})[1]["total"] > 10
            assert h.me.call("GET", "personal/nobody")[0] == 404
            assert "personal data exported" in [x["what"] for x in h.me.get("audit?limit=50")["data"]]
            assert "notifications changed" in [x["what"] for x in h.me.get("audit?limit=50")["data"]]
        siem.close()


def check_policies_see_every_arrival(work):
    """Activities that come while the analysis starts again, and while the hub is away, meet activity policies as all others do."""
    def write(n):
        at = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        with open(f"{work}/a{n}.ndjson", "w") as f:
            f.write(json.dumps({"time": at, "app": "Office 365", "kind": "file deleted", "outcome": "success", "actor": {"upn": f"u{n}@corp.test"}}) + "\n")
        return f"{work}/a{n}.ndjson"

    with Hub(work) as h:
        status, policy = h.me.call("POST", "policies", {"name": "Deleting", "severity": "low", "filters": {"actionType": {"eq": ["file deleted"]}}, "dailyLimit": 1000})
        assert status == 201, policy
        until("at rest", 30, lambda: h.me.get("health")["analysis"]["state"] == "idle")
        time.sleep(1)
        for n in range(25):
            status, _ = h.me.call("PUT", "policies/new_location", {"sensitivity": 1 + n % 3})  # all is judged again
            assert status == 200
            with open(write(n), "rb") as f:
                assert h.me.call("POST", f"inputs?name=a{n}.ndjson", f.read())[0] == 202
            time.sleep(0.07 * (n % 5))
        told = lambda: {r[0] for r in h.sql("SELECT e.kind || e.time FROM alerts a JOIN alert_evidence e ON e.alert = a.id WHERE a.policy = ?", policy["id"])}
        until("25 alerts", 30, lambda: len(told()) == 25)
        h.kill()
        h.drop(write(100), write(101))
        h.start()
        until("27 alerts", 30, lambda: len(told()) == 27)
        h.stop()
        h.start()
        h.settle()
        time.sleep(1)
        assert len(told()) == 27 and len(h.sql("SELECT id FROM alerts WHERE policy = ?", policy["id"])) == 27, "and each once"


def check_policies_count_on(work):
    """What a repeated policy counted goes on when all is judged again; a policy by IP range knows the ranges."""
    def act(n, ip):
        at = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        body = json.dumps({"time": at, "app": "Office 365", "kind": "file deleted", "outcome": "success", "ip": ip, "actor": {"upn": "eve@corp.test"}, "session": f"s{n}"}) + "\n"
        assert h.me.call("POST", f"inputs?name=b{n}.ndjson", body.encode())[0] == 202

    with Hub(work) as h:
        make = lambda name, filters, **more: h.me.call("POST", "policies", {"name": name, "severity": "low", "filters": filters, **more})[1]["id"]
        often = make("Often", {"actionType": {"eq": ["file deleted"]}}, match={"type": "repeated", "count": 3, "minutes": 30})
        status, _ = h.me.call("POST", "subnet/create_rule/", {"name": "Office", "category": 3, "subnets": ["198.51.100.0/24"]}, prefix="/api/v1/")
        assert status == 200
        risky = make("Risky", {"ip.category": {"eq": [3]}})
        alerts = lambda policy: h.sql("SELECT id FROM alerts WHERE policy = ?", policy)
        idle = lambda: h.me.get("health")["analysis"]["state"] == "idle"
        total = lambda: h.me.call("POST", "activities/query", {"limit": 1})[1]["total"]
        until("at rest", 30, idle)
        time.sleep(1)
        for n in range(3):
            act(n, "198.51.100.7" if n == 2 else "203.0.113.7")
            until("read", 30, lambda: total() == n + 1)
            time.sleep(1)
            assert h.me.call("PUT", "policies/new_location", {"sensitivity": 1 + n % 3})[0] == 200
            until("judged again", 30, idle)
        until("an alert of three in half an hour", 10, lambda: len(alerts(often)) == 1)
        until("an alert of a range", 10, lambda: len(alerts(risky)) == 1)


def check_ranges_make_alerts_precise(work):
    """An impossible journey is none when one of its ends is a VPN's exit that the administrator named; without the range it is one again."""
    now = datetime.datetime.now(datetime.timezone.utc)
    def sign_in(before, ip, country, city):
        at = (now - before).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        return json.dumps({"time": at, "app": "Office 365", "kind": "sign-in", "outcome": "success", "ip": ip, "actor": {"upn": "ann@corp.test"}, "location": {"country": country, "city": city}}) + "\n"

    day, minute = datetime.timedelta(days=1), datetime.timedelta(minutes=1)
    with open(f"{work}/travel.ndjson", "w") as f:
        f.write("".join(sign_in(day * n, "203.0.113.7", "FR", "Paris") for n in range(20, 0, -1)))
        f.write(sign_in(minute * 60, "203.0.113.7", "FR", "Paris") + sign_in(minute * 30, "198.51.100.9", "JP", "Tokyo"))
    with Hub(work, "--learned", "yes") as h:
        h.drop(f"{work}/travel.ndjson")
        travels = lambda: h.me.call("POST", "alerts/query", {"filters": {"entity.policy": {"eq": ["impossible_travel"]}}})[1]["total"]
        until("an impossible journey", 30, lambda: travels() == 1)
        status, made = h.me.call("POST", "subnet/create_rule/", {"name": "VPN exit", "category": 4, "subnets": ["198.51.100.0/24", "2001:db8::/32"]}, prefix="/api/v1/")
        assert status == 200, made
        until("none by a VPN", 30, lambda: travels() == 0)
        assert h.me.call("POST", f"subnet/{made}/update_rule/", {"name": "VPN exit", "category": 4, "subnets": ["198.51.100.10", "198.51.101.0/24"]}, prefix="/api/v1/")[0] == 200
        until("a journey again: the range is another", 30, lambda: travels() == 1)


sys.exit(run_checks(globals(), at_once=3))
