# Archives that are well-formed but extreme.
. "$SRC/tests/cli/lib.sh"
need python3
python3 - <<'PY'
header = 'account_id,behaviour,object,timestamp\n'
with open('alone.csv', 'w') as out:
    out.write(header + ''.join(f'ada,repost,p{i},{1537230000 + 60 * i}\n' for i in range(50)))
with open('shared.csv', 'w') as out:
    out.write(header + ''.join(f'acc{i},link,https://example.org/one,{1537230000 + i}\n' for i in range(300)))
with open('hot.csv', 'w') as out:
    out.write(header + ''.join(f'acc{i % 30000},repost,p1,{1537230000 + i * 30}\n' for i in range(70000)))
PY
expect 0 'alone.csv: .*50 kept' evenhand investigate alone.csv -o alone
grep -q '^ada,false,insufficient_data,' alone/accounts.csv || fail "one account: $(tail -1 alone/accounts.csv)"
[ "$(wc -l <alone/edges.csv)" -eq 1 ] || fail "one account has edges"

expect 0 '300 kept' evenhand investigate shared.csv -o shared
[ "$(wc -l <shared/accounts.csv)" -eq 301 ] || fail "an account is missing"
[ "$(cut -d, -f2 shared/accounts.csv | sort -u | tr '\n' ' ')" = 'false listed ' ] || fail "one object lists nobody"
expect 0 '' evenhand pairs shared.csv --behaviour link --window 10s -o shared.csv.pairs.csv
# 300 accounts a second apart: each with the ten after it.
[ "$(wc -l <shared.csv.pairs.csv)" -eq $((1 + 290 * 10 + 45)) ] || fail "pairs: $(wc -l <shared.csv.pairs.csv)"

expect 0 '70,000 kept' evenhand pairs hot.csv --behaviour repost --window 10s -o hot.pairs.csv --memory 256MiB
[ "$(wc -l <hot.pairs.csv)" -eq 1 ] || fail "hot: no two are within ten seconds"
expect 0 '70,000 kept' evenhand pairs hot.csv --behaviour repost --window 30s -o hot.pairs.csv --memory 256MiB
[ "$(wc -l <hot.pairs.csv)" -eq 30001 ] || fail "hot: $(wc -l <hot.pairs.csv) lines"
expect 0 '70,000 kept' evenhand pairs hot.csv --behaviour repost --window 30s --as coortweet -o hot.pairs.csv
[ "$(wc -l <hot.pairs.csv)" -eq 30001 ] || fail "hot, coortweet: $(wc -l <hot.pairs.csv) lines"
expect 0 '70,000 kept' evenhand investigate hot.csv -o hot --memory 512MiB
[ "$(wc -l <hot/accounts.csv)" -eq 30001 ] || fail "hot: an account is missing"
finish
