"""tests/app/test_personal.py - personal data of one person deleted from a running hub: who may, what goes, what stays with others, kill -9, new data."""
import datetime, glob, json, os, random, re, socket, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import free_port, run_checks, until
from hub import PASSWORD, SAMPLE, Hub, Person, run

GUID = "0b6fa2f4-9b9a-4f4c-9f5b-5d1a6e3c2b%02x"


def sample(work):
    folder = f"{work}/sample"
    start = datetime.date.today() - datetime.timedelta(days=18)
    subprocess.run([SAMPLE, "--out", folder, "--users", "25", "--days", "18", "--seed", "5", "--start", start.isoformat()], check=True, stdout=subprocess.DEVNULL)
    return sorted(os.path.join(d, n) for d, _, names in os.walk(folder) for n in names if not n.endswith((".tsv", ".md")))


def linked(work, files, *options):
    h = Hub(work, *options)
    h.drop(*[f for f in files if f.endswith(".ldif")])
    h.settle(fold=False)
    h.install()
    h.connect()
    h.drop(*[f for f in files if not f.endswith(".ldif")])
    h.settle()
    return h


def deletion(h, who):
    rows = [r for r in h.me.get("personal")["data"] if r["id"] == who]
    return rows[-1] if rows else None


def wait_deleted(h, who, seconds=90):
    until("deleted", seconds, lambda: (deletion(h, who) or {}).get("state") == "done")
    h.settle()


def one_alone(h):
    """The person with the most points who has an alert of their own; id, name."""
    rows = h.sql("SELECT e.id, e.name FROM entities e WHERE e.score>0 AND EXISTS(SELECT 1 FROM alert_entities a WHERE a.entity=e.number AND a.user AND"
                 " (SELECT count(*) FROM alert_entities b WHERE b.alert=a.alert AND b.user)=1) ORDER BY e.score DESC LIMIT 1")
    assert rows
    return rows[0]


def alerts_of(h, who):
    return {r[0] for r in h.sql("SELECT a.alert FROM alert_entities a JOIN entities e ON e.number=a.entity WHERE e.id=?", who)}


def told(h, ids):
    """What the queue says of alerts, people's words included."""
    marks = ",".join("?" * len(ids))
    rows = h.sql(f"SELECT description, id, external_id, policy, name, severity, start, end, parties, comment, resolution FROM alerts WHERE id IN ({marks}) ORDER BY id", *ids)
    return [(re.sub(r"\b\d+\b", "n", r[0]), *r[1:]) for r in rows]  # a sentence counts what all did


def others_activities(h, work, files, who):
    """All of the log that this person did not do, as a file."""
    status, data = h.me.call("GET", f"personal/{who}")
    assert status == 200 and not data["moreActivities"]
    own = {a["id"] for a in data["activities"] if (a["actor"] or {}).get("id") == who}
    path = f"{work}/others.ndjson"
    n = 0
    with open(path, "w") as f:
        for line in run("activities", *files).splitlines():
            if json.loads(line)["id"] not in own:
                f.write(line + "\n")
                n += 1
    assert own and n
    return path, own


