"""tests/portal/test_portal.py - the portal in a real Chromium, against `vigie serve` with the sample organisation.

flow.mjs clicks; here the server, its data folder, licences and logs are made and taken down. The sample's story lies in the
week that ends with the Sunday nearest to today, so that the score of the last seven days has it."""
import base64, datetime, json, os, re, shutil, struct, subprocess, sys, tempfile, threading, zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
from radius import accounting, capture, packet, rejected

BUILD = os.environ.get("VIGIE_BUILD", "build")
VIGIE = f"{BUILD}/vigie"


def skip(why):
    print(f"notice: portal in a browser not tested: {why}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def nearest_sunday(today):
    return today + datetime.timedelta(days=min((6 - today.weekday(), 6 - today.weekday() - 7), key=abs))


def domain_sid(ldif):
    """The SID of the domain: of all object SIDs, the one that is a whole domain's (four sub-authorities)."""
    for line in open(ldif, errors="replace"):
        m = re.match(r"objectSid:: (\S+)", line)
        if m:
            b = base64.b64decode(m.group(1))
            n = b[1]
            if n == 4:
                return "S-1-5-" + "-".join(str(x) for x in struct.unpack(f"<{n}I", b[8:8 + 4 * n]))
    raise SystemExit("the sample's directory names no domain")


def run(*args):
    return subprocess.run(args, check=True, capture_output=True, text=True).stdout


def make_sample(work):
    end = nearest_sunday(datetime.date.today())
    start = end - datetime.timedelta(days=20)
    run(f"{BUILD}/sample", "--out", f"{work}/sample", "--users", "40", "--days", "21", "--start", start.isoformat())
    files = []
    for part in ("windows", "office365", "entra", "aws"):
        files.append(f"{work}/{part}.zip")
        with zipfile.ZipFile(files[-1], "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
            for folder, _, names in os.walk(f"{work}/sample/{part}"):
                for name in sorted(names):
                    z.write(os.path.join(folder, name), os.path.relpath(os.path.join(folder, name), f"{work}/sample"))
    return files


def make_licences(work, sid):
    key = f"{work}/key"
    run(VIGIE, "licence", "new-key", "--out", key)
    os.makedirs(f"{work}/data/licence", exist_ok=True)
    shutil.copy(f"{key}.pub", f"{work}/data/licence/")
    issue = lambda *a: run(VIGIE, "licence", "issue", "--key", key, "--organisation", "Aurelia", "--days", "30", *a)
    hub = f"{work}/hub.licence"
    open(hub, "w").write(issue("--product", "hub"))
    run(VIGIE, "licence", "install", "--data", f"{work}/data", hub)
    return {"hub": open(hub).read(), "atp": issue("--product", "atp", "--domain-sid", sid, "--domain", "aurelia.example"),
            "other": issue("--product", "atp", "--domain-sid", "S-1-5-21-1-2-3", "--domain", "other.example")}


def later_activity(work, language, ip, name):
    """A sign-in of now, after the policy of that name has been made; as activity NDJSON."""
    path = f"{work}/later-{language}.ndjson"
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=2)
    with open(path, "w") as f:
        for i in range(3):
            f.write(json.dumps({"time": (now + datetime.timedelta(seconds=i)).strftime("%Y-%m-%dT%H:%M:%S.000000Z"), "app": "Office 365", "kind": "sign-in", "outcome": "success",
                                "actor": {"upn": "exercise@aurelia.example"}, "ip": ip}) + "\n")
    return {"ip": ip, "name": name, "file": path}


def vpn_capture(work):
    """Two gateways: one behind the firewall, one whose address the world sees."""
    inside, outside, server, began = "10.1.0.8", "203.0.113.9", "10.1.0.1", datetime.datetime.now().timestamp() - 10 * 86400  # within the sample: its last activities stay the newest
    messages = [(inside, 1813, accounting(i, user, "VPN1", inside, f"198.51.100.{i}", f"S{i}")) for i, user in enumerate(("traveller", "traveller", "commuter"), 1)]
    messages += [(outside, 1813, accounting(9, "traveller", "EDGE", outside, "198.51.100.9", "S9"))]
    ask, no = rejected(10, "stranger", nas="VPN1", address=inside)
    packets = [packet(source, server, 50000, port, m) for source, port, m in messages] + [packet(inside, server, 50001, 1812, ask), packet(server, inside, 1812, 50001, no)]
    return capture(f"{work}/vpn.pcap", [(began + i, p) for i, p in enumerate(packets)]), {"inside": inside, "outside": outside}


def make_texts(work):
    """The portal's catalogues, as a module for node."""
    path = f"{work}/texts.mjs"
    for language in ("en", "fr"):
        run("portal/node_modules/.bin/esbuild", f"portal/src/texts/{language}.ts", "--bundle", "--platform=node", "--format=esm", "--log-level=warning", f"--outfile={work}/{language}.mjs")
    with open(path, "w") as f:
        f.write("export { en } from './en.mjs';\nexport { fr } from './fr.mjs';\n")
    return path


def serve(work, data, *options):
    """The process, and the first lines that it prints, until it says where it serves."""
    p = subprocess.Popen([VIGIE, "serve", "--data", f"{work}/{data}", "--port", "0", *options], stdout=subprocess.PIPE, stderr=open(f"{work}/serve.err", "a"), text=True)
    found = {}
    timer = threading.Timer(60, p.kill)
    timer.start()
    for line in p.stdout:
        m = re.search(r"(https://\S+/#/setup/\S+)", line)
        if m:
            found["setup"] = m.group(1)
        m = re.match(r"serving (https://\S+)", line)
        if m:
            found["base"] = m.group(1).rstrip("/")
            break
    timer.cancel()
    threading.Thread(target=p.stdout.read, daemon=True).start()
    return p, found


def main():
    if not shutil.which("chromium-headless-shell") or not shutil.which("node"):
        skip("chromium-headless-shell or node is missing")
    if " serve" not in subprocess.run([VIGIE, "--help"], capture_output=True, text=True).stdout:
        skip("this build has no `vigie serve`")
    run("make", "-s", "portal-modules")
    work = tempfile.mkdtemp(prefix="vigie-portal-")
    servers = []
    try:
        sample = make_sample(work)
        vpn, gateways = vpn_capture(work)
        truth = [l.rstrip("\n").split("\t") for l in open(f"{work}/sample/truth.tsv")]
        licences = make_licences(work, domain_sid(f"{work}/sample/directory.ldif"))
        server, found = serve(work, "data", "--learned", "yes", "--directory", f"{work}/sample/directory.ldif")
        servers.append(server)
        empty, its = serve(work, "empty")
        servers.append(empty)
        if any("base" not in x or "setup" not in x for x in (found, its)):
            print(open(f"{work}/serve.err").read())
            print("0 passed, 1 failed, 0 skipped")
            return 1
        with open(f"{work}/flow.json", "w") as f:
            json.dump({**found, "empty": its, "texts": make_texts(work), "sample": [*sample, vpn], "vpn": gateways, "licences": licences, "attackers": [r[3] for r in truth if r[1] == "rank"],
                       "later": {"en": later_activity(work, "en", "198.51.100.77", "Sign-in from the exercise"), "fr": later_activity(work, "fr", "198.51.100.78", "Connexion de l’exercice")},
                       "shots": os.environ.get("VIGIE_SHOTS", ""),
                       "vigie": os.path.abspath(VIGIE), "work": work}, f)
        code = subprocess.run(["node", "tests/portal/flow.mjs", f"{work}/flow.json"]).returncode
        for ended in (x for x in servers if x.poll() is not None):
            print(f"NOT OK - a server ended by itself with {ended.returncode}")
            code = code or 1
        return code
    finally:
        for server in (x for x in servers if x.poll() is None):
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
        errors = f"{work}/serve.err"
        if os.path.exists(errors):
            print(open(errors).read()[-2000:], end="", file=sys.stderr)
        shutil.rmtree(work, ignore_errors=True)


sys.exit(main())
