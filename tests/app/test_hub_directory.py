"""tests/app/test_hub_directory.py - the hub reads a real domain controller (Samba, in namespaces that the test makes) over LDAP.

The hub runs on the client's side of the lab; its API is asked through sockets made there.
"""
import base64, glob, json, os, re, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import run_in_turn, wait_for
from hub import Hub, Person, PASSWORD, put_away
from lab import ADMIN, ROOT, URL, Lab

WRONG = "Not-The-Passw0rd-77"  # must turn up nowhere
work = tempfile.mkdtemp(prefix="vigie-hubdir-")
lab = Lab(work)
samba, apply, readers, body = lab.samba, lab.apply, lab.children, lab.service
hub, number = None, None


# ---- what is asked of the hub ----

def service(n=None):
    return next(d for d in hub.me.get("directories")["data"] if d["number"] == (n or number))


def until(what, seconds=30):
    return wait_for(what, seconds, lambda: (str(service())[:1500] if number else "", hub.stderr()[-500:]))


def read_after(before, n=None):
    """Waits until the service has been read after the time that ended then; the service as it is."""
    return until(lambda: (s := service(n))["lastTry"] != before and not s["running"] and s)


def synchronise(n=None):
    before = service(n)["lastTry"]
    status, data = hub.me.call("POST", f"directories/{n or number}/sync")
    assert status == 202, (status, data)
    return read_after(before, n)


def switch_on(**more):
    before = service()["lastTry"]
    assert hub.me.call("PUT", f"directories/{number}", {"enabled": True, **more})[0] == 200
    s = read_after(before)
    assert s["state"] == "ok", s
    return s


def person(name, kind="users"):
    rows = [u for u in hub.me.get(f"{kind}?q={name}")["data"] if u["name"].lower() == name.lower()]
    assert len(rows) <= 1, rows
    return hub.me.get(f"{kind}/{rows[0]['id']}") if rows else None


def groups(name, kind="users"):
    p = person(name, kind)
    return {g["name"]: g["direct"] for g in p["groups"]} if p else None


def problems():
    return [p for p in hub.me.get("health")["problems"] if p["text"].startswith("A directory")]


def nowhere(text):
    """Not in the hub's messages, nor in clear in any of its files, nor in what it answers."""
    assert text not in hub.stderr()
    for folder, _, names in os.walk(hub.data):
        for name in names:
            with open(f"{folder}/{name}", "rb") as f:
                assert text.encode() not in f.read(), name
    for path in ("directories", "audit?limit=100", "health"):
        assert text not in json.dumps(hub.me.get(path)), path


# ---- checks, in this order ----

def check_nothing_yet():
    assert hub.me.get("directories") == {"data": [], "total": 0}


def check_refusals():
    for wrong, word in (({"server": "http://dc1"}, "server"), ({"server": "ldaps://a/b"}, "server"), ({"plain": True}, "plain"), ({"ca": "x"}, "ca"), ({"minutes": 0}, "minutes"),
                        ({"password": None}, "password"), ({"bindName": ""}, "bindName"), ({"signIn": "kerberos"}, "keytab"), ({"signIn": "kerberos", "keytab": "AAAA"}, "keytab"),
                        ({"signIn": "magic"}, "signIn"), ({"domain": "a b"}, "domain"), ({"password": "a\nb"}, "password")):
        for path in ("directories", "directories/test"):
            status, data = hub.me.call("POST", path, body(**wrong))
            assert status == 400 and data["detail"].startswith(word), (wrong, path, status, data)
    assert hub.me.call("PUT", "directories/99", {})[0] == 404 and hub.me.call("DELETE", "directories/99")[0] == 404 and hub.me.call("POST", "directories/x/sync")[0] == 404
    assert hub.me.get("directories")["total"] == 0