def check_as_if_never_seen(work):
    """Alerts and scores of the others are those of a hub that was never given the person's activities; a kill in between changes nothing."""
    files = sample(work)
    with linked(work, files) as h:
        who, name = one_alone(h)
        mine = alerts_of(h, who)
        alone = {r[0] for r in h.sql("SELECT alert FROM alert_entities WHERE user GROUP BY alert HAVING count(*)=1") if r[0] in mine}
        others = sorted(set(h.alerts()) - mine)
        assert alone and len(others) > 10
        path, own = others_activities(h, work, files, who)
        for i in sorted(alone)[:1] + others[:1]:
            assert h.me.call("POST", f"alerts/{i}/comment", {"text": f"talked to {name}"})[0] in (200, 204)
        assert h.me.call("POST", f"users/{who}/reset", {"comment": "x"})[0] == 202
        h.settle()
        before = told(h, others)
        count = h.count(everything=True)
        dice = random.Random(7)
        assert h.me.call("DELETE", f"personal/{who}", {"name": f" {name} "})[0] == 202
        states = []
        for pause in [0.0, 0.05] + [dice.uniform(0, 1.5) for _ in range(4)]:
            time.sleep(pause)
            h.kill()
            states += h.sql("SELECT state FROM erasures")
            h.start()
        assert states[0] < (3,) and len(states) == 6, ("a kill was in the middle", states)
        wait_deleted(h, who)
        after_deletion(h, who, name, own, count)
        changed = [(a, b) for a, b in zip(before, told(h, others)) if a != b]
        assert not changed and len(told(h, others)) == len(before), ("alerts of others are as they were, people's words included", changed[:2], len(before), len(told(h, others)))
        assert not h.sql(f"SELECT 1 FROM alerts WHERE id IN ({','.join('?' * len(alone))})", *sorted(alone))
        assert deletion(h, who)["activities"] == len(own) and deletion(h, who)["alerts"] >= len(alone), (deletion(h, who), len(own), len(alone))
        ranking = h.ranking()
        h.stop()
        h.start()
        h.settle()
        after_deletion(h, who, name, own, count)
        assert h.ranking() == ranking
        os.makedirs(f"{work}/other")
        with linked(f"{work}/other", [f for f in files if f.endswith(".ldif")] + [path]) as never:
            assert [r for r in never.ranking() if r[0] != who] == ranking
            mentions = never.sql("SELECT a.alert FROM alert_entities a JOIN entities e ON e.number=a.entity WHERE e.id=?", who)
            want = {i: a for i, a in never.alerts().items() if (i,) not in mentions}
            assert {i: a for i, a in h.alerts().items() if i in want} == want


def after_deletion(h, who, name, own, count):
    assert h.me.call("GET", f"users/{who}")[0] == 404 and h.me.call("GET", f"personal/{who}")[0] == 404
    assert not own & set(h.ids()) and h.count(everything=True) == count - len(own)
    listed = h.me.call("GET", f"users?q={name.replace(' ', '%20')}&limit=100")[1]["data"]
    assert name not in [u["name"] for u in listed]
    for table, column in (("entities", "id"), ("entity_aliases", "id")):
        assert not h.sql(f"SELECT 1 FROM {table} WHERE {column}=?", who), table
    assert not h.sql("SELECT 1 FROM erasures WHERE names IS NOT NULL OR numbers IS NOT NULL")
    assert not h.sql("SELECT 1 FROM resets")
    numbers = "SELECT number FROM entities UNION SELECT number FROM entity_aliases"
    for table in ("contributions", "entity_accounts", "findings"):
        assert not h.sql(f"SELECT 1 FROM {table} WHERE entity NOT IN ({numbers})"), table
    rows = h.me.get("audit?limit=50")["data"]
    ours = [r for r in rows if r["what"] in ("personal data deleted", "deletion of personal data asked for")]
    assert sorted(r["what"] for r in ours) == ["deletion of personal data asked for", "personal data deleted"], ours
    assert all(r["object"] == who and r["by"] == "ada" for r in ours) and name not in json.dumps(ours)
    assert h.me.get("audit/check")["sound"]


