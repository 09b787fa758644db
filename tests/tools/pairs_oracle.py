#!/usr/bin/env python3
"""Random archives through `evenhand pairs`, against a restatement of each rule.

Usage: pairs_oracle.py EVENHAND GOLDEN_DIR [SEED]        exit 77 where the restatement is absent

Each batch is one file of several independent random inputs (their accounts and objects have names of their own), so
that one start of the program checks many. Times are multiples of 0.1 s with many ties; objects are few and hot;
accounts act on their own posts and repeat themselves; rows are repeated. Every answer must be the rule's, and the same
bytes for 1, 2 and 8 threads and for rows in another order.
"""
import csv
import os
import random
import subprocess
import sys
import tempfile

N_BATCHES, N_INPUTS = 12, 20
START = 15372300000  # tenths of a second
WINDOWS = [("0s", 0), ("1s", 10), ("500ms", 5), ("3s", 30), ("10s", 100), ("1m", 600)]
CNT = {"repost": "co_retweet", "reply": "co_reply", "text": "co_tweet", "link": "co_link_noempty"}
CNT_COLUMNS = ["message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp", "urls"]
COORTWEET_COLUMNS = ["object_id", "account_id", "content_id", "timestamp_share"]


def seconds(tenths):
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def cnt_input(rng, tag):
    """Rows of one random input; timestamp in tenths."""
    accounts = [f"{tag}u{i}" for i in range(rng.randint(1, 7))]
    objects = [f"{tag}p{i}" for i in range(rng.randint(1, 5))]
    urls = [f"https://{tag}.example/{i}" for i in range(3)]
    texts = [f"{tag} Guten Morgen", f"@x{tag} {tag} guten  MORGEN", f"{tag} İstanbul ΣΑΣ", f"{tag}, other"]
    span = rng.choice([5, 40, 300, 2000])
    rows = []
    for i in range(rng.randint(1, 40)):
        kind = rng.random()
        rows.append({
            "message_id": f"{tag}m{i}",
            "user_id": rng.choice(accounts),
            "username": "n",
            "repost_id": rng.choice(objects) if kind < 0.5 else "",
            "reply_id": rng.choice(objects) if kind > 0.7 else "",
            "message": rng.choice(texts),
            "timestamp": START + rng.randint(0, span),
            "urls": " ".join(rng.choices(urls, k=rng.choice([0, 1, 1, 2, 3]))),
        })
    return rows + rng.choices(rows, k=rng.choice([0, 0, 1, 3]))


def coortweet_input(rng, tag):
    accounts = [f"{tag}u{i}" for i in range(rng.randint(1, 7))]
    objects = [f"{tag}p{i}" for i in range(rng.randint(1, 5))]
    span = rng.choice([5, 40, 300, 2000])
    rows = []
    for i in range(rng.randint(1, 40)):
        o = rng.choice(objects)
        content = o if rng.random() < 0.05 else rng.choice(objects) if rng.random() < 0.03 else f"{tag}c{i}"
        rows.append({"object_id": o, "account_id": rng.choice(accounts), "content_id": content,
                     "timestamp_share": START + rng.randint(0, span)})
    return rows + rng.choices(rows, k=rng.choice([0, 0, 1, 3]))


