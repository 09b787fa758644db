. "$SRC/tests/cli/lib.sh"
expect 2 'Usage: evenhand COMMAND' evenhand
expect 0 'Usage: evenhand COMMAND' evenhand --help
expect 0 'Usage: evenhand COMMAND' evenhand help
expect 0 '^evenhand [0-9]+\.[0-9]+\.[0-9]+$' evenhand --version
expect 2 "no command 'investigat'; did you mean 'investigate'" evenhand investigat x -o y
expect 2 "no command 'frobnicate'" evenhand frobnicate
expect 2 'no option --frob before a command' evenhand --frob

# What the contract names and later versions bring.
for command in serve; do
    expect 2 "^evenhand: $command is not part of this version yet\$" evenhand $command anything
    [ "$(wc -l <err.txt)" -eq 1 ] || fail "$command says more than that"
    ! evenhand --help | grep -q "^  $command" || fail "$command is listed in help"
done

# Every command that is listed has help that tells its arguments and the common options.
for command in $(evenhand --help | sed -n 's/^  \([a-z]\{3,\}\)  .*/\1/p'); do
    expect 0 "^Usage: evenhand $command" evenhand $command --help
    for option in --threads --memory --temp --seed --json --quiet --progress --help --version; do
        grep -q -e "$option" out.txt || fail "$command --help does not tell of $option"
    done
    awk 'length > 100' out.txt | grep -v '^  evenhand ' >long.txt
    [ ! -s long.txt ] || fail "$command --help has long lines"
    expect 0 "^Usage: evenhand $command" evenhand $command -h
    expect 0 "^Usage: evenhand $command" evenhand help $command
    expect 0 '^evenhand [0-9]' evenhand $command --version
    expect 2 "$command has no option --thread-count" evenhand $command --thread-count 3
    expect 2 "$command has no option --quite; did you mean --quiet" evenhand $command --quite
done

# Wrong values.
expect 2 'needs a unit; write 60s' evenhand pairs x.csv --behaviour repost --window 60 -o y.csv
expect 2 'needs a unit; write 60s' evenhand pairs x.csv --behaviour repost --window=60 -o y.csv
expect 2 'needs a unit' evenhand investigate x.csv -o y --windows 10s,60
expect 2 'is no unit of time' evenhand pairs x.csv --behaviour repost --window 60sec -o y.csv
expect 2 'at most 366d' evenhand pairs x.csv --behaviour repost --window 99999d -o y.csv
expect 2 'stands twice' evenhand detect x --windows 60s,1m
expect 2 'without empty parts' evenhand detect x --windows 60s,
expect 2 'at most 8 windows' evenhand detect x --windows 1s,2s,3s,4s,5s,6s,7s,8s,9s
expect 2 'a size needs a unit; write 512MiB' evenhand detect x --memory 512
expect 2 'is no unit of size' evenhand detect x --memory 512megs
expect 2 'above 0 and at most 0.5' evenhand detect x --fdr 0
expect 2 'above 0 and at most 0.5' evenhand detect x --fdr nan
expect 2 'above 0 and at most 0.5' evenhand detect x --fdr 5%
expect 2 'between 1 and 256' evenhand detect x --threads 0
expect 2 'whole number' evenhand detect x --threads -1
expect 2 'whole number' evenhand detect x --seed 1e3
expect 2 'whole number' evenhand detect x --seed 99999999999999999999
expect 2 "'likes' is no behaviour; one of repost, link" evenhand detect x --behaviours repost,likes
expect 2 'must be one of auto, json, none' evenhand detect x --progress fast
expect 2 "did you mean 'accounts'" evenhand export x accouts -o y.csv
expect 2 'write FIELD=COLUMN' evenhand import x y --map account
expect 2 'needs a value' evenhand detect x --fdr
expect 2 'needs a value' evenhand detect x --fdr --json
expect 2 'takes no value' evenhand detect x --json=yes
expect 2 'is given twice' evenhand detect x --fdr 0.1 --fdr 0.2
expect 2 'is empty' evenhand detect ''

# Missing and superfluous arguments.
expect 2 'needs INPUT' evenhand investigate -o y
expect 2 'needs -o DIR' evenhand investigate x.csv
expect 2 'needs -b B' evenhand pairs x.csv --window 1m -o y.csv
expect 2 'needs -w W' evenhand pairs x.csv --behaviour repost -o y.csv
expect 2 'needs WHAT' evenhand export x -o y.csv
expect 2 "know what to do with 'extra'" evenhand detect x extra
expect 2 "know what to do with '--json'" evenhand detect x -- --json

# Combinations.
expect 2 'goes with --as cnt' evenhand pairs x.csv -b link -w 1m --cnt-empty-links -o y.csv
expect 2 'goes with --as coortweet' evenhand pairs x.csv -b link -w 1m --min-participation 2 -o y.csv
expect 2 'has no rule for hashtag' evenhand pairs x.csv -b hashtag -w 1m --as cnt -o y.csv
expect 2 'must end in .csv or .jsonl' evenhand pairs x.csv -b link -w 1m -o y.txt
expect 2 'any DuckDB client' evenhand pairs x.csv -b link -w 1m -o y.parquet
expect 2 'must end in .html' evenhand report x -o y.pdf
expect 2 "no scenario 'fram'; did you mean 'farm'" evenhand simulate fram -o y
expect 2 'needs -o DIR' evenhand simulate farm
expect 0 '^farm ' evenhand simulate --list
expect 0 '^farm ' evenhand simulate
expect 0 '"name":"farm"' evenhand simulate --list --json
[ "$(ls | sort | tr '\n' ' ')" = 'err.txt long.txt out.txt ' ] || fail "files were left behind: $(ls)"
finish
