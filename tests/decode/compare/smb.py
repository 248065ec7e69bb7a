"""tests/decode/compare/smb.py - answered tree connects: path, status; answered openings: name, status; with the client's address and port: files
that were renamed or deleted: name, new name, status; bytes read from and written to a file."""
import collections

from tshark import below, first, number

PROTOCOLS = "nbss smb smb2"
FIELDS = {"smb2": ["smb2.flags.response", "smb2.cmd", "smb2.msg_id", "smb2.nt_status", "smb2.filename", "smb2.tree"],
          "smb": ["smb.flags.response", "smb.cmd", "smb.mid", "smb.nt_status", "smb.file", "smb.path"]}
OPENS = {"smb2": {"5"}, "smb": {"0xa2", "0x2d"}}
TREES = {"smb2": {"3"}, "smb": {"0x75"}}
PENDING = 0x103


def named(name):
    return name.strip("\\").lower()


def smb2_change(body):
    """MS-FSCC 2.4.42 FileRenameInformation, 2.4.11 FileDispositionInformation"""
    level = number(first(body, "smb2.file_info.infolevel")) if number(first(body, "smb2.class")) == 1 else None
    if level == 0x0a:
        return "rename", named(first(body, "smb2.filename"))
    return ("delete", "") if level == 0x0d and first(body, "smb2.disposition.delete_on_close") in ("1", "True") else None


def commands(cells):
    """Of one packet, one after the other: whether it is an answer, command, id, status."""
    for i, code in enumerate(cells[1]):
        nth = [cell[min(i, len(cell) - 1)] for cell in (cells[0], cells[2], cells[3])]
        yield nth[0] in ("1", "True"), code, nth[1], int(nth[2], 0) if nth[2] else 0


