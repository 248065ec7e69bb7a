"""tests/app/test_sensor.py - a sensor and its hub as people run them: registering, sending, kills of either side, a full spool, revoking, live packets."""
import collections, glob, json, os, re, shutil, signal, socket, struct, subprocess, sys, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import Skip, run_checks, until
from hub import OLD, SAMPLE, VIGIE, Hub, run
from live import Line, Listener


class Sensor:
    def __init__(self, work, *options, bundle=None):
        self.work, self.spool, self.events = work, f"{work}/spool", f"{work}/events"
        os.makedirs(self.events, exist_ok=True)
        self.options, self.bundle, self.p = options, bundle, None
        self.n = 0

    def start(self, *more):
        self.log = open(f"{self.work}/sensor.log", "ab")
        args = [VIGIE, "sensor", "--spool", self.spool, "--events", self.events, "--reserve", "0", *self.options, *more]
        if self.bundle:
            args += ["--bundle", self.bundle]
        self.p = subprocess.Popen(args, stderr=self.log, stdout=self.log)
        return self

    def said(self):
        with open(f"{self.work}/sensor.log") as f:
            return f.read()

    def kill(self):
        self.p.kill()
        self.p.wait()
        self.log.close()

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        assert self.p.wait(30) == 0, self.said()[-500:]
        self.log.close()
        return json.loads(re.findall(r"stopped: (\{.*\})", self.said())[-1])

    def drop(self, *paths):
        for path in paths:
            self.n += 1
            part = f"{self.work}/part{self.n}"
            shutil.copyfile(path, part)
            os.utime(part, (OLD, OLD))
            os.rename(part, f"{self.events}/{self.n}-{os.path.basename(path)}")

    def waiting(self):
        return [n for n in os.listdir(self.spool) if n.endswith((".ndjson", ".part"))] if os.path.isdir(self.spool) else []


def register(h, work, name="DC1"):
    status, data = h.me.call("POST", "sensors", {"name": name})
    assert status == 201 and data["bundle"].startswith("vigie sensor bundle 1\n"), (status, data)
    path = f"{work}/{name}.bundle"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        f.write(data["bundle"])
    return data["number"], path


class Logs:
    def __init__(self, work):
        folder = f"{work}/sample"
        subprocess.run([SAMPLE, "--out", folder, "--users", "20", "--days", "14", "--seed", "9", "--start", "2026-01-05"], check=True, stdout=subprocess.DEVNULL)
        self.files = sorted(os.path.join(d, n) for d, _, names in os.walk(f"{folder}/windows") for n in names)
        assert len(self.files) >= 2
        rows = [json.loads(x) for x in run("activities", *self.files).splitlines()]
        self.ids = sorted(r["id"] for r in rows)
        assert len(self.ids) == len(set(self.ids)) > 1000


logs = None


def check_registered_sends_and_is_revoked(work):
    with Hub(work) as h:
        number, bundle = register(h, work)
        assert h.me.call("POST", "sensors", {"name": "no/slashes"})[0] == 400
        assert h.me.get("sensors")["data"][0]["state"] == "new"
        s = Sensor(work, bundle=bundle).start()
        s.drop(logs.files[0])
        until("seen", 30, lambda: h.me.get("sensors")["data"][0]["state"] == "ok")
        h.settle(fold=False)
        until("all sent", 30, lambda: os.listdir(s.events) == ["done"] and not s.waiting())
        h.settle(fold=False)
        first = h.ids()
        want = sorted(json.loads(x)["id"] for x in run("activities", logs.files[0]).splitlines())
        assert first == want, (len(first), len(want))
        # the certificate opens nothing else, and nothing is open without it
        for path, method in (("alerts", "GET"), ("inputs", "POST"), ("sensors", "GET"), ("sensor/activities", "POST")):
            p = subprocess.run(["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "-X", method, "-d", "x",
                                *(["--cert", f"{s.spool}/identity.pem", "--key", f"{s.spool}/identity.pem"] if path != "sensor/activities" else []),
                                f"https://127.0.0.1:{h.port}/api/vigie/v1/{path}"], capture_output=True, text=True)
            assert p.stdout == "401", (path, p.stdout, p.stderr)
        assert h.me.call("DELETE", f"sensors/{number}")[0] == 204
        assert h.me.call("DELETE", f"sensors/{number}")[0] == 404
        s.drop(logs.files[1])
        until("waiting", 30, lambda: os.listdir(s.events) == ["done"] and s.waiting())
        time.sleep(3)
        assert s.waiting(), "a refused batch must wait"
        assert h.ids() == first
        s.stop()
        assert "the hub answered 401" in s.said(), s.said()[-500:]
        assert [x["what"] for x in h.me.get("audit?limit=50")["data"] if "sensor" in x["what"]] == ["sensor revoked", "sensor registered"]


