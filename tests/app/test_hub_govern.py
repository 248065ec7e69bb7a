"""tests/app/test_hub_govern.py - governance of real accounts: a Samba controller in namespaces that the test makes, changed by the hub over LDAP,
looked at with ldapsearch and kinit."""
import base64, csv, datetime, io, json, os, re, sqlite3, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import run_in_turn, wait_for
from hub import Hub, Person, PASSWORD, VIGIE, put_away
from lab import ADMIN, ROOT, URL, Lab

WRITER = "Wr1ter-Passw0rd!"
SECRET = "Us3r-Passw0rd!"
work = tempfile.mkdtemp(prefix="vigie-govern-")
lab = Lab(work)
hub, number = None, None


# ---- the directory as others see it ----

def look(name, *attributes):
    """Attributes of an account, asked over LDAP by somebody else."""
    out = lab.call("client", "env", f"LDAPTLS_CACERT={work}/ca.pem", "ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-H", URL, "-D", "reader@corp.example.test", "-w", WRITER, "-b", ROOT, f"(sAMAccountName={name})", *attributes).stdout
    return dict(re.findall(r"^(\w+): (.*)$", out, re.M))


def control(name):
    return int(look(name, "userAccountControl")["userAccountControl"])


def signs_in(name):
    """None, or what the controller says against it."""
    p = lab.call("client", "kinit", f"{name}@CORP.EXAMPLE.TEST", input=SECRET + "\n", check=False)
    return None if p.returncode == 0 else p.stdout + p.stderr


def version(name):
    """How often the account was written."""
    return look(name, "uSNChanged")["uSNChanged"]


# ---- what is asked of the hub ----

def service():
    return next(d for d in hub.me.get("directories")["data"] if d["number"] == number)


def until(what, seconds=40):
    return wait_for(what, seconds, lambda: (json.dumps(hub.me.get("governance")["data"][:3]), hub.stderr()[-700:]))


def person(name):
    rows = [u for u in hub.me.get(f"users?q={name}")["data"] if u["name"].lower() == name.lower()]
    assert len(rows) == 1, rows
    return hub.me.get(f"users/{rows[0]['id']}")


def act(action, name, who=None, **more):
    return (who or hub.me).call("POST", "governance", {"action": action, "user": person(name)["id"], "reason": "test", **more})


def ask(action, name, **more):
    status, data = act(action, name, **more)
    assert status == 202, (status, data)
    return data["data"][0]["id"]


def row(i):
    return hub.me.get(f"governance/{i}")


def ended(i, state="done"):
    r = until(lambda: (r := row(i))["state"] not in ("waiting", "running") and r)
    assert r["state"] == state, r
    return r


def revert(i, expect=202):
    status, data = hub.me.call("POST", f"governance/{i}/revert", {"reason": "enough"})
    assert status == expect, (status, data)
    return data["data"][0]["id"] if expect == 202 else data


def use(expect=200, **more):
    status, data = hub.me.call("PUT", f"directories/{number}", more)
    assert status == expect, (status, data)
    until(lambda: service()["state"] == "ok" and not service()["running"])


# ---- checks, in this order ----

def check_not_before_it_is_allowed():
    for action in ("suspend", "require_sign_in"):
        status, data = act(action, "alice")
        assert (status, data["code"]) == (409, "not_allowed") and "Directory services" in data["detail"], data
    can = {a["id"]: a for a in hub.me.get(f"governance/actions?user={person('alice')['id']}")["data"]}
    assert set(can) == {"suspend", "require_sign_in", "confirm_compromised"} and can["confirm_compromised"]["can"] and can["suspend"]["code"] == "not_allowed", can
    log = hub.me.get("governance")
    assert (log["data"], log["total"]) == ([], 0), log
    assert control("alice") == 512


