#!/usr/bin/env python3
# tests/evtx_compare.py - compares `vigie record` with evtxexport (libevtx-utils), value by value.
#
# usage: evtx_compare.py [VIGIE [FILE.evtx...]]   (default: build/vigie, all *.evtx under $VIGIE_CORPUS/evtx)
# Prints every difference and, last, the records and values compared. Exit code 1 when anything differs.
# Without evtxexport or files it says so and succeeds.
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import xml.parsers.expat


def same(ours, theirs):
    """Equal, or one of the known differences in how the two render the same bytes."""
    if ours == theirs:
        return True
    number = re.compile(r"0x[0-9a-f]+\Z")
    if number.match(ours) and number.match(theirs):
        return int(ours, 16) == int(theirs, 16)  # evtxexport pads HexInt and SizeT with zeroes to their width
    if number.match(ours) and theirs.isdigit():
        return int(ours, 16) == int(theirs)  # SizeT: hexadecimal for Windows, decimal for evtxexport
    # expat, as XML 1.0 section 2.11 wants, turns the CR LF of evtxexport's unescaped output into LF
    if ours.replace("\r\n", "\n").replace("\r", "\n") == theirs:
        return True
    return False


class Document:
    """XML to {path: [values]}; <Data Name="x"> of EventData is Event/EventData/x."""

    def __init__(self, text):
        self.values, self.stack, self.text = {}, [], []
        parser = xml.parsers.expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.data
        parser.Parse(text, True)

    def add(self, path, value):
        self.values.setdefault(path, []).append(value)

    def start(self, name, attributes):
        if self.stack:
            self.stack[-1]["children"] = True
        parent = self.stack[-1]["path"] if self.stack else ""
        if name == "Data" and parent == "Event/EventData" and attributes.get("Name"):
            name = attributes.pop("Name")
        path = parent + "/" + name if parent else name
        for key, value in attributes.items():
            self.add(path + "/@" + key, value)
        self.stack.append({"path": path, "children": False, "attributes": bool(attributes), "text": ""})

    def data(self, text):
        self.stack[-1]["text"] += text

    def end(self, name):
        element = self.stack.pop()
        if element["children"] or (element["attributes"] and element["text"] == ""):
            return  # evtxexport indents: blanks between elements are its own
        self.add(element["path"], element["text"])


# evtxexport writes control characters as they are, which XML 1.0 forbids; both sides carry them as U+E0xx instead.
CONTROLS = {c: 0xE000 + c for c in range(32) if chr(c) not in "\t\n\r"}


def flatten(value, path, out):
    if isinstance(value, dict):
        for key, member in value.items():
            flatten(member, path if key == "#text" else (path + "/" + key if path else key), out)
    elif isinstance(value, list):
        for item in value:
            flatten(item, path, out)
    elif value is None:
        out.setdefault(path, []).append("")  # evtxexport cannot tell null from the empty string
    elif isinstance(value, bool):
        out.setdefault(path, []).append("true" if value else "false")
    else:
        out.setdefault(path, []).append(str(value).translate(CONTROLS))
    return out


def theirs_of(path):
    text = subprocess.run(["evtxexport", "-f", "xml", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    text = text.decode("utf-8", "replace").translate(CONTROLS)
    return [Document(m.group(0)).values for m in re.finditer(r"<Event [^>]*>.*?</Event>", text, re.S)]


def ours_of(vigie, path):
    run = subprocess.run([vigie, "record", path], stdout=subprocess.PIPE, check=True)
    return [flatten({"Event": json.loads(line)["Event"]}, "", {}) for line in run.stdout.splitlines()]


def compare(vigie, path):
    ours, theirs = ours_of(vigie, path), theirs_of(path)
    name, values, wrong = os.path.basename(path), 0, 0
    if len(ours) != len(theirs):
        print(f"{name}: {len(ours)} records, evtxexport has {len(theirs)}")
        wrong += 1
    for a, b in zip(ours, theirs):
        record = a.get("Event/System/EventRecordID")
        for key in sorted(set(a) | set(b)):
            x, y = a.get(key, []), b.get(key, [])
            values += max(len(x), len(y))
            if len(x) != len(y) or not all(same(p, q) for p, q in zip(x, y)):
                print(f"{name}: record {record}: {key}: {x!r}, evtxexport has {y!r}")
                wrong += 1
    return len(ours), values, wrong


def main():
    vigie = sys.argv[1] if len(sys.argv) > 1 else "build/vigie"
    corpus = os.environ.get("VIGIE_CORPUS", "../shared/data")
    files = sys.argv[2:] or sorted(glob.glob(os.path.join(corpus, "evtx", "*.evtx")))
    if not files or not shutil.which("evtxexport"):
        print("evtx_compare: skipped, no evtxexport or no files")
        return 0
    totals = [sum(column) for column in zip(*(compare(vigie, path) for path in files))]
    print(f"evtx_compare: {len(files)} files, {totals[0]} records, {totals[1]} values, {totals[2]} differences")
    return 1 if totals[2] else 0


sys.exit(main())
