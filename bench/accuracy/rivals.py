"""The rules that are in use elsewhere, written down from what was published, on the reposts and links of an archive.

Whoever has an edge (or survives the rule's pruning) is listed. Times come from the post ids (milliseconds), which is more
than these tools usually get. None has error control in the sense of a chosen share of wrong listings but the two with BH,
whose null does not know taste, speed or clocks.
"""

import csv
import math
from collections import Counter, defaultdict

SNOWFLAKE_EPOCH_MS = 1288834974657


def read_actions(path):
    """(account, object, time in ms, own post) of every repost and link in an archive."""
    csv.field_size_limit(1 << 24)
    actions = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            time_ms = (int(row["tweetid"]) >> 22) + SNOWFLAKE_EPOCH_MS
            if row["retweet_tweetid"]:
                actions.append((row["userid"], "r" + row["retweet_tweetid"], time_ms, row["tweetid"]))
                continue
            for url in row["urls"].strip("[]").split(","):
                url = url.strip(" '\"")
                if url:
                    actions.append((row["userid"], "l" + url, time_ms, row["tweetid"]))
    return actions


def by_object(actions):
    objects = defaultdict(list)
    for account, thing, time_ms, own in actions:
        objects[thing].append((time_ms, account, own))
    for events in objects.values():
        events.sort()
    return objects


def near_counts(actions, window_s):
    """(a, b), a < b -> distinct objects on which both acted within the window."""
    counts = Counter()
    for events in by_object(actions).values():
        near, low = set(), 0
        for i, (time_ms, account, _) in enumerate(events):
            while events[low][0] < time_ms - window_s * 1000:
                low += 1
            near.update((min(account, other), max(account, other)) for _, other, _ in events[low:i] if other != account)
        counts.update(near)
    return counts


def shared_counts(actions):
    """Accounts' objects, and (a, b), a < b -> objects that both acted on at any time."""
    objects, counts = defaultdict(set), Counter()
    for account, thing, _, _ in actions:
        objects[thing].add(account)
    degree = Counter()
    for accounts in objects.values():
        accounts = sorted(accounts)
        degree.update(accounts)
        for i, a in enumerate(accounts):
            counts.update((a, b) for b in accounts[i + 1:])
    return degree, {thing: len(accounts) for thing, accounts in objects.items()}, counts


def weight(actions, window_s, least):
    """At least `least` objects within the window (coordination-network-toolkit, CooRTweet: window inclusive)."""
    return {pair for pair, n in near_counts(actions, window_s).items() if n >= least}


def cosine(actions, top_share=0.005, least=10):
    """TF-IDF vectors over reposted posts; the top 0.5 % of pairs with a positive cosine (Pacheco et al., Uncovering Coordinated
    Networks on Social Media, ICWSM 2021, doi:10.1609/icwsm.v15i1.18075); accounts with fewer than ten are left out."""
    counts = defaultdict(Counter)
    for account, thing, _, _ in actions:
        if thing[0] == "r":
            counts[account][thing] += 1
    counts = {account: things for account, things in counts.items() if sum(things.values()) >= least}
    spread = Counter(thing for things in counts.values() for thing in things)
    holders = defaultdict(list)
    for account in sorted(counts):
        vector = {thing: n * math.log(len(counts) / spread[thing]) for thing, n in counts[account].items()}
        length = math.sqrt(sum(x * x for x in vector.values()))
        for thing, x in vector.items():
            if x > 0:
                holders[thing].append((account, x / length))
    cosines = defaultdict(float)
    for accounts in holders.values():
        for i, (a, x) in enumerate(accounts):
            for b, y in accounts[i + 1:]:
                cosines[a, b] += x * y
    ranked = sorted(cosines.items(), key=lambda item: (-item[1], item[0]))
    return {pair for pair, _ in ranked[: math.ceil(len(ranked) * top_share)]}


def fast_repost(actions, window_s=10, top_share=0.05):
    """Reposts of one post within 10 s, accounts pruned by eigenvector centrality (Luceri et al., Unmasking the Web of Deceit,
    WWW 2024, arXiv 2310.09884). The share kept is a choice of the analyst there; here the top 5 % of the network."""
    pairs = near_counts([action for action in actions if action[1][0] == "r"], window_s)
    ties = defaultdict(dict)
    for (a, b), n in pairs.items():
        ties[a][b] = ties[b][a] = n
    value = {account: 1.0 for account in ties}
    for _ in range(100):
        fresh = {account: value[account] + sum(n * value[other] for other, n in ties[account].items()) for account in ties}
        length = math.sqrt(sum(x * x for x in fresh.values())) or 1
        value = {account: x / length for account, x in fresh.items()}
    kept = set(sorted(value, key=lambda account: (-value[account], account))[: math.ceil(len(value) * top_share)])
    return {pair for pair in pairs if pair[0] in kept and pair[1] in kept}


def disparity(actions, alpha=0.05):
    """Backbone of the co-action network: p = (1 - w / s)^(k - 1) below alpha at either end (Serrano, Boguna & Vespignani,
    PNAS 106:6483, 2009)."""
    _, _, counts = shared_counts(actions)
    strength, degree = Counter(), Counter()
    for (a, b), n in counts.items():
        for account in (a, b):
            strength[account] += n
            degree[account] += 1
    return {
        (a, b)
        for (a, b), n in counts.items()
        if any(degree[x] > 1 and (1 - n / strength[x]) ** (degree[x] - 1) < alpha for x in (a, b))
    }


