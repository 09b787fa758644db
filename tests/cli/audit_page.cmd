# audit.html: what it must tell, whole, offline, whatever the names hold; the same for any number of threads.
. "$SRC/tests/cli/lib.sh"
data=$SRC/tests/data/audit
python3 - <<'END'
import random
random.seed(11)
names = ["<script>alert(1)</script>", "שלום \"&", "a\u202eb", "q4", "q5", "q6"]
with open("hostile.csv", "w") as out:
    print("stratum,side,actioned,count,network", file=out)
    for g in range(30):
        hit = random.random() < .3
        for stratum in names:
            n = random.randint(2, 20)
            done = round(n * (.8 if hit else .1))
            side = "الشمال" if g % 2 else "<b>south</b>"
            cell = '"' + stratum.replace('"', '""') + '"'
            print(f"{cell},{side},1,{done},n{g}", f"{cell},{side},0,{n - done},n{g}", sep="\n", file=out)
with open("many.csv", "w") as out:
    print("stratum,side,actioned,count", file=out)
    for k in range(150):
        for side in "ab":
            print(f"s{k},{side},1,{random.randint(1, 9)}", f"s{k},{side},0,{random.randint(5, 40)}", sep="\n", file=out)
END
expect 3 '' evenhand audit --table hostile.csv -o one --threads 1
expect 3 '' evenhand audit --table hostile.csv -o three --threads 3
expect 3 '' evenhand audit --table "$data/ucb_admissions.csv" -o ucb
expect 0 '' evenhand audit --table "$data/ucb_admissions.csv" -o wide --margin 1.5 --compare Male,Female
expect 0 '' evenhand audit --table "$data/rabbits.csv" -o rabbits
evenhand audit --table many.csv -o many >/dev/null 2>&1
same one/audit.html three/audit.html
cat >page.py <<'END'
import html.parser
VOID = {"meta", "br"}
class Page(html.parser.HTMLParser):
    """Tags nest, ids are unique, nothing is fetched, tables and drawings can be read without eyes."""
    def __init__(self, path):
        super().__init__()
        self.stack, self.ids, self.links, self.text, self.n, self.tables = [], set(), set(), [], {}, []
        self.raw = open(path, encoding="utf-8").read()
        self.feed(self.raw)
        self.close()
        assert not self.stack, self.stack
        self.all = " ".join("".join(self.text).split())
    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.n[tag] = self.n.get(tag, 0) + 1
        if "id" in attrs:
            assert attrs["id"] not in self.ids, attrs["id"]
            self.ids.add(attrs["id"])
        for key in "href", "src":
            if key in attrs:
                assert attrs[key].startswith("#"), attrs
                self.links.add(attrs[key][1:])
        assert "style" not in attrs and not any(k.startswith("on") for k in attrs), attrs
        if tag == "svg": assert attrs.get("aria-hidden") == "true" or "aria-label" in attrs
        if tag == "th": assert attrs.get("scope") in ("col", "row"), attrs
        if tag == "table": self.tables.append(0)
        if tag == "caption": self.tables[-1] += 1
        if tag not in VOID: self.stack.append(tag)
    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID: self.stack.pop()
    def handle_endtag(self, tag):
        assert self.stack and self.stack.pop() == tag, tag
    def handle_data(self, data):
        if self.stack[-1:] not in (["style"], ["script"]): self.text.append(data)
END
python3 - <<'END' || fail "audit.html"
import json, re, sys
sys.path.insert(0, ".")
from page import Page
for name in "one", "ucb", "wide", "rabbits", "many":
    p, a = Page(name + "/audit.html"), json.load(open(name + "/audit.json"))
    assert p.links <= p.ids, p.links - p.ids
    assert p.tables and all(n == 1 for n in p.tables) and p.n["h1"] == 1
    assert p.n["script"] == 1 and "<img" not in p.raw and "@import" not in p.raw and "url(http" not in p.raw
    flat = lambda text: " ".join(text.split())
    assert flat(a["conclusion"]) in p.all, a["conclusion"]
    for r in a["reasons"]: assert flat(r["text"]) in p.all, r
    for t in a["traps"]: assert flat(t["text"]) in p.all, t
    for section in "answer layers strata power traps change unseen again glossary".split(): assert section in p.ids
    assert not re.search(r"\bnan\b|\binf\b", p.all), name
    assert "even-handed" not in p.all and not re.search(r"\bfair", p.all)
    assert a["verdict"] in p.all
one = Page("one/audit.html")
assert "<script>alert" not in one.raw and "<b>south" not in one.raw and "\u202e" not in one.raw and "U+202E" in one.all
assert '<bdi class="id" dir="auto">الشمال</bdi>' in one.raw
assert "networks as units" in one.all and "Exploratory" in one.all
ucb = Page("ucb/audit.html")
assert "The strata differ among themselves" in ucb.all and "0.772 to 1.06" in ucb.all and ucb.n["svg"] > 6
wide = Page("wide/audit.html").all
assert "Parity shown, within an odds ratio of 1.5" in wide and "--table ucb_admissions.csv --margin 1.5 --compare Male,Female -o audit" in wide
rabbits = Page("rabbits/audit.html").all
assert "Disparity shown" in rabbits and "1.38" in rabbits
assert "all 150 are in" in Page("many/audit.html").all
END
finish