def check_roles():
    for name, role, see, may in (("olga", "security_operator", 200, 403), ("rita", "security_reader", 403, 403), ("axel", "atp_administrator", 200, 400)):
        status, data = hub.me.call("POST", "accounts", {"name": name, "password": PASSWORD, "role": role})
        assert status == 200, data
        p = Person(hub.port).sign_in(name)
        assert p.call("GET", "directories")[0] == see, name
        for method, path in (("POST", "directories"), ("POST", "directories/test")):
            assert p.call(method, path, {})[0] == may, (name, path)
        for method, path in (("PUT", "directories/99"), ("DELETE", "directories/99"), ("POST", "directories/99/sync")):
            assert p.call(method, path, {})[0] == (404 if may == 400 else 403), (name, path)


def check_test_of_a_connection():
    ask = lambda **more: hub.me.call("POST", "directories/test", body(**more))
    status, data = ask()
    assert status == 200 and data == {"ok": True, "found": {"domain": "corp.example.test", "controller": "dc1.corp.example.test", "dirsync": True, "seesDeleted": True}}, data
    status, data = ask(bindName="plain@corp.example.test", password="Pla1n-Passw0rd!")
    assert data["ok"] and not data["found"]["dirsync"], data
    for more, word in (({"password": WRONG}, "wrong name or password"), ({"ca": ""}, "issuer is unknown"), ({"server": "ldaps://dc1.corp.example.test:99"}, "nobody answers"),
                       ({"domain": "other.test"}, "not other.test"), ({"server": "ldaps://nosuch.corp.example.test"}, "not found")):
        status, data = ask(**more)
        assert status == 200 and data["ok"] is False and word in data["why"], (more, data)
    assert hub.me.get("directories")["total"] == 0
    nowhere(WRONG)
    nowhere(ADMIN)


def check_first_synchronisation():
    global number
    status, data = hub.me.call("POST", "directories", body())
    assert status == 201 and data["state"] == "new" and data["secret"] is True and "password" not in data, data
    number = data["number"]
    until(lambda: service()["state"] == "ok")
    s = service()["said"]
    assert (s["way"], s["domain"], s["controllers"]) == ("everything", "corp.example.test", 1) and s["users"] >= 6, s
    until(lambda: person("alice"))
    p = person("alice")
    assert (p["title"], p["department"], p["mail"]) == ("Head", "Finance", "alice@corp.example.test"), p
    assert groups("alice") == {"inner": True, "outer": False, "Domain Users": True, "Users": False}, groups("alice")
    assert {"sensitive"} <= set(person("administrator")["tags"])
    nowhere(ADMIN)
    audit = hub.me.get("audit?limit=20")["data"]
    added = next(a for a in audit if a["what"] == "directory service added")
    assert added["by"] == "ada" and added["after"]["server"] == URL and "password" not in added["after"], added


def check_files_yield():
    """What a file said of the domain does not outlive what the domain says; of others it holds."""
    sid = person("alice")["sid"]
    with open(f"{work}/old.ldif", "w") as f:
        f.write(f"dn: CN=alice,CN=Users,{ROOT}\nobjectClass: user\nsAMAccountName: alice\nobjectSid: {sid}\ntitle: Old\nuserAccountControl: 514\n\n"
                f"dn: CN=Domain Admins,CN=Users,{ROOT}\nobjectClass: group\nsAMAccountName: Domain Admins\nobjectSid: {sid.rsplit('-', 1)[0]}-512\n"
                f"member: CN=alice,CN=Users,{ROOT}\n\n"
                "dn: CN=zoe,CN=Users,DC=else,DC=test\nobjectClass: user\nsAMAccountName: zoe\nobjectSid: S-1-5-21-9-9-9-1101\n\n"
                "dn: CN=away,CN=Users,DC=else,DC=test\nobjectClass: group\nsAMAccountName: away\nobjectSid: S-1-5-21-9-9-9-1102\nmember: CN=zoe,CN=Users,DC=else,DC=test\n\n")
    hub.drop(f"{work}/old.ldif")
    until(lambda: groups("zoe") == {"away": True})
    p = person("alice")
    assert p["title"] == "Head" and "Domain Admins" not in groups("alice") and "disabled" not in p["tags"], p


