"""tests/api/test_rest.py - the REST API, own and compatible part, against `vigie serve` with activities made here.

Every example and trap of the documented API that an existing client depends on is a test that speaks HTTP."""
import base64, csv, datetime, glob, html, http.client, io, json, os, re, shutil, signal, ssl, subprocess, sys, tempfile, threading, time, traceback, urllib.parse, zipfile

BUILD = os.environ.get("VIGIE_BUILD", "build")
VIGIE = os.path.abspath(f"{BUILD}/vigie")
PASSWORD = "correct horse battery"
V, C = "/api/vigie/v1/", "/api/v1/"
NASTY = 'q"\\</script>\u2028é\t\x01%s{}'
TLS = ssl.create_default_context()
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE
NOW = int(time.time()) - 3600


def iso(t):
    return datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def activity(t, who, **more):
    return {"time": iso(t), "app": "Office 365", "kind": "sign-in", "outcome": "success", "actor": {"upn": who}, **more}


def activities():
    """Sign-ins of two people, files of one, ten of one moment, hostile text in every field that takes text."""
    out = [activity(NOW - 60 * i, "alice@corp.test" if i % 2 else "bob@corp.test", ip="203.0.113.7" if i % 2 else "198.51.100.9",
                    location={"country": "FR" if i % 2 else "US", "city": "Paris" if i % 2 else "Boston"}, agent={"text": "Mozilla/5.0", "browser": "Firefox", "os": "Windows", "device": "DESKTOP"}) for i in range(1, 240)]
    out += [activity(NOW - 30000, "bob@corp.test", session=f"same-{i}", ip="198.51.100.9") for i in range(10)]
    out += [activity(NOW - 5000 - i, "alice@corp.test", kind="file downloaded", app="SharePoint Online", objects=[{"type": "file", "role": "target", "name": f"plan{i}.docx", "cloud": f"site|{i}"}],
                     facts={"file_name": f"plan{i}.docx"}) for i in range(5)]
    out.append(activity(NOW - 40000, "mallory@corp.test", ip="203.0.113.66", device=NASTY, destination=NASTY, session=NASTY, objects=[{"type": "file", "role": "target", "name": NASTY}],
                        location={"country": "FR", "city": NASTY, "network": NASTY}, agent={"text": NASTY, "browser": NASTY}, facts={"operation": NASTY, "file_name": NASTY}))
    return out


class Hub:
    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="vigie-rest-")
        self.p, self.cookie, self.csrf = None, None, None

    def licences(self):
        run = lambda *a: subprocess.run([VIGIE, "licence", *a], check=True, capture_output=True, text=True).stdout
        run("new-key", "--out", f"{self.work}/key")
        os.makedirs(f"{self.work}/data/licence")
        shutil.copy(f"{self.work}/key.pub", f"{self.work}/data/licence/")
        with open(f"{self.work}/hub.licence", "w") as f:
            f.write(run("issue", "--key", f"{self.work}/key", "--organisation", "Corp", "--days", "30", "--product", "hub"))
        run("install", "--data", f"{self.work}/data", f"{self.work}/hub.licence")

    def start(self):
        self.p = subprocess.Popen([VIGIE, "serve", "--data", f"{self.work}/data", "--port", "0", "--learned", "yes"], stdout=subprocess.PIPE, stderr=open(f"{self.work}/err", "w"), text=True)
        killer = threading.Timer(60, self.p.kill)
        killer.start()
        setup = ""
        for line in self.p.stdout:
            if m := re.search(r"#/setup/(\S+)", line):
                setup = m.group(1)
            if m := re.match(r"serving https://[^:]+:(\d+)", line):
                self.port = int(m.group(1))
                break
        else:
            raise SystemExit("NOT OK - the hub did not start: " + open(f"{self.work}/err").read())
        killer.cancel()
        threading.Thread(target=self.p.stdout.read, daemon=True).start()
        status, headers, data = self.http("POST", V + "setup", {"token": setup, "name": "ada", "password": PASSWORD, "organisation": "Corp", "language": "en"}, own=True)
        assert status == 200, data
        self.cookie, self.csrf = headers["Set-Cookie"].split(";")[0], data["csrf"]
        status, _, data = self.own("POST", "tokens", {"name": "client"})
        assert status in (200, 201), data
        self.token = data["token"]

    def http(self, method, path, body=None, headers=None, own=False):
        c = http.client.HTTPSConnection("127.0.0.1", self.port, context=TLS, timeout=30)
        h = dict(headers or {})
        if own:
            h["Origin"] = f"https://127.0.0.1:{self.port}"
            if self.cookie:
                h.update({"Cookie": self.cookie, "X-Vigie-CSRF": self.csrf})
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            h.setdefault("Content-Type", "application/json")
        c.request(method, path, body, h)
        r = c.getresponse()
        data = r.read()
        c.close()
        try:
            data = json.loads(data)
        except ValueError:
            pass
        return r.status, r.headers, data

    def own(self, method, path, body=None, **kw):
        return self.http(method, V + path, body, own=True, **kw)

    def api(self, method, path, body=None, token=None, headers=None):
        return self.http(method, path if path.startswith("/") else C + path, body, {"Authorization": "Token " + (token or self.token), **(headers or {})})

    def upload(self, name, rows):
        text = "".join(json.dumps(r) + "\n" for r in rows)
        status, _, data = self.own("POST", "inputs?name=" + name, text.encode(), headers={"Content-Type": "application/octet-stream"})
        assert status in (200, 201, 202), data

    def until(self, what, path, good, body=None):
        end = time.time() + 40
        while time.time() < end:
            status, _, data = self.own("POST" if body is not None else "GET", path, body)
            if status == 200 and good(data):
                return data
            time.sleep(0.2)
        raise AssertionError(f"{what}: {str(data)[:600]} ... {str(data)[-100:]}")

    def stop(self):
        if self.p and self.p.poll() is None:
            self.p.send_signal(signal.SIGTERM)
            try:
                self.p.wait(30)
            except subprocess.TimeoutExpired:
                self.p.kill()
                self.p.wait()
        shutil.rmtree(self.work, ignore_errors=True)


hub = Hub()


def get(path, expect=200):
    status, _, data = hub.own("GET", path)
    assert status == expect, (path, status, data)
    return data


def post(path, body=None, expect=200):
    status, _, data = hub.own("POST", path, body if body is not None else {})
    assert status == expect, (path, status, data)
    return data


def api(method, path, body=None, expect=200, **kw):
    status, _, data = hub.api(method, path, body, **kw)
    assert status == expect, (method, path, status, data)
    return data


# ---- own: activities ----


def test_own_activities():
    page = post("activities/query", {"limit": 50})
    assert len(page["data"]) == 50 and page["hasNext"] is True and page["total"] == 255, page["total"]
    times = [a["time"] for a in page["data"]]
    assert times == sorted(times, reverse=True)
    seen, skip = [], 0
    while True:
        page = post("activities/query", {"limit": 100, "skip": skip})
        seen += [a["id"] for a in page["data"]]
        skip += len(page["data"])
        if not page["hasNext"]:
            break
    assert len(seen) == len(set(seen)) == 255
    one = get("activities/" + seen[0])
    assert one["facts"] is not None and one["origin"]["input"]["name"] == "first.ndjson" and one["app"] == {"service": 11161, "name": "Office 365"}, one
    raw = get(f"activities/{seen[0]}/raw")
    assert raw["format"] == "json" and json.loads(raw["text"])["actor"]["upn"].endswith("@corp.test")
    assert get("activities/" + "0" * 32, 404)["detail"] and get("activities/zz", 404)["detail"]


def test_own_filters():
    n = lambda f: post("activities/query", {"filters": f})["total"]
    assert n({"user.username": {"eq": ["alice@corp.test"]}}) == 125
    assert n({"location.country": {"eq": "US"}}) == 119
    assert n({"location.country": {"neq": ["US"]}}) == 255 - 119
    assert n({"actionType": {"eq": ["file downloaded"]}}) == 5
    assert n({"user.username": {"eq": ["nobody@corp.test"]}}) == 0
    assert post("activities/query", {"query": "user.username:alice@corp.test actionType:\"file downloaded\""})["total"] == 5
    bad = post("activities/query", {"filters": {"no.such": {"eq": 1}}}, 400)
    assert bad["error"] is True and bad["filters"][0]["errorMessageCode"] and bad["errors"][0]["error"].endswith("is not valid"), bad
    post("activities/query", {"limit": 101}, 400)


def test_own_activity_insights():
    one = post("activities/query", {"filters": {"user.username": {"eq": "alice@corp.test"}}, "limit": 1})["data"][0]
    i = get(f"activities/{one['id']}/insights")
    assert i["days"] == 30 and i["user"]["activities"] == 125 and i["user"]["countries"][0]["value"] == "FR", i
    assert i["user"]["countries"][0]["label"] == "France" and i["ip"]["users"][0]["name"]
    like = get(f"activities/{one['id']}/similar")["filters"]
    assert post("activities/query", {"filters": like})["total"] == 120
    top = post("activities/top", {"by": "country"})["data"]
    assert {(t["value"], t["n"]) for t in top} == {("FR", 121), ("US", 119)}, top
    post("activities/top", {"by": "colour"}, 400)


def test_hostile_text():
    """Whatever a record holds comes back as it was, in valid JSON."""
    found = post("activities/query", {"filters": {"user.username": {"eq": "mallory@corp.test"}}})["data"]
    assert len(found) == 1 and found[0]["device"] == NASTY and found[0]["objects"][0]["name"] == NASTY, found
    one = get("activities/" + found[0]["id"])
    assert one["facts"]["operation"] == NASTY and one["location"]["city"] == NASTY and one["agent"]["browser"] == NASTY
    saved = post("queries", {"name": "n" + NASTY.replace("\x01", ""), "filters": {"text": {"text": NASTY}}}, 201)
    assert any(x["id"] == saved["id"] and x["name"] == saved["name"] for x in get("queries")["data"])


def test_queries_and_fields():
    f = get("fields")
    assert {x["name"] for x in f["activities"]} >= {"user.username", "service", "ip.address"} and any(v["value"] == 11161 for x in f["activities"] if x["name"] == "service" for v in x["values"])
    assert any(x["suggested"] for x in get("queries")["data"])
    s = post("queries", {"name": "mine", "filters": {"service": {"eq": [11161]}}, "shared": True}, 201)
    assert [x["filters"] for x in get("queries")["data"] if x["id"] == s["id"]] == [{"service": {"eq": [11161]}}]
    assert hub.own("DELETE", "queries/" + s["id"])[0] == 200 and hub.own("DELETE", "queries/" + s["id"])[0] == 404
    post("queries", {"name": "bad", "filters": {"nope": {"eq": 1}}}, 400)
    assert [x["label"] for x in get("suggest?field=user.username&q=alic")["data"]], "people"
    assert {"value": "FR", "label": "France", "about": "FR"} in get("suggest?field=location.country&q=fr")["data"]
    assert get("suggest?field=actionType&q=file%20down")["data"][0]["value"] == "file downloaded"
    get("suggest?field=nope&q=", 400)


