"""The rules that are in use elsewhere, written down from what was published, on the reposts of an archive.

weight  Two accounts are tied when at least 5 reposts of one came within w of the other's repost of the same post
        (coordination-network-toolkit: directed, distinct messages, window inclusive, minimum per direction; with one
        repost per account and post CooRTweet's weight is the same).
cosine  Accounts as TF-IDF vectors over the posts they reposted; the top 0.5 % of all pairs with a positive cosine are
        edges (Pacheco et al., Uncovering Coordinated Networks on Social Media: Methods and Case Studies, ICWSM 2021,
        doi:10.1609/icwsm.v15i1.18075, the case study on co-retweets). As published, accounts with fewer than ten
        reposts are left out; the second form keeps everybody.

Whoever has an edge is listed. Times come from the post ids (milliseconds), which is more than these tools usually get.
"""

import csv
import math
from collections import Counter, defaultdict

SNOWFLAKE_EPOCH_MS = 1288834974657


def read_reposts(path):
    """(account, reposted post, time in ms, own post) of every repost in an archive."""
    csv.field_size_limit(1 << 24)
    with open(path, newline="", encoding="utf-8") as file:
        return [
            (row["userid"], row["retweet_tweetid"], (int(row["tweetid"]) >> 22) + SNOWFLAKE_EPOCH_MS, row["tweetid"])
            for row in csv.DictReader(file)
            if row["retweet_tweetid"]
        ]


def weight_edges(reposts, window_s, min_weight=5):
    """Unordered pairs tied in at least one direction: {(a, b)} with a < b."""
    by_post = defaultdict(list)
    for account, post, time_ms, own in reposts:
        by_post[post].append((time_ms, account, own))
    messages = defaultdict(set)  # (user_1, user_2) -> messages of user_1 that user_2 was near
    for events in by_post.values():
        events.sort()
        for i, (time_a, a, own_a) in enumerate(events):
            for time_b, b, own_b in events[i + 1:]:
                if time_b - time_a > window_s * 1000:
                    break
                if a != b:
                    messages[a, b].add(own_a)
                    messages[b, a].add(own_b)
    return {(min(pair), max(pair)) for pair, of_first in messages.items() if len(of_first) >= min_weight}


def cosine_edges(reposts, top_share=0.005, min_reposts=10):
    """The most similar top_share of the pairs that share anything: {(a, b)} with a < b."""
    counts = defaultdict(Counter)
    for account, post, _, _ in reposts:
        counts[account][post] += 1
    counts = {account: posts for account, posts in counts.items() if sum(posts.values()) >= min_reposts}
    spread = Counter(post for posts in counts.values() for post in posts)
    vectors = {}
    for account in sorted(counts):
        vector = {post: n * math.log(len(counts) / spread[post]) for post, n in counts[account].items()}
        length = math.sqrt(sum(x * x for x in vector.values()))
        if length > 0:
            vectors[account] = {post: x / length for post, x in vector.items()}
    by_post = defaultdict(list)
    for account, vector in vectors.items():
        for post, x in vector.items():
            if x > 0:
                by_post[post].append((account, x))
    cosines = defaultdict(float)
    for holders in by_post.values():
        for i, (a, x) in enumerate(holders):
            for b, y in holders[i + 1:]:
                cosines[a, b] += x * y
    ranked = sorted(cosines.items(), key=lambda item: (-item[1], item[0]))
    return {pair for pair, _ in ranked[: math.ceil(len(ranked) * top_share)]}


RULES = {
    "weight >= 5, 60 s": lambda reposts: weight_edges(reposts, 60),
    "weight >= 5, 600 s": lambda reposts: weight_edges(reposts, 600),
    "top 0.5 % cosine": cosine_edges,
    "same, all accounts": lambda reposts: cosine_edges(reposts, min_reposts=1),
}


def networks_of(edges):
    """account -> network, by connected components."""
    parent = {}

    def root(x):
        parent.setdefault(x, x)
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in sorted(edges):
        parent[root(a)] = root(b)
    return {account: root(account) for account in parent}
