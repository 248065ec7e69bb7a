"""tests/app/test_scan.py - `vigie scan` as a user runs it: identical results, hostile inputs, exit codes, every output.

Runs the ordinary build, and the sanitizer build for the hostile part when there is one.
"""
import glob, gzip, json, os, random, shutil, sqlite3, subprocess, sys, tempfile, zipfile, tarfile, io, resource

BUILD = os.environ.get("VIGIE_BUILD", "build")
VIGIE = os.path.abspath(f"{BUILD}/vigie")
ASAN = os.path.abspath("build-asan/vigie")
passed = failed = skipped = 0


def scan(*args, binary=VIGIE, env=None, **kw):
    e = dict(os.environ, ASAN_OPTIONS="detect_leaks=1", **(env or {}))
    return subprocess.run([binary, "scan", *args], capture_output=True, text=True, env=e, timeout=300, **kw)


def result(*args, **kw):
    p = scan("--json", *args, **kw)
    assert p.returncode == 0, (p.returncode, p.stderr[-2000:])
    return json.loads(p.stdout)


def without_stats(r):
    return {k: v for k, v in r.items() if k != "stats"}


def line(n, user="alice", kind="sign-in", day=5, **more):
    d = {"time": f"2026-01-{day:02d}T{n // 3600 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z", "app": "Office 365", "kind": kind,
         "outcome": "success", "actor": {"upn": f"{user}@corp.test"}, "ip": f"192.0.2.{n % 200 + 1}"}
    d.update(more)
    return json.dumps(d)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return path


def some_logs(folder, seed=1, files=6, lines=400):
    rnd = random.Random(seed)
    names = []
    for i in range(files):
        rows = [line(rnd.randrange(86400), user=rnd.choice("abcdefgh") * 3, day=rnd.randrange(1, 29),
                     kind=rnd.choice(["sign-in", "file downloaded", "mail sent", "something new"])) for _ in range(lines)]
        names.append(write(f"{folder}/log{i}.jsonl", "\n".join(rows) + "\n"))
    return names


def check_jobs_and_order(work):
    names = some_logs(f"{work}/a")
    one = without_stats(result("--jobs", "1", *names))
    assert one["activities"]["total"] == 2400 - one["activities"]["repeats"]
    for jobs in ("2", "3", "7"):
        assert without_stats(result("--jobs", jobs, *names)) == one
    for seed in range(3):
        mixed = names[:]
        random.Random(seed).shuffle(mixed)
        assert without_stats(result(*mixed)) == one
    assert without_stats(result(f"{work}/a")) == one


def check_repeats(work):
    names = some_logs(f"{work}/b", files=2)
    one = result(*names)
    twice = result(names[0], names[1], names[0])
    assert twice["activities"]["total"] == one["activities"]["total"]
    assert twice["users"] == one["users"]
    # one event, told to the millisecond by one collector and to the second by another: also as the very last
    told = {"TargetUserName": "alice", "TargetUserSid": "S-1-5-21-1-2-3-1104", "TargetDomainName": "CORP", "LogonType": "3", "IpAddress": "10.0.0.9"}
    beat = {"@timestamp": "2026-01-05T09:00:00.123Z", "winlog": {"channel": "Security", "event_id": "4624", "computer_name": "dc1.corp.test",
            "provider_name": "Microsoft-Windows-Security-Auditing", "record_id": "77", "event_data": told}}
    flat = dict(told, EventID=4624, Hostname="dc1.corp.test", Channel="Security", SourceName="Microsoft-Windows-Security-Auditing",
                EventTime="2026-01-05 09:00:00", RecordNumber=77, EventType="AUDIT_SUCCESS", Keywords=-9214364837600034816)
    flat["@timestamp"] = "2026-01-05T09:00:00.900Z"
    collectors = [write(f"{work}/b2/beat.json", json.dumps(beat)), write(f"{work}/b2/nxlog.json", json.dumps(flat))]
    assert [result(c)["activities"]["total"] for c in collectors] == [1, 1]
    both = result(*collectors)["activities"]
    assert both["total"] == 1 and both["repeats"] == 1 and both["byKind"] == {"network logon": 1}, both


def check_bytes(work):
    """What an input held is counted once, also the line that begins in one read and ends in the next."""
    path = write(f"{work}/bytes/long.jsonl", "\n".join(line(i, note="x" * (i % 700)) for i in range(6000)) + "\n")
    r = result(path)
    assert r["inputs"][0]["records"] == 6000 and r["inputs"][0]["bytes"] == os.path.getsize(path) == r["stats"]["bytes"], (r["inputs"], os.path.getsize(path))


