"""tests/directory/test_dir_ldap.py - `vigie directory sync` against a real domain controller, which the test starts in network namespaces.

What was synchronised is compared with what the controller's own database says (ldbsearch), after a first run and after every kind of change.
"""
import base64, contextlib, hashlib, json, os, re, shutil, struct, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "app"))
from checks import run_in_turn
from lab import Lab

BUILD = os.environ.get("VIGIE_BUILD", "build")
VIGIE = os.path.abspath(f"{BUILD}/vigie")
ASAN = os.path.abspath("build-asan/vigie")
ROOT = "DC=corp,DC=example,DC=test"
OU = f"OU=Lab,{ROOT}"
LARGE = 1600  # members: more than the 1,500 that one answer carries; contacts, which are made quickly
URL = "ldaps://dc1.corp.example.test"
os.environ["ASAN_OPTIONS"] = "detect_leaks=1"
work = tempfile.mkdtemp(prefix="vigie-ldap-")
the_lab = Lab(work)
lab = the_lab.call


# ---- the lab ----

def sam(tool, *args, text=None):
    """ldbadd, ldbmodify, ldbsearch ... on the controller's own database."""
    return lab("dc", tool, "-H", f"{work}/dc/private/sam.ldb", *args, input=text).stdout


def ldif(**attributes):
    lines = []
    for name, values in attributes.items():
        for v in values if isinstance(values, list) else [values]:
            name = name.replace("_", "-")
            lines.append(f"{name}:: {base64.b64encode(v).decode()}" if isinstance(v, bytes) else f"{name}: {v}")
    return "\n".join(lines) + "\n\n"


def change(dn, *operations):
    """A change of one object for apply(): ("replace", "mail", value) ..."""
    text = f"dn: {dn}\nchangetype: modify\n"
    for op, name, *values in operations:
        text += f"{op}: {name}\n" + "".join(f"{name}: {v}\n" for v in values) + "-\n"
    return text + "\n"


def move(dn, rdn, parent):
    return f"dn: {dn}\nchangetype: modrdn\nnewrdn: {rdn}\ndeleteoldrdn: 1\nnewsuperior: {parent}\n\n"


def delete(dn):
    return f"dn: {dn}\nchangetype: delete\n\n"


def add(dn, **attributes):
    return ldif(dn=dn, changetype="add", **attributes)


def apply(*texts):
    text = "".join(texts)
    done = sam("ldbmodify", text=text)
    assert f"Modified {len(re.findall('^dn: ', text, re.M))} records" in done, done


def sid_bytes(sid):
    parts = sid.split("-")
    return struct.pack("<BB", 1, len(parts) - 3) + int(parts[2]).to_bytes(6, "big") + b"".join(struct.pack("<I", int(p)) for p in parts[3:])


def descriptor(*sids):
    """MS-DTYP 2.4.6: owner Administrators, each SID allowed everything."""
    aces = b"".join(struct.pack("<BBHI", 0, 0, 8 + len(sid_bytes(s)), 0x000F01FF) + sid_bytes(s) for s in sids)
    owner = sid_bytes("S-1-5-32-544")
    acl = struct.pack("<BBHHH", 2, 0, 8 + len(aces), len(sids), 0) + aces
    return struct.pack("<BBHIIII", 1, 0, 0x8004, 20, 0, 0, 20 + len(owner)) + owner + acl


# ---- the truth, as the controller's database tells it ----

def records(text):
    out, current = [], None
    for line in text.replace("\n ", "").split("\n"):
        m = re.match(r"([\w-]+)(::?) ?(.*)$", line)
        if line.startswith("#") or not line:
            current = None
        elif m:
            if current is None:
                current = {}
                out.append(current)
            v = base64.b64decode(m[3]) if m[2] == "::" else m[3]
            current.setdefault(m[1], []).append(v.decode(errors="replace") if isinstance(v, bytes) else v)
    return [r for r in out if "dn" in r]  # the others are references to other naming contexts


def truth():
    rows = records(sam("ldbsearch", "-b", ROOT, "(|(objectClass=user)(objectClass=group))", "*", "member"))
    return {r["objectGUID"][0]: r for r in rows}


