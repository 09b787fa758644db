#!/usr/bin/env python3
"""Recomputes E and p of every listed pair from what a run exports, by the formulas of docs/methods/detection.md alone.

Usage: recompute.py DIR, with edges.csv, evidence.csv, chances.csv and provenance.json of `evenhand export`; where posts.csv is
there too, the evidence is looked up in it. Ends with 0 where all agrees to 1e-9 (E and p relative, counts exactly), else 1.
p_object and block_start are taken as given: docs/methods/recomputation.md."""
import csv, datetime, functools, json, math, pathlib, sys
from collections import Counter, defaultdict, namedtuple
from itertools import groupby

BETS, SITTING_US, TOLERANCE = (3, 10, 30, 100), 4 * 3600 * 10**6, 1e-9
Episode = namedtuple("Episode", "block number behaviour object time_a time_b gap p")  # p: chance by window in us
Sight = namedtuple("Sight", "log_not time order")  # log(1 - chance), time of the co-action or None, who came second

@functools.lru_cache(1 << 20)
def us(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    return int(datetime.datetime.fromisoformat(whole + "+00:00").timestamp()) * 10**6 + int(fraction.ljust(6, "0"))

def sight(e, window):  # gap: time_b - time_a; infinite where both keep to grids, which is never a coincidence
    return Sight(math.log1p(-e.p[window]), max(e.time_a, e.time_b) if abs(e.gap) <= window else None, (e.gap > 0) - (e.gap < 0))

def any_object(sights):  # p_B = 1 - prod(1 - p_o); the first co-action of the block
    first = min((s for s in sights if s.time is not None), key=lambda s: s.time, default=Sight(0, None, 0))
    return first._replace(log_not=math.fsum(s.log_not for s in sights))

def sittings(sights):  # who came second in each coincidence that counts: four hours or more after the last that did
    counted = [Sight(0, -math.inf, 0)]
    for s in sorted((s for s in sights if s.time is not None), key=lambda s: s.time):
        counted += [s] if s.time - counted[-1].time >= SITTING_US else []
    return [s.order for s in counted[1:]]

def log_mean(logs):
    return max(logs) + math.log(math.fsum(math.exp(x - max(logs)) for x in logs) / len(logs))

def log_e(p, k):  # E = mean over r of r^k / prod(1 + (r - 1) p_B)
    return log_mean([k * math.log(r) - math.fsum(math.log1p((r - 1) * x) for x in p) for r in BETS])

def tail(p, k):  # P(K >= k), K the successes of independent trials; state i = i of them, the last = k or more
    state = [1.0] + [0.0] * k
    for x in p:
        state = [stay * (1 - x if i < k else 1) + come * x for i, (stay, come) in enumerate(zip(state, [0.0] + state))]
    return state[k]

def weigh(episodes, window, choose, step):  # p of the blocks, counted coincidences, log E, and that of a and b coming second
    sights = [choose([sight(e, window) for e in block]) for _, block in groupby(sorted(episodes), lambda e: e.block)][::step]
    p, orders = [-math.expm1(s.log_not) for s in sights], sittings(sights)
    return p, orders, log_e(p, len(orders)), *(log_e([x / 2 for x in p], orders.count(side)) for side in (-1, 1))

def judge(episodes, edges, n_tested):  # -> (edge, column, value) of all that is recomputed, and the evidence there should be
    windows, found, evidence = sorted(episodes[0].p), [], []
    log_es = [0.0] * (n_tested - len({e.behaviour for e in episodes}))  # bets never placed
    for behaviour, mine in ((b, list(group)) for b, group in groupby(episodes, key=lambda e: e.behaviour)):
        weighed = {w: weigh(mine, w, any_object, -1) for w in windows}
        log_es.append(log_mean([w[2] for w in weighed.values()]))
        for edge in (edge for edge in edges if edge["behaviour"] == behaviour):
            at = round(float(edge["window_s"]) * 1e6)
            (p, orders, best), near = weighed[at][:3], [e for e in mine if abs(e.gap) <= at]
            found += [(edge, "log_e", log_es[-1]), (edge, "p_value", min(1.0, tail(p, len(orders)) * len(windows))),
                      (edge, "expected", math.fsum(p)), (edge, "n_coincidences", len(orders)), (edge, "common_objects", len(mine)),
                      (edge, "shared_objects", len({e.object for e in near})), (edge, "n_tied", orders.count(0)),
                      (edge, "n_a_second", orders.count(-1)), (edge, "n_b_second", orders.count(1)),
                      (edge, "window_s", at / 1e6 if max(w[2] for w in weighed.values()) - best <= TOLERANCE else math.nan)]
            evidence += [(behaviour, *e[3:7], e.p[at]) for e in near if edge["listed"] == "true"]
    sharpest = functools.partial(max, key=lambda s: s.log_not)  # the object with the smallest chance, of equal ones the first
    sharp = [log_mean(logs) for logs in list(zip(*(weigh(episodes, w, sharpest, 1) for w in windows)))[2:]]
    pair = ("log_e_pair", log_mean([log_mean(log_es), sharp[0]])), ("log_e_a_second", sharp[1]), ("log_e_b_second", sharp[2])
    return found + [(edge, *value) for edge in edges for value in pair], evidence

def main(folder):
    read = lambda name: csv.DictReader(open(folder / f"{name}.csv", newline="", encoding="utf-8"))
    pair_of = lambda row: (row["account_a"], row["account_b"])
    edges, evidence, wrong, worst = {pair: [*rows] for pair, rows in groupby(read("edges"), pair_of)}, defaultdict(Counter), [], 0.0
    posts = {(r["post_id"], r["account_id"], us(r["time"])) for r in read("posts")} if (folder / "posts.csv").exists() else None
    for row in read("evidence"):
        sides = [(row["post_" + x], row["account_" + x], us(row["time_" + x])) for x in "ab"]
        gap_us, p = round(float(row["delta_s"]) * 1e6), float(row["p_object"])
        evidence[pair_of(row)][row["behaviour"], row["object"], sides[0][2], sides[1][2], gap_us, p] += 1
        wrong += [f"{side} is not in posts.csv" for side in sides if posts is not None and side not in posts]
    n_tested = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))["results"]["n_tested_behaviours"]
    for pair, rows in groupby(read("chances"), key=pair_of):
        episodes = [Episode(us(of[5]), int(of[4]), of[2], of[3], us(of[7]), us(of[8]), math.inf if of[9] == "true" else us(of[8]) - us(of[7]),
                            {round(float(row["window_s"]) * 1e6): float(row["p_object"]) for row in mine})
                    for of, mine in groupby(rows, lambda row: tuple(row.values())[:10])]
        is_whole = pair in edges and len({tuple(e.p) for e in episodes}) == 1  # the same windows everywhere
        values, seen = judge(episodes, edges.pop(pair), n_tested) if is_whole else ([], [])
        for edge, name, value in values:
            off = abs(value - float(edge[name])) / (1 if name[:3] == "log" else max(abs(float(edge[name])), 1e-300))
            worst = max(worst, off)
            if not off <= (TOLERANCE if isinstance(value, float) else 0):
                wrong.append(f"{' '.join(pair)} {edge['behaviour']} {name}: {edge[name]} exported, {value!r} recomputed")
        if evidence.pop(pair, Counter()) != Counter(seen) or not is_whole:
            wrong.append(f"{' '.join(pair)}: the evidence is not what the chances give")
    unseen = (pair for pair, mine in edges.items() if any(edge["listed"] == "true" for edge in mine))
    wrong += [f"{' '.join(pair)}: no chances" for pair in (*evidence, *unseen)]
    print(*wrong, f"{len(wrong)} disagreements; largest relative difference {worst:.1e}", sep="\n")
    return 1 if wrong else 0

if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])) if len(sys.argv) == 2 else __doc__)
