"""tests/app/test_hostile.py - inputs that somebody made to break the reader: told with a reason, never a crash, a hang or
more memory. And the sample of everything mixed together, in any order and with any number of threads: one result.

Runs the sanitizer build when there is one. All inputs are made here; each bad one has its good twin.
"""
import bz2, gzip, io, json, lzma, os, random, shutil, socket, subprocess, sys, tarfile, tempfile, threading, zipfile

BUILD = os.environ.get("VIGIE_BUILD", "build")
VIGIE = os.path.abspath(f"{BUILD}/vigie")
SAMPLE = os.path.abspath(f"{BUILD}/sample")
ASAN = os.path.abspath("build-asan/vigie")
HOSTILE = ASAN if os.path.exists(ASAN) else VIGIE
MEMORY = 400 << 20
passed = failed = skipped = 0


def scan(*args, binary=HOSTILE, timeout=120):
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=1", LC_ALL="C")
    return subprocess.run([binary, "scan", *args], capture_output=True, env=env, timeout=timeout, check=False)


def result(*args, code=0, **kw):
    p = scan("--json", *args, **kw)
    assert p.returncode == code, (p.returncode, p.stderr[-2000:])
    r = json.loads(p.stdout.decode("utf-8"))  # strict: whatever the names and values are, the output is UTF-8
    assert r["stats"]["peakMemory"] < MEMORY, r["stats"]
    return r


def by_name(r, folder):
    return {i["path"][len(folder) + 1:]: i for i in r["inputs"]}


def reasons(i):
    return [s["reason"] for s in i["skipped"]]


def line(n, **more):
    d = {"time": f"2026-01-05T10:{n // 60 % 60:02d}:{n % 60:02d}Z", "app": "Office 365", "kind": "sign-in", "outcome": "success",
         "actor": {"upn": "alice@corp.test"}, "ip": f"192.0.2.{n % 200 + 1}"}
    d.update(more)
    return json.dumps(d)


def lines(*numbers):
    return "".join(line(n) + "\n" for n in numbers).encode()


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content)
    return path


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, content in members:
            z.writestr(name, content)
    return out.getvalue()


def tar_head(name, size):
    """A ustar header with that size field, whatever it says (POSIX.1-1988, pax(1): size at 124, checksum at 148)."""
    head = bytearray(tarfile.TarInfo(name).tobuf(tarfile.USTAR_FORMAT))
    head[124:136] = size
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


# ---- archives ----

def check_archive_members(work):
    """A broken member is told by name, and the members behind it are read."""
    good = lines(1, 2)
    write(f"{work}/a/inner.zip", zipped(("1_cut.gz", gzip.compress(good * 999)[:60]), ("2_bad.zip", b"PK\x03\x04" + b"\xff" * 99),
                                        ("3_deep.zip", zipped(("b.zip", zipped(("c.zip", zipped(("x.jsonl", good))))))), ("4_good.jsonl", good)))
    write(f"{work}/a/three.zip", zipped(("b.zip", zipped(("c.zip", zipped(("x.jsonl", lines(3, 4))))))))
    by = by_name(result(f"{work}/a"), f"{work}/a")
    assert by["inner.zip!4_good.jsonl"]["activities"] == 2 and not by["inner.zip!4_good.jsonl"]["skipped"]
    assert by["three.zip!b.zip!c.zip!x.jsonl"]["activities"] == 2
    assert reasons(by["inner.zip!1_cut.gz"]) == ["archive is damaged"]
    assert len(reasons(by["inner.zip!2_bad.zip"])) == 1
    assert reasons(by["inner.zip!3_deep.zip!b.zip!c.zip"]) == ["archive inside three others: not opened"]


def check_archive_damage(work):
    """What was unpacked before the damage counts; what is wrong is told."""
    many = b"".join(lines(n) for n in range(3000)) + os.urandom(1 << 20)
    write(f"{work}/a/cut.gz", gzip.compress(many)[:-4])
    changed = bytearray(zipped(("x.jsonl", lines(1)), ("y.jsonl", lines(2)), method=zipfile.ZIP_STORED))
    changed[changed.index(b"alice")] ^= 1
    write(f"{work}/a/changed.zip", bytes(changed))
    write(f"{work}/a/nothing.gz", gzip.compress(b""))
    write(f"{work}/a/garbage.gz", gzip.compress(lines(3)) + b"garbage" * 9)
    write(f"{work}/a/two.gz", gzip.compress(lines(4)) + gzip.compress(lines(5)))
    write(f"{work}/a/one.bz2", bz2.compress(lines(6)))
    write(f"{work}/a/one.xz", lzma.compress(lines(7)))
    by = by_name(result(f"{work}/a"), f"{work}/a")
    assert by["cut.gz"]["activities"] == 3000 and by["cut.gz"]["skipped"]
    assert by["changed.zip!x.jsonl"]["activities"] == 1 and reasons(by["changed.zip!x.jsonl"]) == ["archive is damaged"]
    assert by["changed.zip!y.jsonl"]["activities"] == 1 and not by["changed.zip!y.jsonl"]["skipped"]
    assert reasons(by["nothing.gz"]) == ["archive is empty"]
    assert [by[n]["activities"] for n in ("garbage.gz", "two.gz", "one.bz2", "one.xz")] == [1, 2, 1, 1]


