# Mistakes that newcomers make: the message says what to do instead.
. "$SRC/tests/cli/lib.sh"
cnt_table >good.csv
expect 0 '' evenhand investigate good.csv -o case

# The directory instead of the investigation in it.
there='^evenhand: case/?: is a directory; did you mean case/investigation.duckdb\?$'
expect 1 "$there" evenhand report case -o r.html
expect 1 "$there" evenhand report case/ -o r.html
expect 1 "$there" evenhand sql case 'SELECT 1'
expect 1 "$there" evenhand import case good.csv
expect 1 "$there" evenhand detect case
expect 1 "$there" evenhand pairs case -b repost -w 60s -o p.csv
expect 1 "$there" evenhand investigate case -o again
mkdir empty
expect 1 'empty: is a directory; name a .duckdb file' evenhand detect empty
expect 1 'nosuch.duckdb: does not exist; to create it: evenhand import nosuch.duckdb ARCHIVE' evenhand detect nosuch.duckdb
expect 1 '^evenhand: good.csv: is a file; -o takes a directory$' evenhand investigate case/investigation.duckdb -o good.csv

# Names.
expect 2 "'url': there is no such field; did you mean 'urls'\?" evenhand import x y --map url=link
expect 2 "did you mean 'hashtags'\?" evenhand import x y --map hashtag=tags
expect 2 "did you mean 'account'\?" evenhand import x y --map user_id=who
expect 1 "knows no field 'frobnicate'; the fields are: account, time" evenhand import x.duckdb good.csv --map frobnicate=who
for field in $(sed -n 's/.*the fields are: //p' err.txt | tr ',' ' '); do
    expect 1 '' evenhand import x.duckdb good.csv --map $field=none
    ! grep -q 'no such field' err.txt || fail "$field is refused"
done
expect 2 "'retweet' is no behaviour; did you mean 'repost'\? One of repost, link" evenhand pairs x -b retweet -w 1m -o y.csv
expect 2 "did you mean 'hashtag'\?" evenhand detect x --behaviours repost,hashtags

# No time can be read.
sed 's/,15372\([0-9]*\)/,18.09.2018 04h\1/' good.csv >never.csv
expect 1 'never.csv: none of 8 rows .*2018-09-18T04:35:00Z, 2018-09-18 04:35:00' evenhand investigate never.csv -o never
expect 1 '2018-09-18T04:35:00Z' evenhand pairs never.csv -b repost -w 60s -o p.csv
expect 0 '2018-09-18T04:35:00Z' evenhand import never.duckdb never.csv

# Nothing to compare: only account and time are mapped; or short texts alone.
printf 'who,when,where\nada,2018-09-18 04:35:00,a\nben,2018-09-18 04:35:07,a\n' >plain.csv
expect 3 '^evenhand: plain.csv: there is nothing to compare in 2 rows read as map.*urls=COLUMN, hashtags' \
    evenhand investigate plain.csv -o plain --map account=who --map time=when
[ ! -e plain ] || fail "left: $(ls -A plain)"
expect 0 '2 kept' evenhand import plain.duckdb plain.csv --map account=who --map time=when
expect 3 '^evenhand: plain.duckdb: holds nothing to compare.*--map urls=COLUMN' evenhand detect plain.duckdb
expect 3 '^evenhand: plain.duckdb: holds nothing to compare' evenhand investigate plain.duckdb -o plain
expect 0 '' evenhand investigate plain.csv -o plain --map account=who --map time=when --map urls=where
finish
