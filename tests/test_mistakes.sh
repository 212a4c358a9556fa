#!/usr/bin/env bash
# usage: test_mistakes.sh PARLEY
# Mistakes of every day, at every command: an empty value, results that could not be kept, a pipe for a file, Ctrl-C while a file
# is waited for. Each is one message at once, exit 2 (130 for Ctrl-C), and nothing written.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
london=$root/scenarios/london-2025.yaml
game=$root/scenarios/london-2025-game.yaml
question=(run --tariff 'USA<-CHN=1%')
vary=(--vary 'tariff USA<-CHN=0%..10%:2')
"$parley" "${question[@]}" -o result -q >out 2>err

# ---- a variable of the shell that is not set ----
refuse "an empty scenario" "an argument is empty" "$parley" run ""
refuse "an empty world" "--world: its value is empty" "$parley" "${question[@]}" --world ""
refuse "an empty folder" "--output: its value is empty" "$parley" "${question[@]}" -o ""
refuse "an empty setting" "--kappa: its value is empty" "$parley" "${question[@]}" --kappa ""
refuse "an empty list" "--countries: its value is empty" "$parley" path "$london" --months 1 --countries ""
refuse "an empty case" "an argument is empty" "$parley" check ""
refuse "an empty game" "an argument is empty" "$parley" talks table ""
refuse "an empty result" "an argument is empty" "$parley" report ""
says "no name for a set of elasticities is the world's own" 0 "" "$parley" "${question[@]}" --elasticities ""

# ---- results that could not be kept: told before the work ----
printf 'x' >file
for command in "run $london" "sweep $london --vary setting\ kappa=1,2" "path $london" "talks nash $game" "check" "report result"; do
    eval "words=($command)"
    refuse "${words[0]}: a file for a folder" "cannot write to file: Not a directory" "$parley" "${words[@]}" -o file
    refuse "${words[0]}: a folder in a file" "cannot write to file/x/y: Not a directory" "$parley" "${words[@]}" -o file/x/y
done
mkfifo pipe
mkdir folder
refuse "a pipe is not replaced by a world" "cannot write pipe: it is no ordinary file" "$parley" world balance wiod-2014 -o pipe
refuse "a pipe is not replaced by JSON" "cannot write pipe: it is no ordinary file" \
    "$parley" world export wiod-2014 --format json -o pipe
check "it is still a pipe" test -p pipe
refuse "a folder for a world" "cannot write folder: Is a directory" "$parley" world balance wiod-2014 -o folder
says "a page is written over" 0 "" "$parley" report result -o page.html
says "and again" 0 "" "$parley" report result -o page.html

# ---- a pipe where a file is needed; where text is, it will do ----
refuse "a world in a pipe" "must be a file, not a pipe" bash -c '"$0" world info <(cat "$1")' "$parley" "$root/worlds/wiod-2014.nc"
says "a scenario in a pipe" 0 "Who gains" bash -c '"$0" run <(cat "$1") -o -' "$parley" "$london"

# ---- what does not go together ----
refuse "a history without a fit" "--history is what the fit reads" "$parley" backtest --no-fit --history nowhere.yaml
refuse "no such folder to serve" "there is no folder 'nowhere'" "$parley" serve --port 0 --scenarios nowhere
refuse "a note's key that is too long" "is too long" "$parley" world balance wiod-2014 -o b.nc --note "$(printf 'k%.0s' {1..300})=x"

# ---- Ctrl-C while a file is waited for ----
# The writer's end opens when the program has opened its own; a signal that comes just before it reads is sent again.
wait_and_interrupt() {
    local name=$1 code=0 pid try
    shift
    "$parley" "$@" >out 2>err </dev/null &
    pid=$!
    exec 9>pipe
    for try in 1 2 3; do
        kill -INT $pid 2>/dev/null || break
        for _ in {1..20}; do
            kill -0 $pid 2>/dev/null || break 2
            sleep 0.1
        done
    done
    exec 9>&-
    wait $pid || code=$?
    [ "$code" = 130 ] && [ "$(cat err)" = "parley: interrupted; nothing was written" ] && return
    verdict "$name: Ctrl-C" "exit $code after $try: $(cat err)"
    return 1
}
for command in "run pipe" "path pipe" "sweep pipe --vary x" "talks table pipe" "facts pipe" \
    "backtest pipe" "report pipe" "check ./pipe" "world aggregate wiod-2014 --map pipe -o b.nc"; do
    # shellcheck disable=SC2086 # words
    wait_and_interrupt "$command" $command && verdict "$command: Ctrl-C is told in one line" ""
done