# ---- own: policies and alerts ----


def test_policies():
    all_of = get("policies")
    assert all_of["total"] > 20 and not any(p["type"] == "identity" for p in all_of["data"]), "the link is off"
    travel = get("policies/impossible_travel")
    assert travel["type"] == "anomaly" and travel["enabled"] and travel["params"]
    p = travel["params"][0]
    changed = hub.own("PUT", "policies/impossible_travel", {"params": [{"name": p["name"], "value": p["default"] * 2}], "sensitivity": 3, "exclusions": [{"name": "198.51.100.0/24"}]})
    assert changed[0] == 200 and changed[2]["params"][0]["value"] == p["default"] * 2 and changed[2]["exclusions"][0]["name"] == "198.51.100.0/24", changed
    changed = hub.own("PUT", "policies/impossible_travel", {"params": {p["name"]: None}, "sensitivity": 2, "exclusions": []})
    assert changed[2]["params"][0]["value"] == p["default"] and changed[2]["exclusions"] == []
    assert hub.own("PUT", "policies/impossible_travel", {"params": {"nope": 1}})[0] == 400
    worker = {"Authorization": "Token " + token_of("atp_user")}  # excludes, but changes no policy; sees no policy of the cloud either
    assert hub.http("PUT", V + "policies/impossible_travel", {"enabled": False}, worker)[0] == 403
    assert hub.http("PUT", V + "policies/impossible_travel/exclusions", {"exclusions": []}, worker)[0] == 404
    changed = hub.own("PUT", "policies/impossible_travel/exclusions", {"exclusions": [{"name": "10.0.0.0/8"}], "enabled": False})
    assert changed[0] == 200 and changed[2]["enabled"] is True and [e["name"] for e in changed[2]["exclusions"]] == ["10.0.0.0/8"], changed
    assert hub.own("PUT", "policies/impossible_travel/exclusions", {})[0] == 400 and hub.own("PUT", "policies/impossible_travel/exclusions", {"exclusions": []})[0] == 200
    assert hub.own("PUT", "policies/nope", {"enabled": True})[0] == 404
    assert hub.own("DELETE", "policies/impossible_travel")[0] == 409
    assert len(get("templates")["data"]) >= 5
    status, headers, text = hub.own("GET", "policies/export")
    assert status == 200 and "csv" in headers["Content-Type"] and b"impossible_travel" in text
    preview = post("policies/preview", {"filters": {"location.country": {"eq": ["US"]}}, "days": 7})
    assert preview == {"activities": 119, "alerts": preview["alerts"]} and preview["alerts"] > 0
    post("policies", {"name": "x", "filters": {}}, 400)


def test_languages():
    """French by the request alone; programs go on in English."""
    def of(path, language, method="GET", body=None):
        status, _, data = hub.own(method, path, body, headers={"Accept-Language": language})
        assert status == 200, (path, data)
        return data
    policies = {l: {p["id"]: p for p in of("policies", l)["data"]} for l in ("en", "fr", "fr-CA,fr;q=0.9,en;q=0.5", "en,fr")}
    assert policies["fr"] == policies["fr-CA,fr;q=0.9,en;q=0.5"] and policies["en"] == policies["en,fr"]
    english, french = policies["en"]["impossible_travel"], policies["fr"]["impossible_travel"]
    assert english["name"] == get("policies/impossible_travel")["name"] == "Impossible travel" and french["name"] == "Voyage impossible"
    assert [p["name"] for p in english["params"]] == [p["name"] for p in french["params"]] and all(p["about"] != f["about"] for p, f in zip(english["params"], french["params"]))
    assert "French" not in str(french) and "french" not in french and "french" not in english
    same = ("id", "type", "severity", "category", "attack", "exclusions", "scope", "enabled", "learningDays")
    assert [english.get(k) for k in same] == [french.get(k) for k in same]
    a = alert_ids()[0]
    e, f = of("alerts/" + a, "en"), of("alerts/" + a, "fr")
    assert e["name"] == f["name"] and e["name"].startswith("Deleting")  # an activity policy's name is its author's
    assert all(len(f["advice"][k]) == len(e["advice"][k]) and f["advice"][k] != e["advice"][k] for k in e["advice"])
    activity = post("activities/query", {"filters": {"location.country": {"eq": "US"}}, "limit": 1})["data"][0]["id"]
    e, f = of("activities/" + activity, "en"), of("activities/" + activity, "fr")
    assert ", address " in e["description"] and ", adresse " in f["description"] and e["kind"] == f["kind"] and e["location"]["country"] == f["location"]["country"] == "US"
    assert (e["location"]["countryName"], f["location"]["countryName"]) == ("United States", "États-Unis") and "États-Unis" in f["description"]
    assert of("suggest?field=location.country&q=alle", "fr")["data"][0]["value"] == "DE"
    assert of("templates", "en")["data"][0]["name"] != of("templates", "fr")["data"][0]["name"]
    changed = hub.own("PUT", "policies/impossible_travel", {"sensitivity": 3}, headers={"Accept-Language": "fr"})[2]
    assert changed["name"] == "Voyage impossible" and hub.own("PUT", "policies/impossible_travel", {"sensitivity": 2})[2]["name"] == "Impossible travel"
    assert "Voyage" not in str(get("audit")) and "Voyage" not in str(hub.own("GET", "policies/export", headers={"Accept-Language": "fr"})[2])
    compatible = [hub.api("GET", f"alerts/{a}/", headers={"Accept-Language": l})[2] for l in ("en", "fr")]
    assert compatible[0] == compatible[1] and compatible[0]["title"], compatible


def test_own_alert():
    a = alert_ids()[0]
    one = get("alerts/" + a)
    assert one["evidence"][0]["activity"] and one["evidence"][0]["description"] and one["advice"]["remediation"] and one["history"][0]["what"] == "opened", one
    assert one["status"] == "open" and one["users"][0]["name"] and re.fullmatch("[0-9a-f]{24}", a)
    act = get("activities/" + one["evidence"][0]["activity"])
    assert a in act["alerts"]
    assert post(f"alerts/{a}/read")["read"] is True and post(f"alerts/{a}/unread")["read"] is False
    post(f"alerts/{a}/comment", {"text": NASTY})
    closed = post(f"alerts/{a}/close", {"as": "benign", "reasonId": 5, "comment": "known"})
    assert closed["status"] == "benign"
    page = get("alerts/" + a)
    assert page["resolution"]["by"] == "ada" and page["resolution"]["comment"] == "known" and page["resolution"]["time"] and any(h.get("text") == NASTY for h in page["history"]), page["history"]
    assert a not in {x["id"] for x in post("alerts/query", {"filters": {"alertOpen": {"eq": True}}})["data"]}
    assert post(f"alerts/{a}/reopen")["status"] == "open" and "resolution" not in get("alerts/" + a)
    post(f"alerts/{a}/close", {"as": "what"}, 400)
    post(f"alerts/{'0' * 24}/close", {"as": "benign"}, 404)
    post(f"alerts/{a}/exclude", {"name": "nobody@corp.test", "until": iso(time.time() + 3600)})
    assert get("policies/" + one["policy"])["exclusions"][0]["name"] == "nobody@corp.test"
    post(f"alerts/{a}/exclude", {"name": "x", "until": "2020-01-01"}, 400)
    log = get("audit")["data"]
    assert any(x["what"] == "alert closed" and x["object"] == a for x in log)


def sheets(data):
    """Texts of a workbook's sheets by name: rows of cells (ECMA-376 18.3, 18.4)."""
    z = zipfile.ZipFile(io.BytesIO(data))
    texts = ["".join(html.unescape(t) for t in re.findall(r"<t[^>]*>(.*?)</t>", s, re.S)) for s in re.findall(r"<si>(.*?)</si>", z.read("xl/sharedStrings.xml").decode(), re.S)]
    names = re.findall(r'<sheet name="([^"]+)"', z.read("xl/workbook.xml").decode())
    rows = lambda xml: [[texts[int(v)] for v in re.findall(r't="s"><v>(\d+)</v>', r)] for r in re.findall(r"<row [^>]*>(.*?)</row>", xml, re.S)]
    return {n: rows(z.read(f"xl/worksheets/sheet{i + 1}.xml").decode()) for i, n in enumerate(names)}


def test_alert_workbook():
    a = alert_ids()[0]
    post(f"alerts/{a}/comment", {"text": "=1+1 looks odd"})
    one = get("alerts/" + a)
    status, headers, data = hub.own("GET", f"alerts/{a}/workbook")
    assert status == 200 and headers["Content-Type"].endswith("spreadsheetml.sheet") and f"alert-{a}.xlsx" in headers["Content-Disposition"], (status, headers)
    book = sheets(data)
    facts = {r[0]: r[1] for r in book["Alert"][1:]}
    assert facts["Id"] == a and facts["Severity"] == "high" and facts["Status"] == "open" and facts["Description"] == one["description"] and facts["Address"].endswith("/#/alerts/" + a), facts
    evidence = book["Evidence"]
    assert evidence[0][6] == "Id" and {r[-1] for r in evidence[1:]} == {e["activity"] for e in one["evidence"]} and evidence[1][2] == one["evidence"][0]["description"], evidence
    assert ["user", one["users"][0]["name"], one["users"][0]["id"]] in book["Concerned"], book["Concerned"]
    assert any("=1+1 looks odd" in r for r in book["History"]) and b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet4.xml"), "text stays text"
    assert hub.own("GET", f"alerts/{'0' * 24}/workbook")[0] == 404
    assert [r["object"] for r in get("audit?limit=20&q=alert+exported")["data"]][0] == a


