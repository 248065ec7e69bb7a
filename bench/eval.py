#!/usr/bin/env python3
"""bench/eval.py - how well the behaviour score finds injected attacks, with the product as a black box.

  eval.py inject --data FILE.gz --seed S --out activities.ndjson --truth truth.tsv
  eval.py rate --truth truth.tsv --daily daily.ndjson
  eval.py report --vigie build/vigie --behavior DIR --seeds 101,102,... --work DIR --out docs/EVALUATION.md

Two protocols (docs/scoring.md): real e-mail with injected attacks, and real command streams with masquerades.
Standard library only. Data are not part of the repository.
"""
import argparse
import collections
import gzip
import json
import math
import os
import random
import statistics
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone

DAY = 86400
FIRST, LAST, EACH = 150, 500, 60          # rated days, attacks of each type
EPOCH = datetime(2003, 10, 1, tzinfo=timezone.utc)
TYPES = ("swap", "scan", "stealth", "offhours")
LEVELS = (1e-1, 1e-2, 1e-3, 1e-4)
COLUMNS = ("AP", "recall@1", "recall@3", "recall@10", "week AP", "weekly top-10", "AUC") + TYPES


# ---- e-mail: real events, injected attacks ----

def read_mail(path):
    """(seconds, sender, recipient), in order."""
    with gzip.open(path, "rt") as f:
        rows = [tuple(map(int, line.split())) for line in f]
    return sorted((t, a, b) for a, b, t in rows if t // DAY < LAST + 60)


class Mail:
    """What the injections draw from. The order of every draw is part of the protocol: a seed names one truth."""

    def __init__(self, events, seed):
        self.rng = random.Random(seed)
        self.sent = collections.defaultdict(list)
        self.first, popularity = {}, collections.Counter()
        for t, a, b in events:
            self.sent[a, t // DAY].append((t, b))
            self.first.setdefault(a, t // DAY)
            popularity[b] += 1
        active = collections.Counter(a for a, _ in self.sent)
        self.users = [u for u in active if active[u] >= 20]
        self.days = [(u, d) for u, d in self.sent
                     if FIRST <= d < LAST and active[u] >= 20 and self.first[u] < d - 30]
        self.rng.shuffle(self.days)
        self.by_popularity, self.nodes = list(popularity.elements()), list(popularity)
        self.label, self.added = {}, []

    def fresh_day(self):
        while True:
            day = self.rng.choice(self.days)
            if day not in self.label:
                return day

    def swap(self):
        left = EACH
        for other, d in [k for k in self.days if 3 <= len(self.sent[k]) <= 15]:
            if not left:
                return
            u = self.rng.choice(self.users)
            if u == other or (u, d) not in self.sent or (u, d) in self.label or self.first[u] > d - 30:
                continue
            self.label[u, d] = "swap"
            self.added += [(t, u, b) for t, b in self.sent[other, d] if b != u]
            left -= 1

    def scan(self):
        u, d = self.fresh_day()
        self.label[u, d] = "scan"
        start = self.sent[u, d][0][0]
        targets = self.rng.sample(self.nodes, self.rng.randint(8, 20))
        self.added += [(start + self.rng.randint(0, 3600), u, b) for b in targets]

    def stealth(self):
        u, d = self.fresh_day()
        self.label[u, d] = "stealth"
        times = [t for t, _ in self.sent[u, d]]
        for _ in range(3):
            t = self.rng.choice(times) + self.rng.randint(0, 600)
            self.added.append((t, u, self.rng.choice(self.by_popularity)))

    def offhours(self):
        u, d = self.fresh_day()
        self.label[u, d] = "offhours"
        known = [b for e in range(max(0, d - 60), d) for _, b in self.sent.get((u, e), ())]
        known = known or [b for _, b in self.sent[u, d]]
        start = d * DAY + (self.sent[u, d][0][0] + 12 * 3600) % DAY
        for _ in range(self.rng.randint(4, 8)):
            self.added.append((start + self.rng.randint(0, 1800), u, self.rng.choice(known)))


def inject(events, seed):
    """All events up to the last rated day, and {(user, day): type}."""
    m = Mail(events, seed)
    m.swap()
    for attack in (m.scan, m.stealth, m.offhours):
        for _ in range(EACH):
            attack()
    return [e for e in sorted(events + m.added) if e[0] // DAY < LAST], m.label


def write_activities(path, rows, kind, app, object_type):
    """rows: (moment, user, object)."""
    with open(path, "w") as f:
        for when, user, thing in rows:
            f.write(json.dumps({"time": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "app": app, "kind": kind, "outcome": "success",
                                "actor": {"name": user}, "objects": [{"type": object_type, "name": thing}]}) + "\n")


def write_mail(path, events):
    write_activities(path, ((EPOCH + timedelta(seconds=t), f"u{a}", f"u{b}") for t, a, b in events), "mail sent", "E-mail", "account")


def day_name(d):
    return (EPOCH + timedelta(days=d)).strftime("%Y-%m-%d")


def truth_rows(events, label):
    """(user, day name, day, type or "-") of the rated user-days."""
    seen = sorted({(u, t // DAY) for t, u, _ in events if t // DAY >= FIRST})
    return [(f"u{u}", day_name(d), d, label.get((u, d), "-")) for u, d in seen]


# ---- rating ----

def roc_and_precision(scores, labels):
    """(AUC, average precision); equal scores share their ranks: the expectation over their orders."""
    groups = collections.defaultdict(lambda: [0, 0])
    for s, y in zip(scores, labels):
        groups[s][bool(y)] += 1
    positives, tp, fp, auc, ap = sum(labels), 0, 0, 0.0, 0.0
    for s in sorted(groups, reverse=True):
        bad, good = groups[s]
        auc += bad * (tp + good / 2)
        ap += sum((tp + k) / (tp + k + fp + bad * k / (good + 1)) for k in range(1, good + 1))
        tp, fp = tp + good, fp + bad
    return auc / (positives * (len(labels) - positives)), ap / positives


def found_at_top(groups, most, all_positives):
    """Share of the positives among the `most` highest of each group."""
    return sum(sum(y for _, y in sorted(g, key=lambda z: -z[0])[:most]) for g in groups.values()) / all_positives


def rate(rows, scores):
    """The figures of COLUMNS for one score per truth row."""
    labels = [int(r[3] != "-") for r in rows]
    auc, ap = roc_and_precision(scores, labels)
    days, weeks, attacked = collections.defaultdict(list), collections.defaultdict(float), set()
    for (user, _, d, _), s, y in zip(rows, scores, labels):
        days[d].append((s, y))
        weeks[user, d // 7] += s
        if y:
            attacked.add((user, d // 7))
    by_week = collections.defaultdict(list)
    for k, s in weeks.items():
        by_week[k[1]].append((s, k in attacked))
    out = [ap] + [found_at_top(days, k, sum(labels)) for k in (1, 3, 10)]
    out += [roc_and_precision(list(weeks.values()), [k in attacked for k in weeks])[1], found_at_top(by_week, 10, len(attacked)), auc]
    for kind in TYPES:
        part = [i for i, r in enumerate(rows) if r[3] in ("-", kind)]
        out.append(roc_and_precision([scores[i] for i in part], [labels[i] for i in part])[1])
    return out


def read_daily(path):
    days = {}
    with open(path) as f:
        for line in f:
            o = json.loads(line)
            days[o["user"], o["day"]] = o
    return days


# ---- baselines: on the same events, in time order, judged before learned ----

def day_features(events):
    """{(user, day): [count, new recipients, distinct, odd-hour share, surprise, max surprise]} and surprise sums."""
    seen, hours = collections.defaultdict(collections.Counter), collections.defaultdict(lambda: [1.0] * 24)
    total, out, values = collections.Counter(), {}, collections.defaultdict(set)
    for t, u, b in events:
        key = u, t // DAY
        f = out.setdefault(key, [0, 0, 0, 0.0, 0.0, 0.0])
        n = seen[u][b]
        surprise = -math.log2((n + 0.5) / (total[u] + 0.5 * (len(seen[u]) + 1)))
        hour = t % DAY // 3600
        f[0] += 1
        f[1] += n == 0
        if b not in values[key]:
            values[key].add(b)
            f[2] += 1
        f[3] = max(f[3], -math.log2(hours[u][hour] / sum(hours[u])))
        f[4] += surprise
        f[5] = max(f[5], surprise)
        seen[u][b] += 1
        total[u] += 1
        hours[u][hour] += 1
    return out


class Forest:
    """Isolation forest: trees of random cuts; what is cut off early is odd."""

    def __init__(self, points, rng, trees=50, sample=256):
        self.sample = min(sample, len(points))
        depth = math.ceil(math.log2(self.sample))
        self.trees = [self.grow(rng.sample(points, self.sample), depth, rng) for _ in range(trees)]

    def grow(self, points, depth, rng):
        if depth == 0 or len(points) <= 1:
            return len(points)
        axis = rng.randrange(len(points[0]))
        low, high = min(p[axis] for p in points), max(p[axis] for p in points)
        if low == high:
            return len(points)
        cut = rng.uniform(low, high)
        left, right = [p for p in points if p[axis] < cut], [p for p in points if p[axis] >= cut]
        return axis, cut, self.grow(left, depth - 1, rng), self.grow(right, depth - 1, rng)

    @staticmethod
    def usual(n):
        return 2 * (math.log(n - 1) + 0.5772156649) - 2 * (n - 1) / n if n > 2 else float(n == 2)

    def score(self, p):
        depth = 0.0
        for tree in self.trees:
            while isinstance(tree, tuple):
                tree = tree[2] if p[tree[0]] < tree[1] else tree[3]
                depth += 1
            depth += self.usual(tree)
        return 2 ** (-depth / len(self.trees) / self.usual(self.sample))


def tail_sum(columns):
    """Fisher: the sum of -ln p over features, p by rank among all user-days of the same feature."""
    out = [0.0] * len(columns[0])
    for column in columns:
        order = sorted(column)
        place = {}
        for i, v in enumerate(order):
            place.setdefault(v, i)
        for i, v in enumerate(column):
            out[i] -= math.log((len(order) - place[v]) / len(order))
    return out


def baselines(events, rows, seed):
    feature = day_features(events)
    f = [feature[int(user[1:]), d] for user, _, d, _ in rows]
    rng = random.Random(seed * 7919 + 1)
    forest = Forest([feature[k] for k in sorted(feature)], rng)
    yield "new recipients", [x[1] for x in f]
    yield "volume", [x[0] for x in f]
    yield "isolation forest, six day features", [forest.score(x) for x in f]
    yield "user-only surprise", [x[4] for x in f]
    yield "Fisher sum, six day features", tail_sum(list(zip(*f)))
    yield "random", [rng.random() for _ in f]


# ---- commands: masquerades in real streams ----

def read_streams(folder, users=10):
    """[[command]] of the first users, and {(user, block): masquerade?} of users 0-9."""
    streams = []
    for u in range(users):
        with open(os.path.join(folder, "FraudedRawData", f"User{u}")) as f:
            streams.append([line.rstrip("\n") for line in f])
    label = {}
    with open(os.path.join(folder, "labels_partial.csv")) as f:
        next(f)
        for u, line in enumerate(f):
            if u >= 10:
                break
            for block, cell in enumerate(line.rstrip("\n").split(",")[1:]):
                label[u, block] = int(float(cell or 0))
    return streams, label


def write_streams(path, streams):
    start = datetime(2024, 1, 1, 9, tzinfo=timezone.utc)
    rows = sorted((start + timedelta(days=i // 100, seconds=i % 100), f"c{u}", command)
                  for u, stream in enumerate(streams) for i, command in enumerate(stream))
    write_activities(path, rows, "command", "Shell", "object")


def rate_streams(daily, label):
    """{statistic: (AUC, true positives at 5 % false positives, AP)} over blocks 50-149."""
    out = {}
    for name, value in (("evidence per command", lambda o: o["evidence"] / o["activities"]), ("points", lambda o: o["points"])):
        scores, labels = [], []
        for u in range(10):
            for block in range(50, 150):
                o = daily.get((f"c{u}", (date(2024, 1, 1) + timedelta(days=block)).isoformat()))
                scores.append(value(o) if o else 0.0)
                labels.append(label[u, block])
        auc, ap = roc_and_precision(scores, labels)
        benign = sorted((s for s, y in zip(scores, labels) if not y), reverse=True)
        limit = benign[int(0.05 * len(benign))]
        out[name] = auc, sum(s > limit and y for s, y in zip(scores, labels)) / sum(labels), ap
    return out


# ---- running the product ----

def scan(vigie, activities, daily):
    subprocess.run([vigie, "scan", "--daily", daily, activities], check=True, stdout=subprocess.DEVNULL)
    return read_daily(daily)


def calibration(rows, daily):
    """{statistic: [share of benign at or below each level]}; only what the rows of --daily carry."""
    benign = [daily[r[0], r[1]] for r in rows if r[3] == "-" and (r[0], r[1]) in daily]
    out = {}
    for key, name in (("pEvidence", "day's evidence"), ("pHour", "day's oddest hour")):
        if benign and key in benign[0]:
            out[name] = [sum(o[key] <= x for o in benign) / len(benign) for x in LEVELS]
    if benign and "tails" in benign[0]:
        judged = sum(o["judged"] for o in benign)
        out["single activities"] = [sum(o["tails"][i] for o in benign) / judged for i in range(len(LEVELS))]
    return out


def mean(rows):
    return [statistics.fmean(c) for c in zip(*rows)]


def one_seed(a, events, seed, table, calibrated, permuted):
    path = os.path.join(a.work, f"mail{seed}")
    mail, label = inject(events, seed)
    rows = truth_rows(mail, label)
    write_mail(path + ".ndjson", mail)
    daily = scan(a.vigie, path + ".ndjson", path + ".daily")
    get = [daily.get((r[0], r[1]), {"points": 0, "evidence": 0}) for r in rows]
    points = [o["points"] for o in get]
    table["**Vigie, points**"].append(rate(rows, points))
    table["Vigie, evidence alone"].append(rate(rows, [o["evidence"] for o in get]))
    for name, scores in baselines(mail, rows, seed):
        table[name].append(rate(rows, scores))
    for name, shares in calibration(rows, daily).items():
        calibrated[name].append(shares)
    labels = [int(r[3] != "-") for r in rows]
    random.Random(seed).shuffle(labels)
    permuted.append((roc_and_precision(points, labels)[1], statistics.fmean(labels)))
    os.remove(path + ".ndjson")


def report(a):
    os.makedirs(a.work, exist_ok=True)
    seeds = [int(s) for s in a.seeds.split(",")]
    events = read_mail(os.path.join(a.behavior, "email-eu-core", "email-Eu-core-temporal.txt.gz"))
    table, calibrated, permuted = collections.defaultdict(list), collections.defaultdict(list), []
    for seed in seeds:
        one_seed(a, events, seed, table, calibrated, permuted)
        print(f"seed {seed}:", " ".join(f"{x:.3f}" for x in table["**Vigie, points**"][-1]), file=sys.stderr)
    out = ["# Evaluation", "", "Made by `make eval`; what is measured and how: docs/scoring.md.", "",
           f"## E-mail with injected attacks, mean of seeds {a.seeds}", "",
           "| method | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    out += [f"| {name} | " + " | ".join(f"{x:.3f}" for x in mean(rows)) + " |" for name, rows in table.items()]
    out += ["", "The last four columns are the average precision per attack type. AUC hardly tells methods apart where one user-day in 200 is an attack.",
            f"Labels permuted: AP {statistics.fmean(p for p, _ in permuted):.4f} at prevalence {statistics.fmean(q for _, q in permuted):.4f}.",
            "", "Per seed (AP, recall@10, weekly top-10): " +
            "; ".join(f"{s}: {r[0]:.3f} {r[3]:.3f} {r[5]:.3f}" for s, r in zip(seeds, table["**Vigie, points**"])) + "."]
    if calibrated:
        out += ["", "## Calibration: share of benign with p at or below", "", "| statistic | " + " | ".join(f"{x:g}" for x in LEVELS) + " |", "|---" * 5 + "|"]
        out += [f"| {name} | " + " | ".join(f"{x:.2g}" for x in mean(rows)) + " |" for name, rows in calibrated.items()]
    out += ["", "## Command streams (users 0-9, blocks 50-149)", "", "| users in the organisation | statistic | AUC | true positives at 5 % false positives | AP |", "|---" * 5 + "|"]
    path = os.path.join(a.work, "commands")
    for users in (10, 40):
        streams, label = read_streams(os.path.join(a.behavior, "schonlau40"), users)
        write_streams(path + ".ndjson", streams)
        rated = rate_streams(scan(a.vigie, path + ".ndjson", path + ".daily"), label)
        out += [f"| {users} | {name} | " + " | ".join(f"{x:.3f}" for x in r) + " |" for name, r in rated.items()]
    text = "\n".join(out) + "\n"
    with open(a.out, "w") as f:
        f.write(text)
    print(text)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=["inject", "rate", "report"])
    for o in ("data", "out", "truth", "daily", "vigie", "behavior", "seeds", "work"):
        p.add_argument("--" + o)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    if a.what == "report":
        report(a)
    elif a.what == "inject":
        mail, label = inject(read_mail(a.data), a.seed)
        write_mail(a.out, mail)
        with open(a.truth, "w") as f:
            f.writelines("\t".join(map(str, r)) + "\n" for r in truth_rows(mail, label))
    else:
        with open(a.truth) as f:
            rows = [(u, n, int(d), k) for u, n, d, k in (line.rstrip("\n").split("\t") for line in f)]
        daily = read_daily(a.daily)
        result = rate(rows, [daily.get((r[0], r[1]), {"points": 0})["points"] for r in rows])
        print(" ".join(f"{name} {x:.3f}" for name, x in zip(COLUMNS, result)))


if __name__ == "__main__":
    main()
