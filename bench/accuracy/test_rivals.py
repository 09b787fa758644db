#!/usr/bin/env python3
"""The rules of rivals.py on cases small enough to be worked out by hand."""

import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rivals  # noqa: E402


def act(*rows):
    return [(account, thing, int(seconds * 1000), f"{account}{i}") for i, (account, thing, seconds) in enumerate(rows)]


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

    def test_quasi_cliques_drop_what_hangs_on(self):
        rows = [(x, f"r{i}", i) for i in range(20) for x in "abcd"] + [("e", f"r{i}", i) for i in range(3)]
        rows += [(f"u{i}", f"r{i + 100}", 0) for i in range(200)]
        self.assertEqual(rivals.listed_by(rivals.npmi(act(*rows))), set("abcd"))

    def test_cosine_lists_the_most_similar(self):
        rows = [(x, f"r{i}", 0) for i in range(12) for x in "ab"] + [("c", f"r{i}", 0) for i in range(10, 24)]
        rows += [("d", f"r{i}", 0) for i in range(20, 34)]
        self.assertEqual(rivals.cosine(act(*rows), top_share=0.2), {("a", "b")})

    def test_fast_repost_needs_seconds(self):
        rows = [("a", "r1", 0), ("b", "r1", 9), ("c", "r1", 30), ("a", "l1", 0), ("c", "l1", 1)]
        self.assertEqual(rivals.fast_repost(act(*rows), top_share=1), {("a", "b")})


if __name__ == "__main__":
    unittest.main()
