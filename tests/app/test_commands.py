"""tests/app/test_commands.py - the hub's commands as their help spells them: first start, configuration, licences, the link, files, people, tokens."""
import datetime, glob, http.client, json, os, re, stat, subprocess, sys, tempfile, time, traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hub import PASSWORD, SAMPLE, TLS, VIGIE, Person

work = tempfile.mkdtemp(prefix="vigie-commands-")


def vigie(*args, code=0, env=None, text=None):
    """stdout and stderr of a command that ends with that exit code"""
    p = subprocess.run([VIGIE, *args], capture_output=True, text=True, timeout=120, input=text, env={**os.environ, **(env or {})})
    assert p.returncode == code, (args, p.returncode, p.stdout[-600:], p.stderr[-600:])
    return p.stdout, p.stderr


class Served:
    """`vigie serve` on a folder."""

    def __init__(self, data, *args):
        self.data = data
        self.p = subprocess.Popen([VIGIE, "serve", "--data", data, *(args or ("--listen", "127.0.0.1:0"))], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.head = ""
        for line in self.p.stdout:
            self.head += line
            if m := re.match(r"serving https://[^:]+:(\d+)", line):
                self.port = int(m[1])
                return
        raise AssertionError(self.head)

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.p.terminate()
        assert self.p.wait(20) == 0
        self.p.stdout.close()


def sample():
    """The paths of a small organisation."""
    folder = f"{work}/sample"
    if not os.path.exists(folder):
        start = datetime.date.today() - datetime.timedelta(days=20)
        subprocess.run([SAMPLE, "--out", folder, "--users", "20", "--days", "16", "--seed", "5", "--start", start.isoformat()], check=True, stdout=subprocess.DEVNULL)
    return folder


def password_file():
    path = f"{work}/password"
    with open(path, "w") as f:
        f.write(PASSWORD + "\n")
    return path


# ---- configuration ----

def check_config():
    text, _ = vigie("config")
    assert re.search(r"^# .*\nport = 8443$", text, re.M) and re.search(r"^data = /var/lib/vigie$", text, re.M)
    path = f"{work}/vigie.conf"
    with open(path, "w") as f:
        f.write(text.replace("port = 8443", "port = 9999"))
    assert "port = 9999" in vigie("config", "--config", path)[0]
    with open(path, "w") as f:
        f.write(f"# own\ndata = {work}/configured\nlisten = [::1]:7777\n")
    text, _ = vigie("config", "--config", path)
    assert "listen = ::1\n" in text and "port = 7777\n" in text and f"data = {work}/configured\n" in text
    for listen, address, port in (("127.0.0.1:81", "127.0.0.1", "81"), ("::1", "::1", "8443"), ("0.0.0.0", "0.0.0.0", "8443"), ("[::]:0", "::", "0"), ("hub:82", "hub", "82")):
        text, _ = vigie("config", "--listen", listen)
        assert f"listen = {address}\n" in text and f"port = {port}\n" in text, (listen, text)
    for bad in ("127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", ":80", "[::1"):
        assert "usage" in vigie("config", "--listen", bad, code=2)[1], bad
    with open(path, "w") as f:
        f.write("data = /x\nprot = 1\n")
    assert "line 2" in vigie("config", "--config", path, code=1)[1]
    os.mkdir(f"{work}/configured")
    with open(path, "w") as f:
        f.write(f"data = {work}/configured\n")
    assert vigie("admin", "user", "list", "--config", path)[0] == ""  # the folder is the configuration's


# ---- the first start ----

def check_first_start():
    data = f"{work}/first"
    with Served(data) as s:
        with open(f"{data}/setup-link") as f:
            link = f.read()
        assert stat.S_IMODE(os.stat(f"{data}/setup-link").st_mode) == 0o600
        token = re.fullmatch(rf"https://[^/]+:{s.port}/#/setup/([0-9a-f]{{64}})\n", link)[1]
        assert link.strip() in s.head and glob.glob(f"{data}/*cert*") + glob.glob(f"{data}/tls/*"), os.listdir(data)
        p = Person(s.port)
        assert p.call("POST", "setup", {"token": "0" * 64, "name": "ada", "password": PASSWORD})[0] == 403 and os.path.exists(f"{data}/setup-link")
        assert p.call("POST", "setup", {"token": token, "name": "ada", "password": PASSWORD, "organisation": "Contoso"})[0] == 200
        assert not os.path.exists(f"{data}/setup-link"), "of no use any more"
        assert Person(s.port).call("POST", "setup", {"token": token, "name": "eve", "password": PASSWORD})[0] in (403, 409)
    with Served(data) as s:
        assert not os.path.exists(f"{data}/setup-link") and "setup" not in s.head
    with Served(f"{work}/second") as s:
        with open(f"{work}/second/setup-link") as f:
            before = f.read()
    with Served(f"{work}/second") as s:  # nobody signed up: a new link
        with open(f"{work}/second/setup-link") as f:
            assert f.read() != before
        vigie("admin", "user", "add", "bob", "--role", "Security reader", "--password-file", password_file(), "--data", f"{work}/second")
        assert not os.path.exists(f"{work}/second/setup-link")
        assert Person(s.port).sign_in("bob").get("session")["account"]["role"] == "security_reader"


# ---- people and tokens ----

def ask(port, token, path="api/v1/alerts/"):
    c = http.client.HTTPSConnection("127.0.0.1", port, context=TLS, timeout=20)
    c.request("GET", "/" + path, headers={"Authorization": "Token " + token})
    r = c.getresponse()
    body = r.read()
    c.close()
    return r.status, body


def check_people_and_tokens():
    data = ["--data", f"{work}/people"]
    with Served(f"{work}/people") as s:
        vigie("admin", "user", "add", "ada", "--role", "global_administrator", "--password-file", password_file(), *data)
        assert Person(s.port).sign_in("ada").get("session")["account"]["role"] == "global_administrator"
        assert "of that name" in vigie("admin", "user", "add", "ADA", "--role", "security_reader", "--password-file", password_file(), *data, code=1)[1]
        assert "no such role" in vigie("admin", "user", "add", "eve", "--role", "king", "--password-file", password_file(), *data, code=1)[1]
        assert "scope" in vigie("admin", "user", "add", "eve", "--role", "app_administrator" if "app_administrator" in vigie("admin", "role")[0] else
                                re.search(r"^(\S*app\S*) ", vigie("admin", "role")[0], re.M)[1], "--password-file", password_file(), *data, code=1)[1]
        assert "usage" in vigie("admin", "user", "add", "eve", "--password-file", password_file(), *data, code=2)[1]
        assert "No such file" in vigie("admin", "user", "add", "eve", "--role", "security_reader", "--password-file", f"{work}/none", *data, code=1)[1]
        users = json.loads(vigie("admin", "user", "list", "--json", *data)[0])
        assert [(u["name"], u["role"], u["enabled"]) for u in users] == [("ada", "global_administrator", True)]

        out, err = vigie("admin", "token", "add", "siem", "--role", "security_reader", *data)
        token = out.strip()
        assert re.fullmatch(r"[0-9a-f]{64}", token) and out.count("\n") == 1 and err == ""
        assert ask(s.port, token)[0] == 200 and ask(s.port, token[:-1] + "x")[0] == 401
        assert ask(s.port, token, "api/vigie/v1/accounts")[0] == 403, "a reader does not see the accounts"
        admin = vigie("admin", "token", "add", "robot", "--role", "Global administrator", *data)[0].strip()
        assert ask(s.port, admin, "api/vigie/v1/accounts")[0] == 200
        assert "another role" in vigie("admin", "token", "add", "siem", "--role", "global_administrator", *data, code=1)[1]
        listed = vigie("admin", "token", "list", *data)[0]
        assert "siem" in listed and "robot" in listed and token not in listed
        for name in ("siem", "robot"):  # nobody signs in with an account that was made for a token
            assert Person(s.port).call("POST", "session", {"name": name, "password": "!"})[0] == 401
        vigie("admin", "token", "revoke", "siem", *data)
        assert ask(s.port, token)[0] == 401
        assert "none of that name" in vigie("admin", "token", "revoke", "siem", *data, code=1)[1]
        kept = b"".join(open(f, "rb").read() for f in glob.glob(f"{work}/people/vigie.db*"))
        assert token.encode() not in kept and PASSWORD.encode() not in kept
        audit = json.loads(ask(s.port, admin, "api/vigie/v1/audit?limit=50")[1])["data"]
        assert [r["what"] for r in audit if r["by"] == "command line"] == ["API token revoked", "API token made", "account added", "API token made", "account added",
                                                                         "account added"]


# ---- licences and the link ----

def issue(key, *args):
    out = f"{work}/{len(os.listdir(work))}.licence"
    vigie("licence", "issue", "--key", key, "--out", out, *args)
    return out


def check_licences_and_link():
    data = ["--data", f"{work}/linked"]
    key, other = f"{work}/issuer.key", f"{work}/other.key"
    for k in (key, other):
        vigie("licence", "new-key", "--out", k)
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o600 and "exists" in vigie("licence", "new-key", "--out", key, code=1)[1]
    vigie("import", *data, sample())
    sid = json.loads(vigie("licence", "show", "--json", *data)[0])["domainSid"]
    day = lambda n: (datetime.date.today() + datetime.timedelta(days=n)).isoformat()

    out, err = vigie("link", "on", *data, code=1)
    assert out == "" and "licence: not met" in err and "cannot be connected yet" in err, err
    state = json.loads(vigie("link", "status", "--json", *data)[0])
    assert state["state"] == "off" and state["activities"] == 0 and state["waiting"] > 100 and not state["prerequisites"][1]["met"], state

    for path, why in ((issue(key, "--product", "atp", "--domain-sid", "S-1-5-21-1-2-3", "--expires", day(30)), "another Active Directory domain"),
                      (issue(key, "--product", "atp", "--domain-sid", sid, "--expires", day(-2)), "expired")):
        vigie("licence", "install", path, *data)
        assert why in vigie("link", "on", *data, code=1)[1] and why in vigie("licence", "show", *data)[0]
    assert "needs --domain-sid" in vigie("licence", "issue", "--key", key, "--product", "atp", code=1)[1]
    assert "date" in vigie("licence", "issue", "--key", key, "--product", "hub", "--expires", "soon", code=1)[1]
    stranger = issue(other, "--product", "atp", "--domain-sid", sid)
    assert "--trust" in vigie("licence", "install", stranger, *data, code=1)[1], "a second issuer is not believed without a word"
    good = issue(key, "--product", "atp", "--domain-sid", sid, "--expires", day(0))
    with open(good) as f:
        text = f.read()
    for bad in (text[:40] + ("A" if text[40] != "A" else "B") + text[41:], text[:-9], "hello", ""):
        with open(f"{work}/bad.licence", "w") as f:
            f.write(bad)
        vigie("licence", "install", f"{work}/bad.licence", *data, code=1)
    assert vigie("link", "on", *data, code=1)

    with Served(f"{work}/linked") as s:
        token = {r: vigie("admin", "token", "add", r, "--role", r, *data)[0].strip() for r in ("global_administrator", "security_administrator", "security_reader")}
        vigie("licence", "install", good, *data)  # counts on its last day, at once, in a hub that runs
        for role in ("security_administrator", "security_reader"):
            err = vigie("link", "on", *data, code=1, env={"VIGIE_TOKEN": token[role]})[1]
            assert "only a Global administrator" in err and "role: not met" in err
        assert "not known" in vigie("link", "on", *data, code=1, env={"VIGIE_TOKEN": "0" * 64})[1]
        assert json.loads(vigie("link", "status", "--json", *data)[0])["state"] == "off"
        begin = time.monotonic()
        vigie("link", "on", *data, env={"VIGIE_TOKEN": token["global_administrator"]})
        while (state := json.loads(ask(s.port, token["security_reader"], "api/vigie/v1/link")[1]))["state"] != "on":
            assert time.monotonic() - begin < 30, state
            time.sleep(0.1)
        told = json.loads(vigie("link", "status", "--json", *data)[0])
        assert told["activities"] == state["activities"] > 100 and told["by"] == "global_administrator" and told["prerequisites"][1]["met"], told
        assert re.search(r"^link: on, since .*\non-premises activities: \d+ joined, 0 waiting\n", vigie("link", "status", *data)[0])
        assert int(vigie("query", *data, "--count", "service:20940")[0]) == told["activities"]
        vigie("link", "off", *data)
        while json.loads(vigie("link", "status", "--json", *data)[0])["state"] != "off":
            assert time.monotonic() - begin < 60
            time.sleep(0.1)
        audit = json.loads(ask(s.port, token["global_administrator"], "api/vigie/v1/audit?q=link&limit=50")[1])["data"]
        rows = [(r["what"], r["by"]) for r in audit if r["what"].startswith("link ")]
        assert rows[:4] == [("link disconnected", "command line"), ("link connected", "global_administrator"), ("link refused", "security_reader"),
                            ("link refused", "security_administrator")], rows


# ---- files ----

def check_import():
    data = ["--data", f"{work}/imported"]
    scan = json.loads(vigie("scan", "--json", sample())[0])
    rows = [json.loads(x) for x in vigie("import", "--json", *data, sample())[0].splitlines()]
    assert rows and all(r["state"] == "done" for r in rows if not r["name"].endswith((".md", ".tsv"))) and sum(r["activities"] for r in rows) == scan["activities"]["total"]
    assert int(vigie("query", *data, "--all", "--count")[0]) == scan["activities"]["total"]
    cloud = int(vigie("query", *data, "--count")[0])
    assert 0 < cloud < scan["activities"]["total"], "on-premises records wait for the link"
    ids = {r["id"] for r in map(json.loads, vigie("activities", sample())[0].splitlines())}
    assert {json.loads(x)["id"] for x in vigie("query", *data, "--all", "--json")[0].splitlines()} == ids
    again = [json.loads(x) for x in vigie("import", "--json", *data, sample())[0].splitlines()]
    assert sum(r["activities"] for r in again) == 0 and sum(r["repeats"] for r in again) > 0
    vigie("scan", "--db", f"{work}/scan.db", sample())
    row = json.loads(vigie("import", "--json", *data, f"{work}/scan.db")[0])
    assert row["activities"] == 0 and row["repeats"] == scan["activities"]["total"] and row["name"].endswith("scan.db"), (row, "what a scan kept is what the hub has")
    fresh = ["--data", f"{work}/of-a-scan"]
    assert json.loads(vigie("import", "--json", *fresh, f"{work}/scan.db")[0])["activities"] == scan["activities"]["total"]
    assert {json.loads(x)["id"] for x in vigie("query", *fresh, "--all", "--json")[0].splitlines()} == ids
    with open(f"{work}/scan.db", "rb") as f, open(f"{work}/torn.db", "wb") as g:
        g.write(f.read(5000))
    assert "torn.db" in vigie("import", *fresh, f"{work}/torn.db", code=1)[1] and not [n for n in os.listdir(f"{work}/of-a-scan/received") if n.endswith(".part")]
    line = '{"time":"2026-01-05T09:00:00Z","app":"E-mail","kind":"mail sent","outcome":"success","actor":{"name":"u1"},"objects":[{"type":"account","name":"u2"}]}\n'
    with open(f"{work}/one.ndjson", "w") as f:
        f.write(line)
    with open(f"{work}/broken.json", "w") as f:
        f.write('{"time": nonsense\n')
    with Served(f"{work}/imported"):
        out, _ = vigie("import", *data, f"{work}/one.ndjson")
        assert ": done, " in out and " 1 activities, 0 known already, 0 faults" in out, out
        assert int(vigie("query", *data, "--count", "user:u1")[0]) == 1
        out, err = vigie("import", *data, f"{work}/missing", f"{work}/one.ndjson", code=1)
        assert "missing: No such file" in err and " 0 activities, 1 known already" in out
        out, _ = vigie("import", *data, "--json", f"{work}/broken.json")
        row = json.loads(out)
        assert row["faults"] == 1 and row["firstFault"], row
        with open(f"{work}/noise", "wb") as f:
            f.write(bytes(range(256)) * 40)
        assert json.loads(vigie("import", *data, "--json", f"{work}/noise", code=1)[0])["state"] == "failed"
        vigie("import", *data, "--no-wait", f"{work}/one.ndjson")
    assert "usage" in vigie("import", *data, code=2)[1] and "no option" in vigie("import", *data, "--fast", "x", code=2)[1]


def check_help():
    listed = re.findall(r"^  (\w+) ", vigie("--help")[0], re.M)
    assert {"serve", "config", "import", "link", "licence", "admin", "query", "activities", "scan", "directory"} <= set(listed), listed
    for name in listed:
        assert vigie(name, "--help")[0].startswith("usage: vigie " + name)
    assert vigie("admin", "user", "add", "--help")[0].startswith("usage: vigie admin")


def main():
    passed = failed = 0
    for check in [f for n, f in globals().items() if n.startswith("check_")]:
        begin = time.monotonic()
        try:
            check()
            passed += 1
            print(f"{check.__name__}: ok ({time.monotonic() - begin:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"{check.__name__}: FAILED\n{traceback.format_exc()}", flush=True)
    subprocess.run(["rm", "-rf", work], check=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main())
