. "$SRC/tests/cli/lib.sh"
small='--accounts 300 --days 10 --seed 4 --quiet'

# Kinds are listed, and those held out of tuning exist.
expect 0 '^copy-paste ' evenhand simulate --list
expect 0 '"kinds":\[{"name":"ring"' evenhand simulate --list --json
while read -r kind; do
    case $kind in '#'*) continue ;; esac
    evenhand simulate --list | grep -q "^$kind " || fail "HELD_OUT names '$kind', which is no scenario"
done <"$SRC/bench/accuracy/HELD_OUT"

# A kind alone is the honest world and that kind; the same group comes out of --plant.
evenhand simulate framed $small --group-size 8 -o alone >/dev/null || fail 'framed failed'
evenhand simulate honest --plant framed $small --group-size 8 -o planted >/dev/null || fail '--plant failed'
cmp alone/posts.csv planted/posts.csv || fail 'a kind alone differs from the kind planted in the honest world'
[ "$(head -1 alone/truth.csv)" = account_id,group,role ] || fail 'columns of truth.csv'
[ "$(grep -c ',framed,member$' alone/truth.csv)" -eq 8 ] || fail 'eight members'
[ "$(grep -c ',,victim$' alone/truth.csv)" -eq 1 ] || fail 'one victim'

# The same bytes for any number of threads, with all options at work.
all='honest --plant ring,copy-paste,sleepers --group-size 9 --objects 12 --camouflage 0.7 --jitter 5m --home ru
     --time-step 60s --keyword-sample 0.3 --mirror'
evenhand simulate $all $small --threads 1 -o one >/dev/null || fail 'options failed'
evenhand simulate $all $small --threads 4 -o four >/dev/null || fail 'options failed with threads'
cmp one/posts.csv four/posts.csv && cmp one/truth.csv four/truth.csv || fail 'threads change the world'
[ "$(grep -c ',member$' one/truth.csv)" -eq 27 ] || fail '27 members'

# Mistakes.
expect 2 "no kind of planted group 'rnig'; did you mean 'ring'" evenhand simulate honest --plant rnig -o x
expect 2 'without empty parts' evenhand simulate honest --plant ring,,cells -o x
expect 2 'is in the world already' evenhand simulate farm --plant ring -o x
expect 2 'for planted kinds and there is none' evenhand simulate honest --group-size 10 -o x
expect 2 'for planted kinds and there is none' evenhand simulate farm --camouflage 0.2 -o x
expect 2 "'relay' cannot use --jitter" evenhand simulate relay --jitter 5m -o x
expect 2 "'shift-operators' cannot use --jitter" evenhand simulate ring --plant shift-operators --jitter 5m -o x
expect 2 'between 5 and 500' evenhand simulate ring --group-size 4 -o x
expect 2 'a share from 0 to 0.9' evenhand simulate ring --camouflage 0.95 -o x
expect 2 'a share from 0 to 1' evenhand simulate ring --keyword-sample nan -o x
expect 2 'must divide a day' evenhand simulate ring --time-step 7s -o x
expect 2 'one of en, de, fa, ar, ru, hi' evenhand simulate ring --home fr -o x
expect 2 'accounts 300 or more' evenhand simulate ring --accounts 200 --mirror -o x