def test_suppressions():
    """A rule made from an alert is listed, silences the next one, and is ended."""
    one = get("alerts/" + alert_ids()[0])
    post(f"alerts/{one['id']}/suppress", {"by": "planet"}, 400)
    post(f"alerts/{one['id']}/suppress", {"by": "user", "until": "2020-01-01T00:00:00Z"}, 400)
    post(f"alerts/{one['id']}/suppress", {"by": "user"})
    who = one["users"][0]
    rule = get("suppressions")["data"][0]
    assert (rule["policy"], rule["by"], rule["value"], rule["user"], rule["until"], rule["madeBy"], rule["alert"]) == (one["policy"], "user", who["name"], who["id"], None, "ada", one["id"]), rule
    before = post("alerts/query", {"limit": 1, "filters": {"entity.policy": {"eq": [one["policy"]]}}})["total"]
    gone = lambda n: hub.upload(f"again{n}.ndjson", [activity(int(time.time()) + 100 * n, who["name"], kind="file deleted", app="SharePoint Online", objects=[{"type": "file", "role": "target", "name": f"again{n}.txt"}])])
    newest = lambda total: hub.until("one more alert", "alerts/query", lambda d: d["total"] == total, {"limit": 1, "filters": {"entity.policy": {"eq": [one["policy"]]}}})["data"][0]
    gone(1)
    silent = newest(before + 1)
    still = lambda: {a["id"] for a in post("alerts/query", {"filters": {"alertOpen": {"eq": True}}, "limit": 100})["data"]}
    assert silent["suppressed"] is True and silent["status"] == "open" and not {silent["id"], one["id"]} & still(), "not in the queue"
    assert get("dashboard")["alerts"]["open"] == len(still()) == get("policies/" + one["policy"])["openAlerts"]
    assert hub.own("DELETE", "suppressions/" + rule["id"])[0] == 200 and get("suppressions")["data"] == [] and hub.own("DELETE", "suppressions/" + rule["id"])[0] == 404
    gone(2)
    assert newest(before + 2)["suppressed"] is False
    assert [r["object"] for r in get("audit?limit=20&q=suppression+lifted")["data"]] == [rule["id"]]
    assert post(f"alerts/{one['id']}/reopen")["suppressed"] is False and one["id"] in still()
    post(f"alerts/{silent['id']}/reopen")


def alert_ids(n=1):
    rows = post("alerts/query", {"filters": {"alertOpen": {"eq": True}}, "limit": 100})["data"]
    assert len(rows) >= n, len(rows)
    return [r["id"] for r in rows]


def make_alerts():
    """A policy of our own that matches what is uploaded after it: an alert each."""
    p = post("policies", {"name": "Deleting " + NASTY.replace("\x01", ""), "severity": "high", "filters": {"actionType": {"eq": ["file deleted"]}}, "dailyLimit": 500}, 201)
    assert p["type"] == "activity" and re.fullmatch("[0-9a-f]{24}", p["id"])
    hub.until("a quiet analysis", "health", lambda d: d["analysis"]["state"] == "idle")
    time.sleep(1)
    now = int(time.time())
    hub.upload("second.ndjson", [activity(now + i, who, kind="file deleted", app="SharePoint Online", ip="203.0.113.7", objects=[{"type": "file", "role": "target", "name": f"gone{i}.txt"}])
                                 for i, who in enumerate(["alice@corp.test"] * 6 + ["bob@corp.test"] * 6)])
    hub.until("alerts of the policy", "alerts/query", lambda d: d["total"] >= 12, {"filters": {"entity.policy": {"eq": [p["id"]]}}})
    return p


# ---- compatible: alerts ----


def check_alert(a):
    assert re.fullmatch("[0-9a-f]{24}", a["_id"]) and a["URL"].endswith("/#/alerts/" + a["_id"]) and isinstance(a["timestamp"], int) and a["timestamp"] > 10**12, a
    assert isinstance(a["entities"], list) and a["entities"] and all(e["type"] and len(e["type"]) <= 64 and e["label"] and e["id"] not in ("", None) for e in a["entities"]), a["entities"]
    assert a["severityValue"] in range(4) and a["statusValue"] in range(3) and a["resolutionStatusValue"] in range(6) and set(a["stories"]) <= {0, 1, 2, 3, 4, 5, 7, 8} and set(a["intent"]) <= set(range(14))
    assert a["title"] and a["description"] and (a["resolveTime"] is None) == (a["resolutionStatusValue"] == 0), a
    keys = [k.lower() for k in a]
    assert len(keys) == len(set(keys)), "keys that differ in case alone"
    assert any(e["type"] == "policyRule" and e["policyType"] for e in a["entities"]) and isinstance(a["threatScore"], int)
    assert all(isinstance(e["id"], int) for e in a["entities"] if e["type"] == "service")


def test_cas_alert_list():
    for method, body, headers in (("POST", {}, {}), ("GET", {"limit": 3}, {}), ("POST", "", {"Content-Type": "application/json"}), ("POST", "null", {"Content-Type": "application/json"}),
                                  ("POST", '{"limit":"3","limit":"2"}', {"Content-Type": "application/x-www-form-urlencoded"})):
        d = api(method, "alerts/", body, headers=headers)
        assert isinstance(d["data"], list) and d["data"] and isinstance(d["hasNext"], bool) and d["max"] == 100 and d["total"] >= 12 and d["moreThanTotal"] is False, d
        for a in d["data"]:
            check_alert(a)
        if body and "limit" in str(body):
            assert len(d["data"]) in (2, 3) and d["hasNext"] is True
    q = urllib.parse.urlencode({"filters": json.dumps({"severity": {"eq": 2}}), "limit": 1, "skip": "1", "sortDirection": "asc", "sortField": "date"})
    first, second = api("GET", "alerts?" + q.replace("skip=1", "skip=0"))["data"], api("GET", "/cas/api/v1/alerts/?" + q)["data"]
    assert len(second) == 1 and first[0]["_id"] != second[0]["_id"] and first[0]["timestamp"] <= second[0]["timestamp"]
    none = api("POST", "alerts/", {"filters": {"severity": {"eq": [0]}, "entity.policy": {"eq": ["nope"]}}})
    assert none["data"] == [] and none["hasNext"] is False and none["total"] == 0
    assert api("POST", "alerts", {"filters": {"severity": {"eq": []}}})["total"] == api("POST", "alerts", {"filters": None})["total"]
    one = first[0]["_id"]
    assert api("GET", f"alerts/{one}")["_id"] == api("GET", f"alerts/{one}/")["_id"] == one and "data" not in api("GET", f"alerts/{one}")
    assert api("GET", "alerts/" + "0" * 24, expect=404) == {"detail": "Not found."}
    seen, skip = [], 0
    while True:
        d = api("POST", "alerts/", {"skip": str(skip), "limit": 5})
        seen += [a["_id"] for a in d["data"]]
        skip += len(d["data"])
        if not d["hasNext"]:
            break
    assert len(seen) == len(set(seen)) == d["total"]
    assert {"account", "ip", "file", "service", "policyRule"} <= {e["type"] for e in api("GET", "alerts/" + one)["entities"]}
    who = [e for e in api("GET", "alerts/" + one)["entities"] if e["type"] == "account"]
    assert who and who[0]["saas"] == 11161 and who[0]["inst"] == 0 and who[0]["pa"].endswith("@corp.test"), who
    pk = base64.b64encode(json.dumps({"id": who[0]["id"], "saas": 11161, "inst": 0}).encode()).decode()
    by = [api("POST", "alerts/", {"filters": {"entity.entity": {"eq": [x]}}})["total"] for x in ({"id": who[0]["id"], "saas": 11161, "inst": 0}, pk)]
    assert by[0] == by[1] == 6, by


