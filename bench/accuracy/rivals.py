"""The rules that are in use elsewhere, written down from what was published, on the reposts and links of an archive.

Each is a function from actions to the set of pairs that it ties, headed by its source. Whoever is in a pair is listed. Times come
from the post ids (milliseconds), which is more than these tools usually get. None has error control in the sense of a chosen
share of wrong listings but the two with BH, whose null does not know taste, speed or clocks. Where a source leaves a number to
the analyst, or speaks of raters and notes, the docstring says what stands here.
"""

import csv
import math
from collections import Counter, defaultdict, namedtuple

SNOWFLAKE_EPOCH_MS = 1288834974657


# source and birth_ms (of the object): author and time of the reposted post; None for links.
Action = namedtuple("Action", "account thing time_ms own source birth_ms", defaults=(None, None))


def time_of_id(post_id):
    return (int(post_id) >> 22) + SNOWFLAKE_EPOCH_MS


def read_table(path):
    """The same from a long table of account_id, behaviour, object, timestamp, post_id; whatever the behaviour."""
    with open(path, newline="", encoding="utf-8") as file:
        return [Action(row["account_id"], row["behaviour"][0] + row["object"], 1000 * int(row["timestamp"]), row["post_id"])
                for row in csv.DictReader(file)]


def read_actions(path):
    """Every repost and link in an archive."""
    csv.field_size_limit(1 << 24)
    actions = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            time_ms, reposted = time_of_id(row["tweetid"]), row["retweet_tweetid"]
            if reposted:
                actions.append(Action(row["userid"], "r" + reposted, time_ms, row["tweetid"], row["retweet_userid"], time_of_id(reposted)))
                continue
            for url in row["urls"].strip("[]").split(","):
                url = url.strip(" '\"")
                if url:
                    actions.append(Action(row["userid"], "l" + url, time_ms, row["tweetid"]))
    return actions


def by_object(actions):
    objects = defaultdict(list)
    for action in actions:
        objects[action.thing].append((action.time_ms, action.account, action.own))
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
    for action in actions:
        objects[action.thing].add(action.account)
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


def tfidf_cosines(counts):
    """account -> thing -> times; the cosine of each pair of TF-IDF vectors that share anything."""
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
    return cosines


def cosine(actions, top_share=0.005, least=10):
    """TF-IDF vectors over reposted posts; the top 0.5 % of pairs with a positive cosine (Pacheco et al., Uncovering Coordinated
    Networks on Social Media, ICWSM 2021, doi:10.1609/icwsm.v15i1.18075); accounts with fewer than ten are left out."""
    counts = defaultdict(Counter)
    for action in actions:
        if action.thing[0] == "r":
            counts[action.account][action.thing] += 1
    cosines = tfidf_cosines({account: things for account, things in counts.items() if sum(things.values()) >= least})
    ranked = sorted(cosines.items(), key=lambda item: (-item[1], item[0]))
    return {pair for pair, _ in ranked[: math.ceil(len(ranked) * top_share)]}


def eigenvector_centrality(ties):
    """Unit length, ties without weights. Adding the identity changes no eigenvector and makes the iteration converge on stars."""
    value = {account: 1.0 for account in ties}
    for _ in range(300):
        fresh = {account: value[account] + sum(value[other] for other in ties[account]) for account in sorted(ties)}
        length = math.sqrt(sum(x * x for x in fresh.values()))
        value = {account: x / length for account, x in fresh.items()}
    return value


def fast_repost(actions, within_s=10, least=1e-2):
    """Accounts by whom they repost within 10 s of the post; TF-IDF over these authors, pairs with a positive cosine, and of them those
    whose accounts both have eigenvector centrality >= 0.01 (Luceri et al., Unmasking the Web of Deceit, WWW 2024, arXiv 2310.09884:
    fast retweets, node pruning). The paper sweeps the cut; 0.01 stands here."""
    counts, ties = defaultdict(Counter), defaultdict(set)
    for action in actions:
        if action.source is not None and 0 <= action.time_ms - action.birth_ms <= within_s * 1000:
            counts[action.account][action.source] += 1
    pairs = {pair for pair, value in tfidf_cosines(counts).items() if value > 0}
    for a, b in pairs:
        ties[a].add(b)
        ties[b].add(a)
    value = eigenvector_centrality(ties)
    return {(a, b) for a, b in pairs if value[a] >= least and value[b] >= least}


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


def fit_margins(rows, columns, sweeps=300):
    """degree -> how many; p = x y / (1 + x y) with the wanted degrees on average."""
    total = sum(k * n for k, n in rows.items())
    x = {k: k / math.sqrt(total) for k in rows}
    y = {k: k / math.sqrt(total) for k in columns}
    for _ in range(sweeps):
        x = {k: k / sum(n * y[c] / (1 + x[k] * y[c]) for c, n in columns.items()) for k in rows}
        y = {c: c / sum(n * x[k] / (1 + x[k] * y[c]) for k, n in rows.items()) for c in columns}
    return x, y