def check_changes():
    apply(f"dn: CN=inner,CN=Users,{ROOT}\nchangetype: modify\nreplace: member\nmember: CN=bob,CN=Users,{ROOT}\n\n"
          f"dn: CN=alice,CN=Users,{ROOT}\nchangetype: modify\nreplace: title\ntitle: Chief\n\n"
          f"dn: CN=carol,CN=Users,{ROOT}\nchangetype: delete\n\n"
          f"dn: CN=frank,CN=Users,{ROOT}\nchangetype: add\nobjectClass: user\nsAMAccountName: frank\n\n")
    carol = person("carol")
    assert "deleted" not in carol["flags"] and groups("carol") == {"outer": True, "Domain Users": True, "Users": False}, carol
    s = synchronise()
    assert s["state"] == "ok" and s["said"]["way"] == "dirsync" and 1 <= s["said"]["read"] < 10 and s["said"]["deleted"] == 1, s
    until(lambda: person("frank") and person("alice")["title"] == "Chief")
    assert groups("bob") == {"inner": True, "outer": False, "Domain Users": True, "Users": False} and "inner" not in groups("alice")
    gone = person("carol")
    assert "outer" not in groups("carol") and (gone["flags"] != carol["flags"] or gone["tags"] != carol["tags"]), gone
    assert synchronise()["said"]["read"] == 0


def check_wrong_password():
    status, data = hub.me.call("PUT", f"directories/{number}", {"server": "ldaps://evil.example.test"})
    assert status == 400 and "again" in data["detail"], data  # a stored password does not go elsewhere
    status, data = hub.me.call("PUT", f"directories/{number}", {"password": WRONG})
    assert status == 200, data
    until(lambda: service()["failures"] == 1)
    s = service()
    assert s["state"] == "failed" and "bind as Administrator@corp.example.test" in s["why"] and "wrong name or password" in s["why"] and s["lastSuccess"], s
    assert not problems()
    assert synchronise()["failures"] == 2
    (p,) = problems()
    assert "corp.example.test" in p["text"] and "wrong name or password" in p["text"] and {"2013", "2027"} <= set(p["weakens"]) and "2006" not in p["weakens"], p
    assert hub.me.get("health")["state"] == "warning" and person("frank")  # what was read before stays
    nowhere(WRONG)
    assert hub.me.call("PUT", f"directories/{number}", {"password": ADMIN})[0] == 200
    until(lambda: service()["state"] == "ok")
    assert service()["said"]["way"] == "dirsync" and not problems()


def check_controller_down():
    with lab.away():
        s = synchronise()
        assert s["state"] == "failed" and re.search("nobody answers", s["why"]), s
        synchronise()
        assert len(problems()) == 1
    s = synchronise()
    last = s["lastTry"]
    assert s["state"] == "ok" and not problems(), s
    with lab.silent():  # one that hangs holds up neither the hub nor its end
        assert hub.me.call("POST", f"directories/{number}/sync")[0] == 202
        until(lambda: service()["running"] and readers())
        assert all(ADMIN not in l for l in readers())
        begin = time.monotonic()
        hub.me.get("health")
        hub.stop(5)
        assert time.monotonic() - begin < 5 and not readers()
    hub.start()
    s = read_after(last)  # broken off, so it is due at once
    assert s["state"] == "ok" and s["said"]["way"] == "dirsync" and s["said"]["read"] < 5 and not problems(), s
    assert groups("bob")["outer"] is False


def check_kill_in_the_middle():
    with lab.silent():
        assert hub.me.call("POST", f"directories/{number}/sync")[0] == 202
        until(readers)
        hub.kill()
        end = time.monotonic() + 5
        while readers():
            assert time.monotonic() < end, readers()
            time.sleep(0.05)
    apply(f"dn: CN=bob,CN=Users,{ROOT}\nchangetype: modify\nreplace: title\ntitle: After\n\n")
    before = len(glob.glob(f"{hub.data}/directory/*"))
    hub.start()
    assert groups("bob")["inner"] is True  # from the copy, before anything is read
    until(lambda: person("bob").get("title") == "After")
    assert service()["said"]["way"] == "dirsync" and before == 2