def check_account_without_the_right():
    asked = lab.service(bindName="reader@corp.example.test", password=WRITER, act=True)
    status, data = hub.me.call("POST", "directories/test", asked)
    w = data["found"]["writes"]
    assert data["ok"] and w["looked"] >= 4 and w["suspend"] == w["requireSignIn"] == 0, data
    use(bindName="reader@corp.example.test", password=WRITER, act=True)
    r = ended(ask("suspend", "alice"), "failed")
    assert "userAccountControl" in r["why"] and "lacks the right" in r["why"] and r["tries"] == 1 and not r["changed"] and r["canRetry"] and not r["canRevert"], r
    assert control("alice") == 512 and signs_in("alice") is None
    revert(r["id"], 409)


def check_only_over_encrypted_connections():
    status, data = hub.me.call("PUT", f"directories/{number}", {"server": "ldap://dc1.corp.example.test", "plain": True, "password": WRITER, "act": True})
    assert status == 400 and data["detail"].startswith("act"), data
    # the command refuses, too, whatever the hub's settings say
    with open(f"{work}/pw", "w") as f:
        f.write(ADMIN)
    os.chmod(f"{work}/pw", 0o600)
    p = lab.call("client", VIGIE, "directory", "act", "--server", "ldap://dc1.corp.example.test", "--plain", "--bind-dn", "Administrator@corp.example.test", "--password-file", f"{work}/pw",
                 "--object", person("alice")["sid"], "--action", "suspend", check=False)
    assert p.returncode == 1 and "encrypted" in p.stderr, (p.returncode, p.stderr)
    assert control("alice") == 512


def check_least_rights_are_enough():
    use(bindName="writer@corp.example.test", password=WRITER, act=True)
    status, data = hub.me.call("POST", "directories/test", {"number": number})
    w = data["found"]["writes"]
    assert data["ok"] and w["suspend"] == w["requireSignIn"] == w["looked"] >= 4 and w["more"] == 0, data
    status, data = hub.me.call("POST", "directories/test", lab.service(act=True))
    assert data["found"]["writes"]["more"] > 0, data  # the domain's administrator may do more than it needs
    failed = hub.me.get("governance?state=failed")["data"][0]
    status, data = hub.me.call("POST", f"governance/{failed['id']}/retry")
    assert status == 202, data
    r = ended(failed["id"])
    assert r["changed"] and r["decidedBy"] == "ada" and control("alice") == 514, r
    ended(revert(failed["id"]))
    assert control("alice") == 512


def check_kerberos_seals_by_itself():
    """Without TLS, but encrypted by Kerberos: with a keytab."""
    lab.samba("domain", "exportkeytab", f"{work}/writer.keytab", "--principal=writer@CORP.EXAMPLE.TEST")
    with open(f"{work}/writer.keytab", "rb") as f:
        keytab = base64.b64encode(f.read()).decode()
    use(server="ldap://dc1.corp.example.test", plain=True, signIn="kerberos", keytab=keytab, bindName="", act=True)
    i = ask("suspend", "dora")
    ended(i)
    assert control("dora") == 514
    ended(revert(i))
    assert control("dora") == 512
    assert "signs in" in ended(ask("suspend", "writer"), "failed")["why"]  # who it is, the keytab alone knows
    use(server=URL, plain=False, signIn="password", bindName="writer@corp.example.test", password=WRITER, act=True)


def check_suspend_and_revert():
    assert signs_in("alice") is None
    i = ask("suspend", "alice")
    r = ended(i)
    assert (r["by"], r["reason"], r["domain"], r["user"]["name"].lower()) == ("ada", "test", "corp.example.test", "alice") and r["changed"] and r["canRevert"], r
    assert control("alice") == 514 and "revoked" in signs_in("alice")
    until(lambda: "disabled" in person("alice")["tags"])  # the copy of the directory follows
    undo = ended(revert(i))
    assert undo["revert"] and undo["of"] == i and row(i)["state"] == "reverted" and not row(i)["canRevert"]
    assert control("alice") == 512 and signs_in("alice") is None
    revert(i, 409)
    whats = [(a["what"], a["by"]) for a in hub.me.get("audit?limit=100&q=governance%20action")["data"]]
    for what in ("asked for", "done", "reverted", "failed", "tried again"):
        assert (f"governance action {what}", "ada") in whats, (what, whats)
    assert hub.me.get("audit/check")["sound"]