def benjamini_hochberg(p, m, q=0.05):
    """The keys listed at level q among m tests of which those in p are the smallest."""
    ranked = sorted(p.items(), key=lambda item: item[1])
    last = 0
    for i, (_, value) in enumerate(ranked, 1):
        if value <= q * i / m:
            last = i
    return {key for key, _ in ranked[:last]}


def log_choose(n, k):
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def hypergeometric_tail(k, n_objects, n_a, n_b):
    """P(X >= k), X = how many of n_b draws fall on n_a of n_objects."""
    whole = log_choose(n_objects, n_b)
    terms = range(k, min(n_a, n_b) + 1)
    return min(1.0, sum(math.exp(log_choose(n_a, x) + log_choose(n_objects - n_a, n_b - x) - whole) for x in terms))


def hypergeometric(actions):
    """Statistically validated network with BH over all pairs (Tumminello et al., PLoS ONE 6:e17994, 2011)."""
    degree, objects, counts = shared_counts(actions)
    p = {(a, b): hypergeometric_tail(n, len(objects), degree[a], degree[b]) for (a, b), n in counts.items() if n > 1}
    return benjamini_hochberg(p, len(degree) * (len(degree) - 1) / 2)


def poisson_tail(k, mean):
    """P(X >= k)."""
    if mean <= 0:
        return 0.0 if k > 0 else 1.0
    term = math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
    total, x = 0.0, k
    while term > 1e-18 * total or x < mean:
        total += term
        x += 1
        term *= mean / x
    return min(1.0, total)


def configuration_model(actions, sweeps=300):
    """Bipartite configuration model, p_uo = x_u y_o / (1 + x_u y_o), projected with Poisson tails and BH (Saracco et al., New J.
    Phys. 19:053022, 2017). Accounts and objects of equal degree share a parameter."""
    degree, objects, counts = shared_counts(actions)
    rows, columns = Counter(degree.values()), Counter(objects.values())
    total = sum(k * n for k, n in rows.items())
    x = {k: k / math.sqrt(total) for k in rows}
    y = {k: k / math.sqrt(total) for k in columns}
    for _ in range(sweeps):
        x = {k: k / sum(n * y[c] / (1 + x[k] * y[c]) for c, n in columns.items()) for k in rows}
        y = {c: c / sum(n * x[k] / (1 + x[k] * y[c]) for k, n in rows.items()) for c in columns}
    means = {}

    def mean_of(a, b):
        key = (min(a, b), max(a, b))
        if key not in means:
            means[key] = sum(n * (x[a] * y[c] / (1 + x[a] * y[c])) * (x[b] * y[c] / (1 + x[b] * y[c])) for c, n in columns.items())
        return means[key]

    p = {(a, b): poisson_tail(n, mean_of(degree[a], degree[b])) for (a, b), n in counts.items() if n > 1}
    return benjamini_hochberg(p, len(degree) * (len(degree) - 1) / 2)


def npmi(actions, window_s=1200, least=0.55, smoothing=1.0, density=0.5):
    """Smoothed NPMI of co-actions within 20 min >= .55, then quasi-cliques: in each component whoever has the fewest ties goes
    until everybody left is tied to half of the others (the rule that Community Notes publishes for raters; smoothing of one
    co-action and the half are choices made here)."""
    near, activity = near_counts(actions, window_s), Counter(account for account, _, _, _ in actions)
    whole = len({thing for _, thing, _, _ in actions})
    ties = defaultdict(set)
    for (a, b), n in near.items():
        if n < 2:
            continue
        joint = n / (whole + smoothing)
        by_chance = (activity[a] + smoothing) * (activity[b] + smoothing) / (whole + smoothing) ** 2
        if math.log(joint / by_chance) / -math.log(joint) >= least:
            ties[a].add(b)
            ties[b].add(a)
    kept = set()
    for component in components(ties):
        while len(component) > 2:
            weakest = min(component, key=lambda account: (len(ties[account] & component), account))
            if len(ties[weakest] & component) >= density * (len(component) - 1):
                kept |= component
                break
            component = component - {weakest}
    return {(a, b) for a in kept for b in ties[a] & kept if a < b}


def components(ties):
    seen = set()
    for start in sorted(ties):
        if start in seen:
            continue
        component, heap = set(), [start]
        while heap:
            account = heap.pop()
            if account not in component:
                component.add(account)
                heap.extend(ties[account] - component)
        seen |= component
        yield component


RULES = {
    "weight >= 2, 60 s": lambda actions: weight(actions, 60, 2),
    "weight >= 5, 60 s": lambda actions: weight(actions, 60, 5),
    "top 0.5 % cosine": cosine,
    "fast repost 10 s": fast_repost,
    "disparity filter": disparity,
    "hypergeometric, BH": hypergeometric,
    "config. model, BH": configuration_model,
    "NPMI >= .55, 20 min": npmi,
}


def listed_by(edges):
    return {account for pair in edges for account in pair}