def filetime(text):
    n = int(text)
    if n in (0, 2**63 - 1):
        return None
    n -= 116444736000000000
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(n // 10**7)) + f".{n % 10**7:07d}00Z"


ONE = {"sAMAccountName": "name", "objectSid": "sid", "userPrincipalName": "upn", "mail": "mail", "displayName": "displayName", "department": "department",
       "title": "title", "c": "country", "telephoneNumber": "phone", "dNSHostName": "dns", "operatingSystem": "os"}
NUMBERS = {"userAccountControl": "uac", "primaryGroupID": "primaryGroup", "msDS-SupportedEncryptionTypes": "enctypes"}
TIMES = {"lastLogonTimestamp": "lastLogon", "pwdLastSet": "passwordSet", "accountExpires": "terminated"}
LISTS = {"servicePrincipalName": "spns", "msDS-AllowedToDelegateTo": "delegateTo"}


def expected(row, sids):
    e = {"dn": row["dn"][0]}
    for table, form in ((ONE, str), (NUMBERS, int), (TIMES, filetime)):
        for name, key in table.items():
            value = form(row[name][0]) if name in row else None
            if value:
                e[key] = value
    for name, key in LISTS.items():
        if name in row:
            e[key] = sorted(row[name])
    if "manager" in row:
        e["manager"] = sids[row["manager"][0]]
    if "member" in row:
        e["members"] = sorted(sids[m] for m in row["member"])
    if row.get("adminCount") == ["1"]:
        e["adminCount"] = True
    return e


def synced(path):
    """guid -> (list it is in, object), and the header."""
    objects, head = {}, None
    for line in open(path, encoding="utf-8"):
        d = json.loads(line)
        head = head or d
        for kind in ("users", "groups", "computers", "trusts", "places"):
            for o in d.get(kind, []):
                objects[o["guid"]] = (kind, o)
    return head, objects


def compare(path):
    rows, (_, objects) = truth(), synced(path)
    sids = {r["dn"][0]: r["objectSid"][0] for r in rows.values()}
    for r in records(sam("ldbsearch", "-b", ROOT, "(|(objectClass=foreignSecurityPrincipal)(objectClass=contact))", "objectSid", "objectGUID")):
        sids[r["dn"][0]] = r.get("objectSid", r["objectGUID"])[0]
    live = {g: o for g, (kind, o) in objects.items() if kind in ("users", "groups", "computers") and not o.get("deleted")}
    assert set(live) == set(rows), ("only here", set(live) - set(rows), "missing", set(rows) - set(live))
    keys = {"dn", "manager", "members", "adminCount", *ONE.values(), *NUMBERS.values(), *TIMES.values(), *LISTS.values()}
    for guid, row in rows.items():
        mine = {k: sorted(v) if isinstance(v, list) else v for k, v in live[guid].items() if k in keys}
        want = expected(row, sids)
        assert mine == want, (row["dn"], {k: (mine.get(k), want.get(k)) for k in keys if mine.get(k) != want.get(k)})
    return rows, objects


def named(objects, name):
    found = [o for _, o in objects.values() if o.get("name") == name]
    assert len(found) == 1, (name, len(found))
    return found[0]


# ---- runs ----

def options(name="all", **o):
    o = {"server": URL, "ca": f"{work}/ca.pem", "bind-dn": "Administrator@corp.example.test", "password-file": f"{work}/admin.pw",
         "out": f"{work}/{name}.json", "state": f"{work}/{name}.state", **{k.replace("_", "-"): v for k, v in o.items()}}
    return [x for k, v in o.items() if v is not None for x in ([f"--{k}"] if v is True else [f"--{k}", str(v)])]


def sync(name="all", binary=VIGIE, **o):
    p = lab("client", binary, "directory", "sync", *options(name, **o), check=False)
    return p.returncode, p.stdout, p.stderr


def good(how, *args, **kw):
    code, out, err = sync(*args, **kw)
    assert code == 0 and how in out, (code, out, err)
    return out, err


def refused(*texts, **o):
    code, out, err = sync("refused", **o)
    assert code == 1 and all(t in err for t in texts) and not out, (code, out, err)
    assert not os.path.exists(f"{work}/refused.json")


def password(path, text):
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o600)