def check_require_sign_in():
    i = ask("require_sign_in", "bob")
    ended(i)
    assert look("bob", "pwdLastSet")["pwdLastSet"] == "0" and re.search("expired|must be changed", signs_in("bob")), signs_in("bob")
    ended(revert(i))
    assert int(look("bob", "pwdLastSet")["pwdLastSet"]) > 0 and signs_in("bob") is None
    r = ended(ask("require_sign_in", "eternal"), "failed")
    assert "never expires" in r["why"] and look("eternal", "pwdLastSet")["pwdLastSet"] != "0", r


def check_so_already():
    lab.samba("user", "disable", "bob")
    before = version("bob")
    r = ended(ask("suspend", "bob"))
    assert not r["changed"] and not r["canRevert"] and version("bob") == before, r
    assert "nothing to revert" in revert(r["id"], 409)["detail"]
    assert control("bob") & 2  # who disabled it is not overruled
    lab.samba("user", "enable", "bob")


def check_never():
    for name, code in (("krbtgt", "krbtgt"), ("writer", "own_account")):
        status, data = act("suspend", name)
        assert (status, data["code"]) == (409, code), (name, data)
    dc = hub.me.get("computers?q=dc1")["data"][0]
    status, data = hub.me.call("POST", "governance", {"action": "suspend", "user": dc["id"], "reason": "x"})
    assert (status, data["code"]) == (409, "not_person"), data
    # the directory side holds by itself, with the rights of the domain's administrator
    bind = ["--bind-dn", "Administrator@corp.example.test", "--password-file", f"{work}/pw", "--ca", f"{work}/ca.pem"]
    for name, word in (("krbtgt", "krbtgt"), ("DC1$", "only people"), ("Administrator", "signs in")):
        sid = lab.call("dc", "ldbsearch", "-H", f"{work}/dc/private/sam.ldb", f"(sAMAccountName={name})", "objectSid").stdout
        p = lab.call("client", VIGIE, "directory", "act", "--server", URL, *bind, "--object", re.search(r"objectSid: (\S+)", sid)[1], "--action", "suspend", check=False)
        assert p.returncode == 1 and word in p.stderr and not control(name) & 2 or name == "krbtgt" and word in p.stderr, (name, p.stderr)
    p = lab.call("client", VIGIE, "directory", "act", "--server", URL, *bind, "--object", "S-1-5-21-1-2-3-4444", "--action", "suspend", check=False)
    assert p.returncode == 1 and "S-1-5-21-1-2-3-4444" in p.stderr, p.stderr


def check_confirm_compromised():
    score = person("carol").get("score")
    i = ask("confirm_compromised", "carol", suspend=True)
    ended(i)
    ended(i + 1)
    p = person("carol")
    assert p["risk"]["identityRisk"] == "high" and p["risk"]["by"] == "ada" and p.get("score") == score and control("carol") == 514, p["risk"]
    ended(revert(i))
    ended(revert(i + 1))
    assert not person("carol")["risk"].get("identityRisk") and control("carol") == 512


def check_kill_between_intent_and_done():
    with lab.silent():
        i = ask("suspend", "alice")
        until(lambda: row(i)["state"] == "running" and lab.children())
        assert all(WRITER not in l and ADMIN not in l for l in lab.children())
        begin = time.monotonic()
        hub.me.get("health")
        assert time.monotonic() - begin < 5  # a controller that hangs holds up nobody
        hub.kill()
    assert control("alice") == 512
    before = version("alice")
    hub.start()
    r = ended(i)
    assert r["tries"] == 2 and r["changed"] and control("alice") == 514 and version("alice") != before, r
    after = version("alice")
    time.sleep(2.5)
    assert version("alice") == after and hub.me.get("governance?action=suspend&q=alice")["data"][0]["id"] == i  # once
    # killed after the change, before it was noted
    hub.kill()
    with sqlite3.connect(f"{hub.data}/vigie.db") as db:
        assert db.execute("SELECT before FROM governance WHERE number=?", (i,)).fetchone() == ("512",)
        db.execute("UPDATE governance SET state=2, changed=0, ended=NULL WHERE number=?", (i,))
    hub.start()
    r = ended(i)
    assert r["changed"] and version("alice") == after, r  # not written twice, and still known as ours
    ended(revert(i))
    assert control("alice") == 512


