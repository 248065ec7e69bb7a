"""tests/decode/compare/rpc.py - DCE/RPC calls: interface and operation, where either knows the interface, and how many there are in all."""
import collections, glob, re

from tshark import first

# what tshark calls the interfaces that both know
NAMES = {"samr": "SAMR", "srvsvc": "SRVSVC", "wkssvc": "WKSSVC", "svcctl": "SVCCTL", "drsuapi": "DRSUAPI", "lsarpc": "LSARPC", "epm": "EPM",
         "rpc_netlogon": "NETLOGON", "winreg": "WINREG", "initshutdown": "INITSHUTDOWN", "dssetup": "DSSETUP", "atsvc": "ATSVC",
         "spoolss": "RPRN", "isystemactivator": "ISystemActivator", "oxid": "IObjectExporter", "dnsserver": "DNSSERVER", "efs": "EFSR",
         "taskschedulerservice": "ITaskSchedulerService"}
PROTOCOLS = " ".join(["dcerpc", *NAMES])
# operations each of which becomes an activity
ACTIVITIES = {"SAMR": {50, 12, 22, 38, 55, 58, 63, 73}, "DRSUAPI": {3, 4, 5, 6, 17}, "SRVSVC": {12}, "SVCCTL": {12, 24, 44, 45, 60}, "ATSVC": {0}}


class Theirs:
    def __init__(self):
        self.said = collections.Counter()

    def packet(self, packet):
        if not packet.all("dcerpc.opnum") or packet.all("tcp.analysis.retransmission"):
            return
        name = ([None] + [NAMES[p.get("name")] for p in packet.protos if p.get("name") in NAMES])[-1]
        for proto in packet.named("dcerpc"):
            if first(proto, "dcerpc.pkt_type") == "0" and first(proto, "dcerpc.cn_flags.first_frag") in ("1", "True"):
                self.said["any interface"] += 1
                if name:
                    self.said[(name, int(first(proto, "dcerpc.opnum")))] += 1


def operations():
    """Number of each operation by interface and name, from the tables of decode/rpc_*.c."""
    numbers = {}
    for path in glob.glob("decode/rpc_*.c") + ["decode/efsr.c"]:
        text = open(path).read()
        name = re.search(r'\.name = "([^"]+)"', text)
        for number, operation in re.findall(r'\{(\d+), "([^"]+)"', text):
            numbers[(name.group(1) if name else "EFSR", operation)] = int(number)
    return numbers


NUMBERS = operations()
INTERFACES = {interface for interface, _ in NUMBERS}


def ours(result, activities):
    said = collections.Counter()

    def call(interface, number, n=1):
        said["any interface"] += n
        if interface in NAMES.values():
            said[(interface, number)] += n
    for a in activities:
        facts = a.get("facts", {})
        if "rpc_opnum" in facts:
            call(facts["rpc_interface"], facts["rpc_opnum"])
    for kind in (k for i in result["inputs"] for k in i["ignored"]):
        interface, _, operation = kind["kind"].partition(" ")
        if interface in INTERFACES:
            number = NUMBERS.get((interface, operation))
            number = int(operation.split()[-1]) if number is None else number
            assert number not in ACTIVITIES.get(interface, ()), f"{kind} are no activities"
            call(interface, number, kind["records"])
        elif kind["kind"].startswith("RPC "):
            said["any interface"] += kind["records"]
    return said


def settle(mine, other):
    """A call that is sealed has no name there: where tshark has a name for none of them, their number is compared alone."""
    for call in set(mine) - set(other):
        del mine[call]
