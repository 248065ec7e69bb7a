"""bench/bench_hub.py BUILD [MILLIONS] - the hub with ten million activities: back-fill, pages, ingest while it serves, memory, requests a second.

Makes a folder of event logs with BUILD/sample, gives it to `vigie serve` by `vigie import` with the link off, connects the link, asks for what the
portal's pages ask for, gives it another million while it is asked, and ends with wrk (Debian package of that name) on small reads. Prints Markdown.
Needs about 2.5 GB of disk per million in $TMPDIR.
"""
import datetime, http.client, json, os, re, shutil, statistics, subprocess, sys, tempfile, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "app"))
os.environ["VIGIE_BUILD"] = sys.argv[1] if len(sys.argv) > 1 else "build"
MILLIONS = float(sys.argv[2]) if len(sys.argv) > 2 else 10
from hub import SAMPLE, TLS, VIGIE, Every, Hub, run

RECORD = 705  # bytes of an event log that become one activity, about


def say(*what):
    print(*what, flush=True)


def sample(folder, millions, seed, *kind):
    subprocess.run([SAMPLE, "--out", folder, "--users", "2000", "--days", "60", "--seed", str(seed), "--size", str(int(millions * 1e6 * RECORD)), *kind], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def processor(h):
    """Seconds that the hub has used: what counts where others use the machine, too."""
    f = open(f"/proc/{h.p.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(f[11]) + int(f[12])) / os.sysconf("SC_CLK_TCK")


def give(h, folder):
    """activities, seconds and processor seconds until all is in the log"""
    begin, used = time.monotonic(), processor(h)
    rows = [json.loads(x) for x in subprocess.run([VIGIE, "import", "--json", "--data", h.data, folder], check=True, capture_output=True, text=True).stdout.splitlines()]
    seconds = time.monotonic() - begin
    n = sum(r["activities"] for r in rows)
    return n, seconds, processor(h) - used


def ask(h, method, path, body=None, times=5):
    """first and median milliseconds, and the answer"""
    took = []
    for _ in range(times):
        begin = time.monotonic()
        status, data = h.me.call(method, path, body)
        took.append((time.monotonic() - begin) * 1000)
        assert status == 200, (path, status, data)
    return took[0], statistics.median(took), data


def moment(text):
    """milliseconds of a time that the API wrote"""
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def filters(h):
    """Of every kind that the log page offers, with values of an activity that is there: name, filter, whether it must find something."""
    seen = {"service": {"eq": [20940]}, "user.username": {"isset": True}, "ip.address": {"isset": True}}
    row = h.me.call("POST", "activities/query", {"filters": seen, "limit": 1, "skip": 5000})[1]["data"][0]
    name, day, received = row["actor"]["name"], moment(row["time"]) // 86400000 * 86400000, moment(row["created"])
    top = lambda by: h.me.call("POST", "activities/top", {"filters": {}, "by": by, "limit": 10})[1]["data"]
    kinds = [x["value"] for x in top("kind")]
    network = ".".join(row["ip"].split(".")[:2]) + "."
    there = [("nothing (newest)", {}), ("app", {"service": {"eq": [20940]}}), ("user", {"user.username": {"eq": [name]}}), ("activity, commonest", {"actionType": {"eq": [kinds[0]]}}),
             ("activity, rarer", {"actionType": {"eq": [kinds[-1]]}}), ("activity contains", {"actionType": {"contains": ["logon"]}}), ("address", {"ip.address": {"eq": [row["ip"]]}}),
             ("addresses that start with", {"ip.address": {"startswith": [network]}}), ("administrative", {"activity.type": {"eq": True}}), ("country set", {"location.country": {"isset": True}}),
             ("a day", {"date": {"range": [{"start": day, "end": day + 86400000}]}}), ("created, since", {"created": {"gte": received}}),
             ("created, a second", {"created": {"range": [{"start": received - 500, "end": received + 500}]}}),
             ("user, activity and week", {"user.username": {"eq": [name]}, "actionType": {"eq": [row["kind"]]}, "date": {"range": [{"start": day - 6 * 86400000, "end": day + 86400000}]}}),
             ("id", {"activity.id": {"eq": [row["id"]]}}), ("text, a word", {"text": {"text": row["actor"]["seenAs"]}})]
    absent = [("user, nobody", {"user.username": {"eq": ["nobody at all"]}}), ("created, before all", {"created": {"lte": 0}}), ("text, nothing found", {"text": {"text": "zanzibar quicksilver"}})]
    return [(*x, True) for x in there] + [(*x, False) for x in absent]


def pages(h):
    """What took how long; returns the filters that did not find what they were made to find, so that their times say nothing."""
    say("| page | first, ms | median of five, ms |\n|---|---|---|")
    wrong = []
    for name, f, there in filters(h):
        first, median, data = ask(h, "POST", "activities/query", {"filters": f, "limit": 50})
        if (data["total"] > 0) != there:
            wrong.append(f"{name} ({json.dumps(f)}) found {data['total']}")
        say(f"| activity log: {name} ({data['total']}{'+' if data['moreThanTotal'] else ''}) | {first:.0f} | {median:.0f} |")
    users = h.me.get("users?sort=score&limit=20")["data"]
    busiest = h.me.call("POST", "activities/top", {"filters": {}, "by": "actor", "limit": 1})[1]["data"][0]
    for name, i in (("first of the list", users[0]["id"]), ("busiest", next((u["id"] for u in h.me.get("users?q=" + busiest["label"].split()[0])["data"]), users[0]["id"]))):
        whole = 0
        for part in ("", "/receipt", "/timeline", "/insights"):
            first, median, _ = ask(h, "GET", f"users/{i}{part}")
            whole += median
            say(f"| person, {name}: {part[1:] or 'who and score'} | {first:.0f} | {median:.0f} |")
    for path in ("users?sort=score&limit=50", "dashboard", "policies", "posture"):
        first, median, _ = ask(h, "GET", path)
        say(f"| {path.split('?')[0]} | {first:.0f} | {median:.0f} |")
    return wrong


def requests(h, token):
    if not shutil.which("wrk"):
        return say("wrk is missing: no requests a second")
    alert = h.me.call("POST", "alerts/query", {"limit": 1})[1]["data"][0]["id"]
    say("\n| read, by token | requests/s | median | 99th |\n|---|---|---|---|")
    for path in ("/api/vigie/v1/link", f"/api/v1/alerts/{alert}/", "/api/v1/alerts/?limit=1", "/api/vigie/v1/session"):
        out = subprocess.run(["wrk", "-t1", "-c16", "-d10", "--latency", "-H", f"Authorization: Token {token}", f"https://127.0.0.1:{h.port}{path}"], capture_output=True, text=True, check=True).stdout
        bad = " (errors!)" if "Non-2xx" in out else ""
        say("| %s%s | %s | %s | %s |" % (re.sub("[0-9a-f]{24}", "ID", path), bad, re.search(r"Requests/sec:\s+(\d+)", out)[1], re.search(r"50%\s+(\S+)", out)[1], re.search(r"99%\s+(\S+)", out)[1]))


def peak(h):
    return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{h.p.pid}/status").read())[1]) // 1024


def back_fill(h):
    h.install()
    begin = time.monotonic()
    h.connect()
    while not h.me.call("POST", "activities/query", {"filters": {"service": {"eq": [20940]}}, "limit": 1})[1]["data"]:
        time.sleep(0.05)
    first = time.monotonic() - begin
    while h.link()["state"] != "on":
        time.sleep(0.5)
    return first, time.monotonic() - begin


def main():
    with tempfile.TemporaryDirectory(prefix="vigie-bench-hub-") as work:
        sample(f"{work}/onprem", MILLIONS, 1, "--evtx-only")
        sample(f"{work}/cloud", MILLIONS / 20, 2, "--o365-only")
        sample(f"{work}/more", min(1.0, MILLIONS / 10), 3, "--evtx-only")
        with Hub(work) as h:
            for name in ("cloud", "onprem"):
                n, seconds, used = give(h, f"{work}/{name}")
                say(f"{name}: {n} activities in {seconds:.0f} s, {n / seconds:.0f} a second, {used / n * 1e6:.1f} microseconds of processor time each: copied, decoded, "
                    f"stored, link off; load {os.getloadavg()[0]:.1f}")
                shutil.rmtree(f"{work}/{name}")
            h.settle(3600)
            used = processor(h)
            first, on = back_fill(h)
            say(f"link: first on-premises activity after {first:.1f} s, all joined, judged and scored after {on:.0f} s, {processor(h) - used:.0f} s of processor time; load {os.getloadavg()[0]:.1f}; peak memory {peak(h)} MB")
            h.settle(3600)
            wrong = pages(h)
            token = h.me.call("POST", "tokens", {"name": "bench"})[1]["token"]
            requests(h, token)
            with Every(lambda: h.me.call("POST", "activities/query", {"filters": {"service": {"eq": [20940]}}, "limit": 50})) as reader:
                n, seconds, used = give(h, f"{work}/more")
            took = sorted(reader.took)
            say(f"\nwhile it serves: {n} activities in {seconds:.0f} s, {n / seconds:.0f} a second; a reader that never rests got {len(took)} pages meanwhile, median "
                f"{took[len(took) // 2] * 1000:.0f} ms, 99th {took[len(took) * 99 // 100] * 1000:.0f} ms; load {os.getloadavg()[0]:.1f}")
            say(f"peak memory of the hub: {peak(h)} MB; figures: {h.me.get('health')['activities']} activities, {h.me.get('health')['disk']['bytes'] >> 20} MB of log")
            if wrong:
                sys.exit("NOT MEASURED: " + "; ".join(wrong))


main()
