"""tests/support/tshark.py - what the comparisons with tshark share: which captures there are, and what either program says of one."""
import glob, json, os, shutil, subprocess, sys, tempfile

VIGIE = os.path.join(os.environ.get("VIGIE_BUILD", "build"), "vigie")
CORPUS = os.environ.get("VIGIE_CORPUS", "../shared/data")


def captures(*own):
    """Those named by the script's arguments; otherwise our own (patterns below fixtures/) and the corpus. Ends the script when there is nothing to
    compare, or nothing to compare with."""
    if not shutil.which("tshark"):
        skip("no tshark (Debian package tshark)")
    patterns = [f"fixtures/{x}" for x in own] + [f"{CORPUS}/samba/*.pcap", f"{CORPUS}/pcap/*cap*"]
    paths = [a for a in sys.argv[1:] if not a.startswith("-")] or sorted(x for p in patterns for x in glob.glob(p))
    return paths or skip(f"no captures in {CORPUS}")


def skip(why):
    print(f"notice: {why}: nothing is compared\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def frames(path, wanted, fields):
    """Of each frame that passes the filter: the values of each field, a list."""
    args = ["tshark", "-n", "-r", path, "-Y", wanted, "-T", "fields", "-E", "separator=/t", "-E", "aggregator=;"]
    out = subprocess.run(args + [x for f in fields for x in ("-e", f)], capture_output=True, text=True, timeout=300).stdout
    for line in out.splitlines():
        cells = line.split("\t") + [""] * len(fields)
        yield {f: c.split(";") if c else [] for f, c in zip(fields, cells)}


def scan(path):
    """Vigie's result of a capture, and its activities."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as f:
        p = subprocess.run([VIGIE, "scan", "--json", "--jobs", "1", "--activities", f.name, path], capture_output=True, timeout=300)
        return json.loads(p.stdout), [json.loads(line) for line in f]
