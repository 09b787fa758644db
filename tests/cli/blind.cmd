# Detection never sees sides: a file of side labels beside the archive, absent, present or permuted, changes no byte.
. "$SRC/tests/cli/lib.sh"
evenhand simulate farm --seed 4 --accounts 150 --days 10 -o world --quiet >/dev/null || exit 1
mkdir in
cp world/posts.csv in/
one() {
    (cd in && evenhand investigate posts.csv -o "../$1" --quiet >/dev/null) || fail "investigate: $1"
}
one absent
awk -F, 'NR == 1 { print "account_id,side" } NR > 1 { print $1 "," (NR % 2 ? "north" : "south") }' world/truth.csv >in/sides.csv
one present
awk -F, 'NR == 1 { print "account_id,side" } NR > 1 { print $1 "," (NR % 3 ? "south" : "north") }' world/truth.csv >in/sides.csv
one permuted
for file in accounts.csv edges.csv networks.csv evidence.parquet graph.gexf graph.graphml rejects.csv; do
    same absent/$file present/$file
    same absent/$file permuted/$file
done
# The whole page and the record of the run, too; only the name of the directory may differ in the latter.
same absent/report.html permuted/report.html
for name in absent permuted; do sed "s/$name/DIR/g" $name/provenance.json >$name.json; done
same absent.json permuted.json
finish
