#!/usr/bin/env python3
"""Worlds written without knowledge of the detector, to break it: hostile honest families, framed accounts, plain rings.

Nothing here is tuned to, or shared with, `evenhand simulate`. Each world is a long-form CSV (account_id, behaviour,
object, timestamp, post_id). Accounts starting with v are victims of framing, with r members of a ring; all others are
honest. Prints per family: worlds, accounts, honest listed, honest strong, victims listed, ring members listed.
"""

import argparse
import bisect
import collections
import csv
import math
import pathlib
import random
import subprocess
import tempfile

DAY, START = 86400, 1534809600


def late(r):
    """An ordinary reaction: median 40 minutes, heavy tail."""
    return math.exp(r.gauss(math.log(2400), 1.6))


def poisson(r, mean):
    n, product, limit = 0, r.random(), math.exp(-mean)
    while product > limit:
        n, product = n + 1, product * r.random()
    return n


def push_fans(r, n_fans=60, n_others=400):
    """People with notifications on for one source, who react within seconds, among ordinary readers."""
    sources = [[START + d * DAY + r.uniform(8, 22) * 3600 for d in range(30) for _ in range(5)] for _ in range(15)]
    for u in range(n_others + n_fans):
        is_fan = u >= n_others
        for s in r.sample(range(1 if is_fan else 0, 15), 3):
            for k, t in enumerate(sources[s]):
                if r.random() < 0.12:
                    yield f"u{u:04}", "repost", f"s{s}_{k}", t + late(r)
        if is_fan:
            share, median = r.uniform(0.3, 0.8), r.uniform(6, 25)
            wakes, sleeps = r.uniform(6, 9), r.uniform(20, 24)
            for k, t in enumerate(sources[0]):
                if wakes < (t - START) % DAY / 3600 < sleeps and r.random() < share:
                    fast = r.random() < 0.8
                    yield f"u{u:04}", "repost", f"s0_{k}", t + (median * math.exp(r.gauss(0, 0.5)) if fast else late(r))


def fans_among_themselves(r):
    yield from push_fans(r, 60, 40)


def feed_of(r, days, per_day):
    times = sorted(START + d * DAY + (r.gauss(15, 5) % 24) * 3600 for d in range(days) for _ in range(per_day))
    return times


def scroll(r, account, times, at, items, look=40):
    """One sitting: newest first, some of the last `look` items reposted while reading."""
    i, spent = bisect.bisect(times, at), 0.0
    for j in range(i - 1, max(-1, i - 1 - look), -1):
        spent += r.uniform(5, 25)
        if r.random() < items / look:
            yield account, "repost", f"o{j:06}", at + spent


def commuters(r):
    """400 people on ten trains open the app at the same minute every working morning and evening."""
    times, trains = feed_of(r, 40, 60), [r.randrange(360, 540) * 60 for _ in range(10)]
    for u in range(400):
        train = r.choice(trains)
        for d in range(40):
            for base in (train, train + 36000):
                if d % 7 > 4 or r.random() > 0.75:
                    continue
                at = START + d * DAY + base + r.gauss(0, 25)
                i = bisect.bisect(times, at)
                for j in r.sample(range(max(0, i - 12), i), min(i, poisson(r, 1.2), 12)):
                    yield f"u{u:04}", "repost", f"o{j:06}", at + r.uniform(0, 200)


def background_sittings(r, times, days, n):
    for u in range(n):
        for d in range(days):
            for _ in range(poisson(r, 2)):
                yield from scroll(r, f"u{u:04}", times, START + d * DAY + r.uniform(7, 23) * 3600, 3)


def common_breaks(r):
    """Everybody scrolls in the same four breaks of the day."""
    times = feed_of(r, 28, 150)
    for u in range(300):
        for d in range(28):
            for hour in (10, 12.5, 16, 20):
                if r.random() < 0.5:
                    yield from scroll(r, f"u{u:04}", times, START + d * DAY + hour * 3600 + r.gauss(0, 480), 3)