# Field: what may be asked of it, and how many it finds here (None: as many as it may be). Values as the documentation and clients write them.
LISTED = [("eq", ["x"], 0), ("neq", ["x"], "all")]
THERE = [("isset", True, None), ("isnotset", True, None)]
WHEN = [("lte", 1, 0), ("gte", 1, "all"), ("range", [{"start": 1, "end": 9999999999999}], "all"), ("range", {"start": 1, "end": 2}, 0)]
DAYS = [("gte_ndays", 0, None), ("lte_ndays", 1, None), ("gte_ndays", "30", "all")]
ASKED = {
    "activities": {
        "service": [("eq", 11161, None), ("eq", ["11161", 20892], "all"), ("neq", [1], "all")], "instance": [("eq", ["x"], 0), ("neq", ["x"], "all"), ("eq", 0, "all"), ("eq", ["0", 1], "all")], "user.orgUnit": LISTED + THERE, "user.tags": LISTED + THERE,
        "user.username": [("eq", "alice@corp.test", None), ("neq", ["nobody@corp.test"], "all"), ("startswith", ["ali"], None), ("isset", True, "all"), ("isnotset", True, 0)],
        "user.domain": [("eq", ["corp.test"], "all"), ("neq", "corp.test", 0)] + THERE, "actionType": [("contains", ["file"], None), ("eq", "sign-in", None), ("neq", "x", "all"), ("isset", True, "all")],
        "activity.eventActionType": LISTED, "activity.actionType": [("eq", ["sign-in"], None)], "activity.eventType": [("eq", "EVENT_CATEGORY_LOGIN", None), ("neq", ["EVENT_CATEGORY_FAILED_LOGIN"], "all")],
        "activity.id": [("eq", "0" * 32, 0)], "activity.impersonated": [("eq", "true", 0), ("eq", [False], "all")], "activity.type": [("eq", True, 0)], "activity.alertId": [("eq", "0" * 24, 0)],
        "activity.takenAction": [("eq", ["block", "proxy", "BypassProxy", "encrypt", "decrypt", "verified", "encryptionFailed", "protect", "verify"], 0), ("neq", ["block"], "all"), ("eq", None, None)],
        "device.type": [("eq", ["DESKTOP", "MOBILE", "TABLET", "OTHER", None], None), ("neq", ["TABLET"], "all")], "device.tags": LISTED, "userAgent.userAgent": [("contains", ["Mozilla"], 239), ("ncontains", "no such agent", "all")], "userAgent.tags": LISTED,
        "location.country": [("eq", "US", 119), ("neq", ["XX"], "all"), ("contains", "U", 119)] + THERE, "location.organizations": LISTED + THERE, "ip.category": [("eq", [1, "2", 3, 4, 5, 6], None), ("neq", 1, None)], "ip.tags": LISTED,
        "ip.address": [("eq", "203.0.113.66", 1), ("startswith", ["203.0.113.6"], 1), ("doesnotstartwith", ["9"], "all"), ("neq", "1.1.1.1", "all")] + THERE, "fileSelector": [("eq", ["plan1.docx"], 1), ("neq", "x", "all")], "fileId": [("eq", "site|1", 1)],
        "office365url": [("startswith", "x", 0), ("endswith", ["x"], 0), ("eq", "x", 0)], "text": [("text", "plan1.docx", 1), ("startswithsingle", "plan1", 1), ("eq", "mallory@corp.test", 1)], "date": WHEN + DAYS + [("gt", 1, "all"), ("lt", 2, 0)],
        "created": WHEN + [("gt", 1, "all"), ("lt", 2, 0), ("eq", 5, 0)], "policy": LISTED + [("isset", True, None), ("isnotset", True, None)], "source": [("eq", 2, "all"), ("neq", [0], "all"), ("eq", [{"s": "x", "t": 2}], "all")], "activityObject": LISTED,
        "entity": [("eq", [{"id": "x", "saas": 1, "inst": 0}], 0), ("neq", "x", "all"), ("startswith", ["mall"], 1)] + THERE, "fileLabels": LISTED},
    "alerts": {
        "entity.entity": [("eq", [{"id": "x", "inst": 0}], 0), ("neq", [{"id": "x", "saas": 1, "inst": 0}], "all")], "entity.user": [("eq", "bob@corp.test", None), ("eq", "nobody@corp.test", 0)], "entity.ip": [("eq", "203.0.113.7", None), ("neq", ["1.1.1.1"], "all")],
        "entity.service": [("eq", 20892, None), ("neq", [1], "all")], "service": [("eq", "20892", None)], "entity.instance": [("eq", [0], "all"), ("neq", 0, 0)], "instance": [("eq", 0, "all")], "entity.policy": LISTED, "entity.file": [("eq", "gone7.txt", 1), ("neq", ["x"], "all")],
        "alertOpen": [("eq", True, None)], "severity": [("eq", [0, 1, "2", 3], "all"), ("neq", 0, "all"), ("eq", [], "all")], "resolutionStatus": [("eq", [0, 1, 2, 3, 4, 5], "all"), ("neq", "1", "all")], "read": [("eq", "false", None)], "date": WHEN + DAYS,
        "resolutionDate": [("lte", 1, 0), ("gte", 1, None), ("range", {"start": 1, "end": 2}, 0)], "risk": [("eq", 1, None), ("neq", [1], None)], "alertType": [("eq", 1, 0), ("neq", [1], "all")], "id": [("eq", "0" * 24, 0), ("neq", ["0" * 24], "all")], "ID": [("eq", ["0" * 24], 0)],
        "source": [("eq", "policy", None), ("eq", ["built-in"], None)], "text": [("text", "gone7.txt", None)]},
    "entities": {
        "type": [("eq", "user", "all"), ("neq", ["account"], "all")], "isAdmin": [("eq", ["true"], 0)], "entity": LISTED, "userGroups": LISTED, "app": [("eq", 11161, "all"), ("neq", ["1"], "all")], "service": [("eq", 11161, "all")], "instance": [("eq", 0, "all"), ("neq", [0], 0)],
        "isExternal": [("eq", None, 0), ("eq", False, "all"), ("eq", [True], 0)], "affiliation": [("eq", True, 0)], "domain": [("eq", "corp.test", "all"), ("neq", ["x"], "all")] + THERE, "organization": LISTED + THERE, "status": [("eq", [0, 1, 2, 3, 4], "all"), ("neq", "4", "all")],
        "lastSeen": WHEN, "score": [("lt", 100000, "all"), ("gt", 100000, 0)] + THERE, "displayName": [("eq", "alice@corp.test", 1)]},
    "subnet": {"category": LISTED[1:] + [("eq", 1, 0)], "tags": LISTED, "builtIn": [("eq", True, 0)], "name": [("eq", "x", 0), ("contains", "x", 0)], "organization": [("eq", "x", 0)], "location": [("eq", "x", 0)]},
}


def test_cas_every_filter():
    """Every documented field with its operators, in the spellings that occur: an answer, and the right number where it is known."""
    wrong = []
    for noun, fields in ASKED.items():
        everything = api("POST", noun + "/", {"limit": 1})["total"]
        for field, asked in fields.items():
            for op, value, expect in asked:
                if noun == "subnet" and field == "category" and value == ["x"]:
                    continue
                status, _, d = hub.api("POST", noun + "/", {"filters": {field: {op: value}}, "limit": 1})
                if status != 200 or (expect is not None and d["total"] != (everything if expect == "all" else expect)):
                    wrong.append((noun, field, op, value, status, d.get("total"), d.get("errors")))
    assert not wrong, wrong
    both = api("POST", "activities/", {"filters": {"date": {"gte_ndays": 30, "lte": 1}}})
    assert both["total"] == 0 and both["data"] == [], "operators of one field hold together"


def test_cas_bad_filter():
    d = api("POST", "alerts/", {"filters": {"severity": {"eq": "<alert_id>"}}}, expect=400)
    assert d["filters"][0] == {"error": "<alert_id> is not valid", "errorMessageCode": "CONSOLE_FORMS_NOT_VALID_VALUE", "errorMessageParams": {"value": "<alert_id>"}} and d["error"] is True, d
    assert d["errors"][0]["error"] == "<alert_id> is not valid"
    assert "Invalid token" in api("GET", "alerts/", token="0" * 64, expect=401)["detail"]
    for auth in ("token " + hub.token, "Token " + hub.token + " ", "TOKEN " + hub.token):
        assert hub.http("GET", C + "alerts/", headers={"Authorization": auth})[0] == 200


def test_cas_close():
    ids = alert_ids(12)
    gone = "0123456789abcdef01234567"
    assert re.fullmatch("^[0-9a-zA-Z=]{64,192}$", hub.token)
    for path, key, value in (("close_benign", "closed_benign", 4), ("close_false_positive", "closed_false_positive", 3), ("close_true_positive/", "closed_true_positive", 5)):
        body = {"filters": {"id": {"eq": [ids[0], gone]}}, "comment": "c " + NASTY, "reasonId": 2, "reason": 7, "reasonID": "", "sendFeedback": None, "contactEmail": None}
        assert api("POST", "alerts/" + path, body) == {key: 1, "alertsNotFound": [gone]}
        a = api("GET", "alerts/" + ids[0])
        check_alert(a)
        assert a["resolutionStatusValue"] == value and a["statusValue"] == 2 and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", a["resolveTime"]) and a["handledByUser"] == "ada" and a["comment"] == "c " + NASTY, a
    assert api("POST", "alerts/reopen/", {"filters": {"id": {"eq": ids[0]}}}) == {"reopened": 1}
    a = api("GET", "alerts/" + ids[0])
    assert a["resolveTime"] is None and a["resolutionStatusValue"] == 0 and a["handledByUser"] is None
    assert api("POST", "alerts/resolve/", {"filters": {"id": {"eq": ids[0]}}}) == {"resolved": 1}
    assert api("POST", f"alerts/{ids[1]}/dismiss/") is not None and api("GET", "alerts/" + ids[1])["resolutionStatusValue"] == 3
    assert api("POST", f"alerts/{ids[2]}/close_benign/") and api("GET", "alerts/" + ids[2])["resolutionStatusValue"] == 4
    assert api("POST", "alerts/dismiss_bulk/", {"filters": {"id": {"eq": [ids[3], ids[4]]}}, "comment": "x"}) == {"dismissed": 2}
    api("POST", f"alerts/{ids[5]}/read/", {})
    assert api("GET", "alerts/" + ids[5])["statusValue"] == 1
    api("POST", f"alerts/{ids[5]}/unread/")
    assert api("GET", "alerts/" + ids[5])["statusValue"] == 0
    api("POST", f"alerts/{gone}/read/", expect=404)
    api("POST", "alerts/close_benign/", {"comment": "all of them?"}, expect=400)
    api("POST", "alerts/close_benign/", {"filters": {}}, expect=400)
    api("POST", "alerts/close_benign/", {"filters": {"id": {"eq": [f"{i:024x}" for i in range(101)]}}}, expect=400)
    assert api("POST", "alerts/close_benign/", {"filters": {"id": {"eq": [gone]}}}) == {"closed_benign": 0, "alertsNotFound": [gone]}
    opened = api("POST", "alerts/", {"filters": {"alertOpen": {"eq": "true"}}})["total"]
    assert opened == api("POST", "alerts/", {"filters": {"resolutionStatus": {"eq": ["0"]}}})["total"] < 12
    api("POST", "alerts/reopen", {"filters": {"id": {"eq": ids}}})


# ---- compatible: activities ----


def check_activity(a):
    assert isinstance(a["entityData"], dict) and isinstance(a["internals"]["otherIPs"], list) and isinstance(a["timestamp"], int) and isinstance(a["service"], int)
    assert a["_id"] and a["appName"] and a["description"] and a["actionType"] and isinstance(a["activity"]["type"], bool) and "clientIP" in a["device"]
    assert {"city", "countryCode", "latitude", "longitude"} <= set(a["location"]) and a["userAgent"]["operatingSystem"]["name"] and a["userAgent"]["deviceType"]
    for o in (a, a["location"], a["device"], a["userAgent"]):
        assert len({k.lower() for k in o}) == len(o)
    if a["resolvedActor"]:
        assert all(isinstance(a["resolvedActor"][k], str) for k in ("id", "saasId", "instanceId", "objType", "role"))


def scan(filters, limit, between=None, **more):
    """The client's loop: filters become nextQueryFilters."""
    ids, pages = [], 0
    while True:
        d = api("POST", "activities/", {"filters": filters, "isScan": True, "limit": limit, **more})
        for a in d["data"]:
            check_activity(a)
        assert d["data"] or not d["hasNext"]
        ids += [a["_id"] for a in d["data"]]
        pages += 1
        if not d["hasNext"]:
            assert "nextQueryFilters" not in d
            return ids, pages
        filters = d["nextQueryFilters"]
        if between:
            between(filters)


def test_cas_activities():
    d = api("GET", "activities/", {"limit": "7", "filters": {"service": {"eq": "11161"}}})
    assert len(d["data"]) == 7 and d["hasNext"] is True and d["max"] == 100 and d["total"] >= 250
    for a in d["data"]:
        check_activity(a)
        assert a["service"] == 11161
    assert [a["timestamp"] for a in d["data"]] == sorted((a["timestamp"] for a in d["data"]), reverse=True)
    assert len(api("POST", "activities/", {"limit": 5000})["data"]) == 100
    assert api("GET", "activities/" + d["data"][0]["_id"])["_id"] == d["data"][0]["_id"] and api("GET", "activities/" + "0" * 32, expect=404)
    for path in ("feedback", "feedback/"):
        api("POST", f"activities/{d['data'][0]['_id']}/{path}", {"feedbackValue": "GOOD", "feedbackText": NASTY})
    assert api("POST", "activities/", {"filters": {"user.username": {"eq": ["alice@corp.test"]}, "ip.address": {"isset": True}, "activity.eventType": {"eq": ["EVENT_CATEGORY_LOGIN"]}}})["total"] == 120
    nasty = api("POST", "activities/", {"filters": {"user.username": {"eq": "mallory@corp.test"}}})["data"][0]
    assert nasty["device"]["name"] == NASTY and nasty["rawDataJson"]["operation"] == NASTY
    one = api("POST", "activities/", {"filters": {"activity.id": {"eq": [d["data"][1]["_id"]]}}})["data"]
    assert [a["_id"] for a in one] == [d["data"][1]["_id"]]


