# Progress goes to standard error, as JSON where a program asks for it, and not at all where nobody watches.
. "$SRC/tests/cli/lib.sh"
evenhand simulate farm --seed 2 --accounts 200 --days 7 -o world --quiet >/dev/null || exit 1
expect 0 '' evenhand investigate world/posts.csv -o case --quiet
[ ! -s err.txt ] || fail "--quiet says: $(cat err.txt)"
expect 0 '' evenhand investigate world/posts.csv -o case
[ ! -s err.txt ] || fail "progress where there is no terminal: $(head -c 200 err.txt)"
expect 0 '' evenhand investigate world/posts.csv -o case --progress json
grep -E -q '^\{"stage":"[^"]+","done":[0-9]+,"total":[0-9]+,"elapsed_s":[0-9.]+,"eta_s":(null|[0-9.]+)\}$' err.txt ||
    fail "no progress as JSON: $(head -3 err.txt)"
! grep -v -q '^{' err.txt || fail "other lines among the JSON: $(grep -v '^{' err.txt | head -3)"
expect 0 '' evenhand investigate world/posts.csv -o case --progress none
[ ! -s err.txt ] || fail "--progress none says: $(cat err.txt)"
expect 0 '^report    case/report.html$' evenhand investigate world/posts.csv -o case
expect 0 '^listed ' evenhand investigate world/posts.csv -o case/
expect 0 '"report":"case/report.html"' evenhand investigate world/posts.csv -o case --json
if command -v python3 >/dev/null 2>&1; then
    python3 -c 'import json, sys; json.load(open("out.txt"))' || fail "--json is not JSON"
fi
finish
