"""tests/decode/test_rpc_compare.py [CAPTURE...] - the DCE/RPC calls that `vigie scan` reads from captures are those that tshark reads, too.

Counts calls by interface and operation in the corpus ($VIGIE_CORPUS, default ../shared/data) and prints every difference.
"""
import collections, glob, os, re, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
from tshark import captures, frames, scan

# what tshark's column "Protocol" calls the interfaces that we have a file for; others are compared by operation number alone
NAMES = {"SAMR": "SAMR", "SRVSVC": "SRVSVC", "WKSSVC": "WKSSVC", "SVCCTL": "SVCCTL", "DRSUAPI": "DRSUAPI", "LSARPC": "LSARPC", "EPM": "EPM",
         "RPC_NETLOGON": "NETLOGON", "WINREG": "WINREG", "INITSHUTDOWN": "INITSHUTDOWN", "DSSETUP": "DSSETUP", "ATSVC": "ATSVC", "BKRP": "BKRP",
         "SPOOLSS": "RPRN", "ISystemActivator": "ISystemActivator", "IOXIDResolver": "IObjectExporter", "IWbemServices": "IWbemServices",
         "WMI": "IWbemServices", "DNSSERVER": "DNSSERVER", "EFS": "EFSR", "TaskSchedulerService": "ITaskSchedulerService"}

# Captures whose frames were cut while capturing: we read the beginning of what is cut, tshark does not.
CUT = {"401trg_20171220_smb_psexec_add_user.pcap": [("SVCCTL", 45)],
       "401trg_20171220_smb_metasploit_psexec_pth_download_meterpreter.pcap": [("NETLOGON", 45), ("SVCCTL", 12)]}


def operations():
    """Number of each operation by interface and name, from the tables of decode/rpc_*.c."""
    numbers = {}
    for path in glob.glob("decode/rpc_*.c") + ["decode/efsr.c"]:
        text = open(path).read()
        name = re.search(r'\.name = "([^"]+)"', text)
        for number, operation in re.findall(r'\{(\d+), "([^"]+)"', text):
            numbers[(name.group(1) if name else "EFSR", operation)] = int(number)
    return numbers


def theirs(path):
    calls = collections.Counter()
    wanted = "dcerpc.pkt_type == 0 && dcerpc.cn_flags.first_frag == 1 && !tcp.analysis.retransmission"
    for row in frames(path, wanted, ["_ws.col.Protocol", "dcerpc.opnum"]):
        for n in row["dcerpc.opnum"]:
            calls[(NAMES.get(row["_ws.col.Protocol"][0]), int(n))] += 1
    return calls


def ours(path, numbers):
    calls = collections.Counter()
    result, activities = scan(path)
    for a in activities:
        facts = a.get("facts", {})
        if "rpc_opnum" in facts:
            calls[(facts["rpc_interface"], facts["rpc_opnum"])] += 1
    interfaces = {interface for interface, _ in numbers}
    for kind in (k for i in result["inputs"] for k in i["ignored"]):
        interface, _, operation = kind["kind"].partition(" ")
        if interface in interfaces:
            number = numbers.get((interface, operation))
            calls[(interface, int(operation.split()[-1]) if number is None else number)] += kind["records"]
        elif kind["kind"].startswith("RPC "):
            calls[(None, None)] += kind["records"]
    return calls


def differences(path, mine, other):
    """Calls that tshark names must be ours one by one; those that it does not name, or we, must agree in number."""
    named = {key: n for key, n in other.items() if key[0]}
    for key in CUT.get(os.path.basename(path), []):
        mine[key] -= 1
    wrong = ["%s operation %d: %d, tshark: %d" % (key[0], key[1], mine[key], n) for key, n in sorted(named.items()) if mine[key] != n]
    if sum(mine.values()) != sum(other.values()):
        wrong.append("%d calls, tshark: %d" % (sum(mine.values()), sum(other.values())))
    return wrong


def main():
    paths = captures()
    numbers, compared, bad = operations(), 0, 0
    for path in paths:
        other = theirs(path)
        mine = ours(path, numbers)
        compared += sum(other.values())
        for line in differences(path, mine, other):
            print("%s: %s" % (os.path.basename(path), line))
            bad += 1
    print("%d captures, %d calls compared, %d differences" % (len(paths), compared, bad))
    print(f"{int(not bad)} passed, {int(bad > 0)} failed, 0 skipped")
    return 1 if bad else 0


sys.exit(main())
