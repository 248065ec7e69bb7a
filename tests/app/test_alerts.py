"""tests/app/test_alerts.py - our own captures through `vigie scan`: each raises exactly the alerts that it must (fixtures/alerts/README)."""
import json, os, subprocess

VIGIE = os.path.join(os.environ.get("VIGIE_BUILD", "build"), "vigie")

# file, options, the alerts
CAPTURES = [
    ("2017_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2017"]),
    ("2037_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2037"]),
    ("2039_attack.pcap", "--dc DC1=10.77.0.10", ["2039"]),
    ("2030_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2030"]),
    ("2035_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2035"]),
    ("2030_2035_benign.pcap", "--learned --dc DC1=10.77.0.10", []),
    ("2017_2037_2039_benign.pcap", "--learned --dc DC1=10.77.0.10", []),
    ("2002_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2002"]),
    ("2003_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2003"]),
    ("2008_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2008"]),
    ("2009_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2009"]),
    ("2010_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2010"]),
    ("2013_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2013"]),
    ("2018_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2018"]),
    ("2022_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2022"]),
    ("2023_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2023"]),
    ("2027_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2027"]),
    ("2032_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2032"]),
    ("2410_attack.pcap", "--learned --dc DC1=10.77.0.10", ["2410"]),
    ("2004_attack.pcap", "", ["2004"]),
    ("2004_spray.pcap", "", ["2004"]),
    ("2024_attack.pcap", "--learned", ["2024"]),
    ("2028_attack.pcap", "--learned", ["2028"]),
    ("2038_attack.pcap", "--learned", ["2038"]),
    ("2038_attack.pcap", "--learned --tag honeytoken:mallory@corp.example.test", ["2014", "2038"]),
    ("ldap_benign.pcap", "--learned", []),
    ("kerberos_benign.pcap", "--learned --dc DC1=10.77.0.10", []),
]


def raised(name, options):
    p = subprocess.run([VIGIE, "scan", "--json", *options.split(), os.path.join("fixtures/alerts", name)], capture_output=True, text=True, timeout=60)
    if p.returncode:
        return [p.stderr.strip()[-200:]]
    return sorted({str(a["externalId"] or a["policy"]) for a in json.loads(p.stdout)["alerts"]})


def main():
    passed = failed = 0
    for name, options, want in CAPTURES:
        got = raised(name, options)
        if got == want:
            passed += 1
        else:
            failed += 1
            print(f"{name}: raised {got}, not {want}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed != 0


raise SystemExit(main())