def test_cas_scan():
    total = api("POST", "activities/", {"limit": 1})["total"]
    for limit in (7, 50, 5000):
        for direction in ("desc", "asc"):
            ids, pages = scan({}, limit, sortDirection=direction)
            assert len(ids) == len(set(ids)) == total and (pages > 1) == (limit < total), (limit, direction, len(ids), len(set(ids)), total)
    ids, _ = scan({}, 40, sortField="created")
    assert len(ids) == len(set(ids)) == total
    # ten of one moment in pages of three: an over-long page, each once
    same = {"user.username": {"eq": ["bob@corp.test"]}, "date": {"range": {"start": (NOW - 30000) * 1000, "end": (NOW - 30000) * 1000}}}
    ids, pages = scan(same, 3)
    assert len(ids) == len(set(ids)) == 10, ids
    d = api("POST", "activities/", {"filters": {"service": {"eq": [11161]}, "date": {"range": {"start": 1, "end": 9999999999999}}}, "isScan": "true", "limit": 10})
    assert d["nextQueryFilters"]["service"] == {"eq": [11161]} and d["nextQueryFilters"]["date"]["range"] == {"start": 1, "end": 9999999999999} and isinstance(d["nextQueryFilters"]["date"]["lte"], int), d["nextQueryFilters"]
    assert len(api("POST", "activities/", {"isScan": True})["data"]) == total, "500 is the usual page"


def test_cas_scan_of_one_bound():
    """A client that takes nothing from nextQueryFilters but date.lte, and puts it beside its own date.range; it asks by GET with a body."""
    total = api("POST", "activities/", {"limit": 1})["total"]
    own, ids = {"date": {"range": [{"start": 1, "end": 9999999999999}]}}, []
    while True:
        d = api("GET", "activities/", {"filters": own, "isScan": True, "limit": 60, "performAsyncTotal": True}, headers={"Content-Type": "application/json"})
        ids += [a["_id"] for a in d["data"]]
        if not d["hasNext"]:
            break
        own["date"]["lte"] = d["nextQueryFilters"]["date"]["lte"]
    assert len(ids) == len(set(ids)) == total
    assert len(api("GET", "activities/", {"limit": 1, "service": {"eq": 11161}, "unknown": [1]})["data"]) == 1, "what is unknown at the top is let be"
    beyond = api("POST", "activities/", {"skip": total + 5, "limit": 10})
    assert beyond["data"] == [] and beyond["hasNext"] is False, "no further page behind an empty one"


def test_cas_scan_while_arriving():
    """New activities at the head while a scan goes down: what was there comes exactly once."""
    before = {a for a in scan({}, 5000)[0]}
    sent = []

    def more(filters):
        if len(sent) < 3:
            sent.append(1)
            hub.upload(f"late{len(sent)}.ndjson", [activity(int(time.time()) + 10 * len(sent), f"late{len(sent)}@corp.test", session=f"late{len(sent)}")])
            who = {"filters": {"text": {"text": f"late{len(sent)}@corp.test"}}}
            hub.until("a late activity", "activities/query", lambda d: d["total"] == 1, who)

    ids, _ = scan({}, 60, more)
    assert len(sent) == 3 and len(ids) == len(set(ids)) and set(ids) == before
    assert len(scan({}, 5000)[0]) == len(before) + 3


def test_cas_subnets():
    body = {"name": "range " + NASTY.replace("\x01", ""), "category": "5", "organization": "isp", "subnets": ["197.198.192.20/16", "2001:db8::1/32", "10.1.2.3"], "tags": ["Contoso", "new one"]}
    made = api("POST", "/cas/api/v1/subnet/create_rule/", body)
    assert isinstance(made, str) and re.fullmatch("[0-9a-f]{24}", made)
    one = api("GET", f"/api/subnet/{made}")
    assert one["subnets"][0] == {"mask": 112, "address": "0000:0000:0000:0000:0000:ffff:c5c6:0000", "originalString": "197.198.192.20/16"}, one
    assert one["subnets"][1] == {"mask": 32, "address": "2001:0db8:0000:0000:0000:0000:0000:0000", "originalString": "2001:db8::1/32"} and one["subnets"][2]["mask"] == 128
    assert one["name"] == body["name"] and one["category"] == 5 and isinstance(one["lastModified"], float) and {t["name"] for t in one["tags"]} == {"Contoso", "new one"} and one["location"] is None
    assert all(re.fullmatch("[0-9a-f]{24}", t["id"]) for t in one["tags"])
    find = lambda f: [s["_id"] for s in api("POST", "subnet/", {"filters": f})["data"]]
    assert find({}) == find({"category": {"eq": 5}}) == find({"tags": {"eq": ["contoso"]}}) == find({"tags": {"eq": [one["tags"][0]["id"]]}}) == find({"builtIn": {"eq": False}}) == [made]
    assert find({"category": {"eq": [1, 2]}}) == find({"tags": {"eq": ["none"]}}) == find({"builtIn": {"eq": True}}) == []
    assert api("POST", f"subnet/{made}/update_rule/", {"name": "vpn", "category": 4, "subnets": ["203.0.113.0/24"], "tags": [one["tags"][0]["id"]]})["name"] == "vpn"
    again = api("GET", "subnet/" + made)
    assert again["category"] == 4 and again["tags"] == [one["tags"][0]] and again["subnets"][0]["originalString"] == "203.0.113.0/24"
    assert post("activities/query", {"filters": {"ip.category": {"eq": [4]}, "user.username": {"eq": "alice@corp.test"}, "actionType": {"eq": "sign-in"}}})["total"] == 120
    assert post("activities/query", {"filters": {"ip.tags": {"eq": [again["tags"][0]["name"]]}, "actionType": {"eq": "sign-in"}}})["total"] == 121
    other = api("POST", "/api/subnet/create_rule/", {"name": "Zürich", "category": 1, "subnets": ["192.0.2.0/24"]})
    assert find({"organization": {"eq": "ISP"}}) == [] and find({"name": {"contains": ["zür"]}}) == [other] and api("POST", f"/api/subnet/{other}/update_rule/", {"name": "Zürich", "category": 1, "organization": "isp", "subnets": ["192.0.2.0/24"]})["_id"] == other
    assert find({"organization": {"eq": "ISP"}}) == find({"organization": {"isset": True}}) == [other]
    order = lambda field, way: [x["name"] for x in api("POST", "subnet/", {"sortField": field, "sortDirection": way})["data"]]
    assert order("name", "asc") == order("category", "desc") == ["vpn", "Zürich"] and order("name", "desc") == order("category", "asc") == ["Zürich", "vpn"]
    assert hub.api("DELETE", f"/api/subnet/{other}/")[0] == 200
    for bad in ({"subnets": ["10.0.0.0/33"]}, {"subnets": ["host"]}, {"subnets": []}, {"category": 9}, {"name": ""}):
        api("POST", "subnet/create_rule/", {"name": "x", "category": 1, "subnets": ["10.0.0.0/8"], **bad}, expect=400)
    api("POST", "subnet/create_rule/", {"name": "VPN", "category": 1, "subnets": ["10.0.0.0/8"]}, expect=400)
    assert hub.api("DELETE", f"/api/v1/subnet/{made}/")[0] == 200 and hub.api("DELETE", f"/api/v1/subnet/{made}/")[0] == 404 and find({}) == []


def check_entity(e):
    assert re.fullmatch("[0-9a-f]{24}", e["_id"]) and e["type"] == 2 and e["status"] in (2, 3, 4) and isinstance(e["accounts"], list) and isinstance(e["userGroups"], list), e
    assert json.loads(e["username"]) == {"id": e["id"], "saas": e["appData"]["saas"], "inst": 0} and e["ii"] == f"{e['appData']['saas']}|0|{e['id']}"
    for key in ("email", "domain", "organization", "role", "sid", "lastSeen"):
        assert key in e
    assert e["lastSeen"] is None or e["lastSeen"].endswith("Z")
    assert isinstance(e["isAdmin"], bool) and isinstance(e["isExternal"], bool) and isinstance(e["threatScore"], int) and isinstance(e["scoreTrends"], dict)
    for a in e["accounts"]:
        assert a["p"] == e["ii"] and a["i"] == e["id"] and a["ii"] == f"{a['saas']}|0|{e['id']}" and isinstance(a["aliases"], list) and a["appData"]["name"], a
    keys = [k.lower() for k in e]
    assert len(keys) == len(set(keys)), "keys that differ only in case"