def same_as_fresh(name, **o):
    """Changes upon changes give what reading everything gives."""
    good("everything", "fresh", state=None, **o)
    a, b = (synced(f"{work}/{n}.json")[1] for n in (name, "fresh"))
    assert a == b, [(a.get(g), b.get(g)) for g in {*a, *b} if a.get(g) != b.get(g)][:3]


def populate():
    text = ldif(dn=OU, objectClass="organizationalUnit")
    text += "".join(ldif(dn=f"OU={o},{OU}", objectClass="organizationalUnit") for o in ("People", "Large", "Other"))
    text += ldif(dn=f"OU=Inner,OU=People,{OU}", objectClass="organizationalUnit")
    for n, where, more in (("alice", "OU=Inner,OU=People", {"mail": "alice@corp.example.test", "title": "Head", "department": "Finance", "telephoneNumber": "+33 1 23"}),
                           ("bob", "OU=People", {"manager": f"CN=alice,OU=Inner,OU=People,{OU}", "displayName": "Bób Ünïcode".encode(), "c": "FR"}),
                           ("carol", "OU=People", {"accountExpires": "134500000000000000"}),
                           ("dave", "OU=People", {}), ("erin", "OU=People", {"adminCount": "1"})):
        text += ldif(dn=f"CN={n},{where},{OU}", objectClass="user", sAMAccountName=n, userPrincipalName=f"{n}@corp.example.test", **more)
    text += ldif(dn=f"CN=Comma\\, Name,OU=People,{OU}", objectClass="user", sAMAccountName="comma")
    text += ldif(dn=f"CN=svc_web,OU=People,{OU}", objectClass="user", sAMAccountName="svc_web", servicePrincipalName=["HTTP/web1", "HTTP/web1.corp.example.test"],
                 msDS_AllowedToDelegateTo=["cifs/fs1", "ldap/dc1"])
    for n, more in (("WS1", {"operatingSystem": "Windows 11 Pro", "dNSHostName": "ws1.corp.example.test"}), ("FS1", {})):
        text += ldif(dn=f"CN={n},CN=Computers,{ROOT}", objectClass="computer", sAMAccountName=f"{n}$", userAccountControl="4096", **more)
    text += ldif(dn=f"CN=contact,OU=Other,{OU}", objectClass="contact")
    people = {n: f"CN={n},OU=People,{OU}" for n in ("bob", "carol", "dave", "erin")}
    text += ldif(dn=f"CN=inner,OU=Other,{OU}", objectClass="group", sAMAccountName="inner", member=[people["bob"], people["carol"]])
    text += ldif(dn=f"CN=outer,OU=Other,{OU}", objectClass="group", sAMAccountName="outer", member=[f"CN=inner,OU=Other,{OU}", people["dave"], f"CN=FS1,CN=Computers,{ROOT}"])
    text += ldif(dn=f"CN=one,OU=Other,{OU}", objectClass="group", sAMAccountName="one", member=people["erin"])
    text += ldif(dn=f"CN=partner.test,CN=System,{ROOT}", objectClass="trustedDomain", trustPartner="partner.test", flatName="PARTNER", trustDirection="3",
                 trustType="2", trustAttributes="8", securityIdentifier="S-1-5-21-7-8-9")
    users = [f"CN=u{i:04d},OU=Large,{OU}" for i in range(100)]
    contacts = [f"CN=c{i:04d},OU=Large,{OU}" for i in range(100, LARGE)]
    many = users + contacts
    text += "".join(ldif(dn=dn, objectClass="user", sAMAccountName=dn[3:8]) for dn in users)
    text += "".join(ldif(dn=dn, objectClass="contact") for dn in contacts)
    text += ldif(dn=f"CN=large,OU=Large,{OU}", objectClass="group", sAMAccountName="large", member=many)
    added = sam("ldbadd", "--relax", text=text)
    assert f"Added {text.count('objectClass:')} records" in added, added[-1000:]
    sam("ldbmodify", text=f"dn: CN=Domain Admins,CN=Users,{ROOT}\nchangetype: modify\nadd: member\nmember: CN=outer,OU=Other,{OU}\n")
    alice = records(sam("ldbsearch", "(sAMAccountName=alice)", "objectSid"))[0]["objectSid"][0]
    value = base64.b64encode(descriptor(alice, "S-1-5-21-7-8-9-1000")).decode()
    sam("ldbmodify", text=f"dn: CN=FS1,CN=Computers,{ROOT}\nchangetype: modify\nadd: msDS-AllowedToActOnBehalfOfOtherIdentity\n"
                          f"msDS-AllowedToActOnBehalfOfOtherIdentity:: {value}\n")
    lab("dc", "samba-tool", "user", "create", "svc_sync", "Sync-Passw0rd!", f"--configfile={work}/dc/etc/smb.conf")
    password(f"{work}/admin.pw", "Adm1n-Passw0rd!\n")
    password(f"{work}/sync.pw", "Sync-Passw0rd!")


