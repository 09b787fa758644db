#!/usr/bin/env python3
"""Compares `evenhand pairs` with what CNT and CooRTweet answered on one archive, and with a restatement of their rules.

Usage: golden_pairs.py EVENHAND GOLDEN_DIR        exit 77 where the golden files are absent
"""
import csv
import os
import re
import subprocess
import sys
import tempfile

NETWORKS = {
    "co_retweet": ["--behaviour", "repost"],
    "co_reply": ["--behaviour", "reply"],
    "co_tweet": ["--behaviour", "text"],
    "co_link": ["--behaviour", "link", "--cnt-empty-links"],
    "co_link_noempty": ["--behaviour", "link"],
}


def run(evenhand, archive, arguments, out):
    command = [evenhand, "pairs", archive, *arguments, "-o", out, "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}: {done.stderr}")
    with open(out, newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def tell(name, mine, golden):
    missing = sorted(set(golden) - set(mine))[:3]
    extra = sorted(set(mine) - set(golden))[:3]
    differ = [(k, mine[k], golden[k]) for k in mine if k in golden and mine[k] != golden[k]][:3]
    is_same = mine == golden
    print(f"{name}: {len(mine)} edges", "OK" if is_same else f"DIFFER missing {missing} extra {extra} other {differ}")
    return 0 if is_same else 1


def check_cnt(evenhand, golden_dir, refcheck, scratch):
    bad = 0
    archive = os.path.join(golden_dir, "events_cnt.csv.gz")
    items = refcheck.cnt_items(refcheck.rows("events_cnt.csv"))
    for name in sorted(os.listdir(golden_dir)):
        found = re.fullmatch(r"cnt_(\w+)_w(\d+)_min(\d+)\.csv\.gz", name)
        if not found or found[1] not in NETWORKS:
            continue
        network, window, least = found[1], int(found[2]), int(found[3])
        golden = {(r["user_1"], r["user_2"]): int(r["weight"]) for r in refcheck.rows(name[:-3])}
        arguments = [*NETWORKS[network], "--as", "cnt", "--window", f"{window}s", "--min-weight", str(least)]
        rows = run(evenhand, archive, arguments, os.path.join(scratch, "edges.csv"))
        mine = {(r["user_1"], r["user_2"]): int(r["weight"]) for r in rows}
        bad += tell(name, mine, golden)
        bad += list(mine) != sorted(mine)
        bad += tell(name + " (rule)", mine, refcheck.cnt_edges(items[network], window, least))
    return bad


def check_coortweet(evenhand, golden_dir, refcheck, scratch):
    bad = 0
    archive = os.path.join(golden_dir, "events_coort.csv.gz")
    shares = [(r["object_id"], r["account_id"], r["content_id"], float(r["timestamp_share"]))
              for r in refcheck.rows("events_coort.csv")]
    for name in sorted(os.listdir(golden_dir)):
        found = re.fullmatch(r"coort_edges_w(\d+)_mp(\d+)_p0\.50\.csv\.gz", name)
        if not found:
            continue
        window, participation = int(found[1]), int(found[2])
        golden = {tuple(sorted((r["from"], r["to"]))): (int(r["weight"]), round(float(r["avg_time_delta"]), 6),
                                                        int(r["n_objects"])) for r in refcheck.rows(name[:-3])}
        arguments = ["--behaviour", "repost", "--as", "coortweet", "--window", f"{window}s", "--min-participation",
                     str(participation)]
        rows = run(evenhand, archive, arguments, os.path.join(scratch, "edges.csv"))
        mine = {(r["account_id"], r["account_id_y"]): (int(r["weight"]), round(float(r["avg_time_delta"]), 6),
                                                       int(r["n_objects"])) for r in rows}
        bad += tell(name, mine, golden)
        bad += list(mine) != sorted(mine)
        rule = refcheck.coortweet_edges(refcheck.coortweet_pairs(shares, window, participation))
        bad += tell(name + " (rule)", mine, {k: (w, round(d, 6), n) for k, (w, d, n) in rule.items()})
    return bad


def main():
    evenhand, golden_dir = sys.argv[1:3]
    if not os.path.exists(os.path.join(golden_dir, "refcheck.py")):
        print("the golden files are not here", file=sys.stderr)
        return 77
    sys.dont_write_bytecode = True
    sys.path.insert(0, golden_dir)
    import refcheck
    with tempfile.TemporaryDirectory() as scratch:
        bad = check_cnt(evenhand, golden_dir, refcheck, scratch)
        bad += check_coortweet(evenhand, golden_dir, refcheck, scratch)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
