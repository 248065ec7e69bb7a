"""tests/app/checks.py - runs the check_ functions of a script, each with a folder of its own, and says how many passed."""
import concurrent.futures, os, shutil, signal, socket, sys, tempfile, threading, time, traceback


class Skip(Exception):
    """What a check needs is not there."""


def wait_for(ask, seconds, say):
    """What `ask` answers when that is true at last; `say` tells what there was instead."""
    end = time.monotonic() + seconds
    while not (got := ask()):
        assert time.monotonic() < end, say()
        time.sleep(0.1)
    return got


def until(what, seconds, ask):
    wait_for(ask, seconds, lambda: f"not {what} after {seconds} s")


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


def run_in_turn(names, begin, end):
    """The check_ functions of `names`, which have no folder of their own but one thing that they all look at, one after another. `begin` makes that
    thing, or gives False when it cannot be here and has said why; `end` takes it away, whatever happens. Ends the script."""
    passed = failed = skipped = 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        there = begin() is not False
        skipped += not there
        for check in [f for n, f in names.items() if n.startswith("check_") and there]:
            began = time.monotonic()
            try:
                check()
                passed += 1
            except Exception as e:
                failed += 1
                print(f"FAILED {check.__name__}: {type(e).__name__}: {str(e)[:1500]}")
                traceback.print_exc(limit=-2, file=sys.stdout)
            print(f"{check.__name__} {time.monotonic() - began:.1f} s", flush=True)
    finally:
        end()
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)
