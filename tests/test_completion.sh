#!/usr/bin/env bash
# usage: test_completion.sh PARLEY
# Completion: what the program offers, and what bash makes of it, by calling the function that Tab would call.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

"$parley" completion bash >script.bash || exit 1
# shellcheck disable=SC1091 # made above
source ./script.bash
mkdir -p bin scenarios results
ln -s "$parley" bin/parley
PATH=$scratch/bin:$PATH
cp "$root/scenarios/london-2025.yaml" scenarios/
touch notes.txt

# offers NAME WANTED... -- WORD...: Tab behind these words (the last is half-written) offers every WANTED; "!X": not X.
offers() {
    local name=$1 wanted problem='' COMP_WORDS COMP_CWORD COMPREPLY
    local -a list=()
    shift
    while [ "$1" != -- ]; do
        list+=("$1")
        shift
    done
    shift
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _parley parley "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    for wanted in "${list[@]}"; do
        if [ "${wanted#!}" != "$wanted" ]; then
            grep -qxF -- "${wanted#!}" < <(printf '%s\n' "${COMPREPLY[@]}") && problem="$problem ${wanted#!} is offered;"
        else
            grep -qxF -- "$wanted" < <(printf '%s\n' "${COMPREPLY[@]}") || problem="$problem $wanted is not offered;"
        fi
    done
    verdict "$name" "$problem"
}

[ "$(complete -p parley)" = 'complete -F _parley parley' ] || verdict "bash knows the function" "complete -p says $(complete -p parley)"
commands=$("$parley" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
# shellcheck disable=SC2086 # a list of words
offers "every command" $commands -- parley ''
offers "commands that begin so" talks '!run' -- parley ta
offers "nothing behind what is no command" '!run' '!--help' -- parley nonsense ''
for command in world talks; do
    # shellcheck disable=SC2046
    offers "every verb of $command" $("$parley" $command --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p') -- parley $command ''
done

# Every option that --help lists is offered, and no other command's.
for command in $commands 'world import' 'world split' 'talks nash' 'talks frontier'; do
    # shellcheck disable=SC2046,SC2086
    case $command in
        world | talks) ;;
        *) offers "every option of $command" \
            $("$parley" $command --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | grep -vx -- --usage) \
            '!--frobnicate' -- parley $command -- ;;
    esac
done
offers "only options of the command" --timing '!--vary' -- parley run --ti
offers "scenario files and folders, not others" scenarios '!notes.txt' -- parley run ''
offers "a scenario file" scenarios/london-2025.yaml -- parley run scenarios/lon
offers "names of worlds" world-2022 wiod-2014 -- parley run --world ''
offers "names of worlds behind an equals sign" world-2022 '!scenarios' -- parley run --world = wor
offers "names of worlds right behind it" world-2022 -- parley run --world =
offers "worlds of a verb" wiod-2014 -- parley world info w
offers "variants of the scenario on the line" war truce -- parley run scenarios/london-2025.yaml --variant ''
offers "countries of its world" USA '!CHN' -- parley run scenarios/london-2025.yaml --country US
offers "another entry of a list" USA,CHN USA,CHE -- parley sweep --countries USA,CH
offers "variables of a run" real_income '!retail_price' -- parley sweep --variable re
offers "variables of a path" retail_price -- parley path --variables re
offers "choices an option lists" icio flows json yaml -- parley world import --format ''
offers "closures" gdp balanced -- parley run --closure ''
offers "folders" results '!notes.txt' -- parley run -o ''
offers "cases" law-walras -- parley check law-w
offers "shells" fish -- parley completion f

# What the program says to the scripts of zsh and fish, which keep --world=... together.
said=$("$parley" completion words 2 parley run --world=wio)
verdict "a value stays behind its option" "$(grep -q '^--world=wiod-2014	' <<<"$said" || echo "it says $said")"
verdict "an index beyond the line is refused" "$("$parley" completion words 9 parley run >/dev/null 2>&1 && echo accepted)"
"$parley" completion tcsh >out 2>err && verdict "an unknown shell is refused" "exit 0"
verdict "an unknown shell is refused" "$(grep -q 'bash, zsh and fish' err || cat err)"
"$parley" completion fis >out 2>err
verdict "an unknown shell has a suggestion" "$(grep -q "did you mean 'fish'" err || cat err)"
for shell in bash zsh fish; do
    "$parley" completion $shell >script.$shell
    if command -v $shell >/dev/null; then
        verdict "$shell reads its script" "$($shell -n script.$shell 2>&1)"
    else
        echo "ok $shell reads its script # SKIP $shell is not installed"
    fi
done
