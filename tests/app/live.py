"""tests/app/live.py - a sensor at one end of a veth and captures sent into the other, in a network namespace of its own; used by test_sensor.py
and bench/bench_live.py."""
import json, os, re, signal, subprocess, time

BUILD = os.environ.get("VIGIE_BUILD", "build")
VIGIE = os.path.abspath(f"{BUILD}/vigie")
REPLAY = os.path.abspath(f"{BUILD}/tests/app/fixture_replay")
MTU = 65535  # captured packets may be larger than those of a real network: cards put them together


class Line:
    """Two ends, "in" and "out"; nothing else uses them."""

    def __init__(self):
        self.name = f"vigie-line-{os.getpid()}"

    def ip(self, *args):
        subprocess.run(["ip", "-n", self.name, *args], check=True)

    def __enter__(self):
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        try:
            self.inside("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1").wait()
            self.ip("link", "add", "in", "mtu", str(MTU), "type", "veth", "peer", "name", "out", "mtu", str(MTU))
            for end in ("in", "out"):
                self.ip("link", "set", end, "up")
        except Exception:
            self.__exit__()
            raise
        return self

    def __exit__(self, *a):
        subprocess.run(["ip", "netns", "del", self.name])

    def inside(self, *args, **popen):
        return subprocess.Popen(["ip", "netns", "exec", self.name, *args], **popen)

    def counts(self, end):
        p = subprocess.run(["ip", "-n", self.name, "-j", "-s", "link", "show", end], capture_output=True, text=True, check=True)
        return json.loads(p.stdout)[0]["stats64"]

    def replay(self, rate, packets, out, files):
        """Sends; what fixture_replay says of it. What the line itself lost is an error, so that what is missing afterwards is the sensor's."""
        p = self.inside(REPLAY, "in", str(rate), str(packets), out, *files, stdout=subprocess.PIPE, text=True)
        said = json.loads(p.communicate()[0])
        got = self.counts("out")["rx"]["packets"]
        assert got == said["sent"], (got, said)
        return said


class Listener:
    """`vigie sensor` at the end "out" that writes activities to a file. `ip netns exec` becomes the sensor itself."""

    def __init__(self, line, work, *options):
        self.out, self.log = f"{work}/out.ndjson", f"{work}/listener.log"
        with open(self.log, "wb") as f:
            self.p = line.inside(VIGIE, "sensor", "--interface", "out", "--out", self.out, "--reserve", "0", *options, stderr=f)
        end = time.monotonic() + 20
        while "watching" not in self.said():
            assert self.p.poll() is None and time.monotonic() < end, self.said()
            time.sleep(0.05)

    def said(self):
        with open(self.log) as f:
            return f.read()

    def used(self):
        """Seconds of the processor so far, and the most memory in bytes."""
        with open(f"/proc/{self.p.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        with open(f"/proc/{self.p.pid}/status") as f:
            peak = int(re.search(r"VmHWM:\s+(\d+)", f.read())[1])
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), peak * 1024

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        assert self.p.wait(60) == 0, self.said()[-500:]
        return json.loads(re.findall(r"stopped: (\{.*\})", self.said())[-1])["interfaces"][0]