def write(path, columns, rows, time):
    with open(path, "w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        for r in rows:
            writer.writerow([seconds(r[c]) if c == time else r[c] for c in columns])


class Program:
    def __init__(self, evenhand, scratch):
        self.evenhand, self.out, self.n_runs = evenhand, os.path.join(scratch, "edges.csv"), 0

    def bytes_of(self, path, arguments, threads):
        command = [self.evenhand, "pairs", path, *arguments, "--threads", str(threads), "-o", self.out, "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.n_runs += 1
        if done.returncode:
            sys.exit(f"{' '.join(command)}: exit {done.returncode}: {done.stderr}")
        with open(self.out, "rb") as handle:
            return handle.read()

    def edges(self, paths, arguments):
        """The same bytes for any number of threads and any order of rows, as rows of text."""
        first = self.bytes_of(paths[0], arguments, 1)
        for path, threads in ((paths[0], 2), (paths[0], 8), (paths[1], 2)):
            if self.bytes_of(path, arguments, threads) != first:
                sys.exit(f"{' '.join(arguments)}: other bytes with {threads} threads, {os.path.basename(path)}")
        return list(csv.reader(first.decode("utf-8").splitlines()))[1:]


def differ(what, mine, wanted):
    if mine == wanted:
        return 0
    print(f"{what}: {len(mine)} edges, {len(wanted)} expected")
    for row in sorted(set(map(str, mine)) ^ set(map(str, wanted)))[:5]:
        print("  ", row)
    return 1


def check_cnt(program, refcheck, rng, paths, rows):
    bad = 0
    write(paths[0], CNT_COLUMNS, rows, "timestamp")
    write(paths[1], CNT_COLUMNS, rng.sample(rows, len(rows)), "timestamp")
    first = list({r["message_id"]: r for r in reversed(rows)}.values())
    items = refcheck.cnt_items(first)
    for behaviour, network in CNT.items():
        (window, tenths), least = rng.choice(WINDOWS), rng.choice([1, 1, 2, 3])
        arguments = ["--behaviour", behaviour, "--window", window, "--min-weight", str(least)]
        wanted = sorted([a, b, str(w)] for (a, b), w in refcheck.cnt_edges(items[network], tenths, least).items())
        bad += differ(f"cnt {behaviour} {window} {least}", program.edges(paths, [*arguments, "--as", "cnt"]), wanted)
        if behaviour in ("repost", "reply"):
            found = refcheck.shared_objects(items[network], tenths, least)
            wanted = sorted([a, b, str(w)] for (a, b), w in found.items())
            bad += differ(f"evenhand {behaviour} {window} {least}", program.edges(paths, arguments), wanted)
    return bad


def check_coortweet(program, refcheck, rng, paths, rows):
    write(paths[0], COORTWEET_COLUMNS, rows, "timestamp_share")
    write(paths[1], COORTWEET_COLUMNS, rng.sample(rows, len(rows)), "timestamp_share")
    shares = [(r["object_id"], r["account_id"], r["content_id"], r["timestamp_share"]) for r in rows]
    (window, tenths), participation, least = rng.choice(WINDOWS), rng.randint(0, 4), rng.choice([1, 1, 2])
    arguments = ["--behaviour", "repost", "--window", window, "--as", "coortweet", "--min-participation",
                 str(participation), "--min-weight", str(least)]
    edges = refcheck.coortweet_edges(refcheck.coortweet_pairs(shares, tenths, participation))
    wanted = sorted([a, b, str(w), round(d / 10, 9), str(n)] for (a, b), (w, d, n) in edges.items() if w >= least)
    mine = [[a, b, w, round(float(d), 9), n] for a, b, w, d, n in program.edges(paths, arguments)]
    return differ(f"coortweet {window} mp {participation} {least}", mine, wanted)


def main():
    evenhand, golden_dir = sys.argv[1:3]
    if not os.path.exists(os.path.join(golden_dir, "refcheck.py")):
        print("the restatement of the rules is not here", file=sys.stderr)
        return 77
    sys.dont_write_bytecode = True
    sys.path.insert(0, golden_dir)
    import refcheck
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20180918)
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        program = Program(evenhand, scratch)
        paths = [os.path.join(scratch, "rows.csv"), os.path.join(scratch, "shuffled.csv")]
        for batch in range(N_BATCHES):
            tags = [f"b{batch}i{i}" for i in range(N_INPUTS)]
            bad += check_cnt(program, refcheck, rng, paths, [r for t in tags for r in cnt_input(rng, t)])
            for i in range(0, N_INPUTS, 5):
                rows = [r for t in tags[i:i + 5] for r in coortweet_input(rng, t)]
                bad += check_coortweet(program, refcheck, rng, paths, rows)
        print(f"{2 * N_BATCHES * N_INPUTS} random inputs, {program.n_runs} runs, {bad} answers differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
