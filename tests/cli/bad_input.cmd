# Damaged and unusual archives: told by name and place, never a crash, nothing lost silently.
. "$SRC/tests/cli/lib.sh"
need python3

# both CODE PATTERN FILE [options]: pairs and investigate on FILE. Edges go to FILE.pairs.csv, files to FILE.d.
both() {
    code=$1 pattern=$2 file=$3
    shift 3
    expect "$code" "$pattern" evenhand pairs "$file" "$@" --behaviour repost --window 60s -o "$file.pairs.csv"
    expect "$code" "$pattern" evenhand investigate "$file" "$@" -o "$file.d"
    if [ "$code" -eq 0 ]; then
        [ -s "$file.d/accounts.csv" ] && [ -s "$file.d/report.html" ] || fail "$file: files are missing"
    else
        [ ! -e "$file.pairs.csv" ] || fail "$file: pairs left a file"
        [ ! -e "$file.d/investigation.duckdb" ] || fail "$file: investigate left a database"
        [ -z "$(ls -A "$file.d" 2>/dev/null)" ] || fail "$file: investigate left $(ls -A "$file.d")"
    fi
}
# total FILE N: N rows were read, and the rejects of investigate are in rejects.csv.
rejects() {
    got=$(($(wc -l <"$1.d/rejects.csv") - 1))
    [ "$got" -eq "$2" ] || fail "$1: $got rows in rejects.csv, not $2"
}

cnt_table >good.csv
both 0 '8 rows read, 8 kept, 0 rejected' good.csv
printf 'account_a,account_b,shared_objects\nada,ben,3\n' >want.csv
same want.csv good.csv.pairs.csv
[ "$(cut -d, -f1 good.csv.d/accounts.csv | sort | tr '\n' ' ')" = 'account_id ada ben cleo ' ] || fail "accounts"

# Nothing in it.
: >empty.csv
both 1 'empty.csv: .*empty' empty.csv
echo "$cnt_header" >header.csv
both 1 'header.csv: holds no rows' header.csv
expect 1 'missing.csv: .*(No such file|cannot)' evenhand investigate missing.csv -o missing.d
[ ! -e missing.d/investigation.duckdb ] || fail "missing.d"
mkdir directory
expect 1 'directory: .*directory' evenhand pairs directory -b repost -w 60s -o x.csv
expect 1 'directory: .*directory' evenhand investigate directory -o directory.d

# Another table, a binary file.
printf 'who,what,when\nada,p1,1537230000\n' >other.csv
both 1 'who.*--map' other.csv
sed '1s/user_id/author/' good.csv >column.csv
both 1 'author.*--map' column.csv
python3 -c "
import random
random.seed(5)
open('binary.csv', 'wb').write(bytes(random.randrange(256) for _ in range(20000)))"
both 1 'binary.csv: ' binary.csv

# The same table in other clothes.
python3 - <<'PY'
import csv, gzip
rows = list(csv.reader(open('good.csv')))
with open('shuffled.csv', 'w', newline='') as out:
    csv.writer(out, lineterminator='\n').writerows([[r[i] for i in (6, 3, 0, 7, 1, 5, 4, 2)] for r in rows])
text = open('good.csv', 'rb').read()
open('bom.csv', 'wb').write(b'\xef\xbb\xbf' + text)
open('crlf.csv', 'wb').write(text.replace(b'\n', b'\r\n'))
open('noeol.csv', 'wb').write(text.rstrip(b'\n'))
open('good.csv.gz', 'wb').write(gzip.compress(text))
open('latin1.csv', 'wb').write(text.replace(b'good morning', 'größe'.encode('latin-1')))
open('nul.csv', 'wb').write(text.replace(b'good morning', b'good\0morning'))
open('quote.csv', 'wb').write(text.replace(b'm8,', b'm8,"'))
big = b'x' * (1 << 20)
open('big.csv', 'wb').write(text.replace(b'good night', big))
many = b''.join(b'k%d,acc%d,n,q%d,,text number %d,%d,\n' % (i, i % 97, i % 53, i * 7919 % 10007, 1537230000 + i * 7)
                for i in range(60000))
packed = gzip.compress(text + many)
open('cut.csv.gz', 'wb').write(packed[: len(packed) // 2])
open('sci.csv', 'wb').write(text.replace(b'm4,ada', b'9.05875E+17,ada').replace(b'm5,ben', b'9.05876E+17,ben'))
open('mixed.csv', 'wb').write(text.replace(b'1537233610', b'2018-09-18T01:20:10Z').replace(b'1537237202', b'yesterday'))
open('range.csv', 'wb').write(text.replace(b'1537233610', b'0').replace(b'1537237202', b'9214646400'))
open('double.csv', 'wb').write(text + text.split(b'\n', 1)[1])
PY
for name in shuffled.csv bom.csv crlf.csv noeol.csv good.csv.gz; do
    both 0 '8 rows read, 8 kept, 0 rejected' $name
    same want.csv $name.pairs.csv
    same good.csv.d/accounts.csv $name.d/accounts.csv
done
printf 'account_a,account_b,shared_objects\nada,ben,2\n' >two.csv
printf 'account_a,account_b,shared_objects\nada,ben,1\n' >one.csv

# Rows that cannot be kept are counted, and kept apart with their place.
both 0 '6 kept, 2 rejected \(encoding 2\)' latin1.csv
same two.csv latin1.csv.pairs.csv
rejects latin1.csv 2
grep -q ',encoding,' latin1.csv.d/rejects.csv || fail "latin1.csv: reason"
both 0 '8 rows read' nul.csv
both 0 'rejected \(malformed 1\)|rejected \(too_long 1\)' quote.csv
same want.csv quote.csv.pairs.csv
both 0 '8 rows read, 8 kept' big.csv
same want.csv big.csv.pairs.csv
both 0 'ends early' cut.csv.gz
both 0 '6 kept, 2 rejected \(damaged_id 2\)' sci.csv
same two.csv sci.csv.pairs.csv
rejects sci.csv 2
both 0 '6 kept, 2 rejected \(time_format 2\)' mixed.csv
rejects mixed.csv 2
same one.csv mixed.csv.pairs.csv
both 0 '6 kept, 2 rejected \(time_range 2\)' range.csv
rejects range.csv 2
same one.csv range.csv.pairs.csv
both 0 '16 rows read, 16 kept, 0 rejected, 8 duplicates' double.csv
same want.csv double.csv.pairs.csv
same good.csv.d/accounts.csv double.csv.d/accounts.csv

# Every row rejected: nothing to tell, so it says why instead of writing an empty report.
sed 's/153723[0-9]*/never/' good.csv >never.csv
both 1 'never.csv: ' never.csv
finish