def test_cas_entities():
    for method, body, headers in (("GET", {"limit": 100}, {}), ("POST", "", {"Content-Type": "application/json"}), ("POST", {"filters": {"type": {"eq": "user"}}}, {}),
                                  ("POST", '{"filters":{"isExternal":{"eq":null}}}', {"Content-Type": "application/x-www-form-urlencoded"})):
        d = api(method, "/cas/api/v1/entities" + ("/" if method == "GET" else ""), body, headers=headers)
        assert d["max"] == 100 and d["hasNext"] is False and d["moreThanTotal"] is False and len(d["data"]) == d["total"], d
        for e in d["data"]:
            check_entity(e)
    everybody = api("POST", "entities/", {})["data"]
    alice = next(e for e in everybody if e["email"] == "alice@corp.test")
    assert {a["saas"] for a in alice["accounts"]} == {11161, 20892} and alice["domain"] == "corp.test" and "alice@corp.test" in alice["accounts"][0]["aliases"], alice
    assert len(alice["threatScoreHistory"]) in (0, 14)
    pk = lambda saas: base64.b64encode(json.dumps({"id": alice["id"], "saas": saas, "inst": 0}).encode()).decode()
    one = api("GET", "entities/" + alice["_id"])
    check_entity(one)
    same = lambda e: {k: v for k, v in e.items() if k not in ("sctime", "threatScoreHistory")}
    for x in (pk(11161), pk(11161).rstrip("="), urllib.parse.quote(pk(20892), safe=""), "alice@corp.test"):
        assert same(api("GET", f"entities/{x}/")) == same(one), x
    assert api("GET", "entities/" + "0" * 24, expect=404) == {"detail": "Not found."}
    assert api("GET", "entities/" + base64.b64encode(b'{"id":"nobody","saas":1}').decode(), expect=404) == {"detail": "Not found."}
    tree = api("GET", f"entities/{pk(11161)}/retrieve_tree/")["data"]
    assert {a["saas"] for a in tree} == {11161, 20892}
    tree = api("GET", f"entities/{pk(20892)}/retrieve_tree")["data"]
    assert tree[0]["_id"] == alice["_id"] and [a["saas"] for a in tree[1:]] == [11161], "the parent and the siblings"
    find = lambda f: {e["email"] for e in api("POST", "entities/", {"filters": f})["data"]}
    assert find({"entity": {"eq": [{"id": alice["id"], "saas": 11161, "inst": 0}]}}) == find({"entity": {"eq": pk(11161)}}) == {"alice@corp.test"}
    assert "alice@corp.test" not in find({"entity": {"neq": [pk(11161)]}}) and "alice@corp.test" in find({"app": {"eq": [20892]}})
    assert "bob@corp.test" in find({"app": {"eq": 11161}}), [(e["email"], e["accounts"]) for e in everybody if e["email"] == "bob@corp.test"]
    assert "mallory@corp.test" not in find({"app": {"eq": [20892]}})
    assert find({"domain": {"eq": ["corp.test"]}}) >= {"alice@corp.test", "bob@corp.test"} and find({"domain": {"eq": "other.test"}}) == set()
    assert find({"isAdmin": {"eq": "true"}}) == find({"isAdmin": {"eq": ["true"]}}) == find({"isAdmin": {"eq": True}})
    assert find({"status": {"eq": [2]}}) >= {"bob@corp.test"} and find({"status": {"eq": [4]}}) == set()
    api("POST", "entities/", {"filters": {"status": {"eq": "busy"}}}, expect=400)
    seen, skip = [], 0
    while True:
        d = api("POST", "entities/", {"skip": skip, "limit": "1", "sortField": "displayName", "sortDirection": "asc"})
        seen += [e["_id"] for e in d["data"]]
        skip += 1
        if not d["hasNext"]:
            break
    assert len(seen) == len(set(seen)) == len(everybody)


def test_cas_files_and_discovery():
    for path in ("files/", "files/?skip=100", "/cas/api/v1/discovery/discovered_apps/"):
        assert api("POST", path, {"filters": {}, "limit": 10}) == {"data": [], "total": 0, "moreThanTotal": False, "max": 100, "hasNext": False}, path
    assert api("GET", "files/603f704aaf7417985bbf3b22/", expect=404) == {"detail": "Not found."}
    assert api("GET", "/api/discovery/streams/")["data"] == [] and api("POST", "discovery/discovered_apps/categories/", {}) == []
    status, headers, body = hub.api("GET", "/api/discovery_block_scripts/?format=120&type=banned")
    assert status == 200 and headers["Content-Type"].startswith("text/plain") and body == b"", (status, body)
    api("GET", "/api/discovery_block_scripts/?format=1", expect=400)
    assert "not read" in api("GET", "discovery/upload_url/?filename=a.log&source=GENERIC_CEF", expect=403)["detail"]


def table(path, body):
    status, headers, data = hub.own("POST", path, body)
    assert status == 200 and headers["Content-Type"].startswith("text/csv") and "attachment" in headers["Content-Disposition"], (status, data)
    return list(csv.DictReader(io.StringIO(data.decode() if isinstance(data, bytes) else data)))


def export_by(ask, body):
    """The whole life of an export: (its last row, its file)."""
    status, _, e = ask("POST", "exports", body)
    assert status == 202 and e["state"] in ("waiting", "running", "done"), (status, e)
    end = time.time() + 30
    while e["state"] in ("waiting", "running") and time.time() < end:
        time.sleep(0.05)
        e = ask("GET", f"exports/{e['id']}")[2]
    assert e["state"] == "done", e
    status, headers, data = ask("GET", f"exports/{e['id']}/file")
    data = data if isinstance(data, bytes) else json.dumps(data).encode() if isinstance(data, dict) else data.encode()
    assert status == 200 and "attachment" in headers["Content-Disposition"] and int(headers["Content-Length"]) == e["bytes"], (status, headers.items(), e)
    return e, data.decode()


def exported(body):
    return export_by(hub.own, body)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def lines_of(text):
    return [json.loads(l) for l in text.strip().split("\n")]


def test_exports():
    filters = {"user.username": {"eq": "mallory@corp.test"}}
    e, text = exported({"filters": filters})
    rows = rows_of(text)
    assert e["format"] == "csv" and e["filters"] == filters and e["activities"] == e["of"] == 1 and not e["more"] and e["mine"] and e["by"] == "ada", e
    assert len(rows) == 1 and rows[0]["User"] == "mallory@corp.test" and rows[0]["IP address"] == "203.0.113.66" and rows[0]["Country"] == "France", rows
    assert rows[0]["Device"].startswith("q") and "\n" not in rows[0]["Device"], "hostile text stays in its cell"
    total = post("activities/query", {"limit": 1, "filters": {"actionType": {"eq": "sign-in"}}})["total"]
    rows = rows_of(exported({"filters": {"actionType": {"eq": "sign-in"}}, "format": "csv"})[1])
    assert len(rows) == total > 200 and len({r["Id"] for r in rows}) == total and [r["Time"] for r in rows] == sorted((r["Time"] for r in rows), reverse=True)
    ids = [r["Id"] for r in rows]
    made = [exported({"query": "actionType:sign-in", "format": f}) for f in ("json", "ocsf", "ecs")]
    assert all(e["activities"] == total and e["query"] == "actionType:sign-in" for e, _ in made), made[0][0]
    for (_, text), of in zip(made, (lambda x: x["id"], lambda x: x["metadata"]["uid"], lambda x: x["event"]["id"])):
        assert [of(x) for x in lines_of(text)] == ids
    assert all(x["class_uid"] == 3002 for x in lines_of(made[1][1])) and lines_of(made[0][1])[0]["record"]["path"]
    folder = f"{hub.work}/data/exports"
    assert os.stat(folder).st_mode & 0o777 == 0o700 and all(os.stat(f"{folder}/{n}").st_mode & 0o777 == 0o600 for n in os.listdir(folder))
    listed = get("exports")
    assert listed["total"] == 5 and [x["id"] for x in listed["data"]] == sorted((x["id"] for x in listed["data"]), reverse=True)
    gone = listed["data"][0]["id"]
    assert hub.own("POST", f"exports/{gone}/cancel", {})[0] == 409, "it has ended"
    assert hub.own("DELETE", f"exports/{gone}")[0] == 200 and hub.own("GET", f"exports/{gone}/file")[0] == 404 and hub.own("DELETE", f"exports/{gone}")[0] == 404
    end = time.time() + 10
    while os.path.exists(f"{folder}/{gone}") and time.time() < end:
        time.sleep(0.05)
    assert not os.path.exists(f"{folder}/{gone}"), "the file of a deleted export is still there"
    for bad in ({"filters": {"nothing": {"eq": 1}}}, {"filters": {}, "format": "xml"}, {"query": "nonsense:1"}, {"filters": [1]}):
        assert hub.own("POST", "exports", bad)[0] == 400, bad
    assert all(hub.own("GET", f"exports/{i}")[0] == 404 for i in ("0", "x", "-1", "9" * 30))
    said = {(r["what"], r["object"]) for r in get("audit?limit=60")["data"]}
    assert {("activities exported", str(gone)), ("export downloaded", str(gone)), ("export deleted", str(gone))} <= said
    alerts = table("alerts/export", {"filters": {}})
    assert {a["Id"] for a in alerts} == {a["id"] for a in post("alerts/query", {"limit": 100})["data"]} and all(a["Users"] and a["Severity"] and a["Status"] for a in alerts)
    for form, uid, people in (("ocsf", lambda e: e["finding_info"]["uid"], lambda e: [x["name"] for x in e["resources"]]), ("ecs", lambda e: e["event"]["id"], lambda e: e["related"]["user"])):
        status, headers, data = hub.own("POST", "alerts/export", {"filters": {}, "format": form})
        assert status == 200 and headers["Content-Type"] == "application/x-ndjson", (status, headers, data)
        events = {uid(e): e for e in map(json.loads, data.decode().strip().split("\n"))}
        assert {i: ", ".join(people(e)) for i, e in events.items()} == {a["Id"]: a["Users"] for a in alerts}, form
    assert hub.own("POST", "alerts/export", {"filters": {}, "format": "xml"})[0] == 400
    assert "alerts exported" in {r["what"] for r in get("audit?limit=20")["data"]}
    for x in get("exports")["data"]:
        assert hub.own("DELETE", f"exports/{x['id']}")[0] == 200


def test_exports_of_others():
    """Others' exports are not there; who manages administrators has them all; an account has at most twenty; a changed role ends what it could see."""
    reader, writer = person("reader", "security_reader", {}), person("analyst", "security_operator", {})
    ask = lambda head: lambda method, path, body=None: hub.http(method, V + path, body, head)
    e, text = export_by(ask(reader), {"filters": {}, "format": "json"})
    for method, path in (("GET", ""), ("GET", "/file"), ("POST", "/cancel"), ("DELETE", "")):
        assert ask(writer)(method, f"exports/{e['id']}{path}", {} if method == "POST" else None)[0] == 404, path
    assert ask(writer)("GET", "exports")[2]["data"] == []
    seen = next(x for x in get("exports")["data"] if x["id"] == e["id"])
    assert seen["by"] == "reader" and not seen["mine"] and hub.own("GET", f"exports/{e['id']}/file")[0] == 200, seen
    account = next(a for a in get("accounts")["data"] if a["name"] == "reader")
    assert hub.own("PUT", f"accounts/{account['id']}", {"role": "compliance_administrator"})[0] == 200
    status, _, data = ask(signed_in("reader"))("GET", f"exports/{e['id']}/file")
    assert status == 403 and "role has changed" in data["detail"], (status, data)
    assert hub.own("PUT", f"accounts/{account['id']}", {"role": "security_reader"})[0] == 200
    made = [ask(writer)("POST", "exports", {"filters": {}})[0] for _ in range(21)]
    assert made == [202] * 20 + [409], made
    end = time.time() + 40
    while time.time() < end and any(x["state"] in ("waiting", "running") for x in ask(writer)("GET", "exports")[2]["data"]):
        time.sleep(0.1)
    assert {x["state"] for x in ask(writer)("GET", "exports")[2]["data"]} == {"done"}
    ids = [x["id"] for x in get("exports")["data"]]
    analyst = next(a for a in get("accounts")["data"] if a["name"] == "analyst")
    assert hub.own("DELETE", f"accounts/{analyst['id']}")[0] in (200, 204)
    assert [x["by"] for x in get("exports")["data"]] == ["reader"], "with an account its exports go"
    assert len(ids) == 21 and hub.own("DELETE", f"exports/{e['id']}")[0] == 200


