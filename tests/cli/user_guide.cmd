# The examples of the user guide work as they stand: every ```sh block, in order, in one directory.
awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' "$SRC/docs/user-guide.md" >guide.sh
[ -s guide.sh ] || { echo "no examples found" >&2; exit 1; }
for command in $("$EVENHAND" --help | sed -n 's/^  \([a-z]\{3,\}\)  .*/\1/p'); do
    grep -q "^evenhand $command" guide.sh || { echo "the guide has no example of $command" >&2; exit 1; }
done
sh -e -u -x guide.sh
