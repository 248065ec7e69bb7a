"""bench/bench_capture.py BUILD - packets a second through `vigie scan` of captures, all detections on, beside a bare libpcap loop and tshark.

The captures of Active Directory in the corpus ($VIGIE_CORPUS, default ../shared/data; fixtures/capture without it) are repeated with other
addresses and later times up to BENCH_PACKETS (default 1,000,000) packets. Times are those of the processor, all threads together, the best of
three: what one core would need. tshark reads a tenth, with the fields that Vigie reads too.
"""
import glob, json, os, shutil, subprocess, sys, tempfile

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
PACKETS = int(os.environ.get("BENCH_PACKETS", "1000000"))
CORPUS = os.environ.get("VIGIE_CORPUS", "../shared/data")
NAMES = ("samba/*.pcap", "pcap/otrf*", "pcap/401*", "pcap/elc*", "pcap/pcapattack_[A-BD-Z]*.pcapng", "pcap/ndpi_kerberos.pcap")
FIELDS = ("frame.number frame.time_epoch ip.src ip.dst tcp.srcport udp.srcport kerberos.msg_type kerberos.CNameString kerberos.realm kerberos.SNameString "
          "kerberos.etype kerberos.error_code ldap.protocolOp ldap.baseObject ldap.filter ldap.resultCode ntlmssp.auth.username "
          "ntlmssp.auth.domain smb2.cmd smb2.tree smb2.filename smb2.nt_status smb.cmd dcerpc.cn_bind_to_uuid dcerpc.opnum dns.qry.name "
          "dns.qry.type dns.flags.rcode").split()


def cpu(args):
    """Seconds of the processor, and the most memory."""
    with open(os.devnull, "wb") as null:
        p = subprocess.Popen(args, stdout=null, stderr=null)
        _, status, used = os.wait4(p.pid, 0)
    if status:
        sys.exit(f"{args[0]} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def best(args, times=3):
    runs = [cpu(args) for _ in range(times)]
    return min(r[0] for r in runs), max(r[1] for r in runs)


def make(out, packets, paths):
    p = subprocess.run([f"{BUILD}/bench/bench_capture", "make", out, str(packets), *paths], capture_output=True, text=True, check=True)
    return int(p.stdout)


paths = sorted(x for n in NAMES for x in glob.glob(os.path.join(CORPUS, n))) or sorted(glob.glob("fixtures/capture/*.pcap"))
work = tempfile.mkdtemp(prefix="vigie-bench-")
try:
    large, small = os.path.join(work, "large.pcap"), os.path.join(work, "small.pcap")
    n, few = make(large, PACKETS, paths), make(small, PACKETS // 10, paths)
    print(f"{n} packets, {os.path.getsize(large) / 1e6:.0f} MB, of {len(paths)} captures")
    loop, _ = best([f"{BUILD}/bench/bench_capture", "loop", large])
    scan, memory = best([f"{BUILD}/vigie", "scan", "--json", "--learned", "--jobs", "1", large])
    r = json.loads(subprocess.run([f"{BUILD}/vigie", "scan", "--json", "--learned", "--jobs", "1", large], capture_output=True, check=True).stdout)
    print(f"vigie scan         {n / scan:12,.0f} packets/s   {scan:6.2f} s   {memory / 1e6:4.0f} MB   {r['activities']['total']} activities, {len(r['alerts'])} alerts")
    print(f"bare libpcap loop  {n / loop:12,.0f} packets/s   {loop:6.2f} s   vigie takes {scan / loop:.1f} times as long")
    if shutil.which("tshark"):
        peer, _ = best(["tshark", "-n", "-r", small, "-T", "fields", *(x for f in FIELDS for x in ("-e", f))], 1)
        print(f"tshark -T fields   {few / peer:12,.0f} packets/s   {peer:6.2f} s   vigie is {n / scan * peer / few:.0f} times as fast")
        print(subprocess.run(["tshark", "--version"], capture_output=True, text=True).stdout.split("\n")[0])
finally:
    shutil.rmtree(work)
