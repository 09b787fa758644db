# Statements of evidence: eleven parts for anybody, nobody else named in public, at-risk accounts in neither tier, words that are never used,
# leave-one-out as brute force gives it, an inclusion proof that holds, the same bytes again.
. "$SRC/tests/cli/lib.sh"
need python3
"$EVENHAND" simulate jitter-15m --plant link-seeding --seed 7 --accounts 120 --days 10 -o world --quiet >/dev/null || fail "simulate"
# A name from right to left, with marks that would turn the page around.
python3 - <<'PY'
text = open("world/posts.csv", encoding="utf-8").read()
open("posts.csv", "w", encoding="utf-8").write(text.replace(",vifaka5v9b4,", ",\u202e\u0627\u062e\u0628\u0627\u0631 \u062a\u0647\u0631\u0627\u0646<b>,"))
PY
"$EVENHAND" import case.duckdb posts.csv --quiet >/dev/null || fail import
"$EVENHAND" detect case.duckdb --quiet >/dev/null || fail detect
one() { "$EVENHAND" sql case.duckdb "$1" | tail -1 | tr -d '\r'; }
listed=$(one "SELECT account_id FROM findings WHERE listed ORDER BY q_value, account_id LIMIT 1")
none=$(one "SELECT min(account_id) FROM findings WHERE finding = 'none'")
thin=$(one "SELECT min(account_id) FROM findings WHERE finding = 'insufficient_data'")
silent=$(one "SELECT coalesce((SELECT min(account_id) FROM accounts WHERE account_id NOT IN (SELECT account_id FROM findings)), '')")
rtl=59988403680
# What claims, decisions and appeals say, and what goes to other systems: these words are not for them either.
cat >claim.toml <<END
evenhand_claim = 1
raised_by = "desk 4"
accounts = ["$listed", "$none", "$thin"]
END
for kind in act_together same_operator automated; do printf '[[part]]\nkind = "%s"\n' $kind >>claim.toml; done
printf '[[part]]\nkind = "volume"\nposts_per_day = 9\n[[part]]\nkind = "created_in_one_burst"\nwithin_days = 30\n' >>claim.toml
printf '[[part]]\nkind = "push_these_links"\nobjects = ["https://news.example/"]\n[[part]]\nkind = "push_these_tags"\nobjects = ["#tag"]\n' >>claim.toml
claim=$("$EVENHAND" claim add case.duckdb claim.toml --quiet) || fail "claim add"
"$EVENHAND" claim check case.duckdb $claim --draws 10 --expand >claim.said 2>&1 || [ $? -eq 3 ] || fail "claim check"
grep -q 'evidence\|against' claim.said || fail "the claim says nothing"
"$EVENHAND" claim show case.duckdb $claim -o claim.json || fail "claim show"
"$EVENHAND" claim list case.duckdb >list.said || fail "claim list"
"$EVENHAND" key new -o desk.key >/dev/null && "$EVENHAND" key new -o reviewer.key >/dev/null || fail "key new"
printf 'account_id,decision\n%s,closed\n' $listed >decided.csv
"$EVENHAND" decision add case.duckdb decided.csv --key desk.key >decision.said 2>&1 || fail "decision add"
"$EVENHAND" appeal open case.duckdb --decision 1 --by Heron --reasons 'We share a newsroom.' >appeal.said 2>&1 || fail "appeal open"
for to in admissible recomputed upheld; do
    "$EVENHAND" appeal decide case.duckdb --appeal 1 --to $to --reasons 'It stands.' --key reviewer.key >>appeal.said 2>&1 || fail "appeal decide"
done
"$EVENHAND" appeal list case.duckdb --names >>appeal.said && "$EVENHAND" appeal list case.duckdb --json --names >appeal.json || fail "appeal list"
"$EVENHAND" appeal rates case.duckdb --full >>appeal.said && "$EVENHAND" appeal verify case.duckdb >>appeal.said || fail "appeal rates"
"$EVENHAND" export case.duckdb stix -o stix.json || fail "export stix"
for command in statement claim decision appeal export; do "$EVENHAND" $command --help; done >help.said

for who in $listed $none $thin $silent $rtl; do
    [ -e $who.json ] && continue
    expect 0 '' "$EVENHAND" statement case.duckdb $who -o $who.json
    expect 0 '' "$EVENHAND" statement case.duckdb $who -o $who-all.json --tier restricted
    expect 0 '' "$EVENHAND" statement case.duckdb $who -o $who.html
done
expect 0 '' "$EVENHAND" statement case.duckdb $listed -o $listed-all.html --tier restricted
"$EVENHAND" report case.duckdb -o report.html || fail report

# Words that are never used: not of listed accounts, not of others, not in the report.
for file in *.json *.html *.said; do
    python3 - "$file" <<'PY' || fail "a word in $file"
