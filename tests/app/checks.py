"""tests/app/checks.py - runs the check_ functions of a script one after the other, each with a folder of its own, and says how many passed."""
import os, shutil, sys, tempfile, time, traceback


class Skip(Exception):
    """What a check needs is not there."""


def until(what, seconds, ask):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ask():
            return
        time.sleep(0.1)
    raise AssertionError(f"not {what} after {seconds} s")


def run_checks(names, prepare=None):
    """`names`: the script's globals(). `prepare` is called with a folder first. Arguments of the script choose checks by parts of their names."""
    count = {"passed": 0, "failed": 0, "skipped": 0}
    base = tempfile.mkdtemp(prefix="vigie-checks-")
    if prepare:
        prepare(base)
    for name, check in [(n, f) for n, f in names.items() if n.startswith("check_")]:
        if sys.argv[1:] and not any(w in name for w in sys.argv[1:]):
            continue
        work = f"{base}/{name}"
        os.makedirs(work)
        begin = time.monotonic()
        try:
            check(work)
            count["passed"] += 1
            print(f"{name}: ok ({time.monotonic() - begin:.1f} s)", flush=True)
        except Skip as e:
            count["skipped"] += 1
            print(f"notice: {name}: {e}")
        except Exception:
            count["failed"] += 1
            print(f"{name}: FAILED")
            traceback.print_exc(file=sys.stdout)
    shutil.rmtree(base, ignore_errors=True)
    print(", ".join(f"{n} {what}" for what, n in count.items()))
    return 1 if count["failed"] else 0