def check_what_cannot_be_read_is_told(work):
    """The hub's health names sensor, reason, count, and the alerts that need what those messages may say."""
    with Hub(work) as h:
        number, bundle = register(h, work)
        assert h.me.get("health")["unread"] == []
        s = Sensor(work, bundle=bundle).start()
        s.drop("fixtures/capture/ldap.pcap", "fixtures/capture/kpasswd.pcap")
        until("told", 30, lambda: h.me.get("health")["unread"])
        scan = json.loads(run("scan", "--json", "fixtures/capture/ldap.pcap"))["unread"]
        want = [{"sensor": "DC1", "reason": u["reason"], "records": u["records"], "blinds": u["blinds"]} for u in scan]
        told = h.me.get("health")["unread"]
        assert told == want and told[0]["reason"] == "sealed LDAP" and "2038" in told[0]["blinds"] and "2031" not in told[0]["blinds"], (told, want)
        assert h.me.get("health")["state"] == "ok", "sealing is not wrong"
        assert s.stop()["fileUnread"] == {u["reason"]: u["records"] for u in scan}
        assert h.me.call("DELETE", f"sensors/{number}")[0] == 204
        assert h.me.get("health")["unread"] == [], "a revoked sensor sees nothing"


def check_kills_of_both_sides(work):
    """Event files flow while hub and sensor are killed in turn: every activity once."""
    with Hub(work, "--port", "0") as h:
        _, bundle = register(h, work)
        port = h.port
        h.options = ("--port", str(port))
        s = Sensor(work, bundle=bundle).start()
        files = logs.files[:]
        for turn in range(6):
            s.drop(*files[turn::6])
            time.sleep(0.4 + 0.35 * turn)
            if turn % 2:
                h.kill()
                time.sleep(0.5)
                h.start()
            else:
                s.kill()
                s.bundle = None  # kept in the spool
                s.start()
        until("all read and sent", 90, lambda: os.listdir(s.events) == ["done"] and not s.waiting())
        h.settle(fold=False)
        got = h.ids()
        assert len(got) == len(set(got)), "an activity is there twice"
        assert got == logs.ids, (len(got), len(logs.ids))
        said = s.stop()
        assert said["lostBatches"] == 0 and said["notStored"] == 0 and said["waitingBatches"] == 0, said


def check_full_spool_is_counted(work):
    """The hub is away and the spool small: the oldest goes, and that is said."""
    with Hub(work) as h:
        _, bundle = register(h, work)
    s = Sensor(work, "--spool-mb", "1", bundle=bundle).start()
    for f in logs.files:
        s.drop(f)
    until("all read", 90, lambda: os.listdir(s.events) == ["done"])
    said = s.stop()
    assert said["activities"] == len(logs.ids), said
    assert said["lostBatches"] > 0 and 0 < said["waitingBytes"] and said["waitingBatches"] >= 1, said
    assert "waits in the spool" in s.said()
    assert sum(os.path.getsize(f"{s.spool}/{n}") for n in s.waiting()) == said["waitingBytes"]