def staff_breaks(r):
    """Ten teams of five with four fixed breaks a day each, started within three minutes."""
    times = feed_of(r, 28, 150)
    yield from background_sittings(r, times, 28, 300)
    for team in range(10):
        breaks = [r.uniform(8, 11), r.uniform(11, 13), r.uniform(14, 17), r.uniform(18, 22)]
        for d in range(28):
            for hour in breaks:
                for k in range(5):
                    if r.random() < 0.7:
                        at = START + d * DAY + hour * 3600 + r.gauss(0, 180)
                        yield from scroll(r, f"team{team}_{k}", times, at, 3)


def friends_side_by_side(r):
    """Ten groups of four scroll the same feed in literally the same sittings, three a day, for weeks."""
    times = feed_of(r, 28, 150)
    yield from background_sittings(r, times, 28, 300)
    for group in range(10):
        for d in range(28):
            for _ in range(3):
                at = START + d * DAY + r.uniform(7, 23) * 3600
                for k in range(4):
                    if r.random() < 0.7:
                        yield from scroll(r, f"friends{group}_{k}", times, at + r.gauss(0, 120), 3)


def full_hour_newsrooms(r):
    """60 unrelated newsrooms choose from one wire and post on the full hour."""
    wire = [(START + d * DAY + r.uniform(4, 22) * 3600, d * 40 + i) for d in range(30) for i in range(40)]
    for u in range(60):
        share = r.uniform(0.1, 0.4)
        for t, k in wire:
            if r.random() < share:
                ready = t + math.exp(r.gauss(math.log(5400), 0.9))
                at = START + math.ceil((ready - START) / 3600) * 3600 + r.choice([0, 0, 0, 1, 1, 2, 3])
                yield f"news{u:02}", "link", f"https://wire.example/{k}", at
    for u in range(300):
        for _ in range(poisson(r, 20)):
            t, k = r.choice(wire)
            yield f"u{u:04}", "link", f"https://wire.example/{k}", t + 3 * late(r)


def feed_pollers(r):
    """40 unrelated programs poll the same feeds every 15 minutes, each at its own phase."""
    feeds = [sorted(START + d * DAY + r.uniform(5, 23) * 3600 for d in range(30) for _ in range(6)) for _ in range(8)]
    for u in range(40):
        phase = r.uniform(0, 900)
        for s in r.sample(range(8), 3):
            for k, t in enumerate(feeds[s]):
                at = START + math.ceil((t - START - phase) / 900) * 900 + phase + r.uniform(0, 4)
                yield f"poll{u:02}", "link", f"https://site{s}.example/{k}", at
    for u in range(300):
        for _ in range(poisson(r, 20)):
            s, k = r.randrange(8), r.randrange(180)
            yield f"u{u:04}", "link", f"https://site{s}.example/{k}", feeds[s][k] + 3 * late(r)


def on_sight(r):
    """Everybody's program reposts five seconds after the post, or when its owner wakes up."""
    posts = [[START + d * DAY + r.random() * DAY for _ in range(60)] for d in range(60)]
    for u in range(300):
        peak, spread = r.gauss(14, 4), r.uniform(2, 5)
        for d in range(60):
            for _ in range(poisson(r, 2)):
                i = int(60 * r.random() ** 2)
                at = START + d * DAY + (r.gauss(peak, spread) % 24) * 3600
                yield f"u{u:04}", "repost", f"o{d}_{i}", max(posts[d][i] + 5, at)


def breaking_news(r):
    quickness = [math.exp(r.gauss(math.log(300), 1.2)) for _ in range(400)]
    for d in range(30):
        t = START + d * DAY + r.uniform(8, 22) * 3600
        for i in range(6):
            at = t + i * r.uniform(60, 400)
            for u in range(400):
                if r.random() < 0.15:
                    yield f"u{u:04}", "repost", f"n{d}_{i}", at + quickness[u] * math.exp(r.gauss(0, 0.5))


def show_viewers(r):
    """A hundred viewers tag the moments of a nightly show as they happen; hardly anybody else does."""
    for d in range(30):
        moments = [(START + d * DAY + 72000 + r.random() * 3600, f"m{r.randrange(60)}") for _ in range(12)]
        for u in range(400):
            if r.random() < (0.7 if u < 100 else 0.05):
                for t, tag in moments:
                    if r.random() < 0.3:
                        yield f"u{u:04}", "hashtag", tag, t + r.expovariate(1 / 40) + 4
            for _ in range(poisson(r, 1)):
                yield f"u{u:04}", "hashtag", f"x{r.randrange(200)}", START + d * DAY + r.uniform(7, 24) * 3600