def check_archives(work):
    names = some_logs(f"{work}/c", files=3)
    plain = result(f"{work}/c")
    z = f"{work}/z"
    os.makedirs(z)
    with zipfile.ZipFile(f"{z}/one.zip", "w", zipfile.ZIP_DEFLATED) as f:
        f.write(names[0], "inner/log0.jsonl")
        f.writestr("inner/log1.jsonl.gz", gzip.compress(open(names[1], "rb").read()))
    with tarfile.open(f"{z}/two.tar.gz", "w:gz") as f:
        f.add(names[2], "log2.jsonl")
    packed = result(z)
    assert packed["activities"] == plain["activities"]
    assert [u["score"] for u in packed["users"]] == [u["score"] for u in plain["users"]]
    assert sorted(i["path"][len(z) + 1:] for i in packed["inputs"]) == ["one.zip!inner/log0.jsonl", "one.zip!inner/log1.jsonl.gz", "two.tar.gz!log2.jsonl"]


def check_receipts(work):
    r = result("--learned", *some_logs(f"{work}/d", seed=5))
    for u in r["users"]:
        assert sum(c["points"] for c in u["contributions"]) == u["score"], u["name"]
    scores = [u["score"] for u in r["users"]]
    assert scores == sorted(scores, reverse=True)


def check_round_trip(work):
    names = some_logs(f"{work}/e", files=2)
    first = f"{work}/e1.ndjson"
    assert scan("--activities", first, *names).returncode == 0
    p = subprocess.run([VIGIE, "activities", first], capture_output=True, text=True)
    assert p.returncode == 0 and p.stderr == ""
    strip = lambda text: [{k: v for k, v in json.loads(l).items() if k != "record"} for l in text.splitlines()]
    assert strip(p.stdout) == strip(open(first).read())


def check_record(work):
    """What a scan names as the place of an activity, `vigie record` shows: whatever is around the record."""
    some = lambda *days: "".join(line(i, user=f"user{d}-{i}", day=d) + "\n" for d in days for i in range(3))
    folder = f"{work}/r"
    write(f"{folder}/plain.jsonl", "\n" + some(1))
    write(f"{folder}/document.json", json.dumps({"Records": [json.loads(l) for l in some(2).splitlines()]}, indent=1))
    write(f"{folder}/packed.jsonl.gz", gzip.compress(some(3).encode()))
    write(f"{folder}/odd!name.jsonl", some(4))
    with zipfile.ZipFile(f"{folder}/case.zip", "w") as z:
        z.writestr("a/first.jsonl", some(5))
        z.writestr("second.jsonl.gz", gzip.compress(some(6).encode()))
    p = subprocess.run([VIGIE, "activities", folder], capture_output=True, text=True)
    places = [(a["record"]["path"], str(a["record"]["number"]), a["actor"]["upn"]) for a in map(json.loads, p.stdout.splitlines())]
    assert len(places) == 18 and len({path for path, _, _ in places}) == 6, places
    for path, number, who in places:
        p = subprocess.run([VIGIE, "record", path, number], capture_output=True, text=True)
        assert p.returncode == 0 and p.stdout.count("@") == 1 and who in p.stdout, (path, number, p)
    p = subprocess.run([VIGIE, "record", f"{folder}/case.zip"], capture_output=True, text=True)
    assert p.returncode == 0 and p.stdout.count("user") == 6, p
    for path, number in ((f"{folder}/case.zip!second.jsonl.gz", "4"), (f"{folder}/case.zip!none", "1"), (folder, "1"), (f"{folder}/none", "1"), (VIGIE, "1")):
        p = subprocess.run([VIGIE, "record", path, number], capture_output=True, text=True)
        assert p.returncode == 1 and p.stderr and not p.stdout, (path, p)


def check_daily(work):
    names = some_logs(f"{work}/f", files=2)
    daily = f"{work}/daily.ndjson"
    r = json.loads(scan("--json", "--daily", daily, *names).stdout)
    rows = [json.loads(l) for l in open(daily)]
    assert sum(row["activities"] for row in rows) == r["activities"]["total"]
    assert len({(row["user"], row["day"]) for row in rows}) == len(rows)
    assert all(set(row) >= {"user", "day", "activities", "evidence", "points"} for row in rows)


