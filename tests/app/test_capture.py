"""tests/app/test_capture.py - captures through the whole program: whatever carries the packets, and however a network or a disk
treats them, the same activities or a clean report.

Uses fixtures/capture and, where the corpus is present, the captures of our own lab in it. The copies are made here.
"""
import bz2, gzip, io, json, os, random, shutil, struct, subprocess, sys, tempfile, zipfile

BUILD = os.environ.get("VIGIE_BUILD", "build")
VIGIE = os.path.abspath(f"{BUILD}/vigie")
CORPUS = os.environ.get("VIGIE_CORPUS", "../shared/data")
OWN = sorted(os.path.join("fixtures/capture", f) for f in os.listdir("fixtures/capture") if f.endswith(".pcap"))
LAB = [p for p in (f"{CORPUS}/samba/{n}.pcap" for n in ("04b-rpc-samr-plain", "15-dns", "16-smb-files", "17-admin-changes", "20-span")) if os.path.exists(p)]
passed = failed = skipped = 0


def run(*args, code=0):
    p = subprocess.run([VIGIE, *args], capture_output=True, timeout=120, check=False)
    assert p.returncode == code, (args, p.returncode, p.stderr[-2000:])
    return p


def activities(*paths, jobs=1):
    """What is said, without the place where it was read; and what was told on stderr."""
    p = run("activities", "--jobs", str(jobs), *paths)
    out = []
    for line in p.stdout.decode().splitlines():
        a = json.loads(line)
        del a["record"]
        out.append(json.dumps(a, sort_keys=True))
    return out, p.stderr.decode()


# ---- captures ----