# ---- checks, in this order ----

def check_everything():
    out, err = good("everything", page=100)  # 17 times fewer than there are objects
    assert not err, err
    rows, objects = compare(f"{work}/all.json")
    head = synced(f"{work}/all.json")[0]
    assert (head["domain"], head["netbios"], head["complete"]) == ("corp.example.test", "CORP", True), head
    alice, fs1 = named(objects, "alice"), named(objects, "FS1$")
    assert fs1["delegates"] == [alice["sid"], "S-1-5-21-7-8-9-1000"], fs1
    assert len(set(named(objects, "large")["members"])) == LARGE
    dc = named(objects, "DC1$")
    assert dc["dc"] and not named(objects, "WS1$").get("dc") and named(objects, "svc_web")["service"]
    trust = named(objects, "partner.test")
    assert {k: trust[k] for k in ("netbios", "sid", "direction", "type", "attributes")} == \
        {"netbios": "PARTNER", "sid": "S-1-5-21-7-8-9", "direction": 3, "type": 2, "attributes": 8}, trust


def check_show():
    p = subprocess.run([VIGIE, "directory", "show", f"{work}/all.json"], capture_output=True, text=True, check=True)
    assert "(1 domain controllers), 1 trusts" in p.stdout and "partner.test  both directions, forest" in p.stdout, p.stdout
    text = p.stdout.split("Domain Admins (")[1].split("\n  D")[0]
    for who in ("Bób Ünïcode  CORP\\bob, disabled, through another group", "dave", "FS1", "carol", "Administrator  CORP\\Administrator\n"):
        assert who in text, (who, text)
    assert "erin" not in text


def check_ldif_and_json_agree():
    """The same directory as LDIF, from ldapsearch, through the other importer."""
    text = lab("client", "ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-x", "-H", "ldap://10.77.0.10", "-D", "Administrator@corp.example.test",
               "-w", "Adm1n-Passw0rd!", "-E", "pr=500/noprompt", "-b", ROOT, "(|(objectClass=user)(objectClass=group)(objectClass=trustedDomain))").stdout
    with open(f"{work}/all.ldif", "w", encoding="utf-8") as f:
        f.write(text)
    show = {}
    for form in ("json", "ldif"):
        p = subprocess.run([VIGIE, "directory", "show", f"{work}/all.{form}"], capture_output=True, text=True)
        show[form] = re.sub(r"corp\.example\.test(\\|:)", r"CORP\1", p.stdout)
    assert show["json"] == show["ldif"], show


def check_scan_takes_it():
    line = {"time": "2026-01-05T09:00:00Z", "app": "Active Directory", "kind": "group member added", "outcome": "success",
            "actor": {"name": "bob", "domain": "CORP"}, "destination": "DC1"}
    with open(f"{work}/a.ndjson", "w") as f:
        f.write(json.dumps(line) + "\n")
    p = subprocess.run([VIGIE, "scan", "--json", "--directory", f"{work}/all.json", f"{work}/a.ndjson"], capture_output=True, text=True)
    users = json.loads(p.stdout)["users"]
    assert p.returncode == 0 and [u["name"] for u in users] == ["Bób Ünïcode"], (p.stderr, users)