def check_who_may(work):
    with Hub(work) as h:
        h.drop(write(work, "zelda", zelda(20) + crowd(200)))
        h.settle()
        (who,), = h.sql("SELECT id FROM entities WHERE upn='zelda.quorn@example.test'")
        name = h.me.get(f"users/{who}")["name"]
        tried = 0
        for role in h.me.get("roles")["data"]:
            scope = {"app": {"apps": [11161]}, "group": {"groups": [1]}}.get(role["scope"], {})
            if "personal_data" in role["rights"] or h.me.call("POST", "accounts", {"name": role["id"], "password": PASSWORD, "role": role["id"], "scope": scope})[0] not in (200, 201):
                continue
            other = Person(h.port).sign_in(role["id"])
            assert other.call("DELETE", f"personal/{who}", {"name": name})[0] == 403, role
            assert other.call("GET", "personal")[0] == 403, role
            tried += 1
        assert tried >= 8 and {r["id"] for r in h.me.get("roles")["data"] if "personal_data" in r["rights"]} == {"global_administrator", "security_administrator"}
        assert Person(h.port).call("DELETE", f"personal/{who}", {"name": name})[0] in (401, 403)
        forged = Person(h.port)
        forged.cookie = h.me.cookie
        assert forged.call("DELETE", f"personal/{who}", {"name": name})[0] == 403, "without the token of our own pages"
        for body in ({}, {"name": ""}, {"name": name[:-1]}, {"name": who}, {"name": "Ada"}):
            status, data = h.me.call("DELETE", f"personal/{who}", body)
            assert status == 400 and "name" in data["detail"], (body, status, data)
        assert h.me.call("DELETE", "personal/nobody", {"name": name})[0] == 404
        assert h.me.get("personal")["data"] == [] and h.me.get(f"users/{who}")["name"] == name
        h.stop()


# ---- somebody whose name nobody else's record has ----

def line(minutes, who, **more):
    time_of = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=minutes)
    a = {"time": time_of.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "app": "E-mail", "kind": "mail sent", "outcome": "success", "actor": {"name": who, "upn": f"{who}@example.test"}}
    a.update(more)
    return json.dumps(a)


def zelda(n, since=3000):
    return [line(since - i, "zelda.quorn", objects=[{"type": "file", "name": f"zelda.quorn secret {i}"}]) for i in range(n)]


def crowd(n, since=4000):
    return [line(since - i / 60, f"user{i % 9}", objects=[{"type": "account", "name": f"user{(i + 1) % 9}", "upn": f"user{(i + 1) % 9}@example.test"}]) for i in range(n)]


def write(work, name, lines):
    path = f"{work}/{name}.ndjson"
    with open(path, "w") as f:
        f.write("".join(x + "\n" for x in lines))
    return path


def holds(folder, name):
    return [f for f in glob.glob(f"{folder}/**", recursive=True) if os.path.isfile(f) and name.encode() in open(f, "rb").read().lower()]


def cef(port, number, suser, duser="", msg="Guessed passwords."):
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=2)
    text = (f"CEF:0|Microsoft|Azure ATP|2.22|LdapBruteForceSecurityAlert|Brute force|5|start={start:%Y-%m-%dT%H:%M:%S}.0000000Z shost=CLIENT1 suser={suser} {'duser=' + duser if duser else ''} "
            f"msg={msg} cnt=3 externalId=2004 cs1Label=url cs1=https://x.example.test/securityAlert/{GUID % number} cs2Label=trigger cs2=new")
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(f"<36>1 2026-02-21T14:20:06Z center - - - - {text}\n".encode())


