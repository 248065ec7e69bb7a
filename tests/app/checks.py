"""tests/app/checks.py - runs the check_ functions of a script, each with a folder of its own, and says how many passed."""
import concurrent.futures, os, shutil, socket, sys, tempfile, threading, time, traceback


class Skip(Exception):
    """What a check needs is not there."""


def until(what, seconds, ask):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ask():
            return
        time.sleep(0.1)
    raise AssertionError(f"not {what} after {seconds} s")


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run_checks(names, prepare=None, at_once=1):
    """`names`: the script's globals(). `prepare` is called with a folder first. `at_once`: checks that mostly wait go beside each other; one with
    an attribute `last` goes after the others. Arguments of the script choose checks by parts of their names."""
    count, lock = {"passed": 0, "failed": 0, "skipped": 0}, threading.Lock()
    base = tempfile.mkdtemp(prefix="vigie-checks-")
    os.chmod(base, 0o755)
    if prepare:
        prepare(base)

    def one(check):
        work = f"{base}/{check.__name__}"
        os.makedirs(work)
        begin = time.monotonic()
        try:
            check(work)
            verdict, text = "passed", f"{check.__name__}: ok"
        except Skip as e:
            verdict, text = "skipped", f"notice: {check.__name__}: {e}"
        except Exception:
            verdict, text = "failed", f"{check.__name__}: FAILED\n{traceback.format_exc()}"
            if os.path.exists(f"{work}/staging/stderr"):  # of a hub (hub.py)
                text += open(f"{work}/staging/stderr").read()[-800:]
        shutil.rmtree(work, ignore_errors=True)
        with lock:
            count[verdict] += 1
            print(f"{text} ({time.monotonic() - begin:.1f} s)", flush=True)

    chosen = [f for n, f in names.items() if n.startswith("check_") and (not sys.argv[1:] or any(w in n for w in sys.argv[1:]))]
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        list(pool.map(one, [f for f in chosen if not hasattr(f, "last")]))
    for f in chosen:
        if hasattr(f, "last"):
            one(f)
    shutil.rmtree(base, ignore_errors=True)
    print(", ".join(f"{n} {what}" for what, n in count.items()))
    return 1 if count["failed"] else 0