def check_nothing_changed():
    before = open(f"{work}/all.json").read()
    good("changes by DirSync, 0 objects read")
    assert before.split("\n")[1:] == open(f"{work}/all.json").read().split("\n")[1:]


def check_every_kind_of_change():
    people = f"OU=People,{OU}"
    old = synced(f"{work}/all.json")[1]
    ws1 = f"CN=WS1,CN=Computers,{ROOT}"
    apply(change(f"CN=alice,OU=Inner,{people}", ("replace", "title", "Chief"), ("delete", "mail")),
          change(f"CN=svc_web,{people}", ("delete", "msDS-AllowedToDelegateTo", "ldap/dc1"), ("delete", "servicePrincipalName")),
          change(f"CN=FS1,CN=Computers,{ROOT}", ("delete", "msDS-AllowedToActOnBehalfOfOtherIdentity")),
          change(f"CN=one,OU=Other,{OU}", ("delete", "member")),
          change(f"CN=inner,OU=Other,{OU}", ("delete", "member", f"CN=bob,{people}"), ("add", "member", f"CN=erin,{people}")),
          delete(f"CN=dave,{people}"),  # was in outer, which hears nothing of it
          delete(ws1), add(ws1, objectClass="computer", sAMAccountName="WS1$", userAccountControl="4096"),
          add(f"CN=frank,{people}", objectClass="user", sAMAccountName="frank"),
          change(f"CN=large,OU=Large,{OU}", ("add", "member", f"CN=frank,{people}"), ("delete", "member", f"CN=u0007,OU=Large,{OU}")),
          move(f"CN=carol,{people}", "CN=caroline", people), move(f"CN=erin,{people}", "CN=erin", f"OU=Other,{OU}"),
          move(people, "OU=Staff", f"OU=Other,{OU}"))  # and with it the DNs of all below, of which no object's change tells
    out, _ = good("changes by DirSync", page=7)
    read = int(re.search(r"(\d+) objects read", out)[1])
    assert read < 30, out  # not everything again
    _, objects = compare(f"{work}/all.json")
    dave, old_ws1 = next(o for _, o in old.values() if o.get("name") == "dave"), next(o for _, o in old.values() if o.get("name") == "WS1$")
    assert objects[dave["guid"]][1]["deleted"] and objects[dave["guid"]][1]["terminated"], "a deleted account stays known as deleted"
    assert objects[old_ws1["guid"]][1]["deleted"] and "name" not in objects[old_ws1["guid"]][1], "its name is another's now"
    assert "delegates" not in named(objects, "FS1$")
    same_as_fresh("all")


def check_back_from_deletion():
    gone = records(sam("ldbsearch", "--show-deleted", "(&(isDeleted=TRUE)(sAMAccountName=dave))", "dn", "sAMAccountName"))[0]["dn"][0]
    sam("ldbmodify", "--show-deleted", text=f"dn: {gone}\nchangetype: modify\ndelete: isDeleted\n-\nreplace: distinguishedName\n"
                                            f"distinguishedName: CN=dave,OU=Other,{OU}\n-\n")
    good("changes by DirSync")
    compare(f"{work}/all.json")


def check_without_the_right():
    """A plain account: uSNChanged, and a list of all GUIDs tells what is gone."""
    o = {"bind_dn": "CORP\\svc_sync", "password_file": f"{work}/sync.pw"}
    _, err = good("everything", "plain", **o)
    assert "may not use DirSync" in err, err
    good("changes by uSNChanged, 0 objects read, 0 removed", "plain", **o)
    apply(delete(f"CN=u0001,OU=Large,{OU}"), change(f"CN=large,OU=Large,{OU}", ("add", "member", f"CN=bob,OU=Staff,OU=Other,{OU}")),
          change(f"CN=u0002,OU=Large,{OU}", ("replace", "title", "Second")))
    out, _ = good("changes by uSNChanged", "plain", **o)
    assert int(re.search(r"(\d+) objects read", out)[1]) < 10 and re.search(r"(\d+) removed", out)[1] == "1", out
    compare(f"{work}/plain.json")
    same_as_fresh("plain", **o)


