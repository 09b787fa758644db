#!/usr/bin/env python3
"""Verifies a proof file with nothing but Python (and openssl for signatures), from docs/methods/ledger.md.
Usage: ledger_check.py PROOF.json"""
import hashlib, json, os, subprocess, sys, tempfile


def sha(data):
    return hashlib.sha256(data).digest()


def node(left, right):
    return sha(b"\1" + left + right)


def root_from(leaf, i, n, path):
    """The root that a path from leaf i of n leads to: the definition, walked down."""
    if n == 1:
        assert not path, "the path is too long"
        return leaf
    k = 1 << ((n - 1).bit_length() - 1)
    if i < k:
        return node(root_from(leaf, i, k, path[:-1]), path[-1])
    return node(path[-1], root_from(leaf, i - k, n - k, path[:-1]))


def roots_from(first_root, m, n, path, is_old):
    """The roots of the first m and of all n leaves; is_old: the first m of these n are the old tree itself."""
    if m == n:
        root = first_root if is_old else path[0]
        assert len(path) == (0 if is_old else 1), "the path has another length"
        return root, root
    k = 1 << ((n - 1).bit_length() - 1)
    if m <= k:
        old, new = roots_from(first_root, m, k, path[:-1], is_old)
        return old, node(new, path[-1])
    old, new = roots_from(first_root, m - k, n - k, path[:-1], False)
    return node(path[-1], old), node(path[-1], new)


def check_signature(n, root, time, key, signature):
    text = f"evenhand tree head 1\nleaves {n}\nroot {root}\ntime {time}\n".encode()
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, data in (("text", text), ("signature", bytes.fromhex(signature)),
                           ("key", bytes.fromhex("302a300506032b6570032100" + key))):
            files[name] = os.path.join(folder, name)
            with open(files[name], "wb") as out:
                out.write(data)
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", files["key"], "-keyform", "DER", "-rawin",
                               "-in", files["text"], "-sigfile", files["signature"]], capture_output=True)
    assert done.returncode == 0, "the signature does not fit"


def main():
    with open(sys.argv[1], "rb") as file:
        text = file.read()
    p = json.loads(text)
    assert p["check"] == sha(text[:text.rindex(b'  "check"')]).hex(), "check"
    path = [bytes.fromhex(h) for h in p.get("path", [])]
    if p["evenhand"] == "inclusion proof 1":
        if p["payload"] is not None:
            assert sha(bytes.fromhex(p["salt"]) + p["payload"].encode()).hex() == p["payload_hash"], "payload"
        leaf = (f"evenhand leaf 1\nseq {p['seq']}\ntime {p['time']}\nactor {p['actor']}\ntype {p['type']}\n"
                f"payload {p['payload_hash']}\n").encode()
        assert sha(b"\0" + leaf).hex() == p["leaf_hash"], "leaf"
        assert root_from(sha(b"\0" + leaf), p["seq"], p["n_leaves"], path).hex() == p["root"], "path"
    if p["evenhand"] == "consistency proof 1":
        old, new = roots_from(bytes.fromhex(p["first_root"]), p["first_n_leaves"], p["n_leaves"], path, True)
        assert (old.hex(), new.hex()) == (p["first_root"], p["root"]), "path"
        if p["first_signature"]:
            check_signature(p["first_n_leaves"], p["first_root"], p["first_head_time"], p["first_public_key"], p["first_signature"])
    if p["signature"]:
        check_signature(p["n_leaves"], p["root"], p["head_time"], p["public_key"], p["signature"])
    print("holds")


main()
