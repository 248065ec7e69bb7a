"""tests/app/test_lab_live.py - a sensor on the wire of a real domain controller (Samba, in namespaces that the test makes), and one on a mirror port:
ordinary administration raises nothing, misuse with the same ordinary tools raises what it must. LAB_MINUTES=60 administers for an hour (`make lab-hour`).
"""
import json, os, re, shutil, signal, subprocess, sys, tempfile, time, traceback

BUILD = os.environ.get("VIGIE_BUILD", "build")
VIGIE = os.path.abspath(f"{BUILD}/vigie")
LAB = os.path.abspath("tools/lab/lab.sh")
ROOT = "DC=corp,DC=example,DC=test"
PASSWORD = "Adm1n-Passw0rd!"  # of the lab alone
ADMIN = f"CORP\\Administrator%{PASSWORD}"
USERS = [f"user{i}" for i in range(14)]
EXPECTED = {2003, 2004, 2006, 2007, 2012, 2014, 2021, 2023, 2024, 2038}
work = tempfile.mkdtemp(prefix="vigie-live-")
env = dict(os.environ, VIGIE_LAB_BASE=os.path.abspath(f"{BUILD}/lab"))
passed = failed = 0


def lab(op, *command, check=False, **kw):
    p = subprocess.run(["sh", LAB, op, work, *command], capture_output=True, text=True, env=env, timeout=120, **kw)
    assert not check or p.returncode == 0, (command, p.stdout[-500:], p.stderr[-1500:])
    return p


def client(*command, **kw):
    return lab("client", *command, **kw)


def samba_tool(*args):
    return lab("dc", "samba-tool", *args, "-s", f"{work}/dc/etc/smb.conf", check=True)


class Sensor:
    """`vigie sensor` beside the controller, or in another namespace."""

    def __init__(self, name, interface, space=None):
        self.out, self.log = f"{work}/{name}.ndjson", f"{work}/{name}.log"
        args = [VIGIE, "sensor", "--interface", interface, "--out", self.out, "--reserve", "0"]
        start = ["ip", "netns", "exec", space, *args] if space else ["sh", LAB, "dc", work, *args]
        with open(self.log, "wb") as log:
            self.p = subprocess.Popen(start, stdout=log, stderr=log, env=env, start_new_session=True)
        self.until("watching")

    def said(self):
        with open(self.log) as f:
            return f.read()

    def until(self, word, seconds=60):
        end = time.monotonic() + seconds
        while word not in self.said():
            assert time.monotonic() < end, (word, self.p.poll(), self.said())
            time.sleep(0.1)

    def mark(self):
        """How much has been seen by now: conversations that are over are told within a second or two."""
        time.sleep(3)
        with open(self.out) as f:
            return len(f.readlines())

    def stop(self):
        os.killpg(self.p.pid, signal.SIGTERM)  # the shell around the sensor ends at once, the sensor when all is written
        self.until("stopped:")
        self.p.wait(60)
        return json.loads(re.findall(r"stopped: (\{.*\})", self.said())[-1])


def python(code):
    return client("/usr/bin/python3", "-c", code)


def dns(kind, names, tcp=False):
    """Questions of type `kind` for each name."""
    return python(f"""
import socket, struct
def q(i, n): return struct.pack(">HHHHHH", i, 0x100, 1, 0, 0, 0) + b"".join(bytes([len(x)]) + x.encode() for x in n.split(".")) + b"\\0" + struct.pack(">HH", {kind}, 1)
for i, n in enumerate({names!r}):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if {tcp} else socket.SOCK_DGRAM)
    s.settimeout(5); s.connect(("10.77.0.10", 53)); m = q(i + 1, n)
    s.sendall(struct.pack(">H", len(m)) + m if {tcp} else m); s.recv(65535); s.close()
""")


def kinit(user, password):
    return client("kinit", f"{user}@CORP.EXAMPLE.TEST", input=password + "\n")


def search(base, text, *attributes, bind=("-D", "Administrator@corp.example.test", "-w", PASSWORD)):
    return client("ldapsearch", "-LLL", "-x", "-H", "ldap://10.77.0.10", *bind, "-b", base, text, *attributes)


def rpc(*commands, user=ADMIN, binding="dc1.corp.example.test"):
    return client("rpcclient", "-U", user, binding, "-c", ";".join(commands))


# ---- what happens ----

def set_up():
    for u in USERS + ["honey1", "alice"]:
        samba_tool("user", "create", u, f"P4ss-{u}-word")
    samba_tool("group", "add", "Accounting")