def check_kill_at_any_moment():
    """Whatever was answered with 202 is done after a kill, and is known to be ours."""
    rows_before = hub.me.get("governance")["total"]
    for n in range(8):
        i = ask("suspend", "frank")
        time.sleep(n * 0.06)
        hub.kill()
        hub.start()
        assert ended(i)["changed"] and control("frank") == 514, (n, row(i))
        undo = revert(i)
        time.sleep(n * 0.06)
        hub.kill()
        hub.start()
        ended(undo)
        assert row(i)["state"] == "reverted" and control("frank") == 512, (n, row(i))
    assert hub.me.get("governance")["total"] == rows_before + 16 and hub.me.get("audit/check")["sound"]


def check_controller_away():
    with lab.away():
        i = ask("suspend", "alice")
        r = until(lambda: (r := row(i))["state"] == "waiting" and r["tries"] == 1 and r)
        assert "nobody answers" in r["why"] and r["next"] > r["started"], r
        assert act("suspend", "alice")[1]["code"] == "pending"
    hub.stop()
    with sqlite3.connect(f"{hub.data}/vigie.db") as db:
        db.execute("UPDATE governance SET next=1 WHERE number=?", (i,))
    hub.start()
    assert ended(i)["tries"] == 2 and control("alice") == 514
    ended(revert(i))


# ---- by policy ----

def upload(name, *activities):
    text = "\n".join(json.dumps(a) for a in activities) + "\n"
    with open(f"{work}/{name}.ndjson", "w") as f:
        f.write(text)
    hub.drop(f"{work}/{name}.ndjson")


def deletes(who, seconds=0, **more):
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    return {"time": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "app": "SharePoint Online", "kind": "file deleted", "outcome": "success", "actor": {"upn": f"{who}@corp.example.test"},
            "objects": [{"type": "file", "role": "target", "name": f"{who}-{at}.docx"}], **more}


def rows(**more):
    return hub.me.get("governance?" + "&".join(f"{k}={v}" for k, v in more.items()))["data"]


def check_policy_acts_once():
    global policy
    body = {"name": "Deleting files", "severity": "medium", "filters": {"actionType": {"eq": ["file deleted"]}}, "governance": ["suspend", "confirm_compromised"]}
    status, p = hub.me.call("POST", "policies", {**body, "governance": ["destroy"]})
    assert status == 400, p
    status, p = hub.me.call("POST", "policies", body)
    assert status == 201 and set(p["governance"]) == {"suspend", "confirm_compromised"}, p
    policy = p["id"]
    upload("one", deletes("carol"))
    both = until(lambda: len(r := rows(policy=policy, state="done")) == 2 and r)
    assert {r["action"] for r in both} == {"suspend", "confirm_compromised"} and all(r["by"] is None and r["policy"]["name"] == "Deleting files" and r["alert"] for r in both), both
    assert control("carol") == 514 and person("carol")["risk"]["identityRisk"] == "high"
    # judged again it is the same alert: nothing is repeated, and what a person took back stays taken back
    suspend = next(r for r in both if r["action"] == "suspend")
    ended(revert(suspend["id"]))
    hub.stop()
    hub.start()
    upload("late", deletes("carol", 7200, kind="file downloaded"))
    hub.settle()
    time.sleep(2)
    assert len(rows(policy=policy)) == 2 and control("carol") == 512, rows(policy=policy)
    assert hub.me.get(f"alerts/{suspend['alert']}")["name"] == "Deleting files"