def test_score_reset():
    first = max(get("users?sort=score")["data"], key=lambda u: u.get("score") or 0)
    assert first["score"] > 0
    status, _, _ = hub.own("POST", f"users/{first['id']}/reset", {"comment": "a pentest"})
    assert status == 202
    end = time.time() + 30
    while get("users/" + first["id"])["score"] != 0:
        assert time.time() < end, get("users/" + first["id"])
        time.sleep(0.3)
    receipt = get(f"users/{first['id']}/receipt")
    assert receipt["score"] == receipt["sum"] == 0 and not [p for p in receipt["parts"] if p.get("counted", True) and p["points"] and receipt["sum"]]
    assert [r["object"] for r in get("audit?limit=20&q=score+reset")["data"]][0] == first["id"]
    assert hub.own("POST", f"users/{'0' * 24}/reset", {})[0] == 404


def test_secrets_are_not_told():
    """What is secret is neither in the log of the server, nor in clear in any of its files, nor in the audit log or an answer."""
    mail, key = "a password of the mail server", "a key of the webhook"
    status, _, data = hub.own("PUT", "notifications", {"mail": {"enabled": False, "server": "127.0.0.1", "from": "a@b.test", "user": "u", "password": mail}, "webhook": {"enabled": False, "url": "https://127.0.0.1:1/x", "key": key}})
    assert status == 200, data
    hub.http("POST", V + "session", {"name": "ada", "password": PASSWORD + " wrong"}, {"Origin": f"https://127.0.0.1:{hub.port}"})
    hub.api("GET", "alerts/", token="f" * 64)
    secret = {"password": PASSWORD, "mail": mail, "webhook": key, "token": hub.token, "wrong token": "f" * 64, "session": hub.cookie.split("=", 1)[1]}
    answers = json.dumps([get("notifications"), get("settings"), get("tokens"), get("accounts"), get("audit?limit=100")]) + str(hub.own("GET", "audit/export")[2])
    assert not [n for n, x in secret.items() if x in answers]
    found, files = [], 0
    for folder, _, names in os.walk(hub.work):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            files += 1
            found += [(name, n) for n, x in secret.items() if x.encode() in data]
    assert files > 5 and not found, found


# ---- the description, and who may what ----

def fits(doc, schema, value, at=""):
    """The part of JSON Schema that the description uses."""
    if "$ref" in schema:
        return fits(doc, doc["components"]["schemas"][schema["$ref"].split("/")[-1]], value, at)
    for part in schema.get("allOf", []):
        fits(doc, part, value, at)
    if "anyOf" in schema:
        errors = []
        for part in schema["anyOf"]:
            try:
                return fits(doc, part, value, at)
            except AssertionError as e:
                errors.append(str(e))
        raise AssertionError(f"{at}: {errors}")
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list, "null": type(None)}
    if "type" in schema:
        good = isinstance(value, kinds[schema["type"]]) and (schema["type"] in ("boolean",) or not isinstance(value, bool))
        assert good, f"{at}: {str(value)[:80]!r} is no {schema['type']}"
    if schema.get("format") == "date-time":
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value), (at, value)
    if isinstance(value, dict):
        for key in schema.get("required", []):
            assert key in value, f"{at}: {key} is missing: {str(value)[:300]}"
        for key, part in schema.get("properties", {}).items():
            if key in value:
                fits(doc, part, value[key], f"{at}.{key}")
    if isinstance(value, list) and "items" in schema:
        for n, x in enumerate(value):
            fits(doc, schema["items"], x, f"{at}[{n}]")


def answers(doc):
    """Things that exist for the placeholders of paths."""
    alert = post("alerts/query", {"limit": 1})["data"][0]["id"]
    act = post("activities/query", {"limit": 1})["data"][0]["id"]
    user = get("users")["data"][0]["id"]
    policy = get("policies")["data"][0]["id"]
    return [("alerts/{id}", alert), ("activities/{id}", act), ("users/{id}", user), ("policies/{id}", policy), ("entities/{pk}", user)]


def test_language_of_new_accounts():
    made = []
    for language, more in (("fr", {}), ("fr", {"language": "en"}), ("en", {})):
        assert hub.own("PUT", "settings", {"language": language})[0] == 200
        a = post("accounts", {"name": f"speaker-{len(made)}", "password": PASSWORD, "role": "security_reader", **more})
        assert a["language"] == more.get("language", language), (language, more, a)
        made.append(a["id"])
    for i in made:
        assert hub.own("DELETE", f"accounts/{i}")[0] == 200


def test_openapi():
    doc = get("openapi.json")
    assert doc["openapi"].startswith("3.1") and doc["info"]["title"] == "Vigie" and len(doc["paths"]) > 80
    for path, methods in doc["paths"].items():
        for method, op in methods.items():
            names = [p["name"] for p in op["parameters"]]
            assert names == re.findall(r"\{(\w+)\}", path) and op["summary"].endswith(".") and op["x-vigie-right"] and "2XX" in op["responses"], (path, op)
    known = answers(doc)
    checked = []
    for path, methods in doc["paths"].items():
        op = methods.get("get") or (methods.get("post") if path.endswith("/query") else None)
        schema = op and op["responses"]["2XX"].get("content", {}).get("application/json", {}).get("schema")
        if not schema:
            continue
        real = path
        for pattern, value in known:
            real = real.replace(pattern, pattern.split("{")[0] + value)
        if "{" in real or real.endswith("posture"):
            continue
        status, _, data = hub.http("GET" if "get" in methods else "POST", real, None if "get" in methods else {"limit": 20}, {"Authorization": "Token " + hub.token})
        assert status == 200, (real, status, data)
        fits(doc, schema, data, path)
        checked.append(path)
    assert len(checked) >= 22, checked
    for path, bad in (("/api/v1/alerts/", {"filters": {"severity": {"eq": "x"}}}), ("/api/v1/activities/", {"filters": {"date": {"lte": "x"}}})):
        status, _, data = hub.http("POST", path, bad, {"Authorization": "Token " + hub.token})
        assert status == 400
        fits(doc, doc["paths"][path]["post"]["responses"]["400"]["content"]["application/json"]["schema"], data, path)


def test_calls_of_the_portal():
    """Every address that a page of the portal asks exists, with that method."""
    parts = lambda path: path.strip("/").split("/")
    known = [(method, parts(path)) for path, methods in get("openapi.json")["paths"].items() for method in methods]
    calls = set()
    for name in glob.glob("portal/src/**/*.ts*", recursive=True):
        text = open(name).read()
        own = set(re.findall(r"const (get|post|put|del) = ", text))  # means something else in that file
        calls |= {(m[1].replace("del", "delete"), m[2]) for m in re.finditer(r"[^.\w](get|post|put|del)(?:<[^(]*>)?\([`']([^`']+)[`']", text) if m[1] not in own}
        calls |= {(m[1].lower(), m[2]) for m in re.finditer(r"\bdownload\('(\w+)', [`']([^`']+)[`']", text)}
    assert len(calls) > 80, len(calls)
    missing = []
    for method, path in sorted(calls):
        path = re.sub(r"\$\{query\(.*|\?.*", "", path).replace("${ROUTE}", "/api/v1/subnet/")
        path = parts((path if path.startswith("/") else V + path).replace("${", "{"))
        same = lambda p: len(p) == len(path) and all("{" in x or "{" in y or x == y for x, y in zip(p, path))
        if not any(m == method and same(p) for m, p in known) and path[-1] != "governance":  # that page says that nothing is kept yet
            missing.append((method, path))
    assert not missing, missing


class Kept:
    """One connection for many requests."""

    def __init__(self):
        self.c = None

    def ask(self, method, path, body, headers):
        for attempt in (1, 2):
            self.c = self.c or http.client.HTTPSConnection("127.0.0.1", hub.port, context=TLS, timeout=30)
            try:
                self.c.request(method, path, body, headers)
                r = self.c.getresponse()
                data = r.read()
                break
            except (http.client.HTTPException, OSError):
                self.c = None
                if attempt == 2:
                    raise
        try:
            data = json.loads(data)
        except ValueError:
            pass
        return r.status, data


def token_of(role):
    p = subprocess.run([VIGIE, "admin", "token", "add", role, "--role", role, "--data", f"{hub.work}/data"], check=True, capture_output=True, text=True)
    return p.stdout.strip()


def test_every_role_on_every_route():
    """403 for exactly those who lack the right that the description names; nothing is changed: what is asked for does not exist, or is refused for its form."""
    doc = get("openapi.json")
    roles = {r["id"]: r for r in get("roles")["data"]}
    tokens = {i: token_of(i) for i, r in roles.items() if r["scope"] not in ("app", "group")}
    assert len(tokens) >= 10
    kept = Kept()
    allowed = denied = 0
    for path, methods in sorted(doc["paths"].items()):
        real = re.sub(r"\{\w+\}", "0" * 24, path)
        for method, op in methods.items():
            right = op["x-vigie-right"]
            if "/session" in path or "/setup" in path or "oauth2" in path or path == "/api/vigie/v1/link" and method == "put":
                continue  # told apart in test_server.py and test_hub.py
            status, data = kept.ask(method.upper(), real, b"" if method in ("post", "put", "patch") else None, {})
            assert status == 401 if right != "none" else status in (200, 503), (method, path, status, "without signing in")
            for role, token in tokens.items():
                may = right in ("none", "signed_in") or right in roles[role]["rights"]
                status, data = kept.ask(method.upper(), real, "[" if method in ("post", "put", "patch") else None, {"Authorization": "Token " + token, "Content-Type": "application/json"})
                refused = status == 403 and "discovery/" not in path
                if "discovery/" in path:  # these refuse everybody with a sentence of their own
                    refused = status == 403 and "hub" not in data.get("detail", "")
                assert refused != may and status not in (401, 500), (role, method, path, right, status, data)
                allowed, denied = allowed + may, denied + (not may)
    assert allowed > 500 and denied > 300, (allowed, denied)