class Theirs:
    def __init__(self):
        self.said = collections.Counter()
        self.connected, self.asked, self.files = {}, {}, {}

    def packet(self, packet):
        if packet.first("tcp.srcport") and not packet.all("tcp.analysis.retransmission"):
            for version, fields in FIELDS.items():
                if packet.all(fields[1]):
                    self.trees_and_openings(version, packet.first("tcp.stream"), [packet.all(f) or [""] for f in fields])
        for proto in packet.named("smb2"):
            self.smb2(proto, packet.src, packet.dst)
        for proto in packet.named("smb"):
            self.smb(proto, packet.src, packet.dst)

    def end(self):
        for client, name, moved in self.files.values():
            self.moved(client, name, moved)

    def trees_and_openings(self, version, stream, cells):
        names = iter(cells[4])
        for answer, code, n, status in commands(cells):
            key = (stream, code, n)
            if not answer and code in OPENS[version]:
                self.connected[key] = next(names, "")
            elif not answer and code in TREES[version]:
                self.connected[key] = cells[5][-1]  # the one before it is the tree of the header
            elif key in self.connected and status != PENDING and code in OPENS[version]:
                self.said[("opening", named(self.connected.pop(key)).removeprefix("pipe\\"), status)] += 1
            elif key in self.connected and status != PENDING:
                self.said[("tree", self.connected.pop(key), status)] += 1

    # ---- what is done to files ----

    def moved(self, client, name, moved):
        if any(moved):
            self.said[(*client, "bytes", name, *moved)] += 1

    def opened(self, key, client, name, disk):
        if disk:
            self.files[key] = (client, named(name), [0, 0])

    def closed(self, key):
        if key in self.files:
            self.moved(*self.files.pop(key))

    def transferred(self, key, status, way, n):
        if key in self.files and not status:
            self.files[key][2][way] += int(n)

    def smb2(self, proto, src, dst):
        parts = list(proto)
        for head, body in zip(parts, parts[1:]):
            if not head.get("show", "").startswith("SMB2 Header"):
                continue
            answer, command, n = first(head, "smb2.flags.response") in ("1", "True"), int(first(head, "smb2.cmd")), first(head, "smb2.msg_id")
            key = (*sorted((src, dst)), n, command)
            if not answer:
                self.asked[key] = dict(client=src, name=first(body, "smb2.filename"), fid=first(body, "smb2.fid"), disk=not first(head, "smb2.tree").lower().endswith("ipc$"),
                                       change=smb2_change(body) if command == 17 else None)
            elif key in self.asked and first(head, "smb2.nt_status") != "0x00000103":
                self.smb2_answer(command, int(first(head, "smb2.nt_status"), 0), self.asked.pop(key), body, (src, dst))

    def smb2_answer(self, command, status, asked, body, ends):
        key = (ends, asked["fid"])
        if command == 5 and not status:
            self.opened((ends, first(body, "smb2.fid")), asked["client"], asked["name"], asked["disk"])
        elif command == 6:
            self.closed(key)
        elif command == 8:
            self.transferred(key, status, 0, first(body, "smb2.olb.length", "0"))
        elif command == 9:
            self.transferred(key, status, 1, first(body, "smb2.write.count", "0"))
        elif command == 17 and asked["change"] and key in self.files:
            self.said[(*asked["client"], asked["change"][0], self.files[key][1], asked["change"][1], status)] += 1

    def smb(self, proto, src, dst):
        parts = list(proto)
        if len(parts) < 2 or not parts[0].get("show", "").startswith("SMB Header"):
            return
        head, body = parts[0], parts[1]
        answer, command = first(head, "smb.flags.response") in ("1", "True"), int(first(head, "smb.cmd"), 0)
        key, status = (*sorted((src, dst)), first(head, "smb.mid"), command), number(first(head, "smb.nt_status"))
        disk = not first(head, "smb.path").lower().endswith("ipc$")
        if not answer:
            self.asked[key] = dict(client=src, names=below(body, "smb.file"), old=below(body, "smb.old_file"), fid=first(body, "smb.fid"), disk=disk)
        elif key in self.asked:
            self.smb_answer(command, status, self.asked.pop(key), body, (src, dst))

    def smb_answer(self, command, status, asked, body, ends):
        key = (ends, asked["fid"])
        if command in (0xa2, 0x2d) and not status:
            disk = asked["disk"] and first(body, "smb.file_type", "0") == "0"  # MS-CIFS 2.2.4.64.2 ResourceType
            self.opened((ends, first(body, "smb.fid")), asked["client"], (asked["names"] or [""])[0], disk)
        elif command == 0x04:
            self.closed(key)
        elif command == 0x2e:
            self.transferred(key, status, 0, first(body, "smb.data_len_low", "0"))
        elif command == 0x2f:
            self.transferred(key, status, 1, first(body, "smb.count_low", "0"))
        elif command == 0x06:
            self.said[(*asked["client"], "delete", named((asked["names"] or [""])[0]), "", status)] += 1
        elif command == 0x07:
            names = asked["old"] + asked["names"]
            self.said[(*asked["client"], "rename", named(names[0]), named(names[-1]), status)] += 1


def ours(result, activities):
    said = collections.Counter()
    for a in activities:
        facts, done = a.get("facts", {}), a.get("facts", {}).get("smb_command")
        name = named(facts.get("relative_target", ""))
        if a["kind"] == "share access" and not done:
            said[("tree", facts.get("share", ""), a.get("code", 0))] += 1
        elif a["kind"] == "share file access" and done not in ("rename", "delete"):
            said[("opening", named(name.split("\\", 1)[-1]) if name.startswith("@gmt-") else name, a.get("code", 0))] += 1
        elif a.get("protocol") == "SMB" and a["kind"] == "SMB file copy":
            said[(a["ip"], str(a["port"]), "bytes", name, facts["bytes_read"], facts["bytes_written"])] += 1
        elif a.get("protocol") == "SMB" and done in ("rename", "delete"):
            said[(a["ip"], str(a["port"]), done, name, named(facts.get("new_name", "")), a.get("code"))] += 1
    return said