def check_store(work):
    names = some_logs(f"{work}/g", files=2)
    db = f"{work}/store.db"
    r = json.loads(scan("--json", "--db", db, *names).stdout)
    main = sqlite3.connect(db)
    assert main.execute("SELECT complete FROM store").fetchone() == (1,)
    assert main.execute("SELECT sum(rows) FROM segments").fetchone() == (r["activities"]["total"],)
    assert main.execute("SELECT count(*) FROM people").fetchone() == (len(r["users"]),)
    seg = sqlite3.connect(db + ".0001")
    times = [t for (t,) in seg.execute("SELECT time_ns FROM activities ORDER BY rowid")]
    assert times == sorted(times) and len(times) == r["activities"]["total"]
    assert scan("--db", db, *names).returncode == 1  # never overwritten


def check_reports(work):
    evil = line(1, user="<script>alert(1)</script>\u001b[2J", kind="<img src=x>")
    path = write(f"{work}/h/evil.jsonl", evil + "\n")
    page, tables = f"{work}/page.html", f"{work}/tables"
    p = scan("--html", page, "--csv", tables, path)
    assert p.returncode == 0
    html = open(page).read()
    assert "<script" not in html and "<img" not in html and "http://" not in html.replace("http-equiv", "") and "https://" not in html
    assert "\x1b" not in p.stdout
    assert sorted(os.listdir(tables)) == ["alerts.csv", "contributions.csv", "inputs.csv", "users.csv"]


# OCSF 1.3.0: what each class requires beyond what every event has
REQUIRED = {2004: ["finding_info"], 3001: ["user"], 3002: ["user"], 3006: ["group"], 6003: ["actor", "api", "src_endpoint"]}
OF_EVERY_EVENT = ["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"]


def check_ocsf_and_ecs(work):
    """The sample organisation: every activity and every alert is in both files, once, and has what its schema requires."""
    subprocess.run([f"{BUILD}/sample", "--out", f"{work}/org", "--users", "30", "--days", "20", "--seed", "7"], check=True, stdout=subprocess.DEVNULL)
    r = result("--ocsf", f"{work}/ocsf", "--ecs", f"{work}/ecs", "--activities", f"{work}/all", f"{work}/org")
    ids = [json.loads(l)["id"] for l in open(f"{work}/all")]
    alerts = {a["id"]: a for a in r["alerts"]}
    assert len(ids) == r["activities"]["total"] > 10000 and len(alerts) > 10, (len(ids), len(alerts))
    ocsf = [json.loads(l) for l in open(f"{work}/ocsf")]
    assert [e["metadata"]["uid"] for e in ocsf] == ids + [a["id"] for a in r["alerts"]]
    for e in ocsf:
        lacks = [k for k in OF_EVERY_EVENT + REQUIRED[e["class_uid"]] if k not in e]
        assert not lacks, (lacks, e)
        assert e["type_uid"] == e["class_uid"] * 100 + e["activity_id"] and e["category_uid"] == e["class_uid"] // 1000, e
        assert e["class_uid"] != 3002 or "service" in e or "dst_endpoint" in e, e
    assert {e["class_uid"] for e in ocsf} == set(REQUIRED), "the sample has no activity of some class"
    known = set(ids)
    for e in ocsf[len(ids):]:
        a = alerts[e["metadata"]["uid"]]
        assert e["class_uid"] == 2004 and e["finding_info"]["title"] == a["name"] and e["count"] == a["count"], (e, a)
        assert [x["uid"] for x in e["finding_info"]["related_events"]] == [x["activity"] for x in a["evidence"]]
        assert all(x["uid"] in known for x in e["finding_info"]["related_events"]), "evidence that was not exported"
    ecs = [json.loads(l) for l in open(f"{work}/ecs")]
    assert [e["event"]["id"] for e in ecs] == [e["metadata"]["uid"] for e in ocsf]
    assert [e["event"]["kind"] for e in ecs] == ["event"] * len(ids) + ["alert"] * len(alerts)
    assert all(e["@timestamp"] and e["ecs"]["version"] and e["event"]["category"] and e["event"]["type"] for e in ecs)
    assert scan("--ocsf", "/dev/full", f"{work}/org").returncode == 1 or not os.path.exists("/dev/full")


def check_columns(work):
    """The text fits into 100 columns whatever was raised; only a path may be longer. No path speaks to the terminal."""
    long = [line(i, user=f"a-person-with-a-rather-long-name-{i}", ip=None, country="FR") for i in range(30)]
    write(f"{work}/c/long.jsonl", "\n".join(long))
    attacks = sorted(glob.glob("fixtures/detect/*attack*.ndjson"))
    assert len(attacks) > 40
    p = scan("--learned", "--dc", "DC1", f"{work}/c", *attacks)
    lines = p.stdout.splitlines()
    assert p.returncode == 0 and sum(l.startswith("      see   ") for l in lines) > 40
    wide = [l for l in lines if len(l) > 100 and not l.startswith("      see   ")]
    assert not wide, wide
    path = f"{work}/c2/\x1b[31mred.ndjson"
    os.makedirs(f"{work}/c2")
    shutil.copy("fixtures/detect/2006_attack.ndjson", path)
    p = scan("--learned", "--dc", "DC1", path)
    assert "red.ndjson record" in p.stdout and "\x1b" not in p.stdout, p.stdout