LDIF = """dn: DC=corp,DC=test
objectClass: domainDNS

dn: CN=alice,CN=Users,DC=corp,DC=test
objectClass: user
sAMAccountName: alice
userPrincipalName: alice@corp.test
objectSid: S-1-5-21-7-7-7-1101
memberOf: CN=Planners,CN=Users,DC=corp,DC=test

dn: CN=Planners,CN=Users,DC=corp,DC=test
objectClass: group
sAMAccountName: Planners
objectSid: S-1-5-21-7-7-7-1102
member: CN=alice,CN=Users,DC=corp,DC=test
"""


def person(name, role, scope):
    """A new account's session as headers."""
    post("accounts", {"name": name, "password": PASSWORD, "role": role, "scope": scope})
    return signed_in(name)


def signed_in(name):
    status, headers, data = hub.http("POST", V + "session", {"name": name, "password": PASSWORD}, {"Origin": f"https://127.0.0.1:{hub.port}"})
    assert status == 200, data
    return {"Cookie": headers["Set-Cookie"].split(";")[0], "X-Vigie-CSRF": data["csrf"], "Origin": f"https://127.0.0.1:{hub.port}"}


def outside(head, inside, others, alerts):
    """Whoever is scoped sees `inside` (activity ids), by no road one of `others`, and only those `alerts`."""
    ask = lambda method, path, body=None: hub.http(method, path if path[0] == "/" else V + path, body, head)
    for filters in ({}, {"activity.id": {"eq": sorted(others)[:50]}}, {"service": {"neq": [1]}}, {"user.username": {"neq": ["nobody"]}}, {"text": {"text": "corp"}}):
        status, _, d = ask("POST", "activities/query", {"filters": filters, "limit": 100})
        assert status == 200 and not {r["id"] for r in d["data"]} & others and d["total"] <= len(inside), (filters, d["total"], len(inside))
    status, _, d = ask("POST", "activities/query", {"filters": {}, "limit": 100})
    assert d["total"] == len(inside)
    for i in sorted(others)[:3]:
        for path in (f"activities/{i}", f"activities/{i}/raw", f"activities/{i}/insights", f"activities/{i}/similar", f"{C}activities/{i}/"):
            assert ask("GET", path)[0] == 404, path
    e, text = export_by(ask, {"filters": {}})
    assert {r["Id"] for r in rows_of(text)} == inside and e["of"] == len(inside)
    for x in lines_of(export_by(ask, {"filters": {"activity.id": {"eq": sorted(others)[:5] + sorted(inside)[:5]}}, "format": "ocsf"})[1]):
        assert x["metadata"]["uid"] in inside
    data = ask("POST", "alerts/export", {"filters": {}})[2]
    assert {r["Id"] for r in rows_of(data.decode())} == alerts
    d = ask("POST", "activities/top", {"filters": {}, "by": "app", "limit": 10})[2]["data"]
    assert sum(x["n"] for x in d) == len(inside), d
    assert ask("GET", "dashboard")[2]["activities"] == len(inside)
    d = ask("POST", C + "activities/", {"isScan": True, "limit": 5000})[2]
    assert len(d["data"]) == len(inside) and d["hasNext"] is False
    everything = {a["id"] for a in post("alerts/query", {"limit": 100})["data"]}
    seen = {a["id"] for a in ask("POST", "alerts/query", {"limit": 100})[2]["data"]}
    assert seen == alerts and {a["_id"] for a in ask("GET", C + "alerts/")[2]["data"]} == alerts and ask("GET", "dashboard")[2]["alerts"]["open"] <= len(alerts)
    for i in sorted(everything - alerts)[:3]:
        for method, path in (("GET", f"alerts/{i}"), ("GET", f"alerts/{i}/workbook"), ("POST", f"alerts/{i}/read"), ("POST", f"alerts/{i}/close"), ("POST", f"alerts/{i}/comment"), ("GET", f"{C}alerts/{i}")):
            assert ask(method, path, {"as": "benign", "text": "x"} if method == "POST" else None)[0] in (403, 404), path
    if everything - alerts:
        d = ask("POST", C + "alerts/close_benign/", {"filters": {"id": {"eq": [sorted(everything - alerts)[0]]}}})
        assert d[0] == 403 or d[2] == {"closed_benign": 0, "alertsNotFound": [sorted(everything - alerts)[0]]}, d


def change_inside(head, inside, *outer):
    """Whoever is scoped makes and changes activity policies about the scope, and changes nothing that concerns others."""
    ask = lambda method, path, body=None: hub.http(method, V + path, body, head)
    body = {"name": "inside", "severity": "low", "filters": {**inside, "actionType": {"eq": ["file shared"]}}}
    status, _, mine = ask("POST", "policies", body)
    assert status == 201, mine
    assert ask("PUT", "policies/" + mine["id"], {"severity": "high"})[0] == 200
    theirs = get("policies?type=activity&q=Deleting")["data"][0]
    for filters in outer:
        assert ask("POST", "policies", {**body, "filters": filters})[0] == ask("PUT", "policies/" + mine["id"], {"filters": filters})[0] == 403, filters
    for path, change in (("impossible_travel", {"enabled": False}), ("impossible_travel/exclusions", {"exclusions": [{"name": "10.0.0.0/8"}]}), (theirs["id"], {"enabled": False})):
        assert ask("PUT", "policies/" + path, change)[0] == 403, path
    assert ask("DELETE", "policies/" + theirs["id"])[0] == 403
    seen = ask("POST", "alerts/query", {"limit": 1})[2]["data"][0]["id"]
    assert ask("POST", f"alerts/{seen}/exclude", {"name": "10.0.0.0/8"})[0] == ask("POST", f"alerts/{seen}/suppress", {"by": "ip"})[0] == 403
    assert get("policies/impossible_travel")["enabled"] is True and ask("DELETE", "policies/" + mine["id"])[0] == 200


def test_scopes_hide_the_rest():
    status, _, data = hub.own("POST", "inputs?name=planners.ldif", LDIF.encode(), headers={"Content-Type": "application/octet-stream"})
    assert status == 202, data
    alice = lambda: next((u for u in get("users?q=alice@corp.test")["data"]), None)
    end = time.time() + 30
    while not (alice() and get("users/" + alice()["id"])["groups"]):
        assert time.time() < end, ("the group does not arrive", alice(), get("health")["analysis"], get("inputs")["data"][:2])
        time.sleep(0.3)
    group = get("users/" + alice()["id"])["groups"][0]
    assert group["name"] == "Planners"
    total = post("activities/query", {"limit": 1})["total"]
    who = {r["id"]: r for skip in range(0, total, 100) for r in post("activities/query", {"limit": 100, "skip": skip})["data"]}
    assert len(who) == total
    alerts = post("alerts/query", {"limit": 100})["data"]

    offered = get("suggest?of=groups&q=plan")["data"]
    assert offered == [{"value": group["id"], "label": "Planners", "about": "group"}], offered
    assert {"Planners", "alice"} <= {x["label"].split("@")[0] for word in ("plan", "alic") for x in get("suggest?of=everybody&q=" + word)["data"]}
    travel = hub.own("PUT", "policies/impossible_travel", {"scope": {"include": [{"id": group["id"]}], "exclude": [alice()["id"]]}})
    assert travel[0] == 200 and travel[2]["scope"]["include"] == [{"id": group["id"], "name": "Planners"}], travel
    assert hub.own("PUT", "policies/impossible_travel", {"scope": {"include": ["Planners"]}})[0] == 400, "a name is no id"
    assert hub.own("PUT", "policies/impossible_travel", {"scope": {"include": [], "exclude": []}})[0] == 200

    files = {i for i, r in who.items() if r["app"]["service"] == 20892}
    assert 0 < len(files) < len(who)
    outside(person("files", "app_admin", {"apps": [20892]}), files, who.keys() - files, {a["id"] for a in alerts if a.get("app", {}).get("service") == 20892})
    hers = {i for i, r in who.items() if r["actor"]["name"].startswith("alice")}
    assert files & hers and len(hers) < len(who)
    planners = person("planners", "group_admin", {"groups": [group["id"]]})
    change_inside(person("sharepoint", "app_admin", {"apps": [20892]}), {"service": {"eq": [20892]}}, {"service": {"eq": [20892, 11161]}}, {"service": {"neq": [11161]}})
    change_inside(planners, {"user.username": {"eq": [alice()["id"]]}}, {"user.username": {"eq": [alice()["id"], "bob@corp.test"]}}, {"user.tags": {"neq": ["Planners"]}})
    change_inside(planners, {"user.tags": {"eq": ["Planners"]}}, {"actionType": {"eq": ["file deleted"]}}, {"user.username": {"eq": ["nobody@corp.test"]}})
    outside(planners, hers, who.keys() - hers, {a["id"] for a in alerts if any(u["name"].startswith("alice") for u in a["users"])})
    bob = next(u for u in get("users?q=bob")["data"])
    ask = lambda method, path, body=None: hub.http(method, path if path[0] == "/" else V + path, body, planners)
    for path in ("", "/receipt", "/timeline", "/insights"):
        assert ask("GET", f"users/{bob['id']}{path}")[0] == 404 and ask("GET", f"users/{alice()['id']}{path}")[0] == 200, path
    assert [u["id"] for u in ask("GET", "users")[2]["data"]] == [alice()["id"]] and ask("GET", "users?q=bob")[2]["total"] == 0
    assert ask("GET", C + "entities/" + bob["id"])[0] == 404 and [e["_id"] for e in ask("GET", C + "entities/")[2]["data"]] == [alice()["id"]]
    assert ask("GET", f"{C}entities/{bob['id']}/retrieve_tree/")[0] == 404
    assert not ask("GET", "suggest?field=user.username&q=bob")[2]["data"], "suggestions do not tell either"


def main():
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_") and (len(sys.argv) < 2 or any(w in n for w in sys.argv[1:]))]
    passed = failed = 0
    try:
        hub.licences()
        hub.start()
        hub.upload("first.ndjson", activities())
        hub.until("activities", "activities/query", lambda d: d["total"] >= 255, {})
        hub.until("people", "suggest?field=user.username&q=alice", lambda d: d["data"])
        early = [t for t in tests if "own_activit" in t[0] or t[0] in ("test_own_filters", "test_hostile_text", "test_queries_and_fields", "test_policies")]
        late = [t for t in tests if t not in early]
        late.sort(key=lambda t: ("role_on" in t[0]) + 2 * ("scopes" in t[0]))  # makes accounts
        for n, f in early + [("alerts of a policy", make_alerts)] * bool(late) + late:
            begun = time.time()
            try:
                f()
                passed += 1
                print(f"ok - {n} ({time.time() - begun:.1f} s)")
            except Exception:
                failed += 1
                print(f"NOT OK - {n}")
                traceback.print_exc(file=sys.stdout)
    finally:
        hub.stop()
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
