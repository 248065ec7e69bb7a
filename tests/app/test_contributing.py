"""tests/app/test_contributing.py - the example of CONTRIBUTING.md is three files, builds, passes and is found by name."""
import os, re, shutil, subprocess, sys, tempfile

ROOT = os.getcwd()
BUILD = os.environ.get("VIGIE_BUILD", "build")


def left_out(folder, names):
    """What the example does not need: the programs of other tests are most of a build."""
    programs = [n for n in names if "." not in n and os.path.isfile(os.path.join(folder, n))] if f"{BUILD}/tests/" in folder + "/" else []
    return programs + [n for n in names if n in (".git", "sample", "check", "node_modules") or n.startswith("build-")]


def main():
    text = open("CONTRIBUTING.md").read()
    blocks = re.findall(r"`((?:detect|fixtures|tests)/[^`]+)`:\n\n```\w+\n(.*?)```", text, re.S)
    assert len(blocks) == 3, f"the example touches {len(blocks)} files, not 3"
    with tempfile.TemporaryDirectory() as work:
        tree = os.path.join(work, "v")
        shutil.copytree(ROOT, tree, ignore=left_out)
        for path, body in blocks:
            with open(os.path.join(tree, path), "w") as f:
                f.write(body)
        test = f"{BUILD}/tests/detect/test_det_9001"
        # not optimised at link time: that takes longer than all the rest
        made = subprocess.run(["make", "-s", "-j2", f"B={BUILD}", "WERROR=-Werror", "LTO=-fno-lto", f"{BUILD}/vigie", test], cwd=tree, capture_output=True, text=True)
        assert made.returncode == 0, made.stdout + made.stderr
        ran = subprocess.run([test], cwd=tree, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        out = subprocess.run([f"{BUILD}/vigie", "scan", "--json", "--dc", "DC1", "fixtures/detect/9001_attack.ndjson"], cwd=tree,
                             capture_output=True, text=True)
        assert '"externalId":9001' in out.stdout, out.stdout + out.stderr
    return 0


try:
    main()
    print("1 passed, 0 failed, 0 skipped")
except AssertionError as e:
    print(e)
    print("0 passed, 1 failed, 0 skipped")
    sys.exit(1)