def check_archive_kinds(work):
    """Sizes that lie, members that are no files, names that lead out; zip64, several zstd frames, encryption."""
    good = lines(1, 2).ljust(512, b"\n")
    for name, size in (("huge", b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7), ("below", b"\xff" * 12), ("long", b"77777777777\0")):
        write(f"{work}/a/{name}.tar", tar_head("x.jsonl", size) + good)
    write(f"{work}/a/right.tar", tar_head("x.jsonl", b"%011o\0" % len(good)) + good + bytes(1024))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name, kind in (("device", tarfile.CHRTYPE), ("fifo", tarfile.FIFOTYPE), ("link", tarfile.SYMTYPE), ("folder", tarfile.DIRTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            t.addfile(member)
        member = tarfile.TarInfo("../out.jsonl")
        member.size = len(good)
        t.addfile(member, io.BytesIO(good))
    write(f"{work}/a/kinds.tar", out.getvalue())
    write(f"{work}/a/names.zip", zipped(("/etc/x.jsonl", good), ("../../y.jsonl", good), ("a\nb\x1b[2J.jsonl", good)))
    with zipfile.ZipFile(f"{work}/a/z64.zip", "w") as z, z.open("x.jsonl", "w", force_zip64=True) as f:
        f.write(good)
    secret = bytearray(zipped(("x.jsonl", good), method=zipfile.ZIP_STORED))
    for at in (6, secret.index(b"PK\x01\x02") + 8):
        secret[at] |= 1  # the flag "encrypted" (APPNOTE.TXT 4.4.4)
    write(f"{work}/a/secret.zip", bytes(secret))
    write(f"{work}/x.jsonl", good)
    frames = shutil.which("zstd") and subprocess.run(["zstd", "-qc", f"{work}/x.jsonl"], capture_output=True, check=True).stdout
    if frames:
        write(f"{work}/a/frames.zst", frames + frames)
    before = sorted(os.listdir(work))
    by = by_name(result(f"{work}/a"), f"{work}/a")
    assert sorted(os.listdir(work)) == before, "unpacked to disk"
    assert by["right.tar!x.jsonl"]["activities"] == 2 and not by["right.tar!x.jsonl"]["skipped"]
    for name in ("huge", "below", "long"):
        assert any(i["skipped"] for n, i in by.items() if n.startswith(name + ".tar")), name
    assert [n for n in by if n.startswith("kinds.tar")] == ["kinds.tar!../out.jsonl"]
    assert len([n for n in by if n.startswith("names.zip") and by[n]["activities"] == 2]) == 3
    assert by["z64.zip!x.jsonl"]["activities"] == 2
    assert reasons(by["secret.zip!x.jsonl"]) == ["archive is encrypted"]
    assert not frames or by["frames.zst"]["activities"] == 4


def check_hidden_bomb(work):
    """2.5 GB of nothing in a member that is not even read, and a million empty members: both within bounds."""
    block = gzip.compress(bytes(16 << 20))
    size = 160 * (16 << 20)
    head = gzip.compress(tar_head("nothing.bin", b"\x80" + size.to_bytes(11, "big")))
    tail = gzip.compress(tar_head("x.jsonl", b"%011o\0" % 512) + lines(1).ljust(512, b"\n"))
    write(f"{work}/a/bomb.tar.gz", gzip.compress(head + block * 160 + tail))
    write(f"{work}/a/twin.tar.gz", head.replace(b"", b"") and gzip.compress(tar_head("x.jsonl", b"%011o\0" % 512) + lines(2).ljust(512, b"\n")))
    by = by_name(result(f"{work}/a", binary=VIGIE), f"{work}/a")
    assert "archive expands to more than 2,000 times its size" in reasons(by["bomb.tar.gz!nothing.bin"]), by
    assert by["twin.tar.gz!x.jsonl"]["activities"] == 1
    write(f"{work}/many.tar.gz", gzip.compress(tar_head("e", b"%011o\0" % 0) * 600000, 1))
    p = scan("--json", f"{work}/many.tar.gz", binary=VIGIE)
    r = json.loads(p.stdout)
    assert p.returncode == 1 and r["stats"]["peakMemory"] < MEMORY, r["stats"]
    assert len(r["inputs"]) == 500000 and any("500,000" in w for i in r["inputs"][-3:] + r["inputs"][:3] for w in reasons(i))


# ---- files ----

def check_names(work):
    folder = os.fsencode(f"{work}/n")
    os.mkdir(folder)
    names = [b"new\nline.jsonl", b"\x1b]0;title\x07\x1b[31mred.jsonl", b"\xff\xfe\x80.jsonl", b"-rf", b"a!b.zip", b"quote\"<b>&'.jsonl",
             "\u202egnp.jsonl".encode(), b" ", b"=cmd()", b"x" * 255]
    for i, name in enumerate(names):
        write(os.path.join(folder, name), lines(i))
    out = [f"{work}/o.html", f"{work}/csv", f"{work}/o.ndjson", f"{work}/o.db"]
    r = result("--html", out[0], "--csv", out[1], "--activities", out[2], "--db", out[3], folder)
    assert len(r["inputs"]) == len(names) and r["activities"]["total"] == len(names)
    text = scan(folder).stdout
    page = open(out[0], "rb").read()
    table = open(f"{out[1]}/inputs.csv", "rb").read()
    for shown in (text, page, table):
        assert b"\x1b" not in shown and b"\x07" not in shown
    assert b"<b>&" not in page and b"&lt;b&gt;&amp;" in page
    text.decode("utf-8"), page.decode("utf-8"), table.decode("utf-8"), open(out[2], "rb").read().decode("utf-8")


def check_special_files(work):
    """Nothing that could block is opened; a folder passes over it, a path that names it says so."""
    folder = f"{work}/s"
    write(f"{folder}/good.jsonl", lines(1, 2))
    os.mkfifo(f"{folder}/fifo")
    s = socket.socket(socket.AF_UNIX)
    s.bind(f"{folder}/socket")
    os.symlink("loop2", f"{folder}/loop1")
    os.symlink("loop1", f"{folder}/loop2")
    os.symlink("..", f"{folder}/up")
    by = by_name(result(folder, timeout=30), folder)
    assert by["good.jsonl"]["activities"] == 2
    assert reasons(by["loop1"]) == ["too many symbolic links"]
    for path in (f"{folder}/fifo", f"{folder}/socket", "/dev/zero", "/dev/null", "/dev/tty", "/proc/self/mem", "/proc/self/fd/0"):
        p = scan("--json", path, timeout=30)
        assert p.returncode == 1 and reasons(json.loads(p.stdout)["inputs"][0]), path
    for option in ("--directory", "--geo"):
        for path in (f"{folder}/fifo", "/dev/zero", folder, f"{folder}/none"):
            p = scan(option, path, f"{folder}/good.jsonl", timeout=30)
            assert p.returncode == 1 and p.stderr, (option, path, p.returncode)
    twice = result(f"{folder}/good.jsonl", f"{folder}/good.jsonl", folder)
    assert twice["activities"]["total"] == 2


def check_changing_file(work):
    """A file that grows, and one that is cut, while they are read."""
    path = write(f"{work}/c/x.jsonl", b"".join(lines(n) for n in range(20000)))
    whole, stop = os.path.getsize(path), threading.Event()

    def change():
        rnd = random.Random(1)
        while not stop.is_set():
            with open(path, "r+b") as f:
                f.truncate(rnd.randrange(whole))
                f.seek(0, 2)
                f.write(lines(*range(500)))

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(10):
            p = scan("--json", path)
            assert p.returncode in (0, 1) and json.loads(p.stdout)["stats"]["peakMemory"] < MEMORY, p.stderr[-500:]
    finally:
        stop.set()
        thread.join()


def check_many_files(work):
    for i in range(20000):
        d = f"{work}/m/{i % 100}"
        if i < 100:
            os.makedirs(d)
        with open(f"{d}/{i}.jsonl", "w", encoding="utf-8") as f:
            f.write(line(i) + "\n")
    r = result(f"{work}/m", binary=VIGIE, timeout=60)
    assert len(r["inputs"]) == 20000 and r["activities"]["total"] + r["activities"]["repeats"] == 20000


# ---- JSON ----

def check_json(work):
    good = line(1)
    cases = {
        "deep": '{"time":' + "[" * 100000 + "]" * 100000 + "}",
        "open": '{"a":' * 50000,
        "keys": "{" + ",".join(f'"k{i}":{i}' for i in range(1000000)) + "}",
        "same": '{"time":"2026-01-05T10:00:00Z",' + '"app":"a",' * 10000 + good[1:],
        "number": good[:-1] + ',"n":' + "9" * 100000 + "}",
        "exponent": good[:-1] + ',"n":1e999999}',
        "minus": good[:-1] + ',"n":-0.0e-0}',
        "surrogate": good.replace("alice", "al\\ud800ice"),
        "nul": good.replace("alice", "al\\u0000ice"),
        "raw nul": good.replace("alice", "al\0ice"),
    }
    for name, text in cases.items():
        write(f"{work}/j/{name}.jsonl", f"{good}\n{text}\n{line(2)}\n".encode())
    write(f"{work}/j/bytes.jsonl", f"{good}\n".encode() + good.encode().replace(b"alice", b"al\xff\xc0\xaf\xed\xa0\x80") + f"\n{line(2)}\n".encode())
    write(f"{work}/j/bom.jsonl", b"\xef\xbb\xbf" + lines(1, 2))
    write(f"{work}/j/crlf.jsonl", lines(1, 2).replace(b"\n", b"\r\n"))
    write(f"{work}/j/cr.jsonl", lines(1, 2).replace(b"\n", b"\r\n\r\n"))
    for order in ("utf-16-le", "utf-16-be"):
        write(f"{work}/j/{order}.jsonl", lines(1, 2).decode().encode(order))
    write(f"{work}/j/utf-16.jsonl", lines(1, 2).decode().encode("utf-16"))
    by = by_name(result(f"{work}/j"), f"{work}/j")
    for name, i in by.items():
        if name.startswith("utf-16"):
            assert i["activities"] == 0 and "UTF-16" in reasons(i)[0], (name, i)
        else:
            assert i["activities"] >= 2, (name, i)  # the lines before and behind are read
    for name in ("deep", "open", "raw nul", "bytes"):
        assert len(by[f"{name}.jsonl"]["skipped"]) == 1, (name, by[f"{name}.jsonl"])
    for name in ("bom", "crlf", "cr"):
        assert by[f"{name}.jsonl"]["activities"] == 2 and not by[f"{name}.jsonl"]["skipped"]


def check_values(work):
    """Activities whose members are of the wrong type, size or age: read, or told; never taken for something else."""
    long = "x" * (1 << 20)
    members = ["time", "app", "kind", "outcome", "actor", "target", "ip", "destination", "objects", "facts", "record", "user_agent", "country"]
    values = ["", " ", long, -1, 0, 1e308, True, None, [], {}, [[]], {"name": long}, {"upn": ""}, {"sid": "S-1-5-"}, {"name": {}}, "\u0000", "\ud7ff\ue000"]
    rows = [line(n, **{m: v}) for n, (m, v) in enumerate((m, v) for m in members for v in values)]
    times = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "0000-00-00T00:00:00Z", "2026-02-30T00:00:00Z", "1600-01-01T00:00:00Z",
             "1900-01-01T00:00:00Z", "2189-12-31T23:59:59Z", "2190-01-01T00:00:00Z", "-2026-01-01T00:00:00Z", "2026-01-01T00:00:00+99:99", "2026-01-05", "24:00", -9223372036854775808,
             18446744073709551615]
    rows += [line(n, time=t) for n, t in enumerate(times)]
    rows += [line(n, ip=ip) for n, ip in enumerate(["999.1.1.1", "::ffff:1.2.3.4", "fe80::1%eth0", ":", "1.2.3.4:99999", "0", "[::]:1", "::" * 20])]
    write(f"{work}/v/x.jsonl", "".join(r + "\n" for r in rows).encode())
    write(f"{work}/v/good.jsonl", lines(*range(50)))
    out = [f"{work}/o.html", f"{work}/csv", f"{work}/o.ndjson", f"{work}/o.db", f"{work}/daily"]
    r = result("--html", out[0], "--csv", out[1], "--activities", out[2], "--db", out[3], "--daily", out[4], f"{work}/v")
    by = by_name(r, f"{work}/v")
    assert by["x.jsonl"]["records"] == len(rows) and by["good.jsonl"]["activities"] == 50
    assert len(reasons(by["x.jsonl"])) >= 20
    for text in open(out[2], encoding="utf-8"):
        a = json.loads(text)
        assert "1900" < a["time"] < "2190", a["time"]


def check_ldif(work):
    rnd = random.Random(4)
    head = b"version: 1\n\ndn: CN=Alice,DC=corp,DC=test\nobjectClass: user\nsAMAccountName: alice\nobjectSid:: AQUAAAAAAAUVAAAA\n\n"
    cases = {"good": head, "base64": head + b"dn:: !!!!\nx:: ====\n", "url": head + b"dn: CN=b\nphoto:< file:///etc/passwd\n",
             "folded": head + b"dn: CN=" + b"\n x" * 50000 + b"\n", "colon": head + b":\n::\n:<\n", "nul": head + b"\0" * 5000,
             "noise": head + rnd.randbytes(100000), "wide": head + b"dn: CN=w\nmember: " + b"A" * 5000000 + b"\n",
             "loop": b"version: 1\n" + b"".join(b"\ndn: CN=G%d,DC=c\nobjectClass: group\ncn: G%d\nmember: CN=G%d,DC=c\n" % (i, i, (i + 1) % 3000) for i in range(3000))}
    for name, content in cases.items():
        r = result(write(f"{work}/l/{name}.ldif", content), write(f"{work}/l/x.jsonl", lines(1)), timeout=30)
        assert r["activities"]["total"] == 1, name
        if name in ("base64", "noise"):
            assert any(i["skipped"] for i in r["inputs"]), name
        else:
            assert name != "good" or not any(i["skipped"] for i in r["inputs"])


# ---- a sample of everything ----

def sample(work):
    run = subprocess.run([SAMPLE, "--out", f"{work}/sample", "--users", "30", "--days", "10", "--seed", "2"], capture_output=True, check=True)
    assert run.returncode == 0
    return f"{work}/sample"


def files_below(folder):
    return sorted(os.path.join(d, f) for d, _, files in os.walk(folder) for f in files if not f.endswith(".tsv"))


def without_stats(r):
    return {k: v for k, v in r.items() if k != "stats"}


def check_one_result(work):
    """Event logs, Office 365, Entra, CloudTrail and the directory at once: the same for any threads and any order."""
    folder = sample(work)
    paths = files_below(folder)
    one = without_stats(result("--jobs", "1", *paths, binary=VIGIE))
    assert one["alerts"] and one["users"]
    for jobs in ("2", "5"):
        random.Random(jobs).shuffle(paths)
        assert without_stats(result("--jobs", jobs, *paths, binary=VIGIE)) == one, jobs
    assert without_stats(result("--jobs", "3", *(f"{folder}/{p}" for p in ("windows", "office365", "directory.ldif", "entra", "aws")), binary=VIGIE)) == one
    os.rename(folder, f"{work}/other")
    p = scan("--json", "--jobs", "2", f"{work}/other", binary=VIGIE)
    assert without_stats(json.loads(p.stdout.replace(b"/other", b"/sample")))["users"] == one["users"]


def check_one_spelling(work):
    """A name is spelled as most often, and of two directories the first by path is believed, whoever is read first."""
    spelled = [("CORP", "Alice"), ("corp", "ALICE"), ("Corp", "alice"), ("Corp", "alice")]
    paths = [write(f"{work}/n/{i}.jsonl", (line(i, actor={"domain": d, "name": n}) + "\n").encode()) for i, (d, n) in enumerate(spelled)]
    for title in ("First", "Second"):
        text = f"version: 1\n\ndn: CN=Alice,DC=corp,DC=test\nobjectClass: user\nsAMAccountName: alice\ndisplayName: {title} Alice\n"
        paths.append(write(f"{work}/n/{title}.ldif", text.encode()))
    one = without_stats(result("--jobs", "1", "--learned", *paths[:4]))
    assert one["users"][0]["accounts"] == ["Corp\\alice"], one["users"][0]
    both = without_stats(result("--jobs", "1", *paths))
    for seed in range(6):
        order = paths[:]
        random.Random(seed).shuffle(order)
        assert without_stats(result("--jobs", "1", *order)) == both, seed
        assert without_stats(result("--jobs", "1", "--learned", *(p for p in order if p in paths[:4]))) == one, seed


def unique(rows):
    return len({row["id"] for row in rows}) == len(rows)


def check_namesakes(work):
    """Accounts of one name in two domains are two people; a store takes both."""
    rows = [line(i, actor={"domain": d, "name": "system"}, app="Active Directory") for i, d in enumerate(["NT AUTHORITY", "SHAREPOINT", "nt authority"])]
    path = write(f"{work}/x.jsonl", "".join(r + "\n" for r in rows).encode())
    r = result("--db", f"{work}/x.db", path)
    assert len(r["users"]) == 2 and unique(r["users"]), r["users"]


def check_corpus(work):
    """All captures at once: ids are unique, a store takes everything, memory stays bounded."""
    global skipped
    corpus = os.environ.get("VIGIE_CORPUS", "../shared/data")
    if not os.path.isdir(corpus):
        print(f"notice: no corpus at {corpus}: it is not read in one run")
        skipped += 1
        return
    r = result("--db", f"{work}/x.db", corpus)
    assert unique(r["users"]) and unique(r["alerts"]) and r["alerts"]


def evtx_parts(path):
    content = open(path, "rb").read()
    return content[:4096], [content[at:at + 65536] for at in range(4096, len(content), 65536)]


def check_evtx_chunks(work):
    """Chunks in any order, twice or between holes give the same activities; what is destroyed is told."""
    folder = sample(work)
    path = max((p for p in files_below(f"{folder}/windows")), key=os.path.getsize)
    head, chunks = evtx_parts(path)
    assert len(chunks) >= 3
    whole = result(path)["activities"]["total"]
    mixed = chunks[:]
    random.Random(3).shuffle(mixed)
    cases = {"order": head + b"".join(mixed), "twice": head + b"".join(chunks + chunks), "holes": head + b"".join(c + bytes(65536) for c in chunks),
             "noise": head + b"".join(c + random.Random(1).randbytes(65536) for c in chunks), "head": head[:8] + bytes(4088) + b"".join(chunks)}
    for name, content in cases.items():
        r = result(write(f"{work}/e/{name}.evtx", content))
        assert r["activities"]["total"] == whole, name
        assert name in ("order", "twice") or name == "holes" or r["inputs"][0]["skipped"], name
    for name, content in {"zeroed": head + bytes(len(chunks) * 65536), "headless": bytes(4096) + b"".join(chunks), "only": head}.items():
        p = scan("--json", write(f"{work}/e/{name}.evtx", content))
        assert p.returncode in (0, 1) and json.loads(p.stdout)["activities"]["total"] == 0, name
    for i in range(40):
        n = random.Random(i).choice((4096 + 65536 * (i % 3), 4096 + 512 + i * 97, 4096 + 65536 + 8 * i))
        write(f"{work}/cut/{i}.evtx", (head + b"".join(chunks))[:n])
    cut = result(f"{work}/cut")
    assert 0 < cut["activities"]["total"] <= whole


def mangled(content, rnd):
    content = bytearray(content)
    if rnd.randrange(4) == 0:
        return bytes(content[:rnd.randrange(len(content))])
    for _ in range(200):
        content[rnd.randrange(len(content))] ^= 1 << rnd.randrange(8)
    return bytes(content)


def check_mangled(work):
    """A file of every kind, cut or with 200 flipped bits, packed or not: one run over all of them ends well."""
    folder, rnd = sample(work), random.Random(7)
    paths = files_below(folder)
    smallest = {}
    for path in paths:
        kind = (os.path.dirname(path).split("/")[-1].split("-")[0], path.endswith(".gz"), path.endswith(".evtx"))
        if kind not in smallest or os.path.getsize(path) < os.path.getsize(smallest[kind]):
            smallest[kind] = path
    for k, path in enumerate(sorted(smallest.values())[:12]):
        content = open(path, "rb").read()[:400000]
        for i in range(12):
            write(f"{work}/bad/{k}-{i}", mangled(content, rnd))
            if path.endswith(".gz"):
                write(f"{work}/bad/{k}-{i}u", mangled(gzip.decompress(content)[:400000], rnd))
    r = result("--jobs", "2", f"{work}/bad", *paths)
    assert r["activities"]["total"] > 0


def run(check):
    global passed, failed
    with tempfile.TemporaryDirectory() as work:
        try:
            before = skipped
            check(work)
            passed += skipped == before
        except (AssertionError, subprocess.SubprocessError, OSError, ValueError, KeyError, IndexError) as e:
            failed += 1
            print(f"FAILED {check.__name__}: {type(e).__name__}: {str(e)[:1500]}")


for name, check in list(globals().items()):
    if name.startswith("check_") and (len(sys.argv) < 2 or name in sys.argv):
        run(check)
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