def configuration_model(actions):
    """Bipartite configuration model, p_uo = x_u y_o / (1 + x_u y_o), projected with Poisson tails and BH (Saracco et al., New J.
    Phys. 19:053022, 2017). Accounts and objects of equal degree share a parameter."""
    degree, objects, counts = shared_counts(actions)
    rows, columns = Counter(degree.values()), Counter(objects.values())
    x, y = fit_margins(rows, columns)
    means = {}

    def mean_of(a, b):
        key = (min(a, b), max(a, b))
        if key not in means:
            means[key] = sum(n * (x[a] * y[c] / (1 + x[a] * y[c])) * (x[b] * y[c] / (1 + x[b] * y[c])) for c, n in columns.items())
        return means[key]

    p = {(a, b): poisson_tail(n, mean_of(degree[a], degree[b])) for (a, b), n in counts.items() if n > 1}
    return benjamini_hochberg(p, len(degree) * (len(degree) - 1) / 2)


def notes_pairs(actions, window_s=1200, least_npmi=0.55, least_share=0.4, least_objects=10, regularisation=500, pseudocount=10):
    """Community Notes' rule for raters who pick the same posts (github.com/twitter/communitynotes, post_selection_similarity.py),
    with actions for ratings. c = objects on which both acted within 20 min, N = distinct (account, object), n = objects of an
    account, at least 10: tied if ln(c N / ((n_a + 500) (n_b + 500))) / -ln(c / N) >= .55, or c / (min(n_a, n_b) + 10) >= .4.
    Its second part, raters who rate one writer's notes at once, has no counterpart among pairs that act on the same object."""
    near = near_counts(actions, window_s)
    totals = Counter(account for account, _ in {(action.account, action.thing) for action in actions})
    whole = sum(totals.values())
    pairs = set()
    for (a, b), n in near.items():
        if totals[a] < least_objects or totals[b] < least_objects:
            continue
        pmi = math.log(n * whole / ((totals[a] + regularisation) * (totals[b] + regularisation)))
        if pmi / -math.log(n / whole) >= least_npmi or n / (min(totals[a], totals[b]) + pseudocount) >= least_share:
            pairs.add((a, b))
    return pairs


def grow(clique, things_of, accounts_of, density, least_things, few):
    """Adds whoever took part most in what the clique does together, as long as the clique stays dense."""
    count = Counter(thing for account in clique for thing in things_of[account])
    while True:
        bar = max(density * len(clique), min(len(clique), few))
        aligned = Counter(account for thing, n in count.items() if n >= bar for account in accounts_of[thing] if account not in clique)
        if not aligned:
            return clique
        fresh = min(aligned, key=lambda account: (-aligned[account], account))
        count.update(things_of[fresh])
        bar = max(density * (len(clique) + 1), min(len(clique) + 1, few))
        common = {thing for thing, n in count.items() if n >= bar}
        if len(common) < least_things or any(len(things_of[x] & common) < density * len(common) for x in (*clique, fresh)):
            return clique
        clique = clique | {fresh}


def notes_cliques(actions, least_pair=50, density=0.25, least_things=25, least_accounts=5, few=4):
    """Community Notes' quasi-cliques (quasi_clique_detection.py there), with actions for ratings, whenever they happened. Seeds: pairs
    that share more than 50 objects, the most first. An object belongs to the clique when a quarter of its accounts, and at least four
    (or all), acted on it; each account acts on a quarter of these; at least 25 objects and 5 accounts."""
    things_of, accounts_of = defaultdict(set), defaultdict(set)
    for action in actions:
        things_of[action.account].add(action.thing)
        accounts_of[action.thing].add(action.account)
    _, _, counts = shared_counts(actions)
    seeds = sorted(((a, b) for (a, b), n in counts.items() if n > least_pair), key=lambda pair: (-counts[pair], pair))
    seen, pairs = set(), set()
    for a, b in seeds:
        if a in seen or b in seen:
            continue
        clique = grow({a, b}, things_of, accounts_of, density, least_things, few)
        seen |= clique
        if len(clique) >= least_accounts:
            pairs |= {(x, y) for x in clique for y in clique if x < y}
    return pairs


RULES = {
    "weight >= 2, 60 s": lambda actions: weight(actions, 60, 2),
    "weight >= 5, 60 s": lambda actions: weight(actions, 60, 5),
    "top 0.5 % cosine": cosine,
    "fast repost 10 s": fast_repost,
    "disparity filter": disparity,
    "hypergeometric, BH": hypergeometric,
    "config. model, BH": configuration_model,
    "Notes pairs, 20 min": notes_pairs,
    "Notes quasi-cliques": notes_cliques,
}


def listed_by(edges):
    return {account for pair in edges for account in pair}