def check_policy_asks_first():
    status, data = hub.me.call("PUT", "settings", {"governance": {"people": 2}})
    assert status == 200 and data["governance"] == {"people": 2}, data
    assert hub.me.call("PUT", "settings", {"governance": {"people": -1}})[0] == 400
    hub.me.call("PUT", f"policies/{policy}", {"governance": ["suspend"]})
    upload("more", deletes("bob"), deletes("alice", 90000), deletes("x", actor={"name": "Administrator", "domain": "CORP"}))
    held = until(lambda: len(r := {r["user"]["name"].lower(): r for r in rows(policy=policy, state="approval")}) == 2 and r)
    assert (held["administrator"]["held"], held["alice"]["held"]) == ("sensitive", "old"), held
    until(lambda: control("bob") == 514)
    upload("most", deletes("frank"))
    many = until(lambda: next((r for r in rows(policy=policy, state="approval") if r["user"]["name"] == "frank"), None))
    assert many["held"] == "many" and many["canDecide"] and control("frank") == 512 and control("Administrator") == 512 and control("alice") == 512, many
    status, data = hub.me.call("POST", f"governance/{many['id']}/approve")
    assert status == 202, data
    assert ended(many["id"])["decidedBy"] == "ada" and control("frank") == 514
    assert hub.me.call("POST", f"governance/{many['id']}/approve")[0] == 409
    assert hub.me.call("POST", f"governance/{held['alice']['id']}/reject")[0] == 202
    assert ended(held["alice"]["id"], "rejected")["decidedBy"] == "ada" and control("alice") == 512
    i = held["administrator"]["id"]
    assert hub.me.call("POST", f"governance/{i}/approve")[0] == 202
    assert ended(i)["changed"] and control("Administrator") & 2
    lab.samba("user", "enable", "Administrator")
    ended(revert(i))


def check_directory_knows_better():
    """Who has become an administrator since the directory was read last: its adminCount says so when the account is looked at."""
    hub.me.call("PUT", "settings", {"governance": {"people": 50}})
    lab.apply(f"dn: CN=eternal,CN=Users,{ROOT}\nchangetype: modify\nadd: adminCount\nadminCount: 1\n\n")
    upload("count", deletes("eternal"))
    r = until(lambda: next((r for r in rows(policy=policy, state="approval") if r["user"]["name"] == "eternal"), None))
    assert r["held"] == "sensitive" and not control("eternal") & 2, r


def check_anomaly_policy():
    status, p = hub.me.call("PUT", "policies/audit_logging_disabled", {"governance": ["require_sign_in"]})
    assert status == 200 and p["governance"] == ["require_sign_in"], p
    upload("dark", deletes("dora", app="Amazon Web Services", kind="audit logging changed", facts={"operation": "StopLogging"}, admin=True))
    r = until(lambda: next(iter(rows(policy="audit_logging_disabled", state="done")), None), 90)
    assert r["user"]["name"] == "dora" and look("dora", "pwdLastSet")["pwdLastSet"] == "0", r


def check_identity_policy():
    """A detection of the on-premises side: a honeytoken signs in, and is suspended."""
    hub.install()
    hub.connect()
    hub.wait_link("on", 60)
    assert hub.me.call("PUT", "tags", {"honeytoken": ["CORP\\alice"]})[0] == 200
    status, p = hub.me.call("PUT", "policies/2014", {"governance": ["suspend"]})
    assert status == 200 and p["governance"] == ["suspend"], p
    until(lambda: "honeytoken" in person("alice")["tags"])
    upload("honey", deletes("alice", app="Active Directory", kind="interactive logon", actor={"name": "alice", "domain": "CORP"}, device="WS1", destination="DC1", objects=[]))
    r = until(lambda: next(iter(rows(policy="2014", state="done")), None), 90)
    assert r["user"]["name"] == "alice" and r["policy"]["name"] == "Honeytoken activity" and control("alice") == 514, r
    ended(revert(r["id"]))


def check_who_has_no_account_there():
    upload("cloud", {**deletes("zoe"), "actor": {"upn": "zoe@elsewhere.test"}})
    r = until(lambda: next((r for r in rows(policy=policy, state="failed") if r["user"]["name"].startswith("zoe")), None))
    assert "no account in Active Directory" in r["why"] and r["tries"] == 1, r
    user = next(u for u in hub.me.get("users?q=zoe")["data"])
    status, data = hub.me.call("POST", "governance", {"action": "suspend", "user": user["id"], "reason": "x"})
    assert (status, data["code"]) == (409, "no_account"), data


