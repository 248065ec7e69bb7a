#!/usr/bin/env python3
"""tests/tools/test_sample.py - the sample organisation is complete, sound and always the same.

usage: test_sample.py [BUILD]. Ends with "N passed, N failed, N skipped"; exit code 1 when something failed."""
import base64
import collections
import datetime
import glob
import gzip
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

BUILD = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("B", "build")
SAMPLE = os.path.join(BUILD, "sample")
results = collections.Counter()


def check(name, good, detail=""):
    results["passed" if good else "failed"] += 1
    if not good:
        print("FAILED", name, detail)


def skip(name, why):
    results["skipped"] += 1
    print("skipped", name, why)


def make(folder, *options):
    run = subprocess.run([SAMPLE, "--out", folder, *options], capture_output=True, text=True)
    check("sample runs " + " ".join(options), run.returncode == 0, run.stderr)
    return folder


def hashes(folder):
    out = {}
    for root, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(root, name)
            with open(path, "rb") as f:
                out[os.path.relpath(path, folder)] = hashlib.sha256(f.read()).hexdigest()
    return out


def rows(path):
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()
    head = lines[0].split("\t")
    return [dict(zip(head, line.split("\t"))) for line in lines[1:]]


def text_of(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as f:
        return f.read()


# ---- determinism, options ----

def test_same(top):
    a = make(os.path.join(top, "a"), "--users", "30", "--days", "8", "--seed", "7")
    b = make(os.path.join(top, "b"), "--users", "30", "--days", "8", "--seed", "7")
    c = make(os.path.join(top, "c"), "--users", "30", "--days", "8", "--seed", "8")
    check("the same seed gives the same bytes", hashes(a) == hashes(b))
    check("another seed gives others", hashes(a)["directory.ldif"] != hashes(c)["directory.ldif"])


def test_options(top):
    for option, kinds in (("--evtx-only", {"evtx"}), ("--o365-only", {"office365"}), ("--cloudtrail-only", {"cloudtrail"})):
        d = make(os.path.join(top, option), "--users", "20", "--size", "3000000", option)
        found = {r["format"] for r in rows(os.path.join(d, "manifest.tsv"))}
        check(option + " writes one kind", found == kinds, found)
        size = sum(os.path.getsize(os.path.join(r, f)) for r, _, fs in os.walk(d) for f in fs)
        check(option + " honours --size", 2900000 < size < 9000000, size)
    quiet = make(os.path.join(top, "quiet"), "--users", "20", "--days", "7", "--no-attack")
    kinds = {r["kind"] for r in rows(os.path.join(quiet, "truth.tsv"))}
    check("--no-attack has oddities only", kinds == {"benign"}, kinds)
    for bad in (["--users", "3"], ["--days", "x"], ["--nonsense"], []):
        code = subprocess.run([SAMPLE, *bad], capture_output=True).returncode
        check("wrong usage %s" % bad, code == 2, code)


# ---- event logs ----

def export(path):
    run = subprocess.run(["evtxexport", "-f", "xml", path], capture_output=True, text=True)
    events = re.findall(r"<Event xmlns.*?</Event>", run.stdout, re.S)
    return events, run.stderr.strip()


def field(event, name):
    m = re.search(r'<Data Name="%s">(.*?)</Data>' % name, event, re.S)
    return m.group(1) if m else None


def checksums(path):
    import zlib
    with open(path, "rb") as f:
        data = f.read()
    if zlib.crc32(data[:120]) != struct.unpack_from("<I", data, 124)[0]:
        return "header"
    chunks = struct.unpack_from("<H", data, 42)[0]
    if len(data) != 4096 + 65536 * chunks:
        return "length"
    for at in range(4096, len(data), 65536):
        chunk = data[at:at + 65536]
        end = struct.unpack_from("<I", chunk, 48)[0]
        if zlib.crc32(chunk[512:end]) != struct.unpack_from("<I", chunk, 52)[0]:
            return "records at %d" % at
        if zlib.crc32(chunk[:120] + chunk[128:512]) != struct.unpack_from("<I", chunk, 124)[0]:
            return "chunk at %d" % at
    return ""


WANTED = {4624, 4625, 4634, 4648, 4661, 4662, 4672, 4673, 4688, 4697, 4698, 4720, 4722, 4724, 4725, 4726, 4728, 4738, 4740,
          4742, 4767, 4768, 4769, 4770, 4771, 4776, 4781, 4907, 5136, 5140, 5145, 7036, 7045, 1102}


def test_logs(folder, manifest):
    seen = collections.Counter()
    everything = []
    for r in manifest:
        if r["format"] != "evtx":
            continue
        path = os.path.join(folder, r["path"])
        check("checksums of " + r["path"], checksums(path) == "", checksums(path))
        if not shutil.which("evtxexport"):
            skip("evtxexport " + r["path"], "libevtx-utils is not installed")
            continue
        events, complaint = export(path)
        check("evtxexport reads " + r["path"], len(events) == int(r["records"]) and not complaint,
              "%d of %s %s" % (len(events), r["records"], complaint))
        times = [re.search(r'SystemTime="(.*?)"', e).group(1) for e in events]
        check("time order of " + r["path"], times == sorted(times))
        ids = [int(re.search(r"<EventRecordID>(\d+)", e).group(1)) for e in events]
        check("record numbers of " + r["path"], ids == list(range(ids[0], ids[0] + len(ids))))
        for e in events:
            seen[int(re.search(r"<EventID[^>]*>(\d+)", e).group(1))] += 1
        everything += events
    if everything:
        check("all wanted events are there", WANTED <= set(seen), WANTED - set(seen))
    return everything


def test_values(events, accounts):
    golden = [e for e in events if "<EventID>4769" in e and (field(e, "TargetUserName") or "").startswith("dbackupadm@")]
    check("golden ticket", len(golden) == 3 and all(field(e, "Status") == "0x00000000" for e in golden), len(golden))
    check("the golden name does not exist", "dbackupadm" not in accounts)
    sync = [e for e in events if "<EventID>4662" in e and (field(e, "SubjectUserName") or "").startswith("adm-")]
    check("DCSync", len(sync) == 2 and all("1131f6a" in field(e, "Properties") for e in sync), len(sync))
    weak = [e for e in events if "<EventID>4768" in e and field(e, "TicketEncryptionType") == "0x00000017"]
    check("one ticket with RC4", len(weak) == 1, len(weak))
    failed = [e for e in events if "<EventID>4776" in e and field(e, "Status") != "0x00000000"]
    check("failed validations are audit failures", failed and all("0x8010000000000000" in e for e in failed))
    wrong = 0
    for e in events:
        name, sid = field(e, "TargetUserName"), field(e, "TargetUserSid")
        if name in accounts and sid and sid.startswith("S-1-5-21-") and accounts[name] != sid:
            wrong += 1
    check("SIDs of logons are those of the directory", wrong == 0, wrong)


# ---- directory ----

def directory(folder):
    entries = []
    with open(os.path.join(folder, "directory.ldif"), encoding="utf-8") as f:
        for block in f.read().split("\n\n"):
            entry = collections.defaultdict(list)
            for line in block.splitlines():
                m = re.match(r"([\w;-]+):(:?) (.*)", line)
                if m:
                    entry[m.group(1)].append(base64.b64decode(m.group(3)) if m.group(2) else m.group(3))
            if "dn" in entry:
                entries.append(entry)
    return entries


def sid_text(raw):
    count = raw[1]
    return "S-%d-%d-" % (raw[0], int.from_bytes(raw[2:8], "big")) + "-".join(str(x) for x in struct.unpack("<%dI" % count, raw[8:]))


def test_directory(entries):
    dns = {e["dn"][0] for e in entries}
    check("names are distinct", len(dns) == len(entries))
    sids = [bytes(e["objectSid"][0]) for e in entries]
    check("SIDs are distinct", len(set(sids)) == len(sids))
    dangling = [m for e in entries for m in e["member"] + e["manager"] if m not in dns]
    check("members and managers exist", not dangling, dangling[:3])
    dcs = [e for e in entries if e["primaryGroupID"] == ["516"]]
    check("two domain controllers", len(dcs) == 2)
    return {e["sAMAccountName"][0]: sid_text(bytes(e["objectSid"][0])) for e in entries if e["sAMAccountName"]}


# ---- cloud ----

def records_of(folder, r):
    text = text_of(os.path.join(folder, r["path"]))
    if r["format"] == "office365":
        return [json.loads(line) for line in text.splitlines()]
    return json.loads(text)["Records" if r["format"] == "cloudtrail" else "value"]


def test_cloud(folder, manifest, entries):
    upns = {u for e in entries for u in e["userPrincipalName"]}
    found = collections.defaultdict(list)
    for r in manifest:
        if r["format"] == "evtx":
            continue
        records = records_of(folder, r)
        check("records of " + r["path"], len(records) == int(r["records"]), len(records))
        found[r["format"]] += records
    office = found["office365"]
    check("users of Office 365 are in the directory", {o["UserId"] for o in office} <= upns)
    ids = [o["Id"] for o in office]
    check("record ids are distinct", len(set(ids)) == len(ids))
    operations = collections.Counter(o["Operation"] for o in office)
    for op in ("UserLoggedIn", "UserLoginFailed", "FileAccessed", "FileDownloaded", "FileUploaded", "FileModified", "MailItemsAccessed",
               "Send", "SoftDelete", "MoveToDeletedItems", "New-InboxRule", "SharingSet", "TeamsSessionStarted"):
        check("operation " + op, operations[op] > 0)
    foreign = [s for s in found["entra sign-ins"] if s["location"]["countryOrRegion"] == "VN"]
    check("two foreign sign-ins", len(foreign) == 2, len(foreign))
    check("the trail is stopped once", sum(c["eventName"] == "StopLogging" for c in found["cloudtrail"]) == 1)


# ---- truth ----

def test_truth(folder, accounts):
    truth = rows(os.path.join(folder, "truth.tsv"))
    attacks = [r for r in truth if r["kind"] == "attack"]
    benign = [r for r in truth if r["kind"] == "benign"]
    check("ten oddities for each step", len(benign) >= 10 * len(attacks) > 0, (len(benign), len(attacks)))
    check("many kinds of oddities", len({r["name"] for r in benign}) >= 20)
    check("every step expects an alert", all(r["expected"] not in ("", "benign") for r in attacks))
    check("benign means benign", all(r["expected"] == "benign" for r in benign))
    top = [r["who"] for r in truth if r["kind"] == "rank"]
    check("the people on top exist", len(top) == 4 and all(t in accounts for t in top), top)
    times = [r["time"] for r in truth if r["kind"] != "rank"]
    check("rows in time order", times == sorted(times))
    days = (datetime.date.fromisoformat(attacks[-1]["time"][:10]) - datetime.date.fromisoformat(attacks[0]["time"][:10])).days
    check("the story takes four days", days == 3, days)


def main():
    if not os.path.exists(SAMPLE):
        print("FAILED %s does not exist" % SAMPLE)
        print("0 passed, 1 failed, 0 skipped")
        return 1
    with tempfile.TemporaryDirectory() as top:
        test_same(top)
        test_options(top)
        folder = make(os.path.join(top, "whole"), "--users", "40", "--days", "21")
        manifest = rows(os.path.join(folder, "manifest.tsv"))
        entries = directory(folder)
        accounts = test_directory(entries)
        events = test_logs(folder, manifest)
        if events:
            test_values(events, accounts)
        test_cloud(folder, manifest, entries)
        test_truth(folder, accounts)
    print("%d passed, %d failed, %d skipped" % (results["passed"], results["failed"], results["skipped"]))
    return 1 if results["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