def check_places(work):
    """Where nothing tells the places of addresses, the scan says so: the detections by place see less."""
    alone = shutil.copy(VIGIE, f"{work}/vigie")  # no geo/ beside it
    logs = write(f"{work}/p/x.jsonl", line(1))
    ranges = write(f"{work}/ranges", "3221225984,3221226239,FR\n")
    said = scan("--geo", ranges, logs, binary=alone)
    assert said.returncode == 0 and said.stderr == ""
    if not os.path.exists("/usr/share/tor/geoip"):
        unsaid = scan(logs, binary=alone)
        assert unsaid.returncode == 0 and "no address ranges" in unsaid.stderr


def check_window(work):
    names = some_logs(f"{work}/i", files=2)
    r = result("--since", "2026-01-10", "--until", "2026-01-12", "--activities", f"{work}/w.ndjson", *names)
    days = {json.loads(l)["time"][:10] for l in open(f"{work}/w.ndjson")}
    assert days <= {"2026-01-10", "2026-01-11"} and r["activities"]["total"] > 0


def check_usage(work):
    assert scan().returncode == 2
    assert scan("--nonsense", work).returncode == 2
    assert scan("--only", "9999", write(f"{work}/u/x.jsonl", line(1))).returncode == 2
    assert scan("--set", "2006.nothing=3", f"{work}/u/x.jsonl").returncode == 2
    assert scan("--jobs", "0", f"{work}/u/x.jsonl").returncode == 2
    p = scan("--help")
    assert p.returncode == 0 and "usage: vigie scan" in p.stdout
    assert subprocess.run([VIGIE], capture_output=True).returncode == 2
    assert subprocess.run([VIGIE, "bogus"], capture_output=True).returncode == 2
    assert subprocess.run([VIGIE, "--version"], capture_output=True, text=True).stdout.startswith("vigie ")


def check_unreadable(work):
    good = write(f"{work}/j/good.jsonl", line(1) + "\n")
    bad = {"empty": b"", "text": b"hello world, this is no log\n", "image": b"\x89PNG\r\n\x1a\n" + b"\0" * 60,
           "table": b'RecordId,CreationDate,Operation,AuditData\r\n1,2026-01-05,x,"{""Id"":""1""}"\r\n', "utf16": '{"a":1}'.encode("utf-16"), "cut.gz": gzip.compress(b'{"time":1}' * 4000)[:40], "not.evtx": b"ElfFile\0" + b"\xff" * 5000}
    for name, content in bad.items():
        write(f"{work}/j/{name}", content)
    os.symlink(f"{work}/j", f"{work}/j/loop")
    os.symlink("/nonexistent", f"{work}/j/dangling")
    r = result(f"{work}/j")
    by = {os.path.basename(i["path"]): i for i in r["inputs"]}
    assert [s["reason"] for s in by["table"]["skipped"]] == ["a table (CSV): save the records as JSON"]
    for name in ("empty", "text", "image", "table", "utf16", "cut.gz", "not.evtx", "dangling"):
        assert by[name]["skipped"] and by[name]["skipped"][0]["reason"], name
    assert by["good.jsonl"]["activities"] == 1 and not by["good.jsonl"]["skipped"]
    for name in ("empty", "text", "image"):
        p = scan(f"{work}/j/{name}")
        assert p.returncode == 1 and "nothing could be read" in p.stderr, name
    assert scan(f"{work}/j/missing").returncode == 1


def check_forbidden(work):
    """A file and a folder that may not be read: told, and only an error where there was nothing else. Not as root, who may read all."""
    good, closed = write(f"{work}/f/good.jsonl", line(1)), write(f"{work}/f/closed.jsonl", line(2))
    write(f"{work}/f/folder/x.jsonl", line(3))
    alone = shutil.copy(VIGIE, f"{work}/vigie")
    geo = write(f"{work}/ranges", "3221225984,3221226239,FR\n")
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
    for path, mode in ((work, 0o755), (closed, 0), (f"{work}/f/folder", 0)):
        os.chmod(path, mode)
    try:
        p = scan("--json", "--geo", geo, f"{work}/f", binary=alone, **nobody)
        by = {os.path.basename(i["path"]): [s["reason"] for s in i["skipped"]] for i in json.loads(p.stdout)["inputs"]}
        assert p.returncode == 0 and by == {"good.jsonl": [], "closed.jsonl": ["permission denied"], "folder": ["permission denied"]}, by
        assert scan("--geo", geo, closed, binary=alone, **nobody).returncode == 1
        assert scan("--geo", geo, good, binary=alone, **nobody).returncode == 0
    finally:
        os.chmod(f"{work}/f/folder", 0o755)


