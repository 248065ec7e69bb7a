"""tests/app/test_unit.py - the hub under the system calls that packaging/vigie.service leaves: everything that it does still works.

The filter is the unit's, as this machine's systemd reads it, but any other call ends the process here, so that none goes unseen."""
import ctypes, json, os, re, shutil, socket, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(__file__))
from checks import free_port
from hub import Hub, OLD

KILL, ALLOW = 0x80000000, 0x7FFF0000
PR_SET_NO_NEW_PRIVS = 38  # linux/prctl.h


def calls_of(name):
    """Names behind @group, or the call itself."""
    if name[0] != "@":
        return {name}
    out = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True, env={**os.environ, "SYSTEMD_COLORS": "0"}).stdout
    lines = [line.strip() for line in out.splitlines()[1:]]
    return set().union(*(calls_of(line) for line in lines if line and line[0] != "#"))


def allowed():
    calls = calls_of("@default")
    for line in open("packaging/vigie.service"):
        if m := re.match(r"SystemCallFilter=(~?)(.*)", line):
            named = set().union(*(calls_of(w) for w in m[2].split()))
            calls = calls - named if m[1] else calls | named
    return calls | {"execve"} | ({"fchown"} if os.geteuid() == 0 else set())  # systemd's own; what SQLite asks for when it is root


def locked(calls):
    """What a child runs before the hub: the filter."""
    c = ctypes.CDLL("libseccomp.so.2")
    c.seccomp_init.restype = ctypes.c_void_p

    def load():
        f = ctypes.c_void_p(c.seccomp_init(ctypes.c_uint32(KILL)))
        for name in calls:
            number = c.seccomp_syscall_resolve_name(name.encode())
            if number >= 0:
                c.seccomp_rule_add(f, ctypes.c_uint32(ALLOW), number, 0)
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if c.seccomp_load(f) != 0:
            os._exit(99)
    return load


def activity(n):
    t = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() - 60 + n))
    return json.dumps({"time": t, "app": "Office 365", "kind": "file deleted", "outcome": "success", "actor": {"upn": f"u{n}@corp.test"}, "ip": "203.0.113.7"}) + "\n"


def until(what, ask, seconds=30):
    end = time.time() + seconds
    while not (got := ask()):
        assert time.time() < end, what
        time.sleep(0.2)
    return got


def post(h, path, body, good=(200, 201, 202)):
    status, data = h.me.call("POST", path, body)
    assert status in good, (path, status, data)
    return data


def everything(h, work):
    count = lambda: post(h, "activities/query", {"filters": {}, "limit": 1})["total"]
    with open(f"{work}/dropped.ndjson", "w") as f:
        f.write(activity(1))
    os.utime(f"{work}/dropped.ndjson", (OLD, OLD))
    h.drop(f"{work}/dropped.ndjson")
    until("a dropped file", lambda: count() == 1)
    post(h, "policies", {"name": "Deleting", "severity": "high", "filters": {"actionType": {"eq": ["file deleted"]}}})
    until("a quiet analysis", lambda: h.me.get("health")["analysis"]["state"] == "idle")
    time.sleep(1)
    post(h, "inputs?name=uploaded.ndjson", activity(200).encode())
    alert = until("an alert", lambda: post(h, "alerts/query", {"limit": 1})["data"])[0]["id"]
    with socket.create_connection(("127.0.0.1", h.syslog)) as s:
        s.sendall(b"<134>1 2026-01-05T09:00:00Z host app - - - " + activity(300).strip().encode() + b"\n")
    until("a record by syslog", lambda: count() == 3)
    for path in (f"alerts/{alert}/workbook", "policies/export", "audit/export", "users", "dashboard", "openapi.json"):
        assert h.me.call("GET", path)[0] == 200, (path, h.me.call("GET", path))
    export = post(h, "exports", {"filters": {}})["id"]
    until("an export", lambda: h.me.get(f"exports/{export}")["state"] == "done")
    assert "uploaded" in str(h.me.get("inputs")) and h.me.call("GET", f"exports/{export}/file")[1].count("\n") == 4
    said = post(h, "directories/test", {"server": "ldaps://127.0.0.1:1", "bindName": "svc@corp.test", "password": "x"})
    assert "nobody answers" in json.dumps(said), ("a process of its own runs and speaks to the network", said)
    status, _ = h.me.call("PUT", "notifications", {"webhook": {"enabled": True, "url": "https://127.0.0.1:1/x", "severity": "low"}})
    assert status == 200 and post(h, "notifications/test", {"channel": "webhook"})["ok"] is False


def main():
    if not shutil.which("systemd-analyze"):
        print("notice: no systemd-analyze: the unit's system calls are not tested")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    work, port = tempfile.mkdtemp(prefix="vigie-unit-"), free_port()
    try:
        with Hub(work, "--syslog_tcp", str(port), start=False, preexec_fn=locked(allowed())) as h:
            h.syslog = port
            h.start()
            everything(h, work)
            h.stop(20)
            h.start()
            h.stop(20)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print("1 passed, 0 failed, 0 skipped")
    return 0


sys.exit(main())
