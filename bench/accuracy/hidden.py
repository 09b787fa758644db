#!/usr/bin/env python3
"""Honest people who act alike for a reason that no archive shows: power that comes and goes, late trains, shift plans,
apps that hand everybody the same text of the day. Written without looking at what the detector can tell apart.

Each world is a long-form CSV as in foreign.py, and is judged and printed as there; everybody in it is honest.
"""

import bisect
import random

import foreign
from foreign import DAY, START, late, poisson

SYLLABLES_A = "ba do ki lu me no pa ri su ta vo ze".split()
SYLLABLES_B = "ran tel mos bik dur fen gal hop".split()


def text(r, n=14):
    return " ".join(r.choice(SYLLABLES_A) + r.choice(SYLLABLES_B) for _ in range(n))


def feed(r, days, per_day):
    """One national feed: times of its posts, sorted."""
    return sorted(START + d * DAY + r.uniform(0, DAY) for d in range(days) for _ in range(per_day))


def sitting(r, account, at, times, items, look=30, repost=1.0):
    """One sitting: some of the last `look` posts of the feed reposted, or answered, within minutes."""
    i = bisect.bisect(times, at)
    for j in range(max(0, i - look), i):
        if r.random() < items / look:
            yield account, "repost" if r.random() < repost else "reply", f"o{j:06}", at + r.uniform(0, 300)


def readers(r, times, days, n, repost=1.0):
    """People with hours of their own."""
    for u in range(n):
        first, width = r.uniform(7, 18), r.uniform(3, 6)
        for d in range(days):
            for _ in range(poisson(r, 1.5)):
                at = START + d * DAY + r.uniform(first, first + width) * 3600
                yield from sitting(r, f"u{u:04}", at, times, 3, repost=repost)


def rotating_shifts(r):
    """Nurses of many hospitals, strangers to each other: a week of early, of late, of night duty; plans agree by law."""
    times = feed(r, 42, 40)
    yield from readers(r, times, 42, 300)
    for crew in range(3):
        for k in range(50):
            for d in range(42):
                first, last = [(15, 22), (7, 13), (16, 21)][(d // 7 + crew) % 3]
                for _ in range(poisson(r, 1.2)):
                    at = START + d * DAY + r.uniform(first, last) * 3600
                    yield from sitting(r, f"crew{crew}_{k:02}", at, times, 2.5, look=25)


def villages(r):
    """Twelve villages of eight with power, or a link, for a quarter of an hour three times a day, at no fixed hour."""
    times = feed(r, 28, 60)
    yield from readers(r, times, 28, 300, repost=0.6)
    for village in range(12):
        for d in range(28):
            for _ in range(3):
                on = START + d * DAY + r.uniform(6, 23) * 3600
                for k in range(8):
                    if r.random() < 0.6:
                        name = f"home{village:02}_{k}"
                        yield from sitting(r, name, on + r.uniform(0, 600), times, 3, repost=0.6)


def late_trains(r):
    """Passengers of ten trains who read while they wait; trains are late by a quarter of an hour, more or less."""
    times = feed(r, 40, 60)
    yield from readers(r, times, 40, 200, repost=0.6)
    for train in range(10):
        for d in range(40):
            for base in (7, 17):
                wait = START + d * DAY + (base + 0.2 * (train % 5)) * 3600 + r.expovariate(1 / 1200)
                for k in range(15):
                    if d % 7 < 5 and r.random() < 0.7:
                        name = f"train{train}_{k:02}"
                        yield from sitting(r, name, wait + r.gauss(0, 60), times, 2.5, repost=0.6)


def own_words(r, account, posts):
    """What somebody writes and reposts when no app does."""
    for d in range(28):
        if r.random() < 0.5:
            yield account, "text", text(r), START + d * DAY + r.uniform(7, 23) * 3600
    for k, t in enumerate(posts):
        if r.random() < 0.02:
            yield account, "repost", f"o{k}", t + late(r)


def with_app(r, users, share, hour_of):
    """Users of channels ("app0", ...), each of which offers one text a day; share of the days on which it is posted."""
    posts = feed(r, 28, 60)
    for u in range(400):
        yield from own_words(r, f"u{u:04}", posts)
    for channel, n in enumerate(users):
        texts = [text(r, 16) for _ in range(28)]
        for k in range(n):
            name, hour = f"app{channel:02}_{k:03}", hour_of()
            yield from own_words(r, name, posts)
            for d in range(28):
                if r.random() < share:
                    yield name, "text", texts[d], START + d * DAY + hour(r) * 3600


def verse_of_the_day(r):
    """Three apps of 50 users with a verse a day, posted by whoever likes it, some time after the hour of breakfast."""
    def hours():
        first = r.uniform(6, 20)
        return lambda r: first + r.uniform(0, 3)
    yield from with_app(r, [50] * 3, 0.35, hours)


def one_verse_app(r):
    """The same with one app of 150 users: more than the crowd that makes a text a template."""
    def hours():
        first = r.uniform(6, 20)
        return lambda r: first + r.uniform(0, 3)
    yield from with_app(r, [150], 0.35, hours)


def horoscopes(r):
    """An app posts each morning the horoscope of one's sign at the full hour that one chose: 20 users a sign."""
    def hours():
        first = r.randrange(6, 12)
        return lambda r: first + r.uniform(0, 40) / 3600
    yield from with_app(r, [20] * 12, 0.9, hours)


def daily_puzzle(r):
    """People tell how they did in the puzzle of the day; the app writes the text, and who plays alike has the same."""
    posts = feed(r, 28, 60)
    for u in range(300):
        name, first, skill = f"u{u:04}", r.uniform(6, 20), r.choice([0, 0, 1, 2])
        yield from own_words(r, name, posts)
        for d in range(28):
            tries = min(5, max(0, skill + r.choice([-1, 0, 0, 1])))
            path = random.Random(f"{d} {tries} {r.randrange(6)}")
            grid = " ".join("".join(path.choice("abc") for _ in range(5)) for _ in range(6))
            if r.random() < 0.6:
                at = START + d * DAY + (first + r.uniform(0, 3)) * 3600
                yield name, "text", f"puzzle no {d} of the day solved in {tries} of 6 {grid}", at


if __name__ == "__main__":
    foreign.__doc__ = __doc__
    foreign.WORLDS[:] = [rotating_shifts, villages, late_trains, verse_of_the_day, one_verse_app, horoscopes,
                         daily_puzzle]
    foreign.main()
