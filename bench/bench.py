"""bench/bench.py BUILD [MB] - speed and memory of `vigie scan`, beside a peer in the same run.

Makes its inputs with BUILD/sample (default 200 MB each, and 2 GB for the memory comparison; BENCH_LARGE_MB=0 leaves that
out), reads each once so that the disk does not count, takes the best of three. Prints a table and the peers' versions.
"""
import glob, json, os, resource, shutil, subprocess, sys, tempfile, time

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
MB = int(sys.argv[2]) if len(sys.argv) > 2 else 200
LARGE = int(os.environ.get("BENCH_LARGE_MB", "2000"))
VIGIE, SAMPLE = f"{BUILD}/vigie", f"{BUILD}/sample"


def files(folder):
    return [os.path.join(d, f) for d, _, names in os.walk(folder) for f in names]


def size(folder):
    return sum(os.path.getsize(f) for f in files(folder))


def make(work, name, megabytes, *options):
    out = os.path.join(work, name)
    subprocess.run([SAMPLE, "--out", out, "--seed", "1", "--size", str(megabytes * 1000000), *options], check=True, stdout=subprocess.DEVNULL)
    for f in files(out):
        with open(f, "rb") as x:
            while x.read(1 << 20):
                pass
    return out


def scan(path, jobs):
    start = time.monotonic()
    p = subprocess.run([VIGIE, "scan", "--json", "--learned", "--jobs", str(jobs), path], capture_output=True, check=True)
    seconds = time.monotonic() - start
    r = json.loads(p.stdout)
    s = r["stats"]
    return seconds, s["bytes"], s["peakMemory"], r["activities"]["total"], s["records"], s["scoringSeconds"]


def best(path, jobs, times=3):
    return min((scan(path, jobs) for _ in range(times)), key=lambda r: r[0])


def beside(path, times=3):
    """Seconds for two scans of one job each, side by side: what two cores of this machine give when nothing is shared."""
    def both():
        start = time.monotonic()
        two = [subprocess.Popen([VIGIE, "scan", "--json", "--learned", "--jobs", "1", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
        if any(p.wait() for p in two):
            sys.exit("scan failed")
        return time.monotonic() - start
    return min(both() for _ in range(times))


def timed(args, stdin=None):
    start = time.monotonic()
    subprocess.run(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=stdin, check=True)
    return time.monotonic() - start


def version(args):
    p = subprocess.run(args, capture_output=True, text=True)
    return (p.stdout + p.stderr).strip().split("\n")[0]


def evtx_peer(folder):
    """evtxexport on the smallest file of at least 4 MB (it is slow), scaled to MB/s."""
    path = min((f for f in files(folder) if f.endswith(".evtx") and os.path.getsize(f) > 4 << 20), key=os.path.getsize)
    return os.path.getsize(path) / 1e6 / timed(["evtxexport", "-f", "xml", path]), "evtxexport -f xml"


def json_peer(folder):
    """Python's json on the same lines: parsing alone, no detection."""
    path = max((f for f in files(folder) if f.endswith(".jsonl")), key=os.path.getsize)
    code = "import json,sys\nfor l in open(sys.argv[1],'rb'): json.loads(l)"
    return os.path.getsize(path) / 1e6 / timed([sys.executable, "-c", code, path]), f"python {sys.version.split()[0]} json"


def row(name, r, peer=None):
    seconds, n, peak, activities, records, scoring = r
    speed = n / 1e6 / seconds
    detecting = f"{n / 1e6 / (seconds - scoring):.0f}" if not name.startswith("the same") else ""  # two jobs score beside
    line = f"| {name} | {n / 1e6:.0f} | {records} | {activities} | {seconds:.2f} | {speed:.0f} | {detecting} | {scoring / activities * 1e6:.2f} | {peak / 1e6:.0f} |"
    if peer:
        line += f" {speed / peer[0]:.1f} x {peer[1]} ({peer[0]:.1f} MB/s) |"
    else:
        line += " |"
    print(line, flush=True)
    return speed


def main():
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as work:
        print(f"{version([VIGIE, '--version'])}, one core unless said; {version(['evtxexport', '-V'])}\n")
        print("| input | MB | records | activities | seconds | MB/s | MB/s without scores | scoring, microseconds an activity | peak MB | peer |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        evtx = make(work, "evtx", MB, "--evtx-only")
        one = best(evtx, 1)
        row("EVTX to all detections, scores and report", one, evtx_peer(evtx))
        two = best(evtx, 2)
        row("the same, two jobs", two)
        apart = beside(evtx)
        o365 = make(work, "o365", MB, "--o365-only")
        row("Office 365 lines", best(o365, 1), json_peer(o365))
        shutil.rmtree(o365)
        trail = make(work, "cloudtrail", MB, "--cloudtrail-only")
        row("CloudTrail", best(trail, 1))
        shutil.rmtree(trail)
        print(f"\ntwo jobs: {one[0] / two[0]:.2f} times one; two scans of one job side by side: {2 * one[0] / apart:.2f} times one, the most that two cores give here")
        if LARGE:
            shutil.rmtree(evtx)
            large = make(work, "large", LARGE, "--evtx-only")
            big = best(large, 1, 1)
            print(f"memory: {one[2] / 1e6:.0f} MB for {one[1] / 1e6:.0f} MB of input, {big[2] / 1e6:.0f} MB for {big[1] / 1e6:.0f} MB ({big[2] / one[2]:.2f} times)")


main()
