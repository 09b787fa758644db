#!/usr/bin/env python3
"""How small p-values get where nobody acts together: P(p <= a) / a over millions of pairs, a from .05 to 1e-6.

Every world is dense, so that nearly all of its pairs share eight object-days and more, and written here, not by `evenhand simulate`:
each account reacts to each post by a delay and within waking hours of its own, whatever others do. So all pairs are null, and those
of one world are alike on purpose: fans with notifications on, readers of breaking news, hyperactive people, small languages.
Prints one table row per kind and level, and all pairs pooled; --out keeps the counts of every world, so that a run can be resumed."""

import argparse
import csv
import datetime
import json
import math
import pathlib
import random
import subprocess
import tempfile

DAY, START = 86400, 1534809600
LEVELS = (0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-6)


def person(r, median_s, spread):
    return {"median": math.exp(r.gauss(math.log(median_s), 0.7)), "spread": spread, "wakes": r.gauss(7.5, 1.2) * 3600, "sleeps": r.gauss(23, 1) * 3600}


def reaction(r, who, birth):
    """When somebody reacts: after a delay of his own, or in the morning."""
    t = birth + who["median"] * math.exp(r.gauss(0, who["spread"]))
    of_day = (t - START) % DAY
    if who["wakes"] < of_day < who["sleeps"]:
        return t
    return t + (who["wakes"] - of_day) % DAY + r.expovariate(1 / 2400)


def daytime(r, day):
    return START + day * DAY + min(max(r.gauss(14, 4), 5), 23.5) * 3600


def fans(r):
    """Notifications of six sources on: half of the people react within two minutes as a rule."""
    people = [person(r, r.choice((40, 90, 1200)), 0.7) for _ in range(1400)]
    posts = [(s, daytime(r, d)) for d in range(25) for s in range(6) for _ in range(2)]
    chosen = [r.uniform(0.12, 0.35) for _ in people]
    return people, [(s, b, [u for u in range(len(people)) if r.random() < chosen[u]]) for s, b in posts]


def breaking_news(r):
    """Sixty stories, told by eight posts within half an hour; crowds within minutes."""
    people = [person(r, 300, 1.2) for _ in range(1400)]
    keen = [r.uniform(0.1, 0.3) for _ in people]
    posts = []
    for story in range(60):
        at = daytime(r, r.randrange(30))
        there = [u for u in range(len(people)) if r.random() < 0.6]
        posts += [(k, b, [u for u in there if r.random() < keen[u]]) for k in range(8) for b in [at + r.uniform(0, 1800)]]
    return people, posts


def hyperactive(r):
    """Two hundred accounts that pass on a third of everything, among a thousand others."""
    people = [person(r, 900 if u < 200 else 2400, 1.4) for u in range(1200)]
    keen = [r.uniform(0.2, 0.5) if u < 200 else r.uniform(0.03, 0.15) for u in range(1200)]
    return people, [(s, daytime(r, d), [u for u in range(1200) if r.random() < keen[u]]) for d in range(30) for s in range(12)]


def small_language(r):
    """Four small languages, in each of which everybody reads the same few authors."""
    people = [person(r, 2400, 1.4) for _ in range(2400)]
    keen = [r.uniform(0.1, 0.35) for _ in people]
    return people, [
        (language * 10 + s, daytime(r, d), [u for u in range(language * 600, language * 600 + 600) if r.random() < keen[u]])
        for language in range(4) for d in range(30) for s in range(9)]


KINDS = {f.__name__: f for f in (fans, breaking_news, hyperactive, small_language)}


def write(r, people, posts, path):
    """The archive; returns each account's object-days, one bit each."""
    seen, bits = [0] * len(people), {}

    def snowflake(t, low):
        return (int(t * 1000) - 1288834974657 << 22) | low

    with open(path, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow("tweetid userid tweet_time tweet_language tweet_text is_retweet retweet_userid retweet_tweetid".split())
        for k, (source, birth, readers) in enumerate(posts):
            for u in readers:
                t = reaction(r, people[u], birth)
                seen[u] |= 1 << bits.setdefault((k, int(t // DAY)), len(bits))
                minute = datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M")
                out.writerow([snowflake(t, u), f"u{u:04}", minute, "en", "", "True", f"s{source:03}", snowflake(birth, 4000 + k)])
    return seen


def count(evenhand, kind, seed, folder):
    """Pairs of one world that share eight object-days, and those of them with p <= a, and with E >= 1 / a."""
    r = random.Random(f"{kind} {seed}")
    seen = write(r, *KINDS[kind](r), folder / "posts.csv")
    n_pairs = sum((a & b).bit_count() >= 8 for i, a in enumerate(seen) for b in seen[:i])
    case = folder / "case.duckdb"
    for words in (["import", case, folder / "posts.csv"], ["detect", case, "--behaviours", "repost", "--legs", "timing"]):
        subprocess.run([evenhand, *words, "--quiet", "--threads", "1"], check=True, stdout=subprocess.DEVNULL)
    tests = [f"count(*) FILTER (p_value <= {a!r}) AS p{i}, count(*) FILTER (log_e_pair >= {-math.log(a)!r}) AS e{i}" for i, a in enumerate(LEVELS)]
    listed = "(SELECT count(*) FROM findings WHERE listed) AS listed"
    sql = f"SELECT {', '.join(tests)}, {listed} FROM edges WHERE common_objects >= 8"
    answer = subprocess.run([evenhand, "sql", case, sql], check=True, capture_output=True, text=True)
    row = next(csv.DictReader(answer.stdout.splitlines()))
    return {"kind": kind, "seed": seed, "pairs": n_pairs} | {k: int(v) for k, v in row.items()}


def show(rows):
    print("| pairs | worlds | null pairs | " + " | ".join(f"{a:g}" for a in LEVELS) + " | listed |")
    print("|---|---|---|" + "---|" * (len(LEVELS) + 1))
    for kind in [*KINDS, "all"]:
        of = [row for row in rows if kind in (row["kind"], "all")]
        n = sum(row["pairs"] for row in of)
        if not n:
            continue
        for letter in "pe":
            cells = [f"{sum(row[f'{letter}{i}'] for row in of) / (n * a):.2g}" for i, a in enumerate(LEVELS)]
            name = f"{kind}, P(p <= a) / a" if letter == "p" else f"{kind}, P(E >= 1/a) / a"
            print(f"| {name} | {len(of)} | {n:,} | {' | '.join(cells)} | {sum(row['listed'] for row in of)} |")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--evenhand", default="build/evenhand")
    options.add_argument("--pairs", type=float, default=1e6, help="stop once so many null pairs were seen")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--out", type=pathlib.Path, help="JSON lines, a world each; continued where it exists")
    args = options.parse_args()
    rows = [json.loads(line) for line in open(args.out)] if args.out and args.out.exists() else []
    seen = {(row["kind"], row["seed"]) for row in rows}
    seed = args.seed
    while sum(row["pairs"] for row in rows) < args.pairs:
        for kind in KINDS:
            if (kind, seed) in seen:
                continue
            with tempfile.TemporaryDirectory() as folder:
                rows.append(count(args.evenhand, kind, seed, pathlib.Path(folder)))
            if args.out:
                with open(args.out, "a") as f:
                    f.write(json.dumps(rows[-1]) + "\n")
        seed += 1
    show(rows)


if __name__ == "__main__":
    main()