def check_nothing_is_left(work):
    port = free_port()
    directory = [f for f in sample(work) if f.endswith(".ldif")]
    guessed = [line(3500 - i, "zelda.quorn", kind="sign-in", outcome="failure", actor={"name": "zelda.quorn"}) for i in range(7)]
    with linked(work, directory + [write(work, "guessed", guessed)], "--syslog_tcp", str(port)) as h:
        assert h.count(everything=True) == 7 and not h.sql("SELECT 1 FROM entities WHERE name LIKE 'zelda%'"), "nobody is known by what was guessed"
        h.drop(*[write(work, "crowd", crowd(40000)), write(work, "zelda", zelda(300))])
        h.settle()
        (who, number), = h.sql("SELECT id, number FROM entities WHERE upn='zelda.quorn@example.test'")
        name = h.me.get(f"users/{who}")["name"]
        other = h.sql("SELECT id, name FROM entities WHERE upn='user3@example.test'")[0]
        cef(port, 1, "zelda.quorn", msg="zelda.quorn guessed passwords.")
        cef(port, 2, "user3@example.test", "zelda.quorn", msg="user3 guessed the password of Zelda.Quorn, not of zelda.quornet.")
        until("received", 20, lambda: h.sql("SELECT count(*) FROM alerts WHERE source=2") == [(2,)])
        both, = h.sql("SELECT id FROM alerts WHERE description LIKE 'user3%'")[0]
        lone, = h.sql("SELECT id FROM alerts WHERE description LIKE 'zelda%'")[0]
        for i in (both, lone):
            assert h.me.call("POST", f"alerts/{i}/comment", {"text": "zelda.quorn is on leave"})[0] in (200, 204)
        assert holds(f"{h.data}/activities", "zelda.quorn"), "the test sees names in the log"
        total = h.count(everything=True)
        assert total == 40307
        assert h.me.call("DELETE", f"personal/{who}", {"name": name})[0] == 202
        assert h.me.call("DELETE", f"personal/{who}", {"name": name})[0] in (202, 404), "twice is once"
        wait_deleted(h, who)
        assert len(h.me.get("personal")["data"]) == 1 and deletion(h, who) | {"done": 0, "asked": 0} == {"id": who, "state": "done", "by": "ada", "activities": 307, "alerts": 1, "done": 0, "asked": 0}
        assert not holds(f"{h.data}/activities", "zelda.quorn") and h.count("text:zelda", everything=True) == 0
        assert h.count(everything=True) == 40000
        assert h.me.call("GET", f"users/{who}")[0] == 404 and h.me.call("GET", f"alerts/{lone}")[0] == 404
        # an alert with a part of somebody else stays with that one
        row, = h.sql("SELECT description, comment, parties FROM alerts WHERE id=?", both)
        assert row[0] == "user3 guessed the password of a deleted person, not of zelda.quornet." and row[1] == "a deleted person is on leave", row
        assert "user3" in row[2] and "zelda" not in row[2]
        assert h.sql("SELECT e.id FROM alert_entities a LEFT JOIN entities e ON e.number=a.entity WHERE alert=? AND user", both) == [(other[0],)], row
        assert not h.sql("SELECT 1 FROM alert_history WHERE text LIKE '%zelda%'") and not h.sql("SELECT 1 FROM alert_parties WHERE label LIKE '%zelda%'")
        h.stop()
        named = [x[:300] for x in sql_dump(h) if re.search(r"zelda\.quorn\b", x, re.I) and not x.startswith('INSERT INTO "audit"')]
        assert not named, named  # but for what an administrator wrote, which the audit log keeps
        # what stays is said in docs/privacy.md: the files that were received
        left = holds(h.data, "zelda.quorn@")
        assert left and all("/received/" in f for f in left), left
        # new data of the same person is new data
        h.start()
        h.settle()
        assert not h.sql("SELECT 1 FROM entities WHERE upn LIKE 'zelda%'")
        h.drop(write(work, "later", zelda(3, since=60)))
        h.settle()
        (again, fresh), = h.sql("SELECT id, number FROM entities WHERE upn='zelda.quorn@example.test'")
        assert again == who and fresh != number, "an id is what a name makes it; a number is never given twice"
        data = h.me.get(f"personal/{who}")
        assert len(data["activities"]) == 3 and not data["alerts"], data
        # and may be deleted again
        assert h.me.call("DELETE", f"personal/{who}", {"name": name})[0] == 202
        until("deleted again", 60, lambda: [r["state"] for r in h.me.get("personal")["data"]] == ["done", "done"])
        assert h.count(everything=True) == 40000 and h.me.call("GET", f"users/{who}")[0] == 404
        h.stop()


def sql_dump(h):
    import sqlite3
    db = sqlite3.connect(f"file:{h.data}/vigie.db?mode=ro", uri=True)
    try:
        return list(db.iterdump())
    finally:
        db.close()


sys.exit(run_checks(globals(), at_once=3))