def ordinary(r, n=400):
    posts = [(START + d * DAY + r.uniform(5, 23) * 3600, d * 60 + i) for d in range(30) for i in range(60)]
    return posts, [(f"u{u:04}", "repost", f"o{k}", t + late(r)) for u in range(n) for t, k in posts if r.random() < 0.03]


def copied_victims(r):
    """Three people whose reposts ten others each copy within seconds."""
    posts, rows = ordinary(r)
    yield from rows
    for v in range(3):
        for t, k in posts:
            if r.random() < 0.06:
                at = t + late(r)
                yield f"v{v}", "repost", f"o{k}", at
                for x in range(10):
                    if r.random() < 0.6:
                        yield f"r{v}_{x}", "repost", f"o{k}", at + r.uniform(2, 9)
        for x in range(10):
            for t, k in posts:
                if r.random() < 0.02:
                    yield f"r{v}_{x}", "repost", f"o{k}", t + late(r)


def ring(r):
    """20 accounts, 40 objects, five minutes of jitter, half of the actions ordinary."""
    posts, rows = ordinary(r, 300)
    yield from rows
    targets = [(START + r.uniform(1, 29) * DAY, 100000 + i) for i in range(40)]
    for x in range(20):
        for t, k in targets:
            if r.random() < 0.9:
                yield f"r{x:02}", "repost", f"o{k}", t + r.uniform(0, 300)
        for _ in range(36):
            t, k = r.choice(posts)
            yield f"r{x:02}", "repost", f"o{k}", t + late(r)
    for t, k in targets:
        for u in r.sample(range(300), 6):
            yield f"u{u:04}", "repost", f"o{k}", t + late(r)


WORLDS = [push_fans, fans_among_themselves, commuters, common_breaks, staff_breaks, friends_side_by_side,
          full_hour_newsrooms, feed_pollers, on_sight, breaking_news, show_viewers, copied_victims, ring]


def write(path, world, seed, to_the_minute):
    r = random.Random(f"{world.__name__} {seed}")
    rows = [(a, b, o, int(t) // 60 * 60 if to_the_minute else int(t)) for a, b, o, t in world(r)]
    r.shuffle(rows)
    with open(path, "w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle)
        out.writerow(["account_id", "behaviour", "object", "timestamp", "post_id"])
        out.writerows([*row, f"p{i}"] for i, row in enumerate(rows))


def judge(evenhand, folder, world, seed, to_the_minute):
    posts, found = folder / "posts.csv", folder / "found"
    write(posts, world, seed, to_the_minute)
    subprocess.run([evenhand, "investigate", posts, "-o", found, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    count = collections.Counter()
    with open(found / "accounts.csv", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            kind = {"v": "victims", "r": "ring"}.get(row["account_id"][0], "honest")
            count[kind] += 1
            count[kind, "listed"] += row["listed"] == "true"
            count[kind, "strong"] += row["finding"] == "strong"
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evenhand", default="build/evenhand")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--world", action="append", help="only this family")
    options = parser.parse_args()
    print(f"{'world':<34}{'worlds':>7}{'honest':>8}{'listed':>8}{'strong':>8}{'victims listed':>16}{'ring listed':>14}")
    for world in WORLDS:
        if options.world and world.__name__ not in options.world:
            continue
        for to_the_minute in (False, True):
            total = collections.Counter()
            for seed in range(1, options.seeds + 1):
                with tempfile.TemporaryDirectory() as folder:
                    total += judge(options.evenhand, pathlib.Path(folder), world, seed, to_the_minute)
            victims = f"{total['victims', 'listed']} of {total['victims']}" if total["victims"] else "-"
            members = f"{total['ring', 'listed']} of {total['ring']}" if total["ring"] else "-"
            name = world.__name__ + (", to the minute" if to_the_minute else "")
            print(f"{name:<34}{options.seeds:>7}{total['honest']:>8}{total['honest', 'listed']:>8}"
                  f"{total['honest', 'strong']:>8}{victims:>16}{members:>14}", flush=True)


if __name__ == "__main__":
    main()
