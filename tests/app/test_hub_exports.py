"""tests/app/test_hub_exports.py - exports of a large activity log: progress, cancelling, kills, restarts, limits, age, a changed role, deleted people."""
import json, os, sqlite3, sys, time

sys.path.insert(0, os.path.dirname(__file__))
from checks import run_checks, until
from hub import PASSWORD, Hub, Person, run

MANY = 300_000


def write_log(path, n):
    with open(path, "w") as f:
        for i in range(n):
            f.write(f'{{"time":"2026-01-{i * 28 // n + 1:02d}T{i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d}.{i % 1000000:06d}Z","app":"Office 365","kind":"sign-in","outcome":"success",'
                    f'"actor":{{"upn":"u{i % 50}@corp.test"}},"ip":"192.0.2.{i % 250 + 1}","session":"s{i}"}}\n')


def fill(h, work, n):
    write_log(f"{work}/log.ndjson", n)
    h.drop(f"{work}/log.ndjson")
    h.settle(fold=False)
    assert h.inputs()[0]["activities"] == n, h.inputs()


def ask(who, body, good=202):
    status, data = who.call("POST", "exports", body)
    assert status == good, (status, data)
    return data


def ended(h, number, seconds=90):
    until(f"export {number}", seconds, lambda: h.me.get(f"exports/{number}")["state"] not in ("waiting", "running"))
    return h.me.get(f"exports/{number}")


def midway(h, number):
    """While it is being written."""
    until(f"export {number} under way", 30, lambda: 0 < (e := h.me.get(f"exports/{number}"))["activities"] < e["of"] or e["state"] == "done")
    e = h.me.get(f"exports/{number}")
    assert e["state"] == "running", e
    return e


def lines(h, number):
    status, text = h.me.call("GET", f"exports/{number}/file")
    assert status == 200, (status, text)
    return text.strip("\n").split("\n")


def folder(h):
    return sorted(os.listdir(f"{h.data}/exports"))


def change(h, text, *args):
    with sqlite3.connect(f"{h.data}/vigie.db") as db:
        db.execute(text, args)
    db.close()


def memory(h):
    return int(next(l for l in open(f"/proc/{h.p.pid}/status") if l.startswith("VmRSS")).split()[1]) << 10


def check_under_way(work):
    with Hub(work) as h:
        fill(h, work, MANY)
        h.settle()
        before = memory(h)
        first = ask(h.me, {"filters": {}, "format": "ocsf"})["id"]
        e = midway(h, first)
        assert memory(h) < before + (40 << 20), ("memory of a whole export", before, memory(h))
        assert e["of"] == MANY and e["secondsLeft"] >= 0 and e["bytes"] > 0, e
        assert folder(h) == [f"{first}.part"], folder(h)
        status, data = h.me.call("GET", f"exports/{first}/file")
        assert status == 409, (status, data)
        waiting = ask(h.me, {"filters": {}, "format": "csv"})
        assert waiting["state"] == "waiting" and h.me.call("POST", f"exports/{waiting['id']}/cancel")[1]["state"] == "cancelled"
        status, data = h.me.call("POST", f"exports/{first}/cancel")
        assert status == 200 and data["state"] == "cancelled" and data["activities"] < MANY, data
        until("the cancelled one's file is gone", 10, lambda: folder(h) == [])
        # killed while it is written: it begins anew
        second = ask(h.me, {"filters": {}, "format": "ocsf"})["id"]
        midway(h, second)
        h.kill()
        assert folder(h) == [f"{second}.part"]
        h.start()
        e = ended(h, second)
        rows = lines(h, second)
        assert e["state"] == "done" and e["activities"] == len(rows) == MANY and not e["more"], (e, len(rows))
        assert e["bytes"] == sum(len(r.encode()) + 1 for r in rows) and len({json.loads(r)["metadata"]["uid"] for r in rows}) == MANY
        assert folder(h) == [str(second)]
        # stopped while it is written: it does not take long, and goes on afterwards without counting as a failed try
        third = ask(h.me, {"filters": {}, "format": "ecs"})["id"]
        midway(h, third)
        h.stop()
        assert h.sql("SELECT state, tries FROM exports WHERE number=?", third) == [(0, 0)]
        h.start()
        assert ended(h, third)["state"] == "done" and len(lines(h, third)) == MANY
        # the maker's role changes before it is written
        h.me.call("POST", "accounts", {"name": "bob", "password": PASSWORD, "role": "security_reader"})
        bob = Person(h.port).sign_in("bob")
        blocker = ask(h.me, {"filters": {}, "format": "ocsf"})["id"]
        his = ask(bob, {"filters": {}})["id"]
        number = next(a["id"] for a in h.me.get("accounts")["data"] if a["name"] == "bob")
        assert h.me.call("PUT", f"accounts/{number}", {"role": "atp_viewer"})[0] == 200
        assert h.me.call("POST", f"exports/{blocker}/cancel")[0] == 200
        e = ended(h, his)
        assert e["state"] == "failed" and e["why"] == "scope" and e["activities"] == 0, e
        h.me.call("PUT", f"accounts/{number}", {"role": "discovery_report_admin"})
        assert Person(h.port).sign_in("bob").call("GET", "exports")[0] == 403


