#!/usr/bin/env python3
"""Levels and powers of the parts of claims other than act_together, on invented worlds.

    python3 bench/claims/parts.py [PROGRAM] [--honest N] [--planted N] [--volume N] [--seed N] [--accounts N] [--days N]

honest:  N random lists of 20 honest accounts with 15 posts or more (ten honest families in turn): how many are supported, by part. The objects
         said to be pushed are three sites (tags) that five accounts or more of the archive share (use), drawn without a look at the list; or,
         "picked", the three that most of the list's accounts share (use), less a tenth of the others who do.
planted: N lists, of each kind in turn: wholly planted, half of it, a quarter, and honest accounts. 20 accounts, created within 7 days, or of
         a group of 20 that seeds links to its own sites (three named), or that floods 40 tags (twenty named); 60 accounts, of `farm`.
volume:  N worlds; days are taken out of the archive (none, a tenth, a fifth; scattered or in one piece): how often the interval
         holds the posts a day of the whole archive, and how often a true (a false) volume is contradicted (supported).
"""
import argparse
import collections
import csv
import datetime
import json
import os
import random
import tempfile
from urllib.parse import urlsplit

from run import FAMILIES, LISTED_SIZE, World, rows_of, run, told


class Parts(World):
    def ask_all(self, inv, accounts, parts, span=None):
        """The results of several parts, each at the level 0.05, and the supported accounts."""
        path = os.path.join(self.folder, "claim.json")
        with open(path, "w") as file:
            json.dump({"evenhand_claim": 1, "raised_by": "bench", "accounts": accounts, "part": parts, **(span or {})}, file)
        claim = run(self.program, "claim", "add", inv, path, "--quiet").strip()
        answer = json.loads(run(self.program, "claim", "check", inv, claim, "--quiet", "--json", "--no-power", "--fdr", str(0.05 * len(parts)), allowed=(0, 3)))
        return answer["results"], {a["account_id"] for a in answer["accounts"] if a["verdict"] == "supported"}

    def ask(self, inv, accounts, part):
        """The verdict of one part, and the supported accounts."""
        results, good = self.ask_all(inv, accounts, [part])
        return results[0]["verdict"], good

    def posts(self):
        return rows_of(os.path.join(self.folder, "posts.csv"))


def words_of(row, column):
    return [w for w in row[column].strip("[]").replace("'", "").split(", ") if w]


def users_of(posts, column, name):
    users = collections.defaultdict(set)
    for row in posts:
        for word in words_of(row, column):
            users[name(word)].add(row["userid"])
    return users


def site(url):
    return "https://" + urlsplit(url).netloc


PUSHED = (("push_these_links", "urls", site), ("push_these_tags", "hashtags", lambda tag: tag))


