"""Checks a STIX 2.1 bundle that evenhand wrote against the standard (OASIS, 10 June 2021): required properties by type, no others than are
used, forms of ids and times, references that lead somewhere, deterministic ids of observables.  Usage: stix_check.py FILE [EARLIER FILE]"""
import json
import re
import sys
import uuid

COMMON = {"type", "spec_version", "id", "created", "modified", "created_by_ref", "revoked", "labels", "external_references"}
# Type: properties required besides the common ones, and those allowed (sections 4.2, 4.5, 4.10, 4.13 and 6.16).
TYPES = {
    "identity": ({"name"}, {"identity_class"}),
    "grouping": ({"context", "object_refs"}, {"name", "description"}),
    "note": ({"content", "object_refs"}, {"abstract"}),
    "opinion": ({"opinion", "object_refs"}, {"explanation"}),
    "user-account": (set(), {"user_id", "account_type"}),
}
OPINIONS = {"strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # section 2.9
problems = []


def check(holds, object_, what):
    if not holds:
        problems.append(f"{object_.get('id')}: {what}")


def check_object(o, known):
    kind = o["type"]
    check(kind in TYPES, o, f"type {kind} is none that is written")
    if kind not in TYPES:
        return
    required, allowed = TYPES[kind]
    observed = kind == "user-account"
    common = {"type", "spec_version", "id"} if observed else COMMON
    needed = required | {"type", "spec_version", "id"} | (set() if observed else {"created", "modified"})
    check(needed <= o.keys(), o, f"lacks {needed - o.keys()}")
    check(o.keys() <= common | required | allowed, o, f"has {o.keys() - common - required - allowed}")
    check(o.get("spec_version") == "2.1", o, "spec_version")
    form = re.fullmatch(re.escape(kind) + r"--([0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})", o["id"])
    check(form, o, "id is no UUID of version 5 of this type")
    if observed:
        check(o.keys() & {"user_id", "account_type"}, o, "one of its own properties is required")
        parts = {k: o[k] for k in ("account_type", "user_id") if k in o}
        name = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        check(form and form[1] == str(uuid.uuid5(NAMESPACE, name)), o, "id is not that of its properties")
    else:
        check(TIME.fullmatch(o["created"]) and TIME.fullmatch(o["modified"]) and o["modified"] >= o["created"], o, "times")
    check(kind != "opinion" or o["opinion"] in OPINIONS, o, "opinion is none of the vocabulary")
    for name in ("object_refs", "labels", "external_references"):
        check(name not in o or (isinstance(o[name], list) and o[name]), o, f"{name} is empty")
    for reference in o.get("object_refs", []) + ([o["created_by_ref"]] if "created_by_ref" in o else []):
        check(reference in known, o, f"refers to {reference}, which is not there")
    for reference in o.get("external_references", []):
        check(reference.get("source_name") and reference.keys() & {"description", "url", "external_id"}, o, "external reference")


def read(path):
    with open(path, encoding="utf-8") as file:
        bundle = json.load(file)
    check(bundle.keys() == {"type", "id", "objects"} and bundle["type"] == "bundle" and bundle["objects"], bundle, "bundle")
    ids = [o["id"] for o in bundle["objects"]]
    check(len(ids) == len(set(ids)), bundle, "an id stands there twice")
    for o in bundle["objects"]:
        check_object(o, set(ids))
    return {o["id"]: o for o in bundle["objects"]}


now = read(sys.argv[1])
for key, o in (read(sys.argv[2]) if len(sys.argv) > 2 else {}).items():
    check(key not in now or o.get("created") == now[key].get("created"), o, "was created at another time before")
    check(key not in now or o.get("modified", "") <= now[key].get("modified", ""), o, "was modified later before")
for problem in problems:
    print(problem)
print(f"{len(now)} objects, {len(problems)} problems")
sys.exit(1 if problems else 0)