def check_roles():
    for name, role, see, may in (("olga", "security_operator", 200, 403), ("rita", "security_reader", 403, 403), ("axel", "atp_administrator", 403, 403), ("sami", "security_administrator", 200, 400)):
        status, data = hub.me.call("POST", "accounts", {"name": name, "password": PASSWORD, "role": role})
        assert status == 200, data
        p = Person(hub.port).sign_in(name)
        assert p.call("GET", "governance")[0] == see and p.call("POST", "governance", {})[0] == may, name
    axel = Person(hub.port).sign_in("axel")  # may manage directory services, and does not open them for acting
    status, data = axel.call("POST", "directories", lab.service(act=True))
    assert status == 403 and data["detail"].startswith("act"), data


def check_scoped_administrators():
    group = next(g for g in person("alice")["groups"] if g["name"] == "inner")
    for name, role, scope in (("gina", "group_admin", {"groups": [group["id"]]}), ("oscar", "app_admin", {"apps": [11161]}), ("dirk", "app_admin", {"apps": [20940]})):
        status, data = hub.me.call("POST", "accounts", {"name": name, "password": PASSWORD, "role": role, "scope": scope})
        assert status == 200, data
    gina, oscar, dirk = (Person(hub.port).sign_in(n) for n in ("gina", "oscar", "dirk"))
    mine = {r["id"] for r in hub.me.get("governance?limit=100")["data"] if r["user"]["name"] == "alice"}
    theirs = [r["id"] for r in hub.me.get("governance?limit=100")["data"] if r["user"]["name"] == "bob"]
    assert {r["id"] for r in gina.get("governance?limit=100")["data"]} == mine and theirs
    bob = person("bob")["id"]
    for path in (f"governance/{theirs[0]}", f"governance?user={bob}", f"governance/actions?user={bob}"):
        assert gina.call("GET", path)[0] == 404, path
    for verb in ("retry", "revert", "approve", "reject"):
        assert gina.call("POST", f"governance/{theirs[0]}/{verb}", {"reason": "x"})[0] == 404, verb
    assert gina.call("POST", "governance", {"action": "suspend", "user": bob, "reason": "x"})[0] == 404
    status, data = gina.call("POST", "governance", {"action": "suspend", "user": person("alice")["id"], "reason": "hers"})
    assert status == 202, data
    assert ended(data["data"][0]["id"])["by"] == "gina" and control("alice") == 514
    ended(revert(data["data"][0]["id"]))
    assert oscar.get("governance")["data"] == [] and oscar.call("POST", "governance", {"action": "suspend", "user": bob, "reason": "x"})[0] == 403
    assert oscar.call("POST", "policies", {"name": "x", "severity": "low", "filters": {"service": {"eq": [11161]}}, "governance": ["suspend"]})[0] == 403
    assert dirk.get("governance")["total"] > 5


def check_log():
    total = hub.me.get("governance")["total"]
    status, text = hub.me.call("GET", "governance/export")
    table = list(csv.DictReader(io.StringIO(text)))
    assert status == 200 and len(table) == total and {"done", "failed", "reverted", "rejected"} <= {r["state"] for r in table}, text[:500]
    assert hub.me.get("governance?state=done,failed&limit=2&skip=1")["total"] == sum(r["state"] in ("done", "failed") for r in table)
    assert hub.me.call("GET", "governance?state=odd")[0] == 400
    assert all(r["user"]["name"] == "alice" for r in rows(user=person("alice")["id"]))
    assert act("suspend", "alice", reason="")[0] == act("burn", "alice")[0] == 400
    for text in (WRITER, ADMIN):
        assert text not in hub.stderr() and text not in json.dumps(hub.me.get("governance?limit=100")) and text not in json.dumps(hub.me.get("audit?limit=100"))


