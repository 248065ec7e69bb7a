"""bench/bench_live.py BUILD [RATE [SECONDS]] - does a sensor lose packets that come at that rate? Needs root: it makes a namespace with a veth.

Our own captures (fixtures/) and, where there are some, those of Active Directory in the corpus ($VIGIE_CORPUS, default ../shared/data) are sent
again and again with other addresses, evenly, by default 50,000 packets a second for 20 seconds. Ends with 1 when a packet is missing.
"""
import glob, os, shutil, sys, tempfile, time

os.environ["VIGIE_BUILD"] = BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "app"))
from live import Line, Listener

RATE = int(sys.argv[2]) if len(sys.argv) > 2 else 50000
SECONDS = int(sys.argv[3]) if len(sys.argv) > 3 else 20
CORPUS = os.environ.get("VIGIE_CORPUS", "../shared/data")

ours = sorted(glob.glob("fixtures/alerts/*.pcap") + glob.glob("fixtures/capture/*.pcap"))
lost = 0
for name, files in (("our own captures", ours), ("captures of the corpus", sorted(glob.glob(f"{CORPUS}/samba/*.pcap")))):
    if not files:
        print(f"{name}: there are none")
        continue
    work = tempfile.mkdtemp(prefix="vigie-live-")
    try:
        with Line() as line:
            sensor = Listener(line, work)
            sent = line.replay(RATE, RATE * SECONDS, "-", files)
            time.sleep(2)
            cpu, memory = sensor.used()
            said = sensor.stop()
            mb = line.counts("out")["rx"]["bytes"] / 1e6
    finally:
        shutil.rmtree(work)
    lost += sent["sent"] - said["packets"] + said["dropped"]
    print(f"{name}: sent {sent['sent']:,} in {sent['seconds']:.1f} s ({sent['sent'] / sent['seconds']:,.0f}/s, {mb / sent['seconds']:.0f} MB/s, at most "
          f"{sent['behind'] * 1000:.0f} ms late), received {said['packets']:,}, dropped {said['dropped']:,}, {said['activities']:,} activities, {said['faults']:,} faults; "
          f"{cpu:.1f} s of processor, peak memory {memory / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f}")
sys.exit(1 if lost else 0)