def check_with_the_right_alone():
    lab("dc", "samba-tool", "dsacl", "set", f"--configfile={work}/dc/etc/smb.conf", f"--objectdn={ROOT}", "--action=allow",
        f"--trusteedn=CN=svc_sync,CN=Users,{ROOT}", "--car=get-changes")
    o = {"bind_dn": "CORP\\svc_sync", "password_file": f"{work}/sync.pw"}
    good("everything", "right", **o)
    guid = records(sam("ldbsearch", "(sAMAccountName=u0003)", "objectGUID"))[0]["objectGUID"][0]
    apply(delete(f"CN=u0003,OU=Large,{OU}"))
    good("changes by DirSync", "right", **o)
    compare(f"{work}/right.json")
    assert guid not in synced(f"{work}/right.json")[1]  # it may not see deleted objects: gone is all that it knows


def pair(name, **state):
    """A state that belongs to the directory `name`, but is not what the server gave."""
    text = json.dumps({"domain": "corp.example.test", **state}, separators=(",", ":"))
    with open(f"{work}/{name}.state", "w") as f:
        f.write(text + "\n")
    mark = hashlib.blake2b(struct.pack("<Q", len(text)) + text.encode(), digest_size=16).hexdigest()
    lines = open(f"{work}/{name}.json").read().split("\n")
    lines[0] = json.dumps({**json.loads(lines[0]), "state": mark})
    with open(f"{work}/{name}.json", "w") as f:
        f.write("\n".join(lines))


def continued(name):
    """Goes on where the runs of "all" are."""
    for end in ("json", "state"):
        shutil.copy(f"{work}/all.{end}", f"{work}/{name}.{end}")


def check_states_that_do_not_fit():
    good("changes by DirSync")
    continued("fit")
    cookie = base64.b64decode(json.load(open(f"{work}/fit.state"))["cookie"])
    pair("fit", cookie=base64.b64encode(cookie[:40]).decode())
    _, err = good("everything", "fit")
    assert "everything was read again" in err and URL in err, err  # in the server's words
    compare(f"{work}/fit.json")
    good("changes by DirSync, 0 objects read", "fit")
    pair("fit", invocation="00000000-0000-0000-0000-000000000000", usn=5)
    _, err = good("everything", "fit")
    assert "another controller answers" in err, err
    shutil.copy(f"{work}/plain.json", f"{work}/fit.json")  # a directory of another moment
    _, err = good("everything", "fit")
    assert "does not belong to this directory" in err, err
    compare(f"{work}/fit.json")


def check_other_ways_to_connect():
    lab("client", "kinit", "Administrator", input="Adm1n-Passw0rd!\n")
    kerberos = {"bind_dn": None, "password_file": None}
    for n, way in enumerate(({"server": "ldap://dc1.corp.example.test"}, {"server": "ldap://10.77.0.10", "plain": True, "ca": None}, kerberos,
                             {**kerberos, "server": "ldap://dc1.corp.example.test", "plain": True, "ca": None})):
        continued("way")
        apply(change(f"CN=frank,OU=Staff,OU=Other,{OU}", ("replace", "title", f"Way {n}")))
        good("changes by DirSync, 1 objects read", "way", **way)
        assert named(synced(f"{work}/way.json")[1], "frank")["title"] == f"Way {n}"


def check_check():
    """Signs in, says what the account may, and writes nothing."""
    def ask(*more, who="Administrator@corp.example.test", pw="admin.pw"):
        p = lab("client", VIGIE, "directory", "check", "--server", URL, "--ca", f"{work}/ca.pem", "--bind-dn", who, "--password-file", f"{work}/{pw}", *more, check=False)
        return p.returncode, p.stdout, p.stderr
    assert ask() == (0, "corp.example.test from dc1.corp.example.test: this account may use DirSync, and may see deleted objects\n", "")
    code, out, _ = ask("--json", who="svc_sync@corp.example.test", pw="sync.pw")
    assert code == 0 and json.loads(out) == {"domain": "corp.example.test", "controller": "dc1.corp.example.test", "dirsync": True, "seesDeleted": False}, out
    code, out, err = ask(pw="sync.pw")
    assert code == 1 and not out and "wrong name or password" in err, err
    assert ask("--out", f"{work}/none.json")[0] == 2 and ask("--domain", "other.test")[0] == 1