def check_compatible_api():
    status, data = hub.me.call("POST", "governance/", {"filters": {"type": {"eq": ["SuspendUserTask"]}}, "limit": 100, "skip": 0}, prefix="/api/v1/")
    assert status == 200 and data["total"] == len(data["data"]) > 3 and all(re.fullmatch("[0-9a-f]{24}", r["_id"]) and r["taskName"] == "SuspendUserTask" for r in data["data"]), data
    status, failed_ones = hub.me.call("POST", "governance/", {"filters": {"status": {"eq": [False]}}}, prefix="/api/v1/")
    assert failed_ones["total"] == hub.me.get("governance?state=failed,rejected")["total"] and all(not r["status"]["isSuccess"] for r in failed_ones["data"])
    one = data["data"][0]
    assert hub.me.call("GET", f"governance/{one['_id']}/", prefix="/api/v1/") == (200, one)
    assert hub.me.call("GET", "governance/ffffffffffffffffffffffff/", prefix="/api/v1/")[0] == 404


def check_retention():
    total = hub.me.get("governance")["total"]
    hub.stop()
    with sqlite3.connect(f"{hub.data}/vigie.db") as db:
        db.execute("UPDATE governance SET ended=ended-86400000000000*121 WHERE number=1")
        db.execute("UPDATE governance SET ended=ended-86400000000000*119 WHERE number=2")
    hub.start()
    until(lambda: hub.me.get("governance")["total"] == total - 1)
    assert hub.me.call("GET", "governance/1")[0] == 404 and row(2)


def check_deleted_person():
    p = person("bob")
    theirs = [r["id"] for r in rows(user=p["id"], limit=100)]
    assert theirs and [r["id"] for r in hub.me.get(f"personal/{p['id']}")["governance"]] == theirs
    status, data = hub.me.call("DELETE", f"personal/{p['id']}", {"name": p["name"]})
    assert status == 202, data
    until(lambda: hub.me.get("personal")["data"][0]["state"] == "done", 90)
    for i in theirs:
        r = row(i)
        assert r["user"] is None and r["reason"] is None and r["why"] is None and not r["canRevert"] and not r["canRetry"], r


def check_service_removed():
    assert hub.me.call("DELETE", f"directories/{number}")[0] == 204
    i = next(r["id"] for r in rows(state="done", action="suspend") if r["user"] and r["user"]["name"] == "frank")
    assert revert(i, 409)["code"] == "no_directory" and control("frank") == 514


GUIDS = {"userAccountControl": "bf967a68-0de6-11d0-a285-00aa003049e2", "pwdLastSet": "bf967a0a-0de6-11d0-a285-00aa003049e2", "user": "bf967aba-0de6-11d0-a285-00aa003049e2"}


def people():
    """Users with passwords, and two accounts for Vigie: one that may read, one to which the two rights were delegated (docs/governance.md)."""
    for name in ("alice", "bob", "carol", "dora", "frank", "eternal"):
        lab.samba("user", "create", name, SECRET)
    for name in ("reader", "writer"):
        lab.samba("user", "create", name, WRITER)
    lab.samba("user", "setexpiry", "eternal", "--noexpiry")
    lab.apply(f"dn: CN=inner,CN=Users,{ROOT}\nchangetype: add\nobjectClass: group\nsAMAccountName: inner\nmember: CN=alice,CN=Users,{ROOT}\n\n")
    sid = re.search(r"objectSid: (\S+)", lab.call("dc", "ldbsearch", "-H", f"{work}/dc/private/sam.ldb", "(sAMAccountName=writer)", "objectSid").stdout)[1]
    for attribute in ("userAccountControl", "pwdLastSet"):
        lab.samba("dsacl", "set", f"--objectdn=CN=Users,{ROOT}", "--action=allow", f"--sddl=(OA;CIIO;WP;{GUIDS[attribute]};{GUIDS['user']};{sid})")


def begin():
    global hub, number
    if not lab.up():
        return False
    people()
    hub = Hub(work, start=False, within=lab.within())
    hub.start()
    status, data = hub.me.call("POST", "directories", lab.service(bindName="reader@corp.example.test", password=WRITER))
    assert status == 201 and data["act"] is False, data
    number = data["number"]
    until(lambda: service()["state"] == "ok")
    until(lambda: any(u["name"] == "alice" for u in hub.me.get("users?q=alice")["data"]))


run_in_turn(globals(), begin, lambda: put_away(hub, lab, work))
