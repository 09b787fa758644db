# An output that is one of the inputs is refused before anything is read, and the input stays as it is.
. "$SRC/tests/cli/lib.sh"
cnt_table >good.csv
cp good.csv kept.csv
refused='is read as input, so it is not written to; name another place with -o'
expect 2 "^evenhand: good.csv: $refused" evenhand pairs good.csv -b repost -w 60s -o good.csv
ln -s good.csv link.csv
ln good.csv hard.csv
expect 2 "$refused" evenhand pairs link.csv -b repost -w 60s -o good.csv
expect 2 "$refused" evenhand pairs kept.csv good.csv -b repost -w 60s -o ./hard.csv
same kept.csv good.csv

expect 0 '' evenhand investigate good.csv -o case
cp case/investigation.duckdb kept.duckdb
ln case/investigation.duckdb inv.csv
ln case/investigation.duckdb inv.html
expect 2 "^evenhand: inv.csv: $refused" evenhand export case/investigation.duckdb accounts -o inv.csv
expect 2 "$refused" evenhand sql case/investigation.duckdb 'SELECT 1' -o inv.csv
expect 2 "^evenhand: inv.html: $refused" evenhand report case/investigation.duckdb -o inv.html
expect 2 "case/investigation.duckdb: $refused" evenhand investigate case/investigation.duckdb -o case
same kept.duckdb case/investigation.duckdb

# Neither is the list of whom to leave out, nor a key: there is no other copy of it.
echo nobody >at-risk.txt
evenhand key new -o desk.key >/dev/null
cp desk.key kept.key
for what in osprey accounts; do
    expect 2 "^evenhand: at-risk.txt: $refused" evenhand export case/investigation.duckdb $what -o at-risk.txt --at-risk at-risk.txt
    expect 2 "^evenhand: desk.key: $refused" evenhand export case/investigation.duckdb $what -o desk.key --key desk.key --at-risk at-risk.txt
done
cp at-risk.txt at-risk.csv
cp at-risk.txt at-risk.html
expect 2 "^evenhand: at-risk.html: $refused" evenhand report case/investigation.duckdb -o at-risk.html --at-risk at-risk.html
expect 2 "^evenhand: at-risk.csv: $refused" evenhand rhythm case/investigation.duckdb -o at-risk.csv --at-risk at-risk.csv
expect 2 "^evenhand: at-risk.csv: $refused" evenhand expand case/investigation.duckdb --seeds good.csv -o at-risk.csv --at-risk at-risk.csv
same at-risk.txt at-risk.csv
same kept.key desk.key

mkdir there
cp good.csv there/accounts.csv
expect 2 "^evenhand: there/accounts.csv: $refused" evenhand investigate there/accounts.csv -o there
same good.csv there/accounts.csv
[ "$(ls -A there)" = accounts.csv ] || fail "left: $(ls -A there)"
rm there/accounts.csv
head -c 32 /dev/zero >there/rejects.csv
expect 2 "^evenhand: there/rejects.csv: $refused" evenhand investigate good.csv -o there --pseudonymise there/rejects.csv
finish
