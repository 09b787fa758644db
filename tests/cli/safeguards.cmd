# Safeguards: lists say how many names to expect to be wrong; accounts at risk are named in no table; lists that cannot be trusted are refused
# for them; nobody is searched for by name, in no more than one investigation.
. "$SRC/tests/cli/lib.sh"
"$EVENHAND" simulate jitter-15m --plant link-seeding --seed 7 --accounts 120 --days 10 -o world --quiet >/dev/null || fail simulate
"$EVENHAND" import case.duckdb world/posts.csv --quiet >/dev/null || fail import
"$EVENHAND" detect case.duckdb --quiet >/dev/null || fail detect
who=$("$EVENHAND" sql case.duckdb "SELECT account_id FROM findings WHERE listed ORDER BY q_value, account_id LIMIT 1" | tail -1 | tr -d '\r')
echo "$who" >at-risk.txt

# R14.
expect 0 'accounts are listed; expect about .* to be listed by mistake' "$EVENHAND" export case.duckdb accounts -o accounts.csv
expect 0 'accounts are listed; expect about' "$EVENHAND" export case.duckdb graph -o graph.gexf

# Every table, with and without a key; the others stay as they are.
for what in accounts edges ties evidence chances posts rejects networks; do
    "$EVENHAND" export case.duckdb $what -o plain.csv --quiet || fail "$what"
    expect 0 '' "$EVENHAND" export case.duckdb $what -o guarded-$what.csv --at-risk at-risk.txt
    ! grep -q -e "$who" guarded-$what.csv || fail "$what names an account at risk"
    [ "$(wc -l <guarded-$what.csv)" -ge 1 ] || fail "$what is empty"
    [ "$(head -1 plain.csv)" = "$(head -1 guarded-$what.csv)" ] || fail "$what has other columns"
done
grep -q -e "$who" accounts.csv || fail "nothing to hide"
[ "$(wc -l <accounts.csv)" -eq "$(wc -l <guarded-accounts.csv)" ] || fail "an account is missing"
[ "$(grep -c withheld-1 guarded-accounts.csv)" -eq 1 ] || fail "its row is missing"
# Its posts and the exact times of what it did are in no table, not even as objects of others.
"$EVENHAND" sql case.duckdb "SELECT DISTINCT post_id FROM posts WHERE account_id = '$who'" | tail -n +2 | tr -d '\r' >its-posts
[ -s its-posts ] || fail "it has no posts"
for what in evidence chances posts; do
    ! grep -q -F -w -f its-posts guarded-$what.csv || fail "$what leads to an account at risk"
done
printf 'a key of this test' >key
expect 0 '' "$EVENHAND" export case.duckdb accounts -o keyed.csv --at-risk at-risk.txt --key key
! grep -q -e "$who" -e withheld keyed.csv || fail "keyed"
"$EVENHAND" statement case.duckdb $who -o s.json --key key --quiet || fail statement
pseudonym=$(sed 's/.*"pseudonym":"\([0-9a-f]*\)".*/\1/' s.json)
[ "$(grep -c "^$pseudonym," keyed.csv)" -eq 1 ] || fail "another pseudonym than in the statement"
# The graph, the page, whole investigations, expansions, forms for other systems; rhythm leaves them out, since when somebody sleeps tells where.
for form in gexf graphml; do
    expect 0 '' "$EVENHAND" export case.duckdb graph -o g.$form --at-risk at-risk.txt
    ! grep -q -e "$who" g.$form || fail "the graph names an account at risk"
    grep -q withheld-1 g.$form || fail "the graph lost an account"