def check_broken_lines(work):
    rows = [line(i) for i in range(50)]
    rows[10] = rows[10][:30]
    rows[20] = rows[20].replace('"actor"', '"act')
    rows[30] = "\x00\xff garbage"
    rows[40] = '{"unknown":"log"}'
    r = result(write(f"{work}/k/x.jsonl", "\n".join(rows)))
    i = r["inputs"][0]
    assert [s["record"] for s in i["skipped"]] == [11, 21, 31], i["skipped"]
    assert r["activities"]["total"] == 46
    assert i["ignored"] == [{"kind": "JSON object of an unknown log", "records": 1}]


def valid(text):
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def check_every_truncation(work):
    """A small log cut at every byte: never a crash, always the whole lines before the cut. Sanitizer build."""
    binary = ASAN if os.path.exists(ASAN) else VIGIE
    text = "\n".join(line(i) for i in range(3)) + "\n"
    folder = f"{work}/cuts"
    for n in range(len(text) + 1):
        write(f"{folder}/{n:04d}.jsonl", text[:n])
    r = result("--jobs", "1", folder, binary=binary)
    for i in r["inputs"]:
        n = int(os.path.basename(i["path"])[:4])
        whole = sum(1 for l in text[:n].splitlines() if valid(l))
        assert i["activities"] == whole, (i["path"], i["activities"], whole)
        if n and i["activities"] * 1 < text[:n].count("{\"time\""):
            assert i["skipped"] or i["ignored"], i["path"]


def check_bit_flips(work):
    binary = ASAN if os.path.exists(ASAN) else VIGIE
    text = (line(1) + "\n" + line(2) + "\n").encode()
    folder = f"{work}/flips"
    for bit in range(len(text) * 8):
        flipped = bytearray(text)
        flipped[bit // 8] ^= 1 << bit % 8
        write(f"{folder}/{bit:05d}.jsonl", bytes(flipped))
    r = result("--jobs", "1", folder, binary=binary)
    assert len(r["inputs"]) == len(text) * 8


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


def check_long_line_and_bomb(work):
    """A line of 1 GB, and a zip that unpacks to 2.2 GB of blanks: told, skipped, within a gigabyte of address space."""
    path = f"{work}/long.jsonl"
    with open(path, "wb") as f:
        f.write((line(1) + "\n").encode() + b'{"time":"')
        f.seek(1 << 30, 1)
        f.write(b'"}\n' + (line(2) + "\n").encode())
    r = result("--jobs", "1", path, preexec_fn=limited)
    assert r["activities"]["total"] == 2, r["inputs"]
    assert any("16 MB" in s["reason"] for s in r["inputs"][0]["skipped"])
    assert r["stats"]["peakMemory"] < 400 << 20
    os.unlink(path)
    bomb = f"{work}/bomb.gz"
    with gzip.open(bomb, "wb", 1) as f:
        f.write((line(1) + "\n").encode())
        blank = b" " * (1 << 20)
        for _ in range(2200):
            f.write(blank)
    p = scan("--json", "--jobs", "1", bomb, preexec_fn=limited)
    r = json.loads(p.stdout)
    assert r["activities"]["total"] == 1 and r["stats"]["peakMemory"] < 400 << 20
    assert r["inputs"][0]["skipped"], "nothing is told about the bomb"


def check_full_disk(work):
    names = some_logs(f"{work}/full", files=1)
    p = scan("--json", *names, env={"TMPDIR": "/nonexistent"})
    assert p.returncode == 1 and p.stderr
    if os.path.exists("/dev/full"):
        assert scan("--activities", "/dev/full", *names).returncode == 1


def run(check):
    global passed, failed
    with tempfile.TemporaryDirectory() as work:
        try:
            check(work)
            passed += 1
        except (AssertionError, subprocess.SubprocessError, OSError, ValueError, KeyError) as e:
            failed += 1
            print(f"FAILED {check.__name__}: {type(e).__name__}: {str(e)[:1500]}")


for name, check in list(globals().items()):
    if name.startswith("check_"):
        run(check)
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