def read(path):
    """[(time in nanoseconds, length on the wire, bytes)], link type"""
    raw = open(path, "rb").read()
    order = "<" if raw[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link = struct.unpack(order + "I", raw[20:24])[0]
    at, out = 24, []
    while at + 16 <= len(raw):
        second, micro, n, whole = struct.unpack(order + "IIII", raw[at:at + 16])
        out.append((second * 10**9 + micro * 1000, whole, raw[at + 16:at + 16 + n]))
        at += 16 + n
    return out, link


def pcap(packets, link, order="<", nano=False):
    out = [struct.pack(order + "IHHIIII", 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0, 262144, link)]
    for time, whole, p in packets:
        part = time % 10**9
        out.append(struct.pack(order + "IIII", time // 10**9, part if nano else part // 1000, len(p), whole) + p)
    return b"".join(out)


def pcapng(packets, link, order="<"):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        n = struct.pack(order + "I", len(body) + 12)
        return struct.pack(order + "I", kind) + n + body + n
    out = [block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack(order + "HHI", 147, 0, 0)),  # an interface that nothing comes from
           block(1, struct.pack(order + "HHI", link, 0, 0) + struct.pack(order + "HHB3xI", 9, 1, 9, 0)),
           block(5, struct.pack(order + "III", 0, 0, 0))]
    for time, whole, p in packets:
        out.append(block(6, struct.pack(order + "IIIII", 1, time >> 32, time & 0xffffffff, len(p), whole) + p + bytes(-len(p) % 4)))
    return b"".join(out)


def tcp_cut(packets, cut):
    """Each TCP segment over IPv4 in Ethernet with at least two bytes in two parts; `cut` gives their order."""
    out = []
    for time, whole, p in packets:
        if p[12:14] != b"\x08\x00" or p[23] != 6 or whole != len(p):
            out.append((time, whole, p))
            continue
        total = struct.unpack(">H", p[16:18])[0]
        at = 14 + 20 + (p[46] >> 4) * 4
        data = p[at:14 + total]
        if len(data) < 2 or p[47] & 2:
            out.append((time, whole, p))
            continue
        k = 1 + cut.randrange(len(data) - 1)
        seq = struct.unpack(">I", p[38:42])[0]
        def part(begin, bytes_):
            head = bytearray(p[:at])
            head[16:18] = struct.pack(">H", at - 14 + len(bytes_))
            head[38:42] = struct.pack(">I", (seq + begin) & 0xffffffff)
            q = bytes(head) + bytes_
            return (time, len(q), q)
        parts = [part(0, data[:k]), part(k, data[k:])]
        if cut.random() < 0.5:
            parts.reverse()
        if cut.random() < 0.3:
            parts.append(parts[0])  # and one of them once more
        out += parts
    return out


def write(folder, name, content):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(content)
    return path


# ---- tests ----

def carriers(folder):
    for path in OWN + LAB:
        packets, link = read(path)
        want, faults = activities(path)
        assert want and not faults, (path, faults)
        raw = open(path, "rb").read()
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("inner/a.pcap", raw)
        for name, content in (("a.pcap", raw), ("big.pcap", pcap(packets, link, ">")), ("nano.pcap", pcap(packets, link, "<", True)),
                              ("a.pcapng", pcapng(packets, link)), ("big.pcapng", pcapng(packets, link, ">")), ("a.gz", gzip.compress(raw)),
                              ("a.bz2", bz2.compress(raw)), ("a.zip", zipped.getvalue())):
            got, faults = activities(write(folder, name, content))
            assert got == want and not faults, (path, name, len(got), len(want), faults[:300])
        if shutil.which("zstd"):
            write(folder, "z.pcap", raw)
            subprocess.run(["zstd", "-qf", os.path.join(folder, "z.pcap")], check=True)
            assert activities(os.path.join(folder, "z.pcap.zst"))[0] == want


def threads_and_order(folder):
    paths = OWN + LAB
    one = activities(*paths, jobs=1)
    assert one == activities(*reversed(paths), jobs=2)
    assert one == activities(*paths, jobs=5)
    with zipfile.ZipFile(os.path.join(folder, "all.zip"), "w") as z:
        for i, p in enumerate(paths):
            z.write(p, f"{i:02}.pcap")
    zipped = os.path.join(folder, "all.zip")
    assert activities(zipped, jobs=2)[0] == one[0]
    # the alerts and counts of a scan, too; only the time that it took differs
    def scanned(jobs, *args):
        r = json.loads(run("scan", "--json", "--learned", "--jobs", str(jobs), *args).stdout)
        del r["stats"]
        return r
    assert scanned(1, *paths) == scanned(2, *reversed(paths))


def any_split(folder):
    for path in OWN + LAB:
        packets, link = read(path)
        want, _ = activities(path)
        for seed in range(6):
            got, faults = activities(write(folder, "split.pcap", pcap(tcp_cut(packets, random.Random(seed)), link)))
            assert got == want and not faults, (path, seed, set(got) ^ set(want), faults[:300])


def garbage_in_the_middle(folder):
    for path in OWN:
        packets, link = read(path)
        want, _ = activities(path)
        half = len(packets) // 2
        rubbish = bytes(random.Random(1).randrange(256) for _ in range(5000))
        for name, head, whole in (("g.pcap", pcap(packets[:half], link), pcap(packets, link)), ("g.pcapng", pcapng(packets[:half], link), pcapng(packets, link))):
            got, faults = activities(write(folder, name, head + rubbish + whole[len(head):]))
            assert got == want, (path, name, set(got) ^ set(want))
            assert "damaged here" in faults and faults.count("\n") == 1, faults


def cut_anywhere(folder):
    for path in OWN:
        raw = open(path, "rb").read()
        whole = {json.loads(a)["id"] for a in activities(path)[0]}
        for at in list(range(0, 200)) + list(range(200, len(raw), 173)):
            p = run("activities", "--jobs", "1", write(folder, "cut.pcap", raw[:at]), code=int(at < 4))
            other = [a for a in map(json.loads, p.stdout.decode().splitlines()) if a["id"] not in whole]
            # a message that is cut is another one; a request of the password service says two things: its ticket, and what is asked
            assert len({a["time"] for a in other}) <= 1 and len(other) <= (2 if "kpasswd" in path else 1), (path, at)
            assert at >= 24 or p.stderr, at


def snap_lengths(folder):
    """However little of each packet was captured: no crash, no fault."""
    for path in OWN + LAB:
        packets, link = read(path)
        for snap in (0, 14, 30, 54, 68, 96, 128, 256, 700, 1400):
            cut = [(time, whole, p[:snap]) for time, whole, p in packets]
            _, faults = activities(write(folder, "snap.pcap", pcap(cut, link)))
            assert not faults, (path, snap, faults[:500])


def flipped(folder):
    """Wrong bits: a report or nothing, never a crash."""
    rng = random.Random(3)
    for path in OWN:
        raw = open(path, "rb").read()
        for _ in range(150):
            bad = bytearray(raw)
            for _ in range(rng.choice((1, 1, 3, 20))):
                bad[rng.randrange(24, len(bad))] ^= 1 << rng.randrange(8)
            run("activities", "--jobs", "1", write(folder, "flip.pcap", bytes(bad)))


def record(folder):
    packets, link = read(OWN[0])
    shown = run("record", OWN[0], "6").stdout.decode()
    assert shown.startswith("packet 6 at byte 914: 2026-11-23T16:58:21.921099000Z TCP 10.77.0.20 port 45868 to 10.77.0.10 port 88, 268 bytes\n"), shown
    digits = "".join(line[7:56].replace(" ", "") for line in shown.splitlines()[1:])
    assert bytes.fromhex(digits) == packets[5][2]
    assert run("record", write(folder, "r.gz", gzip.compress(pcapng(packets, link)))).stdout.count(b"\npacket ") == len(packets) - 1
    run("record", OWN[0], "9999", code=1)


def formats(folder):
    packets, link = read(OWN[0])
    write(folder, "f.bin", pcapng(packets, link))
    r = json.loads(run("scan", "--json", "--jobs", "1", os.path.join(folder, "f.bin"), OWN[0]).stdout)
    got = {os.path.basename(i["path"]): (i["format"], i["records"]) for i in r["inputs"]}
    assert got == {"f.bin": ("pcapng", len(packets)), os.path.basename(OWN[0]): ("pcap", len(packets))}, got


def unread(folder):
    """A call in the middle of a connection: what it does its bind would say. The place, the reason and who is blind for it are told."""
    with open("fixtures/decode/net/dcerpc.txt") as f:
        talk = f.read().split("vector a call without a seen bind\n")[1].split("\nvector ")[0]
    lines = [x for x in talk.splitlines() if x[0] in "<>"]
    packets, seq = [], {">": 1000, "<": 5000}
    for line in lines * 3:
        side, data = line[0], bytes.fromhex(line[2:])
        ends = (b"\x0a\0\0\5", b"\x0a\0\0\1", 49200, 49667) if side == ">" else (b"\x0a\0\0\1", b"\x0a\0\0\5", 49667, 49200)
        tcp = struct.pack(">HHIIBBHHH", ends[2], ends[3], seq[side], seq["<>"[side == "<"]], 0x50, 16, 512, 0, 0)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(data), len(packets), 0, 64, 6, 0, ends[0], ends[1])
        p = bytes(12) + b"\x08\0" + ip + tcp + data
        packets.append((1767603600 * 10**9 + len(packets), len(p), p))
        seq[side] += len(data)
    empty = (1767603600 * 10**9, 14, bytes(14))
    path = write(folder, "middle.pcap", pcap([empty] + packets, 1))
    got = json.loads(run("scan", "--json", path).stdout)["unread"]
    assert [(u["reason"], u["records"], u["first"]) for u in got] == [("RPC call whose bind was not seen", 3, {"path": path, "record": 2})], got
    assert {"2006", "2012", "2021", "2026", "2029", "2411"} <= set(got[0]["blinds"]) and "2031" not in got[0]["blinds"], got
    text = run("scan", path).stdout.decode()
    assert f"3 x RPC call whose bind was not seen, from record 2 on in {path}\n      2006 " in text, text
    assert "RPC call whose bind was not seen, from record 2" in run("scan", "--html", "/dev/stdout", path).stdout.decode()
    assert json.loads(run("scan", "--json", OWN[0]).stdout)["unread"] == []


def passwords(folder):
    """Who asks for a new password over Kerberos is told by the ticket; of another's only a ticket of a TGS exchange asks (RFC 3244 2)."""
    del folder
    said = [json.loads(a) for a in activities("fixtures/capture/kpasswd.pcap")[0]]
    used = [(a["actor"]["name"], a["outcome"], a["facts"]["ticket_hash"]) for a in said if a["kind"] == "service ticket used"]
    asked = [(a["kind"], a["actor"]["name"], a["facts"]["ticket_hash"]) for a in said if a["kind"].startswith("password ")]
    assert [x[:2] for x in used] == [("alice", "success")] * 2 + [("Administrator", "success"), ("alice", "success")], used
    assert [x[:2] for x in asked] == [("password change", "alice")] * 2 + [("password reset", "Administrator"), ("password reset", "alice")], asked
    assert [x[2] for x in used] == [x[2] for x in asked] and len({x[2] for x in used}) == 4, (used, asked)
    assert all("code" not in a and "outcome" not in a for a in said if a["kind"].startswith("password ")), "the result is encrypted"


for test in (carriers, threads_and_order, any_split, garbage_in_the_middle, cut_anywhere, snap_lengths, flipped, record, formats, unread, passwords):
    folder = tempfile.mkdtemp(prefix="vigie-capture-")
    try:
        test(folder)
        passed += 1
        print("ok", test.__name__)
    except Exception as e:  # noqa: BLE001 - a test that fails is counted, the others run
        failed += 1
        print("FAILED", test.__name__, repr(e)[:3000], "line", e.__traceback__.tb_next.tb_lineno)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
if not LAB:
    print("notice: no captures of the lab at " + CORPUS)
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(failed > 0)