def check_kerberos_and_two_services():
    samba("domain", "exportkeytab", f"{work}/svc.keytab", "--principal=plain@CORP.EXAMPLE.TEST")
    with open(f"{work}/svc.keytab", "rb") as f:
        keytab = base64.b64encode(f.read()).decode()
    asked = body(signIn="kerberos", keytab=keytab, bindName="", minutes=1440)
    status, data = hub.me.call("POST", "directories/test", asked)
    assert data["ok"], data
    status, data = hub.me.call("POST", "directories", asked)
    assert status == 201 and data["signIn"] == "kerberos" and "keytab" not in data, data
    second = data["number"]
    until(lambda: service(second)["state"] == "ok")
    s = service(second)["said"]
    assert s["way"] == "everything" and not s["dirsync"], s
    # the first is not asked any longer: what the second hears later counts
    assert hub.me.call("PUT", f"directories/{number}", {"enabled": False})[0] == 200
    apply(f"dn: CN=inner,CN=Users,{ROOT}\nchangetype: modify\ndelete: member\nmember: CN=bob,CN=Users,{ROOT}\n\n")
    assert synchronise(second)["said"]["way"] == "usn"
    until(lambda: "inner" not in groups("bob"))
    hub.stop(5)
    hub.start()
    assert "inner" not in groups("bob")
    switch_on()
    assert hub.me.call("DELETE", f"directories/{second}")[0] == 204
    assert [d["number"] for d in hub.me.get("directories")["data"]] == [number]
    assert "Domain Users" in groups("bob") and "inner" not in groups("bob")


def check_off_and_interval():
    assert hub.me.call("PUT", f"directories/{number}", {"enabled": False})[0] == 200
    assert service()["state"] == "off" and hub.me.call("POST", f"directories/{number}/sync")[0] == 409
    last = switch_on(minutes=1)["lastTry"]
    hub.stop(5)
    import sqlite3
    with sqlite3.connect(f"{hub.data}/vigie.db") as db:  # a minute ago
        db.execute("UPDATE directories SET started=started-61000000000, ended=ended-61000000000")
    hub.start()
    until(lambda: service()["lastTry"] > last)


def check_removal():
    assert hub.me.call("DELETE", f"directories/{number}")[0] == 204
    assert hub.me.get("directories")["total"] == 0 and not os.listdir(f"{hub.data}/directory")
    assert hub.sql("SELECT count(*) FROM settings WHERE name LIKE 'secret.directory.%' AND value IS NOT NULL") == [(0,)]
    until(lambda: groups("bob") == {})
    whats = [a["what"] for a in hub.me.get("audit?limit=100&q=directory")["data"]]
    for what in ("added", "changed", "tested", "removed"):
        assert f"directory service {what}" in whats, whats
    assert "directory synchronisation asked for" in whats
    nowhere(ADMIN)


def begin():
    global hub
    if not lab.up():
        return False
    samba("user", "create", "plain", "Pla1n-Passw0rd!")
    user = lambda n, **more: f"dn: CN={n},CN=Users,{ROOT}\nchangetype: add\nobjectClass: user\nsAMAccountName: {n}\nuserAccountControl: 544\n" + "".join(f"{k}: {v}\n" for k, v in more.items()) + "\n"
    group = lambda n, *m: f"dn: CN={n},CN=Users,{ROOT}\nchangetype: add\nobjectClass: group\nsAMAccountName: {n}\n" + "".join(f"member: CN={x},CN=Users,{ROOT}\n" for x in m) + "\n"
    apply(user("alice", title="Head", department="Finance", mail="alice@corp.example.test") + user("bob") + user("carol") + group("inner", "alice") + group("outer", "inner", "carol"))
    hub = Hub(work, start=False, within=lab.within())
    hub.start()


run_in_turn(globals(), begin, lambda: put_away(hub, lab, work))