def administer(turn):
    """Now and then: somebody comes, somebody goes, a password is forgotten."""
    name = f"new{turn}"
    server = ["-U", ADMIN, "-S", "dc1.corp.example.test"]
    client("net", "rpc", "user", "add", name, f"P4ss-{name}-word", *server)
    client("net", "rpc", "group", "addmem", "Accounting", name, *server)
    client("net", "rpc", "user", "password", USERS[turn % 2], f"P4ss-{USERS[turn % 2]}-word", *server)
    client("net", "rpc", "group", "delmem", "Accounting", name, *server)
    client("net", "rpc", "user", "delete", name, *server)
    kinit("alice", "wrong once")


def ordinary(minutes):
    """What people and administrators do all day."""
    begin, turn = time.monotonic(), -1
    while turn < 3 or time.monotonic() - begin < minutes * 60:
        turn += 1
        if turn > 3:
            time.sleep(10)
        if turn % 20 == 19:
            administer(turn)
        for u in ("alice", USERS[0], USERS[1]):
            assert kinit(u, f"P4ss-{u}-word").returncode == 0
            client("kvno", "cifs/dc1.corp.example.test", "ldap/dc1.corp.example.test")
            client("smbclient", "//dc1.corp.example.test/sysvol", "--use-kerberos=required", "-c", "ls; cd corp.example.test; ls")
            client("ldapsearch", "-LLL", "-Y", "GSSAPI", "-H", "ldap://dc1.corp.example.test", "-b", ROOT, f"(sAMAccountName={u})", "memberOf", "mail")
            client("kdestroy")
        dns(1, ["dc1.corp.example.test", "www.corp.example.test"])
        dns(33, ["_ldap._tcp.dc._msdcs.corp.example.test", "_kerberos._tcp.corp.example.test"])
        if turn < 4:
            kinit("alice", "wrong once")
        search(f"CN=Users,{ROOT}", f"(sAMAccountName={USERS[turn % len(USERS)]})", "displayName", "title")
        if turn == 0:  # two questions about people are an administrator's hour; many at once are what 2021 is about
            client("net", "rpc", "group", "addmem", "Accounting", "alice", "-U", ADMIN, "-S", "dc1.corp.example.test")
            client("net", "rpc", "user", "info", "alice", "-U", ADMIN, "-S", "dc1.corp.example.test")
        client("smbclient", "//dc1.corp.example.test/data", "-U", ADMIN, "-c", f"put /etc/hostname report{turn}.txt; get report{turn}.txt /dev/null; del report{turn}.txt")
        rpc("netshareenum")
    print(f"{turn + 1} rounds of ordinary administration in {(time.monotonic() - begin) / 60:.0f} minutes", flush=True)


def misuse():
    for i in range(16):
        kinit(f"nobody{i}", "x")                                                        # 2003
    for i in range(24):
        search(ROOT, "(cn=x)", bind=("-D", f"{USERS[2]}@corp.example.test", "-w", f"guess{i}"))  # 2004
    for u in USERS:
        kinit(u, "Winter2026!")                                                         # 2023
    kinit("honey1", "P4ss-honey1-word")                                                 # 2014
    client("kdestroy")
    dns(252, ["corp.example.test"], tcp=True)                                           # 2007
    rpc("netsessenum")                                                                  # 2012
    rpc("enumdomusers", "enumdomgroups", "enumalsgroups domain", "enumalsgroups builtin", "querygroupmem 0x200", "queryuser 500")  # 2021
    for text in ("(servicePrincipalName=*)", "(adminCount=1)", "(userAccountControl:1.2.840.113556.1.4.803:=4194304)", "(&(objectCategory=person)(objectClass=user))",
                 "(userAccountControl:1.2.840.113556.1.4.803:=524288)", "(objectClass=trustedDomain)"):
        search(ROOT, text, "sAMAccountName", "servicePrincipalName")                    # 2038
    change = f"dn: CN=Domain Admins,CN=Users,{ROOT}\nchangetype: modify\nadd: member\nmember: CN=alice,CN=Users,{ROOT}\n"
    client("ldapmodify", "-x", "-H", "ldap://10.77.0.10", "-D", "Administrator@corp.example.test", "-w", PASSWORD, input=change)  # 2024
    client("rpcclient", "-U", ADMIN, "ncacn_ip_tcp:dc1.corp.example.test[seal]", "-c", f'dsgetncchanges "CN=krbtgt,CN=Users,{ROOT}" single')  # 2006


