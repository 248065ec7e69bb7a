#!/bin/sh
# tools/size.sh - files at most 800 lines, functions at most 60. Exceptions are listed by name with the reason
# in tools/size.exceptions.
set -eu
python3 - "$@" <<'PY'
import re, sys, glob, os
exceptions = {}
if os.path.exists("tools/size.exceptions"):
    for line in open("tools/size.exceptions"):
        if line.strip() and not line.startswith("#"):
            name, reason = line.split(None, 1)
            exceptions[name] = reason
bad = 0
rooms = "base model net source wire decode directory detect score posture policy link store api app tools/sample".split()
for room in rooms:
    for path in sorted(glob.glob(room + "/*.c") + glob.glob(room + "/*.cc")):
        lines = open(path).read().split("\n")
        if len(lines) > 801 and path not in exceptions:
            print(f"{path}: {len(lines)} lines (at most 800)")
            bad = 1
        start = name = None
        for n, line in enumerate(lines, 1):
            m = re.match(r"^[A-Za-z_].*?(\w+)\([^;]*$", line)
            if m and not line.startswith(("#", "typedef", "struct ", "enum ")) or (m and line.startswith("struct ") and line.rstrip().endswith(")")):
                name = m.group(1)
            if line == "{" and name:
                start = n
            if line == "}" and start:
                length = n - start - 1
                key = f"{path}:{name}"
                if length > 60 and key not in exceptions:
                    print(f"{path}:{start}: {name} has {length} lines (at most 60)")
                    bad = 1
                start = name = None
sys.exit(bad)
PY
