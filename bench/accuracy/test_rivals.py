#!/usr/bin/env python3
"""The rules of rivals.py on cases small enough to be worked out by hand."""

import math
import pathlib
import sys
import unittest
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rivals  # noqa: E402


def act(*rows):
    return [rivals.Action(account, thing, int(seconds * 1000), f"{account}{i}") for i, (account, thing, seconds) in enumerate(rows)]


class Rules(unittest.TestCase):
    def test_near_counts_distinct_objects_inclusive(self):
        actions = act(("a", "r1", 0), ("b", "r1", 60), ("b", "r1", 61), ("a", "r2", 0), ("b", "r2", 60.001), ("c", "r1", 200))
        self.assertEqual(rivals.near_counts(actions, 60), {("a", "b"): 1})
        self.assertEqual(rivals.weight(actions, 61, 2), {("a", "b")})

    def test_hypergeometric_is_that_of_an_urn(self):
        # 10 objects, 4 of a's, 3 of b's: P(X >= 2) = (C(4,2) C(6,1) + C(4,3)) / C(10,3) = 40 / 120
        self.assertAlmostEqual(rivals.hypergeometric_tail(2, 10, 4, 3), 1 / 3, places=12)

    def test_benjamini_hochberg(self):
        p = {"a": 0.001, "b": 0.012, "c": 0.02, "d": 0.4}
        self.assertEqual(rivals.benjamini_hochberg(p, 4), {"a", "b", "c"})
        self.assertEqual(rivals.benjamini_hochberg(p, 40), {"a"})

    def test_poisson_tail(self):
        self.assertAlmostEqual(rivals.poisson_tail(2, 1.5), 1 - 2.5 * math.exp(-1.5), places=12)
        self.assertAlmostEqual(rivals.poisson_tail(1, 30), 1 - math.exp(-30), places=12)

    def test_disparity_of_a_star(self):
        # a's strength 12 over three ties: b carries 10 of it, (1 - 10/12)^2 = .028 < .05; c and d carry one each.
        rows = [(x, f"r{i}", 0) for i in range(10) for x in "ab"] + [(x, "rc", 0) for x in "ac"] + [(x, "rd", 0) for x in "ad"]
        self.assertEqual(rivals.disparity(act(*rows)), {("a", "b")})

    def test_configuration_model_keeps_degrees(self):
        # a and b share 30 objects nobody else touches; 40 others act on 30 objects each of a common pool.
        rows = [(x, f"r{i}", 0) for i in range(30) for x in "ab"]
        rows += [(f"u{k}", f"p{(k * 7 + i * 13) % 300}", 0) for k in range(40) for i in range(30)]
        listed = rivals.configuration_model(act(*rows))
        self.assertIn(("a", "b"), listed)
        self.assertNotIn(("a", "u1"), listed)

    def test_configuration_model_solves_its_margins(self):
        # Three objects of degree 2; two accounts with one object, two with two: by symmetry p = 1/3 and 2/3.
        x, y = rivals.fit_margins(Counter({1: 2, 2: 2}), Counter({2: 3}))
        self.assertAlmostEqual(x[1] * y[2] / (1 + x[1] * y[2]), 1 / 3, places=9)
        self.assertAlmostEqual(x[2] * y[2] / (1 + x[2] * y[2]), 2 / 3, places=9)

    def test_notes_pairs_by_share_of_the_smaller(self):
        # a and b: 12 and 20 objects, 9 in common within 20 min: 9 / (12 + 10) = .409; with 8 in common .364.
        rows = [("a", f"r{i}", 0) for i in range(12)] + [("b", f"r{i}", 1200) for i in range(9)] + [("b", f"s{i}", 0) for i in range(11)]
        self.assertEqual(rivals.notes_pairs(act(*rows)), {("a", "b")})
        rows[12] = ("b", "r0", 1201)
        self.assertEqual(rivals.notes_pairs(act(*rows)), set())

    def test_notes_pairs_by_npmi(self):
        # 40 in common of 100 each, N = 200 + 19,800: ln(40 * 20000 / 600^2) / -ln(40 / 20000) = .7985 / 6.2146 = .1285;
        # without the 500, ln(40 * 20000 / 100^2) / 6.2146 = .7051. The share is 40 / 110 = .364.
        rows = [(x, f"r{i}", 0) for i in range(40) for x in "ab"] + [(x, f"{x}{i}", 0) for i in range(60) for x in "ab"]
        actions = act(*rows) + [rivals.Action("crowd", i, 0, "") for i in range(19800)]
        self.assertEqual(rivals.notes_pairs(actions), set())
        self.assertEqual(rivals.notes_pairs(actions, least_npmi=0.128), {("a", "b")})
        self.assertEqual(rivals.notes_pairs(actions, regularisation=0), {("a", "b")})
        self.assertEqual(rivals.notes_pairs(actions, regularisation=0, least_npmi=0.706), set())

    def test_notes_cliques_grow_and_stop(self):
        # a-e share 60 objects; f acts on 20 of these (a third), g on 10 (a sixth: too few), h on none.
        rows = [(x, f"r{i}", i) for i in range(60) for x in "abcde"] + [("f", f"r{i}", i) for i in range(20)]
        rows += [("g", f"r{i}", i) for i in range(10)] + [("h", f"s{i}", i) for i in range(90)]
        self.assertEqual(rivals.listed_by(rivals.notes_cliques(act(*rows))), set("abcdef"))
        fewer = [row for row in rows if row[0] in "abcd"]
        self.assertEqual(rivals.notes_cliques(act(*fewer)), set())  # four accounts

    def test_cosine_lists_the_most_similar(self):
        rows = [(x, f"r{i}", 0) for i in range(12) for x in "ab"] + [("c", f"r{i}", 0) for i in range(10, 24)]
        rows += [("d", f"r{i}", 0) for i in range(20, 34)]
        self.assertEqual(rivals.cosine(act(*rows), top_share=0.2), {("a", "b")})

    def test_centrality_of_a_star(self):
        # Eigenvalue sqrt(3); centre 1 / sqrt(2), leaves 1 / sqrt(6).
        value = rivals.eigenvector_centrality({"a": {"b", "c", "d"}, "b": {"a"}, "c": {"a"}, "d": {"a"}})
        self.assertAlmostEqual(value["a"], 1 / math.sqrt(2), places=9)
        self.assertAlmostEqual(value["d"], 1 / math.sqrt(6), places=9)

    def test_fast_repost_is_by_author_and_from_the_post(self):
        def repost(account, post, author, after_s):
            return rivals.Action(account, post, int(after_s * 1000), "", author, 0)
        # a and b are fast on author x, by different posts; c is slow on x; d and e are fast on y.
        actions = [repost("a", "r1", "x", 10), repost("b", "r2", "x", 3), repost("c", "r1", "x", 10.001), repost("d", "r3", "y", 1),
                   repost("e", "r3", "y", 2), rivals.Action("c", "l1", 1, "")]
        self.assertEqual(rivals.fast_repost(actions), {("a", "b"), ("d", "e")})
        # A large component takes all of the centrality: the pair on y is pruned.
        actions += [repost(f"u{i}", "r1", "x", 5) for i in range(8)]
        self.assertNotIn(("d", "e"), rivals.fast_repost(actions))
        self.assertIn(("a", "b"), rivals.fast_repost(actions))


if __name__ == "__main__":
    unittest.main()