import html, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
text = html.unescape(re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]*>", " ", text, flags=re.S)).lower()
never = r"bots?|trolls?|paid|agents? of|fake|guilty|criminals?|suspects?|propagandists?|inauthentic|terrorists?|culprits?|offenders?"
found = re.findall(rf"[^\w]({never})[^\w]", text)
sys.exit(f"{sys.argv[1]}: {found}" if found else 0)
PY
done

python3 - $listed $none $thin $rtl $silent <<'PY' || fail "parts"
import hashlib, json, sys
listed, none, thin, rtl, *silent = sys.argv[1:]
parts = {"subject", "coverage", "conclusion", "channels", "evidence_against", "channels_without_signal", "not_examined", "robustness",
         "automated_means", "rule", "contest", "provenance", "would_change"}
tests = {"newsroom hours", "fan of one source", "shared app or feed", "protest burst or call", "declared automation", "template text",
         "prompted in public", "open contact", "followed and copied", "very active", "fast reader"}
verdicts = {"found", "found_in_part", "not_found", "cannot_tell", "nothing_to_explain"}
def check(is_right, what):
    if not is_right: sys.exit(f"wrong: {what}")
for who in (listed, none, thin, rtl, *silent):
    for name in (f"{who}.json", f"{who}-all.json"):
        s = json.load(open(name, encoding="utf-8"))
        check(s.keys() == parts | {"evenhand", "tier"}, f"{name}: parts {parts ^ s.keys()}")
        check({row["explanation"] for row in s["evidence_against"]} == tests, f"{name}: explanations")
        check({row["verdict"] for row in s["evidence_against"]} <= verdicts, f"{name}: verdicts")
        check({row["channel"] for row in s["channels"]} == {"timing", "selection", "reuse", "group", "operator"}, f"{name}: channels")
        check(all(s[part] for part in parts - {"channels_without_signal"}), f"{name}: an empty part")
        check(s["conclusion"]["list"]["expected_false"] == 0.05 * s["conclusion"]["list"]["listed_accounts"], f"{name}: expected false")
        p = s["provenance"]["ledger"]
        lines = "evenhand leaf 1\n" + "".join(f"{key} {p[of]}\n" for key, of in
                 (("seq", "seq"), ("time", "time"), ("actor", "actor"), ("type", "type"), ("payload", "payload_hash")))
        node = hashlib.sha256(b"\0" + lines.encode()).digest()
        check(node.hex() == p["leaf_hash"], f"{name}: leaf")
        fn, sn, root = p["seq"], p["leaves"] - 1, node  # RFC 9162, 2.1.3.2
        for step in map(bytes.fromhex, p["path"]):
            if fn & 1 or fn == sn:
                root = hashlib.sha256(b"\1" + step + root).digest()
                while not fn & 1 and fn: fn, sn = fn >> 1, sn >> 1
            else:
                root = hashlib.sha256(b"\1" + root + step).digest()
            fn, sn = fn >> 1, sn >> 1
        check(sn == 0 and root.hex() == p["root"], f"{name}: root")
full, public = (json.load(open(f"{listed}{of}.json", encoding="utf-8")) for of in ("-all", ""))
timing = full["channels"][0]
check(timing["channel"] == "timing" and 3 <= len(timing["examples"]) <= 20, "examples")
check(full["conclusion"]["finding"] in ("strong", "moderate") and full["conclusion"]["is_listed"], "finding")
e = full["conclusion"]["evidence"]
check(e["log10_e_low"] < e["log10_e"] < e["log10_e_high"], "interval")
for row in timing["examples"]:  # a row is hashed as it stands
    body = {"account_id": listed, "partner_id": row["partner"], **{k: row[k] for k in ("behaviour", "object", "own_post", "partner_post", "own_time", "partner_time")}}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    check(hashlib.sha256(text.encode()).hexdigest() == row["row_sha256"], "row hash")
# Nobody else in the public tier: neither ids nor posts, in the file and on the page.
for name in (f"{listed}.json", f"{listed}.html"):
    text = open(name, encoding="utf-8").read()
    hidden = {row["partner"] for c in full["channels"] for row in c["partners"]} | {row["partner_post"] for row in timing["examples"]}
    check(len(hidden) > 5 and not [x for x in hidden if x in text], f"{name}: names others")
for who, finding in ((none, "no evidence"), (thin, "insufficient data"), *((x, "insufficient data") for x in silent)):
    s = json.load(open(f"{who}.json", encoding="utf-8"))
    check(s["conclusion"]["finding"] == finding and not s["conclusion"]["is_listed"], f"{who}: {s['conclusion']['finding']}")
    check(not s["robustness"]["leave_one_out"], f"{who}: nothing to leave out")
PY