def check_errors():
    password(f"{work}/wrong.pw", "wrong")
    password(f"{work}/empty.pw", "\n")
    refused(URL, "bind as Administrator@corp.example.test", "wrong name or password", password_file=f"{work}/wrong.pw")
    refused("password is empty", password_file=f"{work}/empty.pw")
    refused(f"{work}/none.pw", "No such file", password_file=f"{work}/none.pw")
    lab("dc", "samba-tool", "user", "disable", "svc_sync", f"--configfile={work}/dc/etc/smb.conf")
    refused("the account is disabled", bind_dn="svc_sync@corp.example.test", password_file=f"{work}/sync.pw")
    refused("certificate of dc1.corp.example.test is refused", "issuer is unknown", ca=None)
    refused("certificate of dc1.corp.example.test is refused", "issuer is unknown", ca=None, server="ldap://dc1.corp.example.test")
    refused("certificate of 10.77.0.10 is refused", "name in the certificate does not match", server="ldaps://10.77.0.10")
    refused("no certificate of an authority can be read", ca="/etc/passwd")
    refused("nobody answers at dc1.corp.example.test port 99", server=f"{URL}:99")
    refused("nosuch.corp.example.test is not found", server="ldaps://nosuch.corp.example.test")
    refused("does not speak TLS", server=f"{URL}:389")
    refused("ldaps://host", server="http://dc1.corp.example.test")
    refused("holds the domain corp.example.test, not other.test", domain="other.test")
    assert sync("refused", page=0)[0] == 2 and sync("refused", out=None)[0] == 2 and sync("refused", password_file=None)[0] == 2
    code, _, err = sync("way", out="/nonexistent/x.json")
    assert code == 1 and "/nonexistent/x.json: No such file" in err, err


def check_sanitizers():
    if not os.access(ASAN, os.X_OK):
        return
    good("everything", "asan", binary=ASAN, page=100)
    apply(change(f"CN=frank,OU=Staff,OU=Other,{OU}", ("replace", "title", "Third")))
    good("changes by DirSync, 1 objects read", "asan", binary=ASAN)
    password(f"{work}/wrong.pw", "wrong")
    refused("wrong name or password", binary=ASAN, password_file=f"{work}/wrong.pw")
    refused("issuer is unknown", binary=ASAN, ca=None)


def broken(lost, *texts):
    """The server is lost, in that way, in the middle of a run of one object per page: an error, and the last good directory stays."""
    before = open(f"{work}/all.json").read()
    with open(f"{work}/all.state", "w") as f:
        f.write("{")  # everything
    p = subprocess.Popen(the_lab.command("client", VIGIE, "directory", "sync", *options(page=1, timeout=2)), env=the_lab.env, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
    time.sleep(0.35)
    assert p.poll() is None, "the run was over before it could be broken"
    with lost:
        out, err = p.communicate(timeout=60)
    assert p.returncode == 1 and any(t in err for t in texts) and URL in err and not out, (p.returncode, out, err)
    assert open(f"{work}/all.json").read() == before and not os.path.exists(f"{work}/all.json.new")


def check_silent_server():
    broken(the_lab.silent(), "no answer in time")
    _, err = good("everything")
    assert "the state cannot be read" in err, err


@contextlib.contextmanager
def stopped():
    lab("down")
    yield


def check_stopped_server():
    broken(stopped(), "the connection broke", "no answer in time")
    assert not os.path.exists(f"/run/netns/{the_lab.space['LAB_DC_SPACE']}")


def begin():
    if not the_lab.up():
        return False
    populate()


def end():
    the_lab.down()
    shutil.rmtree(work, ignore_errors=True)


run_in_turn(globals(), begin, end)
