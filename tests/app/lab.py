"""tests/app/lab.py - the lab of tools/lab (a real Samba controller in namespaces) with a hub on the client's side; used by test_hub_directory.py,
test_hub_govern.py and test_dir_ldap.py. The hub's API is asked through sockets made there."""
import contextlib, ctypes, http.client, json, os, subprocess, threading

BUILD = os.environ.get("VIGIE_BUILD", "build")
SCRIPT = os.path.abspath("tools/lab/lab.sh")
ROOT = "DC=corp,DC=example,DC=test"
URL = "ldaps://dc1.corp.example.test"
ADMIN = "Adm1n-Passw0rd!"  # of the lab alone
outside = http.client.HTTPSConnection.connect


class Lab:
    def __init__(self, work):
        self.work, self.space = work, {}
        self.env = dict(os.environ, VIGIE_LAB_BASE=os.path.abspath(f"{BUILD}/lab"))

    def command(self, op, *command):
        return ["sh", SCRIPT, op, self.work, *command]

    def call(self, op, *command, check=True, **kw):
        p = subprocess.run(self.command(op, *command), capture_output=True, text=True, env=self.env, timeout=120, **kw)
        assert not check or p.returncode == 0, (command, p.stdout[-500:], p.stderr[-1500:])
        return p

    def up(self):
        """False, after saying why, where there can be none."""
        p = self.call("up", check=False)
        if p.returncode == 77:
            print(p.stdout.strip())
            return False
        assert p.returncode == 0, (p.stdout, p.stderr)
        with open(f"{self.work}/lab.env") as f:
            self.space.update(l.strip().split("=", 1) for l in f)
        lab = self
        http.client.HTTPSConnection.connect = lambda connection: lab.connect_inside(connection)
        return True

    def down(self):
        self.call("down", check=False)

    def samba(self, *args, **kw):
        return self.call("dc", "samba-tool", *args, f"--configfile={self.work}/dc/etc/smb.conf", **kw)

    def apply(self, text):
        self.call("dc", "ldbmodify", "-H", f"{self.work}/dc/private/sam.ldb", input=text)

    def ip(self, space, *args):
        return subprocess.run(["ip", "-j", "-n", self.space[space], *args], check=True, capture_output=True, text=True).stdout

    @contextlib.contextmanager
    def routed(self, space, *route):
        self.ip(space, "route", "add", *route)
        try:
            yield
        finally:
            self.ip(space, "route", "del", *route)

    def away(self):
        """Within: there is no way to the controller, as a router says at once."""
        return self.routed("LAB_CLIENT_SPACE", "unreachable", f"{self.space['LAB_DC_IP']}/32")

    def silent(self):
        """Within: the controller answers nobody, and who asks waits. Its card stays known: a question for it would find no host."""
        (card,) = json.loads(self.ip("LAB_DC_SPACE", "link", "show", "dc0"))
        self.ip("LAB_CLIENT_SPACE", "neigh", "replace", self.space["LAB_DC_IP"], "lladdr", card["address"], "dev", "cl0", "nud", "permanent")
        return self.routed("LAB_DC_SPACE", "blackhole", f"{self.space['LAB_CLIENT_IP']}/32")

    def connect_inside(self, connection):
        """Connects in the client's namespace: on a thread that goes there and ends."""
        went = []

        def go():
            try:
                with open(f"/run/netns/{self.space['LAB_CLIENT_SPACE']}") as f:
                    assert ctypes.CDLL(None, use_errno=True).setns(f.fileno(), 0x40000000) == 0, ctypes.get_errno()
                outside(connection)
            except (AssertionError, OSError) as e:
                went.append(e)
        t = threading.Thread(target=go)
        t.start()
        t.join()
        if went:
            raise OSError(went[0])

    def within(self):
        binds = "".join(f"mount --bind {self.work}/{name} /etc/{name} && " for name in ("resolv.conf", "hosts"))
        return ["ip", "netns", "exec", self.space["LAB_CLIENT_SPACE"], "env", f"KRB5_CONFIG={self.work}/krb5.conf", "sh", "-c", binds + 'exec "$@"', "sh"]

    def children(self):
        """Command lines of the hub's processes that read or change a directory."""
        pids = subprocess.run(["ip", "netns", "pids", self.space["LAB_CLIENT_SPACE"]], capture_output=True, text=True).stdout.split()
        lines = []
        for pid in pids:
            try:
                with open(f"/proc/{pid}/cmdline") as f:
                    lines.append(f.read().replace("\0", " "))
            except OSError:
                pass
        return [l for l in lines if " directory " in l]

    def service(self, **more):
        """A directory service as the API takes it."""
        with open(f"{self.work}/ca.pem") as f:
            return {"server": URL, "domain": "corp.example.test", "signIn": "password", "bindName": "Administrator@corp.example.test", "password": ADMIN, "ca": f.read(), **more}
