"""tests/app/hub.py - starts, asks and ends a real hub; used by test_hub.py and bench/bench_hub.py."""
import hashlib, http.client, json, os, re, shutil, signal, sqlite3, ssl, subprocess, threading, time

BUILD = os.environ.get("VIGIE_BUILD", "build")
VIGIE = os.path.abspath(f"{BUILD}/vigie")
SAMPLE = os.path.abspath(f"{BUILD}/sample")
PASSWORD = "correct horse battery staple"
OLD = time.time() - 100  # files of that age are not being written any more

TLS = ssl.create_default_context()
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE


def run(*args, **kw):
    p = subprocess.run([VIGIE, *args], capture_output=True, text=True, timeout=300, **kw)
    assert p.returncode == 0, (args, p.returncode, p.stderr[-500:])
    return p.stdout


class Person:
    """Somebody signed in: cookie, CSRF token, one connection."""

    def __init__(self, port):
        self.port, self.cookie, self.csrf, self.c = port, "", "", None

    def call(self, method, path, body=None, prefix="/api/vigie/v1/"):
        """status, parsed JSON (or text)"""
        head = {"Cookie": self.cookie, "X-Vigie-CSRF": self.csrf}
        if isinstance(body, (dict, list)):
            body, head["Content-Type"] = json.dumps(body), "application/json"
        for attempt in (1, 2):
            self.c = self.c or http.client.HTTPSConnection("127.0.0.1", self.port, context=TLS, timeout=60)
            try:
                self.c.request(method, prefix + path, body, head)
                r = self.c.getresponse()
                data = r.read()
                break
            except (http.client.HTTPException, OSError):
                self.c = None  # the server closed a connection that was kept too long
                if attempt == 2:
                    raise
        if r.headers.get("Set-Cookie"):
            self.cookie = r.headers["Set-Cookie"].split(";")[0]
        try:
            data = json.loads(data)
        except ValueError:
            data = data.decode("utf-8", "replace")
        if isinstance(data, dict) and data.get("csrf"):
            self.csrf = data["csrf"]
        return r.status, data

    def get(self, path):
        status, data = self.call("GET", path)
        assert status == 200, (path, status, str(data)[:300])
        return data

    def sign_in(self, name):
        status, data = self.call("POST", "session", {"name": name, "password": PASSWORD})
        assert status == 200, data
        return self


