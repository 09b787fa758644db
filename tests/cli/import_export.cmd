# The steps one by one: import, detect, export, report, sql, schema.
. "$SRC/tests/cli/lib.sh"
evenhand simulate farm --seed 5 --accounts 200 --days 10 -o world --quiet >/dev/null || exit 1
expect 0 'posts.csv: .* rows read, .* kept, 0 rejected, 0 duplicates' evenhand import case.duckdb world/posts.csv
expect 0 'imported before' evenhand import case.duckdb world/posts.csv
cnt_table | sed 's/m5,ben/9.05875E+17,ben/' >more.csv
expect 0 '"rows_read":8,"rows_kept":7,"rows_rejected":\{"damaged_id":1\}' evenhand import case.duckdb more.csv --json
expect 0 '^run       [0-9a-f]{16}' evenhand detect case.duckdb
expect 0 '^run       [0-9a-f]{16}' evenhand detect case.duckdb --behaviours repost,link --windows 30s,5m --fdr 0.1
header() {
    expect 0 '' evenhand export case.duckdb $1 -o $1.csv
    head -1 $1.csv | grep -q "^$2" || fail "$1: $(head -1 $1.csv)"
    expect 0 "^$2" evenhand export case.duckdb $1 -o -
    expect 0 '' evenhand export case.duckdb $1 -o $1.parquet
    [ "$(head -c 4 $1.parquet)" = PAR1 ] || fail "$1.parquet"
    expect 0 '' evenhand export case.duckdb $1 -o $1.jsonl
    [ "$(wc -l <$1.jsonl)" -eq $(($(wc -l <$1.csv) - 1)) ] || [ $1 = posts ] || [ $1 = rejects ] || fail "$1.jsonl"
}
header accounts account_id,listed,finding,q_value,p_value,network_id,n_actions,n_partners,behaviours
header edges account_a,account_b,behaviour,window_s,shared_objects,expected,p_value,q_value,listed,first_time,last_time
header networks network_id,n_accounts,n_edges,behaviours,first_time,last_time
header evidence account_a,account_b,behaviour,object,post_a,post_b,time_a,time_b,delta_s
header rejects source,row,byte,reason,excerpt
header posts ''
grep -q 'more.csv,5,.*,damaged_id,' rejects.csv || fail "rejects: $(tail -1 rejects.csv)"
expect 0 '' evenhand export case.duckdb graph -o graph.gexf
expect 0 '' evenhand export case.duckdb graph -o graph.graphml
grep -q '<gexf' graph.gexf && grep -q '<graphml' graph.graphml || fail "graphs"
expect 0 '' evenhand export case.duckdb provenance -o p.json
expect 2 '' evenhand export case.duckdb accounts -o accounts.xlsx
expect 2 '' evenhand export case.duckdb graph -o graph.csv
expect 1 '' evenhand export case.duckdb accounts --run 0123456789abcdef -o x.csv
expect 0 '' evenhand report case.duckdb -o page.html
grep -q '</html>' page.html || fail "the page does not end"
! grep -E -q '(src|href)="(https?:)?//' page.html || fail "the page loads something from elsewhere"

expect 0 '^7$' evenhand sql case.duckdb 'SELECT 3 + 4 AS n'
expect 0 '' evenhand sql case.duckdb 'SELECT 3 + 4 AS n' -o n.jsonl
grep -E -q '"n": ?7' n.jsonl || fail "sql to jsonl"
expect 2 'nothing_such' evenhand sql case.duckdb 'SELECT * FROM nothing_such'
expect 1 '^evenhand: ' evenhand sql case.duckdb "SELECT * FROM read_csv('more.csv')"
expect 1 '^evenhand: ' evenhand sql case.duckdb 'DROP TABLE posts'
expect 1 '^evenhand: ' evenhand sql case.duckdb "COPY (SELECT 1) TO 'stolen.csv'"
[ ! -e stolen.csv ] || fail "sql wrote a file"

expect 0 'accounts' evenhand schema
expect 0 '^[[{]' evenhand schema --json
expect 0 '' evenhand schema -o schema.txt

# Things that are no investigation.
expect 1 'nothing.duckdb' evenhand detect nothing.duckdb
[ ! -e nothing.duckdb ] || fail "detect created a file"
expect 1 'more.csv' evenhand detect more.csv
expect 1 'absent.csv' evenhand import new.duckdb absent.csv
[ ! -e new.duckdb ] || fail "a failed import left an empty investigation"
expect 2 'give it alone' evenhand pairs case.duckdb more.csv -b repost -w 60s -o x.csv
expect 2 'give it alone' evenhand investigate case.duckdb more.csv -o x
expect 2 'archives only' evenhand investigate case.duckdb --format cnt -o x

# Pairs from an investigation are those of its archive.
expect 0 '' evenhand import one.duckdb world/posts.csv
for behaviour in repost link; do
    expect 0 '' evenhand pairs world/posts.csv -b $behaviour -w 1m --min-weight 2 -o a.csv
    expect 0 '' evenhand pairs one.duckdb -b $behaviour -w 1m --min-weight 2 -o b.csv
    same a.csv b.csv
done
expect 0 '"edges":' evenhand pairs world/posts.csv -b repost -w 1m -o a.jsonl --json
grep -q '^{"account_a":"[^"]*","account_b":"[^"]*","shared_objects":[0-9]*}$' a.jsonl || fail "jsonl: $(head -1 a.jsonl)"

# Pseudonyms: no id of the archive is left anywhere in the investigation, and the same key gives the same names.
head -c 32 /dev/zero | tr '\0' 'k' >key
expect 0 '' evenhand investigate more.csv -o masked --pseudonymise key
expect 0 '' evenhand investigate more.csv -o masked2 --pseudonymise key
same masked/accounts.csv masked2/accounts.csv
! grep -a -E -q 'cleo|ada_l' masked/accounts.csv masked/evidence.parquet masked/report.html masked/investigation.duckdb ||
    fail "an id shows through the pseudonyms"
expect 1 'nokey' evenhand investigate more.csv -o masked3 --pseudonymise nokey
finish