done
expect 0 '' "$EVENHAND" export case.duckdb evidence -o guarded.parquet --at-risk at-risk.txt
! grep -q -a -e "$who" guarded.parquet || fail "Parquet names an account at risk"
expect 0 '' "$EVENHAND" report case.duckdb -o plain.html
grep -q -e "$who" plain.html || fail "nothing to hide on the page"
expect 0 '' "$EVENHAND" report case.duckdb -o guarded.html --at-risk at-risk.txt
! grep -q -F -e "$who" -f its-posts guarded.html || fail "the page leads to an account at risk"
grep -q withheld-1 guarded.html || fail "the page lost an account"
expect 0 '' "$EVENHAND" investigate world/posts.csv -o whole --at-risk at-risk.txt
for file in whole/*.csv whole/*.html whole/*.g* whole/*.parquet whole/*.json; do
    ! grep -q -a -e "$who" $file || fail "$file names an account at risk"
done
"$EVENHAND" sql case.duckdb "SELECT account_id FROM findings WHERE listed ORDER BY q_value, account_id LIMIT 4" | tail -n +2 | tr -d '\r' | grep -v -e "$who" >seeds.txt
expect 0 '' "$EVENHAND" expand case.duckdb --seeds seeds.txt -o plain-linked.csv
expect 0 '' "$EVENHAND" expand case.duckdb --seeds seeds.txt -o linked.csv --at-risk at-risk.txt
grep -q -e "$who" plain-linked.csv || fail "nothing to hide in the expansion"
! grep -q -e "$who" linked.csv || fail "an expansion names an account at risk"
[ "$(wc -l <plain-linked.csv)" -eq "$(wc -l <linked.csv)" ] || fail "an expansion lost an account"
expect 0 '' "$EVENHAND" rhythm case.duckdb -o plain-r.csv --pairs plain-p.csv
expect 0 '' "$EVENHAND" rhythm case.duckdb -o r.csv --pairs kept-p.csv --at-risk at-risk.txt
grep -v -e "$who" plain-r.csv | cmp -s - r.csv || fail "rhythm of accounts"
grep -v -e "$who" plain-p.csv | cmp -s - kept-p.csv || fail "rhythm of pairs"
! cmp -s plain-p.csv kept-p.csv || fail "no pair to leave out"
expect 0 '1 left out: they are at risk' "$EVENHAND" export case.duckdb stix -o stix.json --at-risk at-risk.txt
expect 0 '1 left out: they are at risk' "$EVENHAND" export case.duckdb osprey -o ids.txt --at-risk at-risk.txt
! grep -q -e "$who" stix.json ids.txt || fail "another system is told of an account at risk"
expect 1 'import with --pseudonymise' "$EVENHAND" export case.duckdb case -o case.tar --at-risk at-risk.txt
expect 2 'goes with --at-risk' "$EVENHAND" report case.duckdb -o x.html --key key
expect 1 '' "$EVENHAND" export case.duckdb accounts -o x.csv --at-risk nowhere.txt

# Poor coverage: more than a tenth of the rows could not be read.
cp world/posts.csv poor.csv
i=0
while [ $i -lt 500 ]; do
    echo ",,,,broken"
    i=$((i + 1))
done >>poor.csv
"$EVENHAND" import poor.duckdb poor.csv --quiet >/dev/null || fail "import poor"
"$EVENHAND" detect poor.duckdb --quiet >/dev/null || fail "detect poor"
expect 3 'no list is written: poor.csv: .* rows could not be read' "$EVENHAND" export poor.duckdb accounts -o p.csv --at-risk at-risk.txt
[ ! -e p.csv ] || fail "a list that was refused"
expect 3 'no list is written' "$EVENHAND" report poor.duckdb -o p.html --at-risk at-risk.txt
expect 3 'no list is written' "$EVENHAND" expand poor.duckdb --seeds seeds.txt -o p.csv --at-risk at-risk.txt
expect 3 'no list is written' "$EVENHAND" rhythm poor.duckdb -o p.csv --at-risk at-risk.txt
expect 3 'no list is written' "$EVENHAND" export poor.duckdb stix -o p.json --at-risk at-risk.txt
expect 3 'no list is written' "$EVENHAND" investigate poor.csv -o poor --at-risk at-risk.txt
[ ! -e poor ] && [ ! -e p.html ] && [ ! -e p.csv ] && [ ! -e p.json ] || fail "a list that was refused"
expect 0 'should not be relied on' "$EVENHAND" export poor.duckdb accounts -o p.csv

# Nobody is searched for: ids only, one investigation, no command for it.
expect 2 '' "$EVENHAND" statement case.duckdb poor.duckdb "$who" -o x.json
! "$EVENHAND" --help 2>&1 | grep -q -i -E '^ +(search|find|lookup|dossier)' || fail "a command that searches"
finish