def honest_lists(program, n, seed, size):
    seen, counts, per_world = collections.Counter(), collections.Counter(), max(1, n // 20)
    for done in range(0, n, per_world):
        k = done // per_world
        with tempfile.TemporaryDirectory() as folder:
            world = Parts(program, folder, FAMILIES[k % len(FAMILIES)], seed + k, size)
            rng, posts = random.Random(seed * 1000 + k), world.posts()
            usual = {part: sorted(w for w, users in users_of(posts, column, name).items() if len(users) >= 5) for part, column, name in PUSHED}
            for _ in range(min(per_world, n - done)):
                accounts = rng.sample(world.honest, min(LISTED_SIZE, len(world.honest)))
                parts = [("same_operator", {}), ("automated", {})] + [("created_in_one_burst", {"within_days": d}) for d in (7, 30, 365)]
                parts += [(part, {"objects": rng.sample(of, 3)}) for part, of in usual.items() if len(of) >= 3]
                listed = set(accounts)
                for part, column, of in PUSHED:
                    users = users_of(posts, column, of)
                    more = {w: len(users[w] & listed) - len(users[w] - listed) / 10 for w in users}
                    parts.append((part, {"objects": sorted(more, key=lambda w: (-more[w], w))[:3], "picked": True}))
                results, _ = world.ask_all(world.inv, accounts, [{"kind": part, **{k: v for k, v in fields.items() if k != "picked"}} for part, fields in parts])
                for (part, fields), row in zip(parts, results):
                    name = part + (f" ({fields['within_days']} days)" if "within_days" in fields else "") + (", picked" if "picked" in fields else "")
                    seen[name, row["verdict"]] += 1
                    counts[name] += 1
    for name in counts:
        others = ", ".join(f"{v} {m}" for (of, v), m in sorted(seen.items()) if of == name and v != "supported")
        print(f"honest lists: {name}: supported {told(seen[name, 'supported'], counts[name])}; {others}", flush=True)


def date_together(folder, program, accounts, rng):
    """The archive again, with these accounts created within a week."""
    rows = rows_of(os.path.join(folder, "posts.csv"))
    first = datetime.date(2017, 3, 1) + datetime.timedelta(days=rng.randrange(300))
    dates = {a: (first + datetime.timedelta(days=rng.randrange(7))).isoformat() for a in accounts}
    path = os.path.join(folder, "dated.csv")
    with open(path, "w", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        for row in rows:
            row["account_creation_date"] = dates.get(row["userid"], row["account_creation_date"])
            out.writerow(row)
    return path


def planted_lists(program, n, seed, size, share):
    lists, found, wrong = collections.Counter(), collections.defaultdict(lambda: [0, 0]), collections.defaultdict(lambda: [0, 0])
    kinds = (("created_in_one_burst", None), ("same_operator", "farm"), ("push_these_links", "link-seeding"), ("push_these_tags", "hashtag-flood"))
    for k in range(n):
        part, group = kinds[k % len(kinds)]
        with tempfile.TemporaryDirectory() as folder:
            words = ("--plant", group) if group and group != "farm" else ()
            world = Parts(program, folder, "farm" if group == "farm" else "honest", seed + 300 + k, size, *words)
            rng = random.Random(seed * 1000 + 300 + k)
            n_listed = 3 * LISTED_SIZE if group == "farm" else LISTED_SIZE
            n_members = round(n_listed * share)
            if group:
                ours = sorted(r["account_id"] for r in world.truth if r["group"] == group)
                members = rng.sample(ours, min(n_members, len(ours)))
                honest, inv, fields = rng.sample(world.honest, n_listed - n_members), world.inv, {}
            else:
                accounts = rng.sample(world.honest, LISTED_SIZE)
                members, honest = accounts[:n_members], accounts[n_members:]
                inv, fields = world.detect(date_together(folder, program, members, rng), "dated"), {"within_days": 7}
            for name, column, of in PUSHED:
                if part != name:
                    continue
                users = users_of(world.posts(), column, of)
                more = {w: len(users[w] & set(ours)) - len(users[w] - set(ours)) / 10 for w in users}
                fields = {"objects": sorted(more, key=lambda w: (-more[w], w))[:3 if column == "urls" else 20]}
            verdict, good = world.ask(inv, sorted(members + honest), {"kind": part, **fields})
            lists[part, verdict] += 1
            found[part][0] += len(good & set(members))
            found[part][1] += len(members)
            wrong[part][0] += len(good & set(honest))
            wrong[part][1] += len(honest)
    for part in found:
        m = sum(c for (p, _), c in lists.items() if p == part)
        print(f"planted lists, {share:.2g} of the list: {part}: lists supported {told(lists[part, 'supported'], m)}; members supported {told(*found[part])}; honest {told(*wrong[part])}", flush=True)


def without(folder, posts, days):
    path = os.path.join(folder, "gaps.csv")
    with open(path, "w", newline="") as file:
        out = csv.DictWriter(file, posts[0].keys())
        out.writeheader()
        out.writerows(r for r in posts if r["tweet_time"][:10] not in days)
    return path


def volumes(program, n, seed, size):
    inside, wrong = collections.defaultdict(lambda: [0, 0]), collections.defaultdict(lambda: [0, 0])
    for k in range(n):
        with tempfile.TemporaryDirectory() as folder:
            world = Parts(program, folder, FAMILIES[k % len(FAMILIES)], seed + 700 + k, size, *(("--plant", "sleepers") if k % 3 == 0 else ()))
            rng, posts = random.Random(seed * 1000 + 700 + k), world.posts()
            days = sorted({r["tweet_time"][:10] for r in posts})
            from_day, to_day = days[0], (datetime.date.fromisoformat(days[-1]) + datetime.timedelta(days=1)).isoformat()
            n_days = (datetime.date.fromisoformat(to_day) - datetime.date.fromisoformat(from_day)).days
            of = collections.Counter(r["userid"] for r in posts)
            for share in (0.0, 0.1, 0.2):
                for shape in ("scattered", "one piece"):
                    n_gone = round(share * len(days))
                    at = rng.randrange(len(days) - n_gone + 1)
                    gone = set(rng.sample(days, n_gone) if shape == "scattered" else days[at:at + n_gone])
                    if share == 0 and shape == "one piece":
                        continue
                    inv = world.detect(without(folder, posts, gone), "gaps")
                    for _ in range(4):
                        pool = world.members if world.members and rng.random() < 0.5 else world.honest
                        accounts = sorted(rng.sample(pool, min(LISTED_SIZE, len(pool))))
                        rates = [of[a] / n_days for a in accounts]
                        name = f"{share:.0%} of days missing, {shape}"
                        asked = [(of_what, truth, truth * factor) for of_what, truth in (("all", sum(rates)), ("each", min(rates))) for factor in (1 - 1e-6, 1 + 1e-6)]
                        parts = [{"kind": "volume", "of": of_what, "posts_per_day": alleged} for of_what, _, alleged in asked]
                        results, _ = world.ask_all(inv, accounts, parts, {"from": from_day, "to": to_day})
                        inside[name][0] += results[0]["low"] <= asked[0][1] <= results[0]["high"]
                        inside[name][1] += 1
                        for (of_what, truth, alleged), row in zip(asked, results):
                            key = f"{name}: of {of_what}: {'true volume contradicted' if alleged < truth else 'false volume supported'}"
                            wrong[key][0] += row["verdict"] == ("contradicted" if alleged < truth else "supported")
                            wrong[key][1] += 1
    for name in inside:
        print(f"volume: {name}: interval holds the truth {told(*inside[name])}", flush=True)
    for key in wrong:
        print(f"volume: {key}: {told(*wrong[key])}", flush=True)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default=os.path.join(here, "../../build/evenhand"))
    for name, value in (("seed", 1), ("honest", 200), ("planted", 40), ("volume", 10), ("accounts", 200), ("days", 21)):
        parser.add_argument("--" + name, type=int, default=value)
    args = parser.parse_args()
    size = ("--accounts", str(args.accounts), "--days", str(args.days))
    if args.volume:
        volumes(args.program, args.volume, args.seed, size)
    for share in (1, 0.5, 0.25) if args.planted else ():
        planted_lists(args.program, args.planted, args.seed, size, share)
    if args.honest:
        honest_lists(args.program, args.honest, args.seed, size)


if __name__ == "__main__":
    main()