class Hub:
    """`vigie serve` on a data folder and an inbox below `work`."""

    def __init__(self, work, *options, start=True, within=(), **popen):
        self.data, self.inbox, self.staging = f"{work}/data", f"{work}/inbox", f"{work}/staging"
        self.options, self.within, self.popen, self.p, self.me = options, within, popen, None, None  # within: a command that runs another
        self.drops = 0
        for d in (self.inbox, self.staging):
            os.makedirs(d, exist_ok=True)
        if start:
            self.start()

    def start(self):
        self.errors = open(f"{self.staging}/stderr", "ab")
        self.p = subprocess.Popen([*self.within, VIGIE, "serve", "--data", self.data, "--port", "0", "--inbox", self.inbox, *self.options], stdout=subprocess.PIPE,
                                  stderr=self.errors, text=True, **self.popen)
        token = None
        for line in self.p.stdout:
            if m := re.match(r"set up the first administrator: .*/#/setup/(\w+)", line):
                token = m[1]
            if m := re.match(r"serving https://[^:]+:(\d+)", line):
                self.port = int(m[1])
                break
        else:
            raise AssertionError(f"the hub does not start: {self.stderr()[-500:]}")
        fresh = Person(self.port)
        if token:
            status, data = fresh.call("POST", "setup", {"token": token, "name": "ada", "password": PASSWORD, "organisation": "Contoso", "language": "en"})
            assert status == 200, data
        elif self.me:
            fresh.cookie, fresh.csrf = self.me.cookie, self.me.csrf  # sessions outlive a restart
        else:
            fresh.sign_in("ada")
        self.me = fresh
        return self

    def stderr(self):
        with open(f"{self.staging}/stderr") as f:
            return f.read()

    def kill(self):
        self.p.kill()
        self.p.wait()
        self.p.stdout.close()
        self.errors.close()

    def stop(self, seconds=10):
        begin = time.monotonic()
        self.p.send_signal(signal.SIGTERM)
        try:
            self.p.wait(seconds + 60)
        finally:
            self.took = time.monotonic() - begin
        self.p.stdout.close()
        self.errors.close()
        assert self.p.returncode == 0, (self.p.returncode, self.stderr()[-500:])
        assert self.took < seconds, f"stopping took {self.took:.1f} s"

    def __enter__(self):
        return self

    def __exit__(self, *a):
        if self.p and self.p.poll() is None:
            self.kill()

    # ---- what comes in ----

    def drop(self, *paths):
        """Copies files into the inbox; each appears there whole and at once."""
        for path in paths:
            self.drops += 1
            part = f"{self.staging}/{self.drops}"
            shutil.copyfile(path, part)
            os.utime(part, (OLD, OLD))
            os.rename(part, f"{self.inbox}/{self.drops}-{os.path.basename(path)}")

    def inputs(self):
        rows, skip = [], 0
        while True:
            page = self.me.get(f"inputs?skip={skip}&limit=100")
            rows += page["data"]
            skip += 100
            if not page["hasNext"]:
                return rows

    def settle(self, seconds=180, fold=True):
        """Until nothing lies in the inbox, nothing waits, and the analysis has seen all of it."""
        end = time.monotonic() + seconds
        calm = 0
        while time.monotonic() < end:
            left = any(not n.startswith(".") for n in os.listdir(self.inbox))
            busy = left or any(i["state"] == "waiting" for i in self.inputs())
            if not busy and fold:
                busy = self.me.get("health")["analysis"]["state"] != "idle" or self.link()["state"] in ("connecting", "disconnecting")
            calm = 0 if busy else calm + 1
            if calm > (12 if fold else 1):  # late ones wait until input was quiet for two seconds
                return
            time.sleep(0.3 if fold else 0.05)
        raise AssertionError(f"not settled after {seconds} s: {self.stderr()[-500:]}")

    # ---- the link ----

    def link(self):
        return self.me.get("link")

    def licence(self, sid=None, product="atp"):
        args = ["licence", "issue", "--key", f"{self.data}/licence/own", "--product", product, "--organisation", "Contoso"]
        sid = sid or self.me.get("licences")["domainSid"]
        return run(*args, *(["--domain-sid", sid] if product == "atp" else []))

    def install(self, sid=None):
        status, data = self.me.call("POST", "licences", {"text": self.licence(sid)})
        assert status == 201, (status, data)

    def connect(self, on=True):
        status, data = self.me.call("PUT", "link", {"connected": on})
        assert status == 202, (status, data)

    def wait_link(self, state, seconds=30):
        end = time.monotonic() + seconds
        while self.link()["state"] != state:
            assert time.monotonic() < end, (state, self.link())
            time.sleep(0.05)

    # ---- what there is ----

    def sql(self, text, *args):
        db = sqlite3.connect(f"file:{self.data}/vigie.db?mode=ro", uri=True, timeout=20)
        try:
            return db.execute(text, args).fetchall()
        finally:
            db.close()

    def alerts(self):
        """id -> what it says, without what names a moment of the hub; those that stand."""
        return {r[0]: r[1:] for r in self.sql("SELECT id, external_id, CASE external_id WHEN 0 THEN policy ELSE '' END, start, end, count, severity"
                                              " FROM alerts WHERE source=0 AND withdrawn IS NULL ORDER BY id")}

    def alert_users(self):
        return {r[0]: r[1] for r in self.sql("SELECT alert, group_concat(id, ' ') FROM (SELECT a.alert, e.id FROM alert_entities a JOIN entities e"
                                             " ON e.number=a.entity WHERE a.user=1 ORDER BY a.alert, e.id) GROUP BY alert")}

    def ranking(self):
        return self.sql("SELECT id, score FROM entities WHERE score>0 ORDER BY score DESC, id")

    def ranking_by_name(self):
        """An id comes from what named somebody best when he was met first, which another order of the logs may change."""
        return dict(self.sql("SELECT name, sum(score) FROM entities WHERE score>0 GROUP BY name"))

    def count(self, *filters, everything=False):
        return int(run("query", "--data", self.data, "--count", *(["--all"] if everything else []), *filters).split()[0])

    def ids(self):
        """Every activity of the log, joined or not: sorted ids."""
        out = run("query", "--data", self.data, "--all", "--json", "--limit", "10000000")
        return sorted(re.findall(r'^\{"id":"([0-9a-f]{32})"', out, re.M) or [json.loads(x)["id"] for x in out.splitlines()])


def put_away(hub, lab, work):
    """Ends a hub that may have been started, its domain controller and their folder."""
    try:
        if hub and hub.p and hub.p.poll() is None:
            hub.stop()
    finally:
        lab.down()
        shutil.rmtree(work, ignore_errors=True)


def digest(ids):
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]


class Every(threading.Thread):
    """Calls something again and again until it is left; keeps how long each call took."""

    def __init__(self, what, pause=0.0):
        super().__init__(daemon=True)
        self.what, self.pause, self.over, self.took, self.error = what, pause, False, [], None

    def run(self):
        while not self.over:
            begin = time.monotonic()
            try:
                self.what()
            except Exception as e:  # told by who waits for it
                self.error = e
                return
            self.took.append(time.monotonic() - begin)
            time.sleep(self.pause)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *a):
        self.over = True
        self.join(60)