def dns_talk(n):
    """Questions and answers on loopback, where the sensor listens."""
    def name(text):
        return b"".join(bytes([len(x)]) + x.encode() for x in text.split(".")) + b"\0"
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        server.bind(("127.0.0.7", 53))
    except OSError as e:
        raise Skip(f"port 53 of loopback cannot be used: {e}")

    def serve():
        for _ in range(n):
            d, who = server.recvfrom(4096)
            server.sendto(d[:2] + b"\x81\x80" + d[4:6] + b"\0\1\0\0\0\0" + d[12:] + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x0a\0\0\7", who)
    t = threading.Thread(target=serve)
    t.start()
    for i in range(n):
        c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        c.sendto(struct.pack(">HHHHHH", i, 0x100, 1, 0, 0, 0) + name(f"h{i}.example.test") + b"\0\1\0\1", ("127.0.0.7", 53))
        c.settimeout(10)
        c.recvfrom(4096)
        c.close()
    t.join(10)
    server.close()


def check_live_packets(work):
    if os.getuid() != 0:
        raise Skip("capturing needs root")
    out = f"{work}/out.ndjson"
    s = Sensor(work, "--interface", "lo", "--out", out).start()
    until("watching", 10, lambda: "watching" in s.said() or s.p.poll() is not None)
    if s.p.poll() is not None:
        raise Skip(s.said().strip())
    time.sleep(0.3)
    with open(f"/proc/{s.p.pid}/status") as f:
        assert "Seccomp:\t0" in f.read()  # the main thread opens files
    locked = 0
    for task in os.listdir(f"/proc/{s.p.pid}/task"):
        with open(f"/proc/{s.p.pid}/task/{task}/status") as f:
            locked += "Seccomp:\t2" in f.read()
    assert locked == 1, "the thread that decodes packets is locked up"
    dns_talk(40)
    time.sleep(1.5)
    said = s.stop()
    with open(out) as f:
        names = [json.loads(x)["facts"]["dns_name"] for x in f if '"DNS query"' in x]
    mine = [n for n in names if n.endswith(".example.test")]
    assert sorted(mine) == sorted(f"h{i}.example.test" for i in range(40)), len(mine)
    assert said["interfaces"][0]["packets"] >= 80 and said["interfaces"][0]["dropped"] == 0, said


def said(path):
    """What the activities of a file say, without what depends on the moment and the place."""
    with open(path) as f:
        rows = [json.loads(x) for x in f]
    return collections.Counter(json.dumps([r.get(k) for k in ("kind", "outcome", "code", "actor", "objects", "ip", "port", "destination_ip", "facts")])
                               for r in rows if r["kind"] != "network name seen")


def check_nothing_is_lost_at_10000_packets_a_second(work):
    """Our own captures again and again, with other addresses: the activities are those that a capture of the same packets has."""
    if os.getuid() != 0:
        raise Skip("capturing needs root")
    files = sorted(glob.glob("fixtures/alerts/*.pcap") + glob.glob("fixtures/capture/*.pcap"))
    with Line() as line:
        s = Listener(line, work)
        sent = line.replay(10000, 30000, f"{work}/sent.pcap", files)
        time.sleep(0.3)
        counts = s.stop()
    with open(f"{work}/expected.ndjson", "w") as f:
        f.write(run("activities", f"{work}/sent.pcap"))
    assert sent["sent"] == 30000 == counts["packets"] and counts["dropped"] == 0, (sent, counts)
    got, want = said(s.out), said(f"{work}/expected.ndjson")
    unread = {u["reason"]: u["records"] for u in json.loads(run("scan", "--json", f"{work}/sent.pcap"))["unread"]}
    assert unread == counts["unread"] and unread["sealed LDAP"] > 10, (unread, counts)
    assert got == want and sum(want.values()) > 1000, (list((got - want).items())[:5], list((want - got).items())[:5])


def check_what_the_kernel_drops_is_counted(work):
    """The sensor sleeps until the kernel's buffer is full."""
    if os.getuid() != 0:
        raise Skip("capturing needs root")
    with Line() as line:
        s = Listener(line, work)
        s.p.send_signal(signal.SIGSTOP)
        line.replay(1000000, 600000, "-", sorted(glob.glob("fixtures/alerts/*.pcap")))
        s.p.send_signal(signal.SIGCONT)
        time.sleep(3)
        counts = s.stop()
    assert counts["dropped"] > 10000 and counts["packets"] > 100000 and counts["packets"] + counts["dropped"] == 600000, counts


def check_stands_back_on_a_busy_machine(work):
    """All processors are in use: packets are counted and let go."""
    if os.getuid() != 0:
        raise Skip("capturing needs root")
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count())]
    try:
        with Line() as line:
            s = Listener(line, work, "--reserve", "15")
            time.sleep(2.5)
            line.replay(1000, 2000, "-", sorted(glob.glob("fixtures/capture/*.pcap")))
            time.sleep(0.3)
            counts = s.stop()
    finally:
        for p in busy:
            p.kill()
            p.wait()
    assert counts["packets"] == 2000 and counts["skippedForReserve"] >= 1500, counts


def check_wrong_usage(work):
    for args, why in ((["--interface"], "no such option"), (["--nonsense", "x"], "no such option"), ([], "nothing to watch")):
        p = subprocess.run([VIGIE, "sensor", *args], capture_output=True, text=True)
        assert p.returncode == 2 and why in p.stderr, (args, p.returncode, p.stderr)
    with open(f"{work}/bad", "w") as f:
        f.write("no bundle\n")
    os.makedirs(f"{work}/e")
    p = subprocess.run([VIGIE, "sensor", "--events", f"{work}/e", "--spool", f"{work}/s", "--bundle", f"{work}/bad"], capture_output=True, text=True)
    assert p.returncode == 1 and "is no sensor bundle" in p.stderr, p.stderr
    with open(f"{work}/large", "w") as f:
        f.write("vigie sensor bundle 1\n" * 4000)
    for bundle, why in ((f"{work}/large", "is larger than any bundle"), (f"{work}/none", "not found")):
        p = subprocess.run([VIGIE, "sensor", "--events", f"{work}/e", "--spool", f"{work}/s", "--bundle", bundle], capture_output=True, text=True)
        assert p.returncode == 1 and f"{bundle}: " in p.stderr and why in p.stderr, p.stderr
    p = subprocess.run([VIGIE, "sensor", "--interface", "no-such-0", "--out", f"{work}/o"], capture_output=True, text=True)
    assert p.returncode == 1 and "no-such-0" in p.stderr, p.stderr


def prepare(base):
    global logs
    logs = Logs(base)


sys.exit(run_checks(globals(), prepare))
