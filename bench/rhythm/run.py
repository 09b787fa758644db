#!/usr/bin/env python3
"""Level and power of the same-operator tests on invented worlds.

    python3 bench/rhythm/run.py [PROGRAM] [--seed N] [--honest FAMILY,...] [--farms N]

Honest families: all pairs among the accounts of one language (at least 20 posts, the 400 busiest): P(p <= a) / a, and how many
accounts and pairs have same-operator evidence (each is a wrong one; newsroom staff with two accounts excepted).
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
LEVELS = (0.05, 0.01, 0.001, 0.0001)
PARTS = ("p_handover", "p_never", "p_turns", "p_value")


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
            if n >= 20 and len(lists[language[account]]) < 400:
                lists[language[account]].append(account)
        n_pairs = n_accounts = found_accounts = found_pairs = 0
        small = {part: [0] * len(LEVELS) for part in PARTS}
        for ids in lists.values():
            accounts, pairs = rhythm(program, inv, ids, folder)
            found_accounts += sum(row["same_operator"] == "true" for row in accounts)
            n_accounts += len(accounts)
            for row in pairs:
                if not row["p_value"]:
                    continue
                n_pairs += 1
                found_pairs += row["same_operator"] == "true"
                for part in PARTS:
                    p = float(row[part] or 1)
                    for k, level in enumerate(LEVELS):
                        small[part][k] += p <= level
    ratios = {part: " ".join(f"{n / (level * n_pairs):.2f}" for n, level in zip(small[part], LEVELS)) for part in PARTS}
    print(f"| {family} | {n_accounts} | {n_pairs} | {found_accounts} | {found_pairs} | " + " | ".join(ratios[p] for p in PARTS) + " |", flush=True)


def measure_farms(program, seeds):
    n = found = right = wrong = 0
    low = 60
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            inv = world(program, folder, "farm", "--seed", str(seed))
            members = [row["account_id"] for row in rows_of(os.path.join(folder, "truth.csv")) if row["group"] == "farm"]
            operator = {account: i % 8 for i, account in enumerate(members)}
            accounts, pairs = rhythm(program, inv, members, folder)
            partners = collections.Counter()
            for row in pairs:
                if row["same_operator"] == "true":
                    partners.update((row["account_a"], row["account_b"]))
                    same = operator[row["account_a"]] == operator[row["account_b"]]
                    right += same
                    wrong += not same
            n += len(members)
            found += len(partners)
            low = min(low, len(partners))
    print(f"farm, seeds {seeds[0]}-{seeds[-1]}: {found} of {n} accounts have same-operator evidence with a partner "
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
    print("P(p <= a) / a for a = " + ", ".join(map(str, LEVELS)))
    print("| world | accounts | pairs | accounts found | pairs found | " + " | ".join(PARTS) + " |\n" + "|---" * (5 + len(PARTS)) + "|")
    for family in filter(None, args.honest.split(",")):
        measure_family(args.program, family, args.seed)


if __name__ == "__main__":
    main()