# Who contested says so, on the page as well; others do not.
for who in $listed $none; do python3 -c "
import json
c = json.load(open('$who.json'))
told = [(a['state'], a['text']) for a in c['contest']['appeals']]
assert told == ([('upheld', 'The finding of that run was contested, and stands.')] if '$who' == '$listed' else []) and not c['conclusion']['is_reversed'], told
" || fail "appeals of $who"; done
grep -q 'was contested, and stands' $listed.html || fail "the appeal on the page"

# The page: a name from right to left is isolated, its direction mark shown instead of obeyed, its markup escaped.
grep -q '<bdi class="id" dir="auto"><span class="ctl">U+202E</span>اخبار تهران&lt;b&gt;</bdi>' $rtl.html || fail "the name on the page"
[ "$(grep -o '<h2>[0-9]*\.' $rtl.html | sed 's/<h2>//; s/\.//' | sort -n | tr '\n' ' ')" = "1 2 3 4 5 6 7 8 9 10 11 " ] || fail "eleven parts"

# The numbers, by code of their own.
mkdir ex
for what in edges chances accounts; do "$EVENHAND" export case.duckdb $what -o ex/$what.csv || fail "export $what"; done
"$EVENHAND" export case.duckdb provenance -o ex/provenance.json || fail "export provenance"
expect 0 'all agree' python3 "$SRC/tests/tools/statement_check.py" "$SRC/tools/recompute.py" ex $listed-all.json

# The same again, whatever was written since; with the command that it names.
eval "set -- $(python3 -c "import json; print(json.load(open('$listed-all.json'))['provenance']['command'])")"
shift
"$EVENHAND" "$@" --threads 2 || fail "the command that reproduces it"
same statement.json $listed-all.json

# A key: the same partner has the same pseudonym in all statements, without being named.
printf 'a key of this test' >key
"$EVENHAND" statement case.duckdb $listed -o keyed.json --key key || fail key
partner=$(python3 -c "import json; print(json.load(open('$listed-all.json'))['channels'][0]['partners'][0]['partner'])")
"$EVENHAND" statement case.duckdb $partner -o theirs.json --key key || fail key
python3 -c "
import json
a, b = (json.load(open(f)) for f in ('keyed.json', 'theirs.json'))
assert a['channels'][0]['partners'][0]['partner'] == b['subject']['pseudonym'] and len(b['subject']['pseudonym']) == 16
assert all(len(row['row_mac']) == 16 for row in a['channels'][0]['examples'])" || fail "pseudonyms"

# At risk: neither named nor findable by post or time, in either tier and also as a partner.
echo $listed >at-risk.txt
for how in public:html restricted:html restricted:json; do
    tier=${how%:*} form=${how#*:}
    expect 0 '' "$EVENHAND" statement case.duckdb $listed -o risk.$form --tier $tier --at-risk at-risk.txt
    ! grep -q -e "$listed" risk.$form || fail "at risk, and named in $tier $form"
    expect 0 '' "$EVENHAND" statement case.duckdb $partner -o risk-partner.$form --tier $tier --at-risk at-risk.txt
    ! grep -q -e "$listed" risk-partner.$form || fail "at risk, and named as a partner in $tier $form"
done
python3 -c "
import json
full, risk = json.load(open('$listed-all.json')), open('risk.json').read()
rows = full['channels'][0]['examples']
assert rows and not [r for r in rows if r['own_post'] in risk or r['own_time'] in risk or r['partner_post'] in risk]" || fail "at risk, and findable"

# Archives that came later: what needs the run's archives says so.
cnt_table >more.csv
"$EVENHAND" import case.duckdb more.csv --quiet >/dev/null || fail "import more"
"$EVENHAND" statement case.duckdb $listed -o later.json || fail later
grep -q 'Archives were added since the run' later.json || fail "later archives"

# Each is a record of the ledger.
[ "$("$EVENHAND" ledger show case.duckdb | grep -c export)" -ge 15 ] || fail "not in the ledger"
expect 0 '' "$EVENHAND" ledger verify case.duckdb

# Mistakes. Names are not searched, and one investigation is looked at.
expect 1 'names are not searched' "$EVENHAND" statement case.duckdb vifaka5v9b4 -o x.json
expect 1 '' "$EVENHAND" statement case.duckdb $listed -o x.json --run 0123456789abcdef
expect 2 'must end in' "$EVENHAND" statement case.duckdb $listed -o x.csv
expect 2 '' "$EVENHAND" statement case.duckdb other.duckdb $listed -o x.json
expect 1 '' "$EVENHAND" statement case.duckdb $listed -o x.json --at-risk nowhere.txt
expect 1 '' "$EVENHAND" statement case.duckdb $listed -o x.json --key nowhere
[ ! -e x.json ] || fail "a file in spite of a mistake"
finish