def check_age_and_tries(work):
    with Hub(work) as h:
        fill(h, work, 1000)
        old, young, broken = (ask(h.me, {"filters": {}})["id"] for _ in range(3))
        for i in (old, young, broken):
            assert ended(h, i)["state"] == "done"
        for form in ("ocsf", "ecs", "json"):  # the command line says the same
            number = ended(h, ask(h.me, {"query": "user:u7@corp.test", "format": form})["id"])["id"]
            assert len(lines(h, number)) == 20 and "\n".join(lines(h, number)) == run("query", "--data", h.data, "--" + form, "user:u7@corp.test").strip("\n"), form
            assert h.me.call("DELETE", f"exports/{number}")[0] == 200
        h.stop()
        change(h, "UPDATE exports SET ended=? WHERE number=?", int((time.time() - 8 * 86400) * 1e9), old)
        change(h, "UPDATE exports SET state=1, tries=3 WHERE number=?", broken)
        os.rename(f"{h.data}/exports/{broken}", f"{h.data}/exports/{broken}.part")
        for stray in ("999", "999.part", "x"):
            open(f"{h.data}/exports/{stray}", "w").close()
        h.start()
        assert [e["id"] for e in h.me.get("exports")["data"]] == [broken, young]
        e = h.me.get(f"exports/{broken}")
        assert e["state"] == "failed" and e["why"] == "restarts", e
        until("only what is wanted is left", 10, lambda: folder(h) == [str(young)])
        assert len(lines(h, young)) == 1001 and h.me.call("GET", f"exports/{broken}/file")[0] == 409


def check_limits(work):
    with Hub(work, "--export_rows", "100", "--export_megabytes", "1") as h:
        fill(h, work, 20_000)
        e = ended(h, ask(h.me, {"filters": {}})["id"])
        rows = lines(h, e["id"])
        assert e["state"] == "done" and e["activities"] == e["of"] == 100 and e["more"] and len(rows) == 102 and rows[-1].startswith('"There are more'), (e, rows[-1])
        assert rows[1].startswith('"2026-01-28'), "the newest are there"
        h.stop()
        h.options = ("--export_megabytes", "1")
        h.start()
        e = ended(h, ask(h.me, {"filters": {}, "format": "json"})["id"])
        rows = lines(h, e["id"])
        assert e["more"] and 1 << 19 < e["bytes"] <= 1 << 20 and len(rows) == e["activities"] < 20_000 and json.loads(rows[-1]), e


def check_personal_data(work):
    with Hub(work) as h:
        fill(h, work, 2000)
        h.settle()
        kept = ended(h, ask(h.me, {"filters": {}})["id"])
        assert kept["state"] == "done"
        person = next(u for u in h.me.get("users?q=u7%40corp")["data"])
        assert h.me.call("DELETE", f"personal/{person['id']}", {"name": person["name"]})[0] == 202
        until("the export goes, too", 30, lambda: h.me.get(f"exports/{kept['id']}")["state"] == "failed" and folder(h) == [])
        assert h.me.get(f"exports/{kept['id']}")["why"] == "personal"
        until("deleted", 60, lambda: h.me.get("personal")["data"][0]["state"] == "done")
        again = ended(h, ask(h.me, {"filters": {}, "format": "json"})["id"])
        assert again["activities"] == 2000 - 40 and not any('"u7@corp.test"' in l for l in lines(h, again["id"]))


if __name__ == "__main__":
    sys.exit(run_checks(globals()))
