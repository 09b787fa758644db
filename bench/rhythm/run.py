#!/usr/bin/env python3
"""Level and power of the sets of hands of `evenhand rhythm` on invented worlds.

    python3 bench/rhythm/run.py [PROGRAM] [--seed N] [--honest FAMILY,...] [--farms N]

Honest families: the busiest accounts of one language (100 at most, 20 posts at least), one list a language: how many are in candidate sets,
P(p_hands <= a) / a over all, and how many are said to be in one pair of hands (each is a wrong one; the two accounts of a person in `shifts` excepted).
Farms: the 60 planted accounts of `simulate farm`, whose operators are known: account i in order of truth.csv is driven by operator i mod 8.
"""
import argparse
import collections
import csv
import os
import subprocess
import tempfile

FAMILIES = ("honest,fans,clock-habits,friends,breaking-news,live-events,scheduled,shifts,hyperactive,news-bots,call-to-action,mix,"
            "classroom,contest")
LEVELS = (0.05, 0.01, 0.001)
LARGEST_LIST = 100


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def rhythm(program, inv, ids, folder):
    """Rows of accounts and of pairs for a list of ids."""
    names = [os.path.join(folder, name) for name in ("list.txt", "accounts.csv", "pairs.csv")]
    with open(names[0], "w") as file:
        file.writelines(f"{i}\n" for i in ids)
    run(program, "rhythm", inv, "--accounts", names[0], "-o", names[1], "--pairs", names[2], "--quiet")
    return rows_of(names[1]), rows_of(names[2])


def world(program, folder, *words):
    run(program, "simulate", *words, "-o", folder, "--quiet")
    inv = os.path.join(folder, "world.duckdb")
    run(program, "import", inv, os.path.join(folder, "posts.csv"), "--quiet")
    return inv


def measure_family(program, family, seed):
    with tempfile.TemporaryDirectory() as folder:
        inv = world(program, folder, family, "--seed", str(seed))
        posts, language = collections.Counter(), {}
        for row in rows_of(os.path.join(folder, "posts.csv")):
            posts[row["userid"]] += 1
            language[row["userid"]] = row["account_language"]
        lists = collections.defaultdict(list)
        for account, n in posts.most_common():
            if n >= 20 and len(lists[language[account]]) < LARGEST_LIST:
                lists[language[account]].append(account)
        n_accounts = n_in_sets = found = told = 0
        small = [0] * len(LEVELS)
        for ids in lists.values():
            accounts, pairs = rhythm(program, inv, ids, folder)
            n_accounts += len(accounts)
            found += sum(row["hands_id"] != "" for row in accounts)
            told += sum(row["same_hands"] == "true" for row in pairs)
            for row in accounts:
                n_in_sets += row["p_hands"] != ""
                for k, level in enumerate(LEVELS):
                    small[k] += float(row["p_hands"] or 1) <= level
    ratios = " | ".join(f"{n / (level * max(n_accounts, 1)):.2f}" for n, level in zip(small, LEVELS))
    print(f"| {family} | {n_accounts} | {n_in_sets} | {ratios} | {found} | {told} |", flush=True)


def measure_farms(program, seeds):
    n = found = right = wrong = 0
    low = 60
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            inv = world(program, folder, "farm", "--seed", str(seed))
            members = [row["account_id"] for row in rows_of(os.path.join(folder, "truth.csv")) if row["group"] == "farm"]
            operator = {account: i % 8 for i, account in enumerate(members)}
            _, pairs = rhythm(program, inv, members, folder)
            partners = collections.Counter()
            for row in pairs:
                if row["same_hands"] == "true":
                    partners.update((row["account_a"], row["account_b"]))
                    same = operator[row["account_a"]] == operator[row["account_b"]]
                    right += same
                    wrong += not same
            n += len(members)
            found += len(partners)
            low = min(low, len(partners))
    print(f"farm, seeds {seeds[0]}-{seeds[-1]}: {found} of {n} accounts are found with a partner "
          f"(least in a world: {low} of 60); pairs of one operator {right}, of two {wrong}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default="build/evenhand")
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--honest", default=FAMILIES)
    parser.add_argument("--farms", type=int, default=10)
    args = parser.parse_args()
    if args.farms:
        measure_farms(args.program, range(args.seed + 100, args.seed + 100 + args.farms))
    print("| world | accounts | in candidate sets | " + " | ".join(f"P(p <= {a}) / {a}" for a in LEVELS) + " | found | pairs told |\n" + "|---" * 8 + "|")
    for family in filter(None, args.honest.split(",")):
        measure_family(args.program, family, args.seed)


if __name__ == "__main__":
    main()
