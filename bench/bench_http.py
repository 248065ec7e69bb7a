"""bench/bench_http.py BUILD [SECONDS] - requests a second over TLS with kept connections, measured with wrk (Debian package of that name).

Starts BUILD/tests/api/fixture_server on a new folder, signs in, and reads small things: one that needs a session (three look-ups in
the database), one by API token, one without signing in, and a file.
"""
import json, os, re, shutil, signal, ssl, subprocess, sys, tempfile, urllib.request

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
SECONDS = sys.argv[2] if len(sys.argv) > 2 else "10"
CONNECTIONS = "16"


def post(base, path, body, headers):
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    r = urllib.request.Request(base + path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(r, context=tls) as a:
        return a.headers, json.load(a)


def measure(base, path, headers):
    args = ["wrk", "-t1", "-c" + CONNECTIONS, f"-d{SECONDS}", "--latency"]
    for k, v in headers.items():
        args += ["-H", f"{k}: {v}"]
    out = subprocess.run([*args, base + path], capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in out, out
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), re.search(r"50%\s+(\S+)", out).group(1), re.search(r"99%\s+(\S+)", out).group(1)


def main():
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        p = subprocess.Popen([f"{BUILD}/tests/api/fixture_server", folder], stdout=subprocess.PIPE, text=True)
        base, token = f"https://127.0.0.1:{p.stdout.readline().split()[1]}", p.stdout.readline().split()[1]
        headers, me = post(base, "/api/vigie/v1/setup", {"token": token, "name": "ada", "password": "correct horse battery"}, {})
        cookie = {"Cookie": headers["Set-Cookie"].split(";")[0]}
        _, made = post(base, "/api/vigie/v1/tokens", {"name": "bench"}, {**cookie, "X-Vigie-CSRF": me["csrf"]})
        print("| read | requests/s | median | 99th |\n|---|---|---|---|")
        for what, path, sent in (("who is signed in, by session", "/api/vigie/v1/session", cookie),
                                 ("the same, by API token", "/api/vigie/v1/session", {"Authorization": "Token " + made["token"]}),
                                 ("small JSON without signing in", "/api/v1/echo?limit=5", {}), ("portal file", "/app.js", {})):
            print("| %s | %.0f | %s | %s |" % (what, *measure(base, path, sent)), flush=True)
        p.send_signal(signal.SIGTERM)
        p.wait()


main()
