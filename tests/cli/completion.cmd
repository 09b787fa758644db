. "$SRC/tests/cli/lib.sh"
expect 0 '' evenhand --completion bash
cp out.txt evenhand.bash
if command -v bash >/dev/null 2>&1; then
    cat >ask.bash <<'ASK'
. ./evenhand.bash
ask() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _evenhand
    echo "${COMPREPLY[*]}"
}
ask evenhand inv
ask evenhand pairs x --min-p
ask evenhand pairs x --as c
ask evenhand pairs x --behaviour re
ask evenhand export x.duckdb acc
ask evenhand detect x --progress ''
ask evenhand export x.duckdb ''
ask evenhand export --threads 2 evenhand.b
ASK
    bash ask.bash >said.txt 2>&1 || fail "the script does not run"
    cat >wanted.txt <<'WANTED'
investigate
--min-participation
cnt coortweet
repost reply
accounts
auto json none
accounts edges networks ties evidence chances posts rejects graph provenance summary decisions appeals changes case stix bluesky-labels osprey coop
evenhand.bash
WANTED
    same wanted.txt said.txt
fi
expect 0 '^#compdef evenhand' evenhand --completion zsh
! command -v zsh >/dev/null 2>&1 || zsh -n out.txt || fail "zsh does not read it"
expect 0 '^complete -c evenhand' evenhand --completion fish
expect 0 '^complete -c evenhand' evenhand --completion=fish
! command -v fish >/dev/null 2>&1 || fish -n out.txt || fail "fish does not read it"
expect 2 'one of bash, zsh, fish' evenhand --completion tcsh
expect 2 'one of bash, zsh, fish' evenhand --completion

# The manual page tells of every command and every option of the tables.
expect 0 '^\.TH EVENHAND 1' evenhand --man
cp out.txt evenhand.1
if command -v groff >/dev/null 2>&1; then
    groff -man -Tascii -ww evenhand.1 >page.txt 2>warnings.txt || fail "groff fails"
    [ ! -s warnings.txt ] || fail "groff warns: $(head -3 warnings.txt)"
fi
for command in $(evenhand --help | sed -n 's/^  \([a-z]\{3,\}\)  .*/\1/p'); do
    grep -q "^\.SS $command\$" evenhand.1 || fail "$command is not in the manual page"
done
finish