def scan(path, lines=None, first=0):
    part = f"{path}.part"
    with open(path) as f, open(part, "w") as to:
        to.writelines(f.readlines()[first:lines])
    p = subprocess.run([VIGIE, "scan", "--learned", "--json", "--dc", "DC1=10.77.0.10", "--tag", "honeytoken:honey1", part], capture_output=True, text=True, timeout=120)
    assert p.returncode == 0, p.stderr
    return json.loads(p.stdout)


def alerts(result):
    return {a["externalId"] or a["policy"] for a in result["alerts"] if not a["preview"]}


# ---- the mirror port ----

def mirror():
    """A third namespace that a copy of all frames of dc0 goes to, as a switch's mirror port would send them. Its name, or None."""
    info = dict(line.strip().split("=", 1) for line in open(f"{work}/lab.env"))
    space, dc = info["LAB_DC_SPACE"].replace("-dc", "-sp"), info["LAB_DC_SPACE"]
    steps = [["ip", "netns", "add", space], ["ip", "link", "add", "sp0", "netns", dc, "type", "veth", "peer", "name", "sp1", "netns", space],
             ["ip", "-n", dc, "link", "set", "sp0", "up"], ["ip", "-n", space, "link", "set", "sp1", "up"],
             ["ip", "netns", "exec", dc, "tc", "qdisc", "add", "dev", "dc0", "clsact"]]
    for side in ("ingress", "egress"):
        steps.append(["ip", "netns", "exec", dc, "tc", "filter", "add", "dev", "dc0", side, "protocol", "all", "u32", "match", "u32", "0", "0", "action", "mirred", "egress",
                      "mirror", "dev", "sp0"])
    for step in steps:
        if subprocess.run(step, capture_output=True).returncode:
            subprocess.run(["ip", "netns", "del", space], capture_output=True)
            return None
    return space


def check(name, test):
    global passed, failed
    try:
        test()
        passed += 1
        print(f"{name}: ok")
    except Exception:
        failed += 1
        print(f"{name}: FAILED")
        traceback.print_exc(file=sys.stdout)


def main():
    up = subprocess.run(["sh", LAB, "up", work], capture_output=True, text=True, env=env, timeout=180)
    if up.returncode == 77:
        print(f"{up.stdout.strip()}\n0 passed, 0 failed, 4 skipped")
        return 0
    space = None
    try:
        assert up.returncode == 0, up.stderr[-1500:]
        set_up()
        space = mirror()
        wire = Sensor("wire", "dc0")
        span = Sensor("span", "sp1", space) if space else None
        ordinary(float(os.environ.get("LAB_MINUTES", "0")))
        quiet = wire.mark()
        misuse()
        wire.mark()
        said = wire.stop()
        mirrored = span.stop() if span else None

        def nothing_of_the_ordinary():
            r = scan(wire.out, quiet)
            assert r["activities"]["total"] > 100, r["activities"]
            assert not alerts(r), [(a["externalId"], a["description"]) for a in r["alerts"]]

        def misuse_is_found():
            r = scan(wire.out)
            got = alerts(r)
            assert EXPECTED <= got, ("missing", EXPECTED - got, "raised", got)
            assert all(a["evidence"] for a in r["alerts"])
            assert {a["source"]["ip"] for a in r["alerts"] if a["externalId"] in EXPECTED} == {"10.77.0.20"}

        def nothing_dropped():
            i = said["interfaces"][0]
            assert i["dropped"] == 0 and i["packets"] > 1000 and i["lostBytes"] == 0, i

        def the_mirror_shows_the_same():
            assert mirrored["interfaces"][0]["dropped"] == 0, mirrored
            assert EXPECTED <= alerts(scan(span.out)), EXPECTED - alerts(scan(span.out))

        check("ordinary administration raises nothing", nothing_of_the_ordinary)
        check("misuse raises what it must", misuse_is_found)
        check("no packet was dropped", nothing_dropped)
        if span:
            check("a mirror port shows the same", the_mirror_shows_the_same)
        else:
            print("notice: this kernel mirrors no packets")
    finally:
        if os.environ.get("KEEP"):
            shutil.copytree(work, os.environ["KEEP"], dirs_exist_ok=True, ignore=lambda d, n: [x for x in n if not x.endswith((".ndjson", ".log"))])
        subprocess.run(["sh", LAB, "down", work], capture_output=True, env=env, timeout=60)
        if space:
            subprocess.run(["ip", "netns", "del", space], capture_output=True)
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed, {0 if space else 1} skipped")
    return 1 if failed else 0


sys.exit(main())
